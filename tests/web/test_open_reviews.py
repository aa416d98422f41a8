"""Anybody reviews a site at its own address, staff signed in and the public by the poster, and sees four voices."""

import html
import re

import pytest
from sqlalchemy import select

from samverkan_map import rounds
from samverkan_map.db.tables import AuditLine, Review
from samverkan_map.web.reviews import everybody

SITE = "/platsutveckling/1"
ANSWER = {"score_evening": "2", "improve": ["light"], "good": "Läget", "idea": "", "version": "0"}


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """No test waits until it is believed to be a human."""
    monkeypatch.setattr(everybody, "QUICKEST_SECONDS", 0)


def begun(world, client):
    """The address of the form behind the button."""
    answer = world.post(client, f"{SITE}/omdome")
    assert answer.status_code == 303
    return answer.headers["Location"]


def stored(world):
    with world.database.reading() as session:
        return list(session.scalars(select(Review).order_by(Review.id)))


def said(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.unescape(page)))


def test_somebody_without_an_account_answers_sees_the_receipt_and_changes_the_answer(world_on_each):
    world = world_on_each
    client = world.client()
    assert f'href="{SITE}/omdome"' in client.get(SITE).text
    begin = client.get(f"{SITE}/omdome")
    assert begin.status_code == 200 and "Ingen får veta vem som svarat" in begin.text
    address = begun(world, client)
    form = client.get(address)
    assert "Vi kan bidra med" not in form.text and form.headers["Cache-Control"] == "no-store"
    sent = world.post(client, address, **ANSWER)
    assert world.post(client, address, **ANSWER).status_code == sent.status_code == 303
    receipt = client.get(sent.headers["Location"])
    assert "Du: 2. Andra: för få svar." in said(receipt.text) and "Set-Cookie" not in receipt.headers
    change = html.unescape(re.search(r'href="([^"]+/svara[^"]+)"', receipt.text)[1])
    assert re.search(r'name="score_evening" value="2" checked', client.get(change).text)
    assert world.post(client, change, **ANSWER | {"score_evening": "5", "version": "1"}).status_code == 303
    other = world.client()
    assert world.post(other, begun(world, other), **ANSWER).status_code == 303
    assert [(one.voice, one.scores, one.person_id) for one in stored(world)] == [
        ("public", {"evening": 5}, None), ("public", {"evening": 2}, None),
    ]  # fmt: skip
    with world.database.reading() as session:
        lines = session.scalars(select(AuditLine).where(AuditLine.action == "review_site")).all()
    assert [(line.who, line.object_kind) for line in lines] == [("", "reviews")] * 3


@pytest.mark.parametrize(
    ("role", "voice"),
    [("polis", "police"), ("planerare", "municipality"), ("samordnare", "municipality"), ("foretag", "business")],
)
def test_whoever_is_signed_in_answers_with_the_voice_of_the_role(world, role, voice):
    client = world.client(role)
    address = begun(world, client)
    assert address == f"{SITE}/omdome/svara"
    assert ("Vi kan bidra med" in client.get(address).text) == (role == "foretag")
    assert world.post(client, address, **ANSWER).headers["Location"] == f"{SITE}/omdome/kvitto"
    assert begun(world, client) == f"{SITE}/omdome/kvitto", "there is an answer already"
    assert client.get(f"{SITE}/omdome/kvitto").status_code == 200
    assert [(one.voice, one.round_id) for one in stored(world)] == [(voice, 1)]


def test_four_voices_stand_side_by_side_when_each_has_enough(world):
    from samverkan_map import access

    with world.database.writing() as session:
        found = rounds.get(session, access.command_line(), 1)
        for number in range(6):
            rounds.answer(
                session, access.ANONYMOUS, rounds.anybody(found, f"k{number}"), scores={"evening": 1 + number % 2},
                strengths=[], improve=["light"], good="", idea="", version=0, today=found.opened_on,
            )  # fmt: skip
        session.commit()
    client = world.client("polis")
    sent = world.post(client, begun(world, client), **ANSWER)
    receipt = said(client.get(sent.headers["Location"]).text)
    assert "Kväll ungefär 1,5 (6 svar) Natt" in receipt
    assert "För få svar att visa: Näringslivet, Polisen, Kommunen." in receipt
    for role in ("publik", "polis", "planerare"):
        page = said(world.client(role).get(SITE).text)
        assert "Fyra röster om platsen" in page and "1,5 (0 % bra, 6 svar)" in page.replace("\u00a0", " ")


def test_a_robot_is_refused_and_a_stolen_old_or_forged_key_opens_nothing(world, monkeypatch):
    client = world.client()
    address = begun(world, client)
    robot = world.post(client, address, **ANSWER | {"webbplats": "http://spam.example"})
    assert (robot.status_code, "Lämna tomt" in robot.text) == (422, True)
    monkeypatch.setattr(everybody, "QUICKEST_SECONDS", 60)
    fast = world.post(client, address, **ANSWER)
    assert (fast.status_code, "väldigt fort" in fast.text, "Läget" in fast.text) == (422, True, True)
    monkeypatch.setattr(everybody, "QUICKEST_SECONDS", 0)
    for key in ("", "x", address.partition("nyckel=")[2][:-2]):
        wrong = f"{SITE}/omdome/svara?nyckel={key}"
        assert client.get(wrong).headers["Location"] == f"{SITE}/omdome"
        assert world.post(client, wrong, **ANSWER).headers["Location"] == f"{SITE}/omdome"
    monkeypatch.setattr(everybody, "KEY_SECONDS", -1)
    assert world.post(client, address, **ANSWER).headers["Location"] == f"{SITE}/omdome"
    assert stored(world) == []


def test_the_sixth_answer_in_ten_minutes_from_one_address_waits_and_loses_nothing(world):
    for _ in range(5):
        client = world.client()
        assert world.post(client, begun(world, client), **ANSWER).status_code == 303
    late = world.post(client, begun(world, client), **ANSWER)
    assert (late.status_code, "vänta" in late.text, "Läget" in late.text) == (429, True, True)
    assert len(stored(world)) == 5


def test_without_an_open_round_or_on_a_hidden_site_the_address_says_so_and_takes_nothing(world):
    client = world.client()
    address = begun(world, client)
    world.post(world.client("samordnare"), f"{SITE}/omgang/1/stang")
    page = client.get(f"{SITE}/omdome")
    assert (page.status_code, "Just nu tar vi inte emot omdömen" in page.text) == (200, True)
    for sent in (world.post(client, f"{SITE}/omdome"), world.post(client, address, **ANSWER), client.get(address)):
        assert sent.headers["Location"] == f"{SITE}/omdome"
    assert f"{SITE}/omdome" not in client.get(SITE).text
    assert client.get("/platsutveckling/2/omdome").status_code == 404
    assert stored(world) == []


def test_the_poster_carries_the_lasting_address_and_the_round_leads_to_it(world):
    client = world.client("samordnare")
    assert f"{SITE}/omdome/affisch" in client.get(f"{SITE}/omgang/1").text
    sheet = client.get(f"{SITE}/omdome/affisch").text
    assert f"http://localhost{SITE}/omdome" in sheet and '<svg class="qr"' in sheet
    assert "fungerar först när" in client.get("/platsutveckling/2/omdome/affisch").text
