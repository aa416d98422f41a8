"""A business reviews a site by a link: opened by a button, answered once, and nobody else sees who."""

import html
import re
from datetime import date, timedelta
from urllib.parse import urlsplit

import builders
import pytest
from sqlalchemy import select, update

from samverkan_map import access, places
from samverkan_map.db.tables import AuditLine, Invitation, Review, Round
from samverkan_map.vocabulary import WatchKind

ANSWER = {"score_evening": "2", "strengths": "lively", "improve": ["light", "seating"], "good": "Läget", "version": "0"}


@pytest.fixture
def token(world):
    """The token of the kiosk's link, as the sheet shows it."""
    sheet = world.post(world.client("samordnare"), "/platsutveckling/1/omgang/1/lank/1")
    assert sheet.status_code == 200
    assert sheet.headers["Cache-Control"] == "no-store"
    assert '<svg class="qr"' in sheet.text
    return re.search(r"/omdome/([\w-]+)", sheet.text)[1]


def opened(world, token, client=None):
    client = client or world.client()
    answer = world.post(client, f"/omdome/{token}")
    assert answer.status_code == 303
    return client, answer.headers["Location"]


def stored(world, what=Review):
    with world.database.reading() as session:
        return list(session.scalars(select(what).order_by(what.id)))


def test_looking_at_the_link_changes_nothing_and_the_button_opens_the_form_without_a_cookie(world, token):
    client = world.client()
    page = client.get(f"/omdome/{token}")
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    assert "Torg nummer 1" in page.text
    assert stored(world, Invitation)[0].opened_on is None
    assert client.get(f"/omdome/{token}/svara").headers["Location"] == f"/omdome/{token}", "without the button"
    client, address = opened(world, token, client)
    assert stored(world, Invitation)[0].opened_on == date.today()
    form = client.get(address)
    assert "Hur fungerar platsen?" in form.text
    assert "Set-Cookie" not in form.headers
    assert form.headers["Cache-Control"] == "no-store"


def test_an_answer_leads_to_a_receipt_is_changed_and_sent_twice_is_one(world, token):
    client, address = opened(world, token)
    sent = world.post(client, address, **ANSWER)
    assert sent.status_code == 303
    assert world.post(client, address, **ANSWER).status_code == 303
    assert len(stored(world)) == 1
    receipt = client.get(sent.headers["Location"]).text
    assert "Ni: 2. Andra: för få svar." in re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", receipt))
    client, again = opened(world, token)
    assert "/kvitto?" in again
    change = html.unescape(re.search(r'href="([^"]+/svara[^"]+)"', client.get(again).text)[1])
    form = client.get(change).text
    assert re.search(r'name="score_evening" value="2" checked', form)
    assert world.post(client, change, **ANSWER | {"score_evening": "5", "version": "1"}).status_code == 303
    assert [(one.scores, one.voice, one.round_id) for one in stored(world)] == [({"evening": 5}, "business", 1)]


def test_two_at_once_with_one_link_lose_nothing(world, token):
    client, address = opened(world, token)
    world.post(client, address, **ANSWER)
    other = world.post(client, address, **ANSWER | {"score_evening": "4", "good": "Min egen text"})
    assert other.status_code == 409
    assert "Min egen text" in other.text
    assert re.search(r'name="version" value="1"', other.text), "sent again it counts"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"good": "Ring Anna 070-123 45 67"}, "good"),
        ({"idea": "Se till 19850101-1234"}, "idea"),
        ({"contribution": "x" * 301}, "contribution"),
        ({"improve": ["light", "seating", "paths", "people"]}, "improve"),
        ({"improve": "parkering"}, "improve"),
        ({"score_evening": "6"}, "score_evening"),
        ({"score_evening": ""}, "scores"),
        ({"good": "\x00"}, "good"),
    ],
)
def test_what_cannot_be_taken_is_told_beside_everything_typed(world, token, words, told):
    client, address = opened(world, token)
    refused = world.post(client, address, **ANSWER | {"idea": "Fler bänkar"} | words)
    assert refused.status_code == 422
    assert f'href="#{told}"' in refused.text
    assert ("Fler bänkar" in refused.text) == ("idea" not in words)
    assert stored(world) == []


def test_script_in_a_text_stays_text(world, token):
    client, address = opened(world, token)
    world.post(client, address, **ANSWER | {"idea": "<script>alert(1)</script>", "contribution": "</textarea><b>"})
    page = world.client("samordnare").get("/platsutveckling/1/omgang/1").text + client.get(address).text
    assert "<script>alert" not in page
    assert "</textarea><b>" not in page
    assert "&lt;/textarea&gt;&lt;b&gt;" in page


def test_a_link_of_a_closed_or_past_round_or_one_taken_back_answers_in_words_and_takes_nothing(world, token):
    client, address = opened(world, token)
    for column, value, words in (
        (Round.closed_on, date.today(), "Omgången är stängd"),
        (Round.closes_on, date.today() - timedelta(days=1), "Omgången är stängd"),
        (Invitation.revoked_on, date.today(), "Länken gäller inte längre"),
    ):
        with world.database.writing() as session:
            session.execute(update(column.class_).values({column.key: value}))
            session.commit()
        assert words in client.get(f"/omdome/{token}").text
        for where in (address, f"/omdome/{token}"):
            assert world.post(client, where, **ANSWER).headers["Location"] == f"/omdome/{token}"
        with world.database.writing() as session:
            back = date.today() + timedelta(days=9) if column is Round.closes_on else None
            session.execute(update(column.class_).values({column.key: back}))
            session.commit()
    assert stored(world) == []


def test_the_key_of_one_link_opens_no_other_and_a_new_link_ends_the_old(world, token):
    client, address = opened(world, token)
    sheet = world.post(world.client("samordnare"), "/platsutveckling/2/omgang/2/lank/2").text
    other = re.search(r"/omdome/([\w-]+)", sheet)[1]
    stolen = f"/omdome/{other}/svara?{urlsplit(address).query}"
    assert client.get(stolen).headers["Location"] == f"/omdome/{other}"
    assert world.post(client, stolen, **ANSWER).headers["Location"] == f"/omdome/{other}"
    world.post(world.client("samordnare"), "/platsutveckling/1/omgang/1/lank/1")
    assert client.get(f"/omdome/{token}").status_code == 404
    assert stored(world) == []


def test_an_offer_is_shown_to_the_coordinator_only_becomes_a_measure_and_the_reading_is_logged(world, token):
    client, address = opened(world, token)
    world.post(client, address, **ANSWER | {"contribution": "Ljus i skyltfönstret."})
    coordinator = world.client("samordnare")
    page = coordinator.get("/platsutveckling/1/omgang/1").text
    assert "Ljus i skyltfönstret." in page
    for role in ("publik", "foretag", "trafikgrupp", "planerare", "polis"):
        assert "skyltfönstret" not in world.client(role).get("/platsutveckling/1").text
    done = world.post(coordinator, "/platsutveckling/1/omgang/1/bidrag/1")
    assert done.status_code == 303
    assert "Ljus i skyltfönstret." in coordinator.get(done.headers["Location"]).text
    assert world.post(coordinator, "/platsutveckling/1/omgang/1/bidrag/1").status_code == 409
    with world.database.reading() as session:
        lines = [(line.who, line.action) for line in session.scalars(select(AuditLine))]
    assert ("inbjudan:1", "review_site") in lines
    assert ("Exempel samordnare", "see_single_reviews") in lines
    assert token not in str(lines)


def test_the_coordinator_opens_one_round_at_a_time_and_invites_only_who_can_be(world):
    client = world.client("samordnare")
    closed = world.post(client, "/platsutveckling/1/omgang/1/stang")
    assert closed.status_code == 303
    for day, status in (("2001-01-01", 422), ("", 422), ((date.today() + timedelta(days=9)).isoformat(), 303)):
        assert world.post(client, "/platsutveckling/1/omgang/ny", closes_on=day).status_code == status
    again = world.post(client, "/platsutveckling/1/omgang/ny", closes_on=date.today().isoformat())
    assert again.status_code == 409
    nobody = world.post(client, "/platsutveckling/1/omgang/3/bjud-in", organisations=["1"])
    assert (nobody.status_code, "Välj minst ett företag" in nobody.text) == (422, True)
    assert world.post(client, "/platsutveckling/1/omgang/3/bjud-in", organisations=["x"]).status_code == 422
    sheet = world.post(client, "/platsutveckling/1/omgang/3/bjud-in", organisations=["3"])
    assert (sheet.status_code, "Till Kiosken" in sheet.text) == (200, True)
    assert "1</dd>" in client.get("/platsutveckling/1/omgang/3").text


def with_troubles(world, vellinge, tmp_path, times, opening=""):
    """The site with damage reported at these hours (None: no time), and the place beside it open at some times."""
    clock = ["" if hour is None else f"T{hour:02d}:00" for hour in times]
    rows = [f"S{n},skadegorelse,2026-0{1 + n % 2}-1{n % 9}{at},12.9558,55.4098" for n, at in enumerate(clock)]
    with world.database.writing() as session:
        builders.take_in(session, vellinge, builders.a_file(tmp_path, rows, "kallans_id,typ,tid_fran,lon,lat", "s.csv"))
        if opening:
            places.set_hours(session, access.command_line(), 1, {WatchKind.OPENING: opening}, today=date(2026, 3, 1))
        session.commit()


def hours_told(page):
    """The rows of the table of hours with reports: hour, how many, on which days unguarded."""
    rows = re.findall(r'<th scope="row">(\d\d–\d\d)</th><td class="number">(\d+)</td>(?:<td>([^<]*)</td>)?', page)
    assert len(rows) in (0, 24)
    return {hour: (int(n), days) for hour, n, days in rows if int(n)}


def test_a_site_tells_when_its_problems_are_to_those_who_may_know_hours(world, vellinge, tmp_path):
    with_troubles(world, vellinge, tmp_path, [19 + n % 3 for n in range(12)] + [None, None], "8-20")
    page = world.client("planerare").get("/platsutveckling/1").text
    assert "med känt klockslag: 13. 2 rapporter saknar klockslag. Flest problem för sin längd: kväll." in page
    assert "Obevakade timmar med problem: mån–sön 20–22, efter tiderna för Plats nummer 1." in page
    assert "varje tid på dygnet bedöms för sig" in page, "of thirteen no single hour is judged"
    told = hours_told(page)
    assert [told[hour] for hour in ("19–20", "20–21", "21–22")] == [(4, "–"), (4, "mån–sön"), (5, "mån–sön")]
    for role in ("publik", "foretag", "trafikgrupp"):
        hidden = world.client(role).get("/platsutveckling/1").text
        assert "klockslag" not in hidden and "hours-chart" not in hidden and not hours_told(hidden)


def test_from_two_reports_an_hour_on_single_hours_are_judged(world, vellinge, tmp_path):
    with_troubles(world, vellinge, tmp_path, [18] * 40 + [21] * 10, "mån-lör 8-20")
    page = world.client("polis").get("/platsutveckling/1").text
    assert "Obevakade timmar med problem: mån–lör 21–22, sön 18–19, 21–22, efter" in page
    assert "bedöms för sig" not in page
    told = hours_told(page)
    assert (told["18–19"], told["21–22"]) == ((40, "sön"), (11, "mån–sön"))


def test_without_opening_hours_no_hour_is_called_unguarded_and_of_few_times_nothing_is_said(world, vellinge, tmp_path):
    assert "För få rapporter med klockslag" in world.client("polis").get("/platsutveckling/1").text
    with_troubles(world, vellinge, tmp_path, [23] * 12)
    page = world.client("polis").get("/platsutveckling/1").text
    assert "Obevakad" not in page and "när den är öppen eller bemannad" in page
    assert hours_told(page)["23–00"] == (12, "")
    with_hours = world.database.writing()
    places.set_hours(with_hours, access.command_line(), 1, {WatchKind.OPENING: "dygnet runt"}, today=date(2026, 3, 1))
    with_hours.commit()
    assert "Ingen timme med många problem är obevakad" in world.client("polis").get("/platsutveckling/1").text
