"""Reporting a place as somebody without an account does it, and answering it as the coordinator does."""

import html
import json
import re
from datetime import date, datetime, timedelta

import pytest
from builders import COORDINATOR
from reporting_steps import SECRET, STREET, fields_of, go_on, letters, send, to_check
from sqlalchemy import func, select

from samverkan_map import agreement, geometry, inbox, places, reports
from samverkan_map.access import Viewer
from samverkan_map.db.tables import AuditLine, Delivery, Letter, Place
from samverkan_map.vocabulary import LetterStatus, Period, Role
from samverkan_map.web import finding, sessions
from samverkan_map.web.inbox import handling, sending


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """No test waits until it is believed to be a human."""
    monkeypatch.setattr(sending, "QUICKEST_SECONDS", 0)


def test_three_screens_without_a_cookie_lead_to_a_receipt_and_a_page_that_follows_it(world):
    client = world.client()
    first = client.get("/rapportera")
    assert first.text.index("112") < first.text.index('id="plats"') and "114 14" in first.text
    check = to_check(client)
    for words in (
        SECRET,
        "Fordon kör för fort",
        "Falsterbovägen",
        "Ser inte rapporten",
        "Ofta",
    ):
        assert words.lower() in check.text.lower()
    sent = go_on(client, check, steg="skicka")
    assert sent.status_code == 303 and re.fullmatch(r"/r/(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}\?ny=1", sent.location)
    receipt = client.get(sent.location)
    assert "Tack för din rapport" in receipt.text and SECRET not in receipt.text
    assert receipt.headers["Cache-Control"] == "no-store" and receipt.headers["X-Robots-Tag"] == "noindex"
    assert client.get_cookie("sid") is None and "Set-Cookie" not in sent.headers
    assert go_on(client, check, steg="skicka").location == sent.location
    (letter,) = letters(world)
    assert (letter.type, letter.how_often, letter.geom, letter.area) == ("fortkorning", "often", None, "hollviken")


def test_the_same_form_with_another_answer_is_another_report(world):
    client = world.client()
    check = to_check(client)
    one = go_on(client, check, steg="skicka").location
    assert go_on(client, check, steg="skicka", text="Något annat").location != one
    assert len(letters(world)) == 2


def test_a_wrong_code_says_the_same_as_one_that_never_was(world):
    client = world.client()
    pages = [client.get(f"/r/{code}") for code in ("7F3K-29QD-M4XA-8WPT", "x", "a" * 900, "%3Cb%3E")]
    assert {page.status_code for page in pages} == {404}
    said = {re.sub(r'name="csrf_token" value="[^"]*"', "", page.text.split("<main")[1]) for page in pages}
    assert len(said) == 1 and "Numret stämmer inte" in said.pop()
    code = send(client).location.split("?")[0].removeprefix("/r/")
    found = world.post(client, "/r", nummer=code.lower().replace("-", " "))
    assert found.status_code == 303 and "Din rapport" in client.get(found.location).text


@pytest.mark.parametrize("words", ["Ring 070-123 45 67", "Han heter Karl Berg", "Bil ABC12D"])
def test_refused_words_are_shown_why_and_reach_neither_database_nor_log(world, words, caplog, tmp_path):
    client = world.client()
    page = go_on(client, client.get("/rapportera"), plats="Falsterbovägen", lista=STREET)
    page = go_on(client, page, lista=STREET) if "Vilken plats menar du" in page.text else page
    refused = go_on(client, page, vad="fort", text=words)
    assert (
        refused.status_code == 422 and "Texten ser ut att innehålla" in refused.text and "<title>Fel:" in refused.text
    )
    assert html.escape(words) in refused.text
    forced = client.post("/rapportera", data=fields_of(refused) | {"steg": "skicka", "vad": "fort", "text": words})
    assert forced.status_code == 422 and letters(world) == []
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(words.encode() in one for one in kept) and words not in caplog.text
    searched = go_on(client, client.get("/rapportera"), plats=words)
    assert searched.status_code == 422 and "Texten ser ut" in searched.text


def test_what_is_missing_is_said_on_its_screen_and_nothing_typed_is_lost(world):
    client = world.client()
    empty = go_on(client, client.get("/rapportera"))
    assert empty.status_code == 422 and "Säg var det är" in empty.text
    unknown = go_on(client, client.get("/rapportera"), plats="Qwertyvägen 7")
    assert unknown.status_code == 422 and 'value="Qwertyvägen 7"' in unknown.text
    what = go_on(client, client.get("/rapportera"), lista=STREET)
    missing = go_on(client, what, text="Bara ord", dagar="weekend")
    assert missing.status_code == 422 and "Bara ord" in missing.text and "Välj vad som händer" in missing.text
    trapped = go_on(client, what, vad="fort", webbplats="http://spam.example")
    assert trapped.status_code == 422
    skipped = client.post("/rapportera", data=fields_of(what) | {"steg": "skicka"})
    assert skipped.status_code == 422 and "Välj vad som händer" in skipped.text
    for words in ("<script>alert(1)</script>", "{{ 7*7 }}", "å" * 301, "a\x00b"):
        page = go_on(client, what, vad="fort", text=words)
        assert page.status_code in (200, 422) and "<script>alert" not in page.text and ">49<" not in page.text


def test_too_fast_too_old_or_without_its_key_a_form_is_sent_once_more_and_nothing_is_lost(world, monkeypatch):
    client = world.client()
    check = to_check(client)
    monkeypatch.setattr(sending, "QUICKEST_SECONDS", 60)
    fast = go_on(client, check, steg="skicka")
    assert fast.status_code == 422 and "väldigt fort" in fast.text and SECRET in fast.text
    monkeypatch.setattr(sending, "QUICKEST_SECONDS", 0)
    monkeypatch.setattr(sending, "SLOWEST_SECONDS", -1)
    old = go_on(client, check, steg="skicka")
    assert old.status_code == 422 and "öppet för länge" in old.text
    monkeypatch.setattr(sending, "SLOWEST_SECONDS", 3600)
    made_up = go_on(client, check, steg="skicka", nyckel="abc.def")
    assert made_up.status_code == 422
    for page in (fast, old, made_up):
        assert go_on(client, page, steg="skicka").status_code == 303


def test_the_sixth_report_in_ten_minutes_waits_with_everything_kept(world):
    for n in range(5):
        assert send(world.client(), text=f"Rapport {n}").status_code == 303
    check = to_check(world.client(), text="Den sjätte")
    late = go_on(world.client(), check, steg="skicka")
    assert late.status_code == 429 and 500 < int(late.headers["Retry-After"]) <= 600
    assert "vänta 10 minuter" in late.text and "Den sjätte" in late.text
    elsewhere = world.client()
    elsewhere.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    assert go_on(elsewhere, late, steg="skicka").status_code == 303
    forged = go_on(world.client(), late, steg="skicka", text="En till")
    assert forged.status_code == 429
    more = fields_of(late) | {"steg": "skicka", "text": "Ännu en"}
    told = world.client().post("/rapportera", data=more, headers={"X-Forwarded-For": "203.0.113.9"})
    assert told.status_code == 429
    assert len(letters(world)) == 6


def test_an_address_in_words_and_a_pointed_spot_are_the_same_place(world):
    client = world.client()
    named = go_on(client, client.get("/rapportera"), plats="Vellinge ängar")
    assert "Nära Vellinge ängar" in named.text
    stop = next(one for one in finding.matches(agreement_of(world), "Vellinge ängar"))
    pointed = json.dumps({"type": "Point", "coordinates": [stop.lon, stop.lat]})
    shown = go_on(client, client.get("/rapportera"), geometry=pointed)
    for page in (named, shown):
        assert go_on(client, go_on(client, page, vad="skrap"), steg="skicka").status_code == 303
    with world.database.reading() as session:
        one, other = (inbox.shape_of(COORDINATOR, letter) for letter in session.scalars(select(Letter)))
    assert one.distance(other) < 30
    outside = go_on(client, client.get("/rapportera"), geometry='{"type": "Point", "coordinates": [18.07, 59.33]}')
    page = go_on(client, outside, vad="fort")
    assert go_on(client, page, steg="skicka").status_code == 422
    for broken in ("{", "[]", '{"type": "Polygon", "coordinates": []}', '{"type":"Point","coordinates":[1e999,1]}'):
        assert go_on(client, client.get("/rapportera"), geometry=broken).status_code == 422


def test_near_a_published_place_one_is_asked_and_near_a_report_nothing_differs(world):
    client = world.client()
    with world.database.reading() as session:
        shape = middle_of(session.get_one(Place, 1))
    near = go_on(client, client.get("/rapportera"), geometry=shape)
    assert "Menar du samma sak" in near.text and "Plats nummer 1" in near.text and "Plats nummer 2" not in near.text
    with world.database.writing() as session:
        session.execute(Place.__table__.update().values(published=False))
        session.commit()
    none = go_on(client, client.get("/rapportera"), geometry=shape)
    assert "Menar du samma sak" not in none.text
    at_report = '{"type": "Point", "coordinates": [13.0197, 55.4712]}'
    empty_spot = '{"type": "Point", "coordinates": [13.0297, 55.4712]}'
    pages = [go_on(client, client.get("/rapportera"), geometry=spot).text for spot in (at_report, empty_spot)]
    plain = [
        re.sub(r'name="(?:geometry|nyckel|csrf_token)" value="[^"]*"|<strong>[^<]*</strong>', "", one) for one in pages
    ]
    assert plain[0] == plain[1]


def agreement_of(world):
    return agreement.load(world.settings.municipality)


def middle_of(place) -> str:
    return json.dumps(geometry.to_geojson(places.shape_of(place).centroid))


def test_the_coordinator_links_sends_on_and_answers_and_the_sender_reads_it(world_on_each):
    world = world_on_each
    client, staff = world.client(), world.client("samordnare")
    receipt = send(client).location.split("?")[0]
    assert "Falsterbovägen" in staff.get("/inkorg").text and SECRET not in staff.get("/inkorg").text
    assert SECRET in staff.get("/inkorg/1").text
    version = lambda: letters(world)[0].version  # noqa: E731
    acts = (
        ("koppla", {"place": "1"}), ("vidare", {"to": "trafikverket"}), ("typ", {"type": "buskorning_bil"}),
        ("svara", {"answer": "working", "answer_words": "Gupp i maj."}),
    )  # fmt: skip
    for address, fields in acts:
        done = world.post(staff, f"/inkorg/1/{address}", version=version(), **fields)
        assert done.status_code == 303, (address, done.text)
    told = client.get(receipt).text
    for words in ("Gupp i maj.", "Trafikverket", "Plats nummer 1", "arbetar redan"):
        assert words in told
    made = world.post(staff, "/inkorg/1/plats", version=version())
    assert made.location.startswith("/platser/ny?rapporter=traffic.")
    assert staff.get(made.location).status_code == 200
    hidden = world.post(staff, "/inkorg/1/dolj", version=version(), why="persons")
    assert hidden.status_code == 303 and SECRET not in staff.get("/inkorg/1").text
    assert world.post(staff, "/inkorg/1/oppna", version=version()).status_code == 303
    with world.database.reading() as session:
        actions = set(session.scalars(select(AuditLine.action)))
    assert {"send_report", "handle_reports", "see_raw_text"} <= actions


def test_an_empty_act_is_refused_in_words_and_the_second_to_save_is_asked(world):
    staff, other = world.client("samordnare"), world.client("samordnare")
    send(world.client())
    for address in ("koppla", "vidare", "typ", "svara", "dolj"):
        refused = world.post(staff, f"/inkorg/1/{address}", version=1)
        assert refused.status_code == 422 and "Välj" in refused.text, address
    assert world.post(staff, "/inkorg/1/svara", version=1, answer="fixed").status_code == 303
    second = world.post(other, "/inkorg/1/svara", version=1, answer="planned", answer_words="Mitt svar")
    assert second.status_code == 409 and "Mitt svar" in second.text
    assert world.post(other, "/inkorg/1/dolj", version=1, why="test").status_code == 409
    assert letters(world)[0].answer == "fixed"


def test_several_are_linked_to_one_place_at_once_or_none_of_them(world):
    staff = world.client("samordnare")
    for n in range(3):
        send(world.client(), text=f"Rapport {n}")
    assert world.post(staff, "/inkorg/koppla", place="1").status_code == 422
    assert world.post(staff, "/inkorg/koppla", letter=["1.1", "2.1"], place="99").status_code == 422
    stale = world.post(staff, "/inkorg/koppla", letter=["1.1", "2.9"], place="1")
    assert stale.status_code == 409 and {letter.report_id for letter in letters(world)} == {None}
    done = world.post(staff, "/inkorg/koppla", letter=["1.1", "2.1"], place="1")
    assert done.status_code == 303
    assert [letter.status for letter in letters(world)] == ["taken_up", "taken_up", "new"]


def test_what_was_taken_up_is_a_delivery_of_its_month_that_can_be_taken_back(world):
    staff = world.client("samordnare")
    for n in range(2):
        send(world.client(), text=f"Rapport {n}")
        world.post(staff, f"/inkorg/{n + 1}/svara", version=1, answer="watched")
    with world.database.reading() as session:
        found = session.scalars(select(Delivery).order_by(Delivery.id.desc())).first()
    assert (found.source, found.accepted, found.file_hash) == ("medborgarrapport", 2, "")
    assert staff.get(f"/admin/leveranser/{found.id}").status_code == 200
    done = world.post(staff, f"/admin/leveranser/{found.id}/angra", version=found.version)
    assert done.status_code == 303 and "räknas inte än" in staff.get("/inkorg/1").text
    assert {letter.report_id for letter in letters(world)} == {None}
    assert (
        "upptagen"
        in staff.get(
            world.post(staff, "/inkorg/1/typ", version=letters(world)[0].version, type="klotter").location
        ).text
    )


def test_a_flood_is_read_a_page_at_a_time(world, monkeypatch):
    monkeypatch.setattr(handling, "PER_PAGE", 2)
    for n in range(3):
        send(world.client(), text=f"Rapport {n}")
    staff = world.client("samordnare")
    first, last = (staff.get(f"/inkorg?page={page}").text for page in (1, 99))
    assert "3 rapporter väntar" in first and "/inkorg/1" in first and "/inkorg/3" not in first
    assert "/inkorg/3" in last and "/inkorg/1" not in last and "Sida 2 av 2" in last


def test_nobody_but_the_coordinator_learns_that_there_is_a_report(world):
    before = world.client().get("/karta.geojson").json["numberMatched"]
    send(world.client())
    for role in ("foretag", "trafikgrupp", "planerare", "polis"):
        page = world.client(role).get("/inkorg")
        assert page.status_code == (403 if role in ("foretag", "polis") else 200) and "/inkorg/1" not in page.text
        assert world.client(role).get("/inkorg/1").status_code == (403 if role in ("foretag", "polis") else 404)
        assert SECRET not in world.client(role).get("/karta.csv").text
    assert world.client().get("/karta.geojson").json["numberMatched"] == before
    rows = world.client("planerare").get("/karta.geojson?source=medborgarrapport&type=fortkorning").json
    assert rows["numberMatched"] == 1  # the one of the small world: the new one is not taken up


def test_a_quiet_week_is_said_with_one_button_and_heard_where_reporting_is_told(world):
    kiosk = world.client("foretag")
    page = kiosk.get("/inget-att-rapportera")
    week = re.search(r'name="week" value="([^"]+)"', page.text)[1]
    done = world.post(kiosk, "/inget-att-rapportera", week=week)
    assert done.status_code == 303 and "Inget att rapportera, sagt" in kiosk.get(done.location).text
    assert world.post(kiosk, "/inget-att-rapportera", week="2020-01-06").status_code == 422
    assert world.post(kiosk, "/inget-att-rapportera", week="snart").status_code == 422
    with world.database.reading() as session:
        today = sessions.now().date()
        asked = Period(today - timedelta(days=60), today + timedelta(days=1))
        assert reports.quiet_in(session, asked) == reports.Quiet(1, 1)


def test_where_the_map_tells_who_reports_it_also_tells_who_had_nothing_to_report(busy):
    staff = busy.client("planerare")
    page = "/aterkommande?kind=traffic&from=2025-03&to=2026-02"
    assert "Ingen organisation har svarat" in staff.get(page).text
    with busy.database.writing() as session:
        said_on = date(2026, 2, 9)
        who = Viewer(None, "", Role.BUSINESS, 1)
        reports.say_nothing(session, who, date(2026, 2, 2), today=said_on, now=datetime(2026, 2, 9))
        session.commit()
    assert "1 organisation har svarat att inget fanns att rapportera" in staff.get(page).text


def test_the_form_weighs_little_and_is_the_same_for_all_who_have_not_begun(world):
    client, gzipped = world.client(), {"Accept-Encoding": "gzip"}
    one, other = (world.client().get("/rapportera").text for _ in range(2))
    assert one == other
    files = {
        "/rapportera",
        *(html.unescape(found) for found in re.findall(r'(?:src|href)="(/(?:samlat|static)/[^"#]+)', one)),
    }
    weights = [len(client.get(address, headers=gzipped).data) for address in files]
    assert len(files) > 3 and sum(weights) < 60_000, weights


def test_the_list_of_hidden_ones_is_another_one_and_an_unknown_list_is_refused(world):
    staff = world.client("samordnare")
    send(world.client())
    with world.database.reading() as session:
        assert session.scalar(select(func.count(Letter.id)).where(Letter.status == LetterStatus.NEW.value)) == 1
    world.post(staff, "/inkorg/1/dolj", version=1, why="abuse")
    assert "Inga nya rapporter" in staff.get("/inkorg").text and "Kränkande" in staff.get("/inkorg?lage=dolda").text
    assert staff.get("/inkorg?lage=alla").status_code == 400


def hand(world, staff, role, letter=1):
    version = letters(world)[letter - 1].version
    return world.post(staff, f"/inkorg/{letter}/handlaggare", version=version, handler=str(world.persons[role]))


def test_a_planner_answers_the_report_that_the_coordinator_handed_over_and_the_reading_is_logged(world):
    staff, planner = world.client("samordnare"), world.client("planerare")
    receipt = send(world.client()).location.split("?")[0]
    send(world.client(), text="En annan rapport")
    menu = '<a href="/inkorg"'
    assert menu not in planner.get("/hjalp").text and menu in planner.get("/konto").text
    assert hand(world, staff, "planerare").status_code == 303
    assert menu in planner.get("/hjalp").text and menu not in planner.get("/hjalp?som=publik").text
    assert "Exempel planerare" in staff.get("/inkorg").text and "Exempel planerare" in staff.get("/inkorg/1").text
    assert "/inkorg/1" in planner.get("/inkorg").text and "/inkorg/2" not in planner.get("/inkorg").text
    page = planner.get("/inkorg/1").text
    assert SECRET in page
    assert "/inkorg/1/handlaggare" not in page
    assert planner.get("/inkorg/2").status_code == 404
    done = world.post(planner, "/inkorg/1/svara", version=letters(world)[0].version, answer="fixed")
    assert menu not in planner.get("/hjalp").text
    assert "/inkorg/1" in planner.get("/inkorg").text, "the first list that has any"
    assert done.status_code == 303 and "åtgärdat" in world.client().get(receipt).text
    lists = {whose: staff.get(f"/inkorg?lage=besvarade&vem={whose}").text for whose in ("alla", "mina", "ingens")}
    assert [whose for whose, page in lists.items() if "/inkorg/1" in page] == ["alla"]
    assert staff.get("/inkorg?vem=hennes").status_code == 400
    with world.database.reading() as session:
        read = session.scalars(select(AuditLine).where(AuditLine.action == "see_raw_text")).all()
    assert [line.person_id for line in read] == [world.persons["samordnare"], world.persons["planerare"]]
    assert [(line.object_kind, line.object_id) for line in read] == [("letters", "1")] * 2


def test_the_traffic_group_sees_its_report_by_month_and_square_and_loses_it_when_it_is_no_traffic(world):
    staff, group = world.client("samordnare"), world.client("trafikgrupp")
    client = world.client()
    pointed = go_on(
        client, client.get("/rapportera"), geometry='{"type": "Point", "coordinates": [12.95581, 55.40981]}'
    )
    go_on(client, go_on(client, pointed, vad="fort", text=SECRET), steg="skicka")
    exact = re.search(r"Läge: ([\d., ]+)", staff.get("/inkorg/1").text)[1]
    assert hand(world, staff, "trafikgrupp").status_code == 303
    page = group.get("/inkorg/1").text
    assert SECRET not in page and "visas inte för din roll" in page and exact not in page
    came = letters(world)[0].received_at
    assert (
        f"{came:%H:%M}" not in page
        and f"{came.day} " not in group.get("/inkorg").text.split("<tbody>")[1].split("</tbody>")[0]
    )
    lost = world.post(group, "/inkorg/1/typ", version=letters(world)[0].version, type="skadegorelse")
    assert (lost.status_code, lost.location.split("?")[0]) == (303, "/inkorg")
    assert "upptagen" in group.get(lost.location).text and group.get("/inkorg/1").status_code == 404


def test_two_who_handle_at_once_are_told_and_a_stranger_is_no_choice(world):
    staff, planner = world.client("samordnare"), world.client("planerare")
    send(world.client())
    assert world.post(staff, "/inkorg/1/handlaggare", version=1, handler=str(world.persons["polis"])).status_code == 422
    assert hand(world, staff, "planerare").status_code == 303
    stale = world.post(staff, "/inkorg/1/handlaggare", version=1, handler="")
    assert stale.status_code == 409 and "Någon annan har ändrat" in stale.text
    assert world.post(staff, "/inkorg/1/svara", version=2, answer="planned").status_code == 303
    second = world.post(planner, "/inkorg/1/svara", version=2, answer="fixed", answer_words="Mitt svar")
    assert second.status_code == 409 and "Mitt svar" in second.text and letters(world)[0].answer == "planned"
