"""What the pages keep from whom: counts instead of reports for the police, no weekday for the traffic group."""

import re

import builders
import pytest
from sqlalchemy import select

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
    assert sent == given


def test_a_persons_motivation_of_a_verdict_is_not_for_the_public(world):
    host = access.command_line()
    with world.database.writing() as session:
        shown = session.scalars(select(Measure).where(Measure.published)).one()
        plan = measures.plan_follow_up(
            session, host, shown.id, indicator="rapporter", window_months=6, comparison="", due_on=shown.planned_start
        )
        measures.set_verdict(
            session, host, plan.id, Verdict.HELPED, note="Mindre skräp enligt oss.", today=shown.updated_on
        )
        session.commit()
        address = f"/atgarder/{shown.id}"
    assert "Mindre skräp enligt oss." in page(world, "planerare", address).text
    assert "Mindre skräp enligt oss." not in page(world, "publik", address).text
    assert text("sv", "vocabulary.verdict.helped") in page(world, "publik", address).text
