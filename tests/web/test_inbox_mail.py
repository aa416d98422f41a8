"""The answer by e-mail, from the field of the form to a real server, and nothing lost when that one fails."""

import logging
import re
from dataclasses import replace
from datetime import datetime

import mail_server
import pytest
from reporting_steps import fields_of, go_on, letters, to_check
from sqlalchemy import select, text

from samverkan_map import access, disposal
from samverkan_map.db.tables import Base, LetterContact
from samverkan_map.translations import text as sentence
from samverkan_map.web import create_app
from samverkan_map.web.inbox import sending

ADDRESS = "anna.almgren@exempel.se"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """No test waits until it is believed to be a human."""
    monkeypatch.setattr(sending, "QUICKEST_SECONDS", 0)


@pytest.fixture
def post():
    with mail_server.running() as server:
        yield server


@pytest.fixture
def mailing_world(world, post):
    """The world with settings for e-mail."""
    with_mail(world, post.settings())
    yield world


def with_mail(world, server):
    before = world.app
    world.app = create_app(replace(world.settings, mail=server, hosts=("karta.vellinge.se", "localhost")))
    world.app.jinja_env.bytecode_cache = before.jinja_env.bytecode_cache
    before.extensions["database"].close()


def report(world, address=ADDRESS, language="sv", **what):
    """A report with an address; gives the page that follows it."""
    client = world.client(language=language)
    sent = go_on(client, to_check(client, **what), steg="skicka", epost=address)
    assert sent.status_code == 303, sent.text
    return sent.location.partition("?")[0]


def act(world, name, letter=1, **fields):
    version = letters(world)[letter - 1].version
    done = world.post(world.client("samordnare"), f"/inkorg/{letter}/{name}", version=version, **fields)
    world.app.extensions["postman"].wait()
    return done


def contact(world):
    with world.database.reading() as session:
        return session.scalars(select(LetterContact)).first()


def test_without_a_server_nobody_is_asked_for_an_address_and_none_is_kept(world):
    client = world.client()
    check = to_check(client)
    assert 'name="epost"' not in check.text
    assert go_on(client, check, steg="skicka", epost=ADDRESS).status_code == 303
    assert contact(world) is None and len(letters(world)) == 1


def test_the_form_says_when_an_address_goes_or_that_nobody_has_decided(mailing_world):
    undecided, decided = sentence("sv", "inbox.reply_goes_undecided"), "senast 455 dagar efter att du skickade den"
    client = mailing_world.client()
    assert undecided in to_check(client).text and undecided in client.get(report(mailing_world)).text
    given = {"rule": "letter_contacts", "reference": "KS 2026/123", "days": "90"}
    assert mailing_world.post(mailing_world.client("samordnare"), "/admin/gallring", **given).status_code == 303
    assert undecided in to_check(client).text, "one person alone decides nothing"
    with mailing_world.database.writing() as session:
        host, now = access.command_line(), datetime(2026, 1, 1)
        disposal.confirm(session, host, "letter_contacts", reference="KS 2026/123", days=90, now=now)
        session.commit()
    page = to_check(client).text
    assert decided in page and "90 dagar efter att rapporten är besvarad" in page and undecided not in page


def test_whoever_left_an_address_is_written_to_when_something_has_happened_and_it_is_seen_nowhere(
    mailing_world, post, caplog
):
    world = mailing_world
    caplog.set_level(logging.DEBUG)
    receipt = report(world)
    assert "Vi skriver till adressen" in world.client().get(receipt).text and post.sent == []
    assert act(world, "svara", answer="fixed", answer_words="Rutan är bytt.").status_code == 303
    ((to, message),) = post.sent
    words = message.get_content()
    assert (to, message["Subject"]) == (ADDRESS, "Din rapport till Vellinge kommun")
    assert "Rutan är bytt." in words and "https://karta.vellinge.se/r " in words and "Falsterbo" not in words
    assert act(world, "svara", answer="fixed", answer_words="Rutan är bytt.").status_code == 303
    staff = world.client("samordnare")
    shown = [
        "/inkorg?lage=besvarade",
        "/inkorg/1",
        receipt,
        "/admin/logg",
        "/sok.json?q=anna",
        "/karta.csv",
        "/karta.geojson",
    ]
    pages = {address: staff.get(address).get_data(as_text=True) for address in shown}
    assert "Vill ha svar" in pages["/inkorg?lage=besvarade"] and "Skickat" in pages["/inkorg/1"]
    assert not any("almgren" in page for page in pages.values()) and "almgren" not in caplog.text
    tables = [table.name for table in Base.metadata.sorted_tables]
    with world.database.reading() as session:
        held = [name for name in tables if "almgren" in repr(session.execute(text(f"SELECT * FROM {name}")).all())]
    assert held == ["letter_contacts"]
    assert world.post(world.client(), f"{receipt}/epost/ta-bort").status_code == 303 and contact(world) is None
    assert act(world, "dolj", why="test").status_code == 303 and len(post.sent) == 2


def test_a_server_that_refuses_loses_nothing_the_coordinator_sees_it_and_has_it_sent_again(mailing_world, post, caplog):
    world, post.refused = mailing_world, "550 no such box"
    report(world)
    assert act(world, "svara", answer="planned").status_code == 303 and letters(world)[0].answer == "planned"
    staff = world.client("samordnare")
    assert "E-post kom inte fram" in staff.get("/inkorg?lage=besvarade").text
    assert "kom inte fram" in staff.get("/inkorg").text, "told first, in whichever list it stands"
    assert "kom inte fram" not in world.client("planerare").get("/inkorg").text
    assert "adress tas inte emot" in staff.get("/inkorg/1").text and "almgren" not in caplog.text
    post.refused = ""
    assert act(world, "epost").status_code == 303 and [to for to, _ in post.sent] == [ADDRESS]
    assert "kom inte fram" not in staff.get("/inkorg/1").text
    assert world.post(staff, "/inkorg/1/epost").status_code == 409


def test_while_the_server_is_gone_reports_and_answers_go_on_and_it_is_written_later(world, post, monkeypatch):
    gone = replace(post.settings(), port=1)
    with_mail(world, gone)
    receipt = report(world, text="Rapport 1")
    assert act(world, "typ", type="klotter").status_code == 303
    assert "tog inte emot meddelandet" in world.client("samordnare").get("/inkorg/1").text
    with_mail(world, post.settings())
    monkeypatch.setattr("samverkan_map.inbox.replying.AGAIN_AFTER", contact(world).tried_at - contact(world).tried_at)
    report(world, "", text="Rapport 2")
    assert act(world, "svara", letter=2, answer="watched").status_code == 303
    assert [to for to, _ in post.sent] == [ADDRESS] and "Rapporten är läst" in world.client().get(receipt).text


def test_what_is_no_address_is_told_beside_its_field_and_goes_along_when_an_answer_is_changed(mailing_world):
    world, client = mailing_world, mailing_world.client()
    check = to_check(client)
    assert re.search(r'<input id="epost"[^>]*autocomplete="email"', check.text)
    for wrong in (
        "anna",
        "070-174 06 77",
        "anna@exempel.se\nBcc: alla@exempel.se",
        "<b>@exempel.se",
        "a\x00@exempel.se",
    ):
        refused = go_on(client, check, steg="skicka", epost=wrong)
        assert refused.status_code == 422 and "<b>" not in refused.text and letters(world) == []
        assert 'aria-invalid="true"' in refused.text and ("namn@exempel.se" in refused.text or "\x00" in wrong)
    back = go_on(client, check, visa="vad", epost=ADDRESS)
    assert ("epost", [ADDRESS]) in fields_of(back).items()
    again = go_on(client, back, vad="skrap")
    assert f'value="{ADDRESS}"' in again.text
    first = go_on(client, again, steg="skicka", epost=ADDRESS)
    assert go_on(client, again, steg="skicka", epost=ADDRESS).location == first.location
    assert len(letters(world)) == 1 and contact(world).letter_id == 1


def test_who_reported_in_english_is_written_to_in_english(mailing_world, post):
    client = mailing_world.client(language="en")
    client.set_cookie("sid", "en")
    page = client.get("/rapportera")
    page = go_on(client, page, plats="Falsterbovägen 40")
    page = go_on(client, page, lista="Falsterbovägen|hollviken") if "lista" in page.text else page
    page = go_on(client, page, vad="fort", text="")
    assert go_on(client, page, steg="skicka", epost=ADDRESS).status_code == 303
    assert act(mailing_world, "svara", answer="fixed").status_code == 303
    assert post.sent[0][1]["Subject"] == "Your report to the municipality of Vellinge"
