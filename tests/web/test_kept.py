"""What the pages keep from whom: counts instead of reports for the police, no weekday for the traffic group."""

import re
import sys

import builders
import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from samverkan_map import access, measures
from samverkan_map.db.tables import Measure
from samverkan_map.translations import text
from samverkan_map.vocabulary import Verdict


def page(world, role, address):
    answer = world.client(role).get(address)
    assert answer.status_code == 200, answer.text[:300]
    return answer


def rows_of(file: str) -> str:
    """The data of the map's own rows in the stand-alone file."""
    return re.search(r"samverkan\.rows\(karta, (.*)\);", file)[1]


def test_the_map_file_of_the_police_holds_what_is_worked_with_and_counts_instead_of_reports(world):
    file, planners = page(world, "polis", "/karta.html").text, page(world, "planerare", "/karta.html").text
    assert "Hemligplats" in planners and '"layer":"problem","' in rows_of(planners)
    assert "Plats nummer 2" in rows_of(file)
    for word in ("Hemligplats", '"layer":"problem","symbol"', '"layer":"traffic","symbol"'):
        assert word not in rows_of(file)
    assert "Rapporterna i filen är räknade per delområde: " in file and "8 rader visas" in file
    assert re.search(r"per delområde: [^<]*Höllviken 1\b", file)


def test_the_map_file_of_the_police_holds_no_report_when_reports_alone_are_asked_for(world):
    file = page(world, "polis", "/karta.html?layer=problem,traffic").text
    assert '"rows":[]' in rows_of(file)
    assert '"layer":"traffic","symbol"' in rows_of(page(world, "planerare", "/karta.html?layer=traffic").text)


def test_only_who_may_know_the_weekday_is_offered_it(world):
    assert 'name="weekday"' in page(world, "planerare", "/").text
    assert 'name="weekday"' not in page(world, "trafikgrupp", "/").text
    assert world.client("trafikgrupp").get("/karta?weekday=6").status_code == 400


def test_the_outline_of_a_chosen_place_lies_around_its_point(world):
    rows = page(world, "planerare", "/karta.geojson?layer=places").get_json()["features"]
    lon, lat = builders.HOLLVIKEN
    for row in rows:
        told = page(world, "planerare", f"/karta/objekt/places/{row['properties']['id']}").get_json()["geometry"]
        for x, y in told["coordinates"][0]:
            assert abs(x - lon) < 0.001 and abs(y - lat) < 0.001


@pytest.mark.parametrize(
    "given",
    [{"kind": "traffic"}, {"keeper": "kommun"}, {"bbox": "12.9,55.4,13,55.5"}, {"type": "fortkorning,klotter"},
     {"weekday": "0,2"}, {"area": "hollviken,vellinge"}, {"source": "est,medborgarrapport"},
     {"phase": "scanning,analysis"}, {"status": "done,reopened"}, {"type": "klotter"}, {"weekday": "0-4"}],
)  # fmt: skip
def test_changing_one_choice_keeps_all_the_others(world, given):
    """The form sends back every filter that the page was asked with."""
    form = page(world, "planerare", "/karta?" + "&".join(f"{k}={v}" for k, v in given.items())).text
    form = form.split('id="val"')[1].split("</form>")[0]
    sent = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form):
        sent[name] = value
    for name, options in re.findall(r'<select id="\w+" name="(\w+)">(.*?)</select>', form, re.S):
        chosen = re.findall(r'<option value="([^"]*)" selected', options)
        assert len(chosen) <= 1, name
        if chosen and chosen[0]:
            sent[name] = chosen[0]
    assert sent == given | {"layer": "inga"}  # beside the boxes: what is sent when none of them is ticked


def test_a_persons_motivation_of_a_verdict_is_not_for_the_public(world, vellinge):
    host = access.command_line()
    with world.database.writing() as session:
        shown = session.scalars(select(Measure).where(Measure.published)).one()
        plan = measures.plan_follow_up(
            session, host, vellinge, shown.id, indicator="rapporter", types=["skadegorelse"], window_months=6,
            due_on=shown.planned_start, today=shown.updated_on,
        )  # fmt: skip
        measures.set_verdict(
            session, host, plan.id, Verdict.HELPED, note="Mindre skräp enligt oss.", today=shown.updated_on
        )
        session.commit()
        address = f"/atgarder/{shown.id}"
    assert "Mindre skräp enligt oss." in page(world, "planerare", address).text
    assert "Mindre skräp enligt oss." not in page(world, "publik", address).text
    assert text("sv", "vocabulary.verdict.helped") in page(world, "publik", address).text


def test_a_page_is_looked_at_as_the_public_only_by_those_who_may_and_only_looked_at(world):
    for role in ("planerare", "polis", "samordnare", "trafikgrupp", "publik"):
        assert world.client(role).get("/karta?som=publik").status_code == 200, role
    assert world.client("foretag").get("/karta?som=publik").status_code == 403
    for other in ("samordnare", "polis", "", "kung"):
        assert world.client("planerare").get(f"/karta?som={other}").status_code == 400, other
    assert world.post(world.client("planerare"), "/konto/logga-ut?som=publik").status_code == 400


def test_a_large_municipality_is_counted_in_larger_cells_in_its_file(world, monkeypatch):
    monkeypatch.setattr("samverkan_map.web.map_file.FILE_ROWS", 0)
    monkeypatch.setattr(sys.modules["samverkan_map.reports.cells"], "SINGLES", 0)
    near = page(world, "planerare", "/karta.html?layer=problem,traffic").text
    west, south, east, north = 8.0, 53.0, 20.0, 60.0
    monkeypatch.setattr("samverkan_map.web.subject.bounds", lambda _: (west, south, east, north))
    far = page(world, "planerare", "/karta.html?layer=problem,traffic").text
    for file in (near, far):
        assert sum(map(int, re.findall(r'"n":(\d+)', rows_of(file)))) == 2


def test_an_answer_that_says_the_commit_failed_is_dressed_as_every_other(world, monkeypatch):
    client = world.client("samordnare")
    form = {"code": "bryggan", "name": "Bryggan", "kind": "business", "csrf_token": world.form_token(client)}

    def broken(self):
        raise OperationalError("COMMIT", None, Exception("database is locked"))

    with monkeypatch.context() as patched:
        patched.setattr(Session, "commit", broken)
        answer = client.post("/admin/organisationer", data=form)
    assert answer.status_code == 503
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert (answer.headers["X-Content-Type-Options"], answer.headers["Cache-Control"]) == ("nosniff", "no-store")
    assert client.get("/admin/organisationer").text.count("Bryggan") == 0


@pytest.mark.parametrize("number", ["2147483648", "9" * 20, "9" * 200])
def test_a_number_that_no_row_can_have_is_no_page(world_on_each, number):
    client = world_on_each.client("samordnare")
    for address in (
        "/platser/{}",
        "/atgarder/{}",
        "/karta/objekt/problem/{}",
        "/admin/leveranser/{}",
        "/platser/2147483647",
    ):
        assert client.get(address.format(number)).status_code == 404, address
