"""Recurring problems on their page: words, picture, table and files of the same answer, and kept runs."""

import csv
import io
import re
import xml.etree.ElementTree as ET
from datetime import date, timedelta

import builders
import pytest
from sqlalchemy import select

from samverkan_map.db.tables import AuditLine, Run
from samverkan_map.web import sessions

E, N = 374250, 6148350


@pytest.fixture
def busy(world_on_each, vellinge, tmp_path, monkeypatch):
    """Sixty complaints at one square, ten of them from the year before, and reports spread over the years."""
    end = sessions.now().date().replace(day=1) - timedelta(days=1)
    near = [f"n{i},fortkorning,{end - timedelta(days=5 * i)}T22:10,{E + i % 7},{N + i % 5}" for i in range(60)]
    far = [
        f"f{i},klotter,{end - timedelta(days=11 * i)}T09:30,{E - 900 - 331 * (i % 7)},{N - 700 - 287 * (i % 9)}"
        for i in range(90)
    ]
    with world_on_each.database.writing() as session:
        file = builders.a_file(tmp_path, near + far, "kallans_id,typ,tid_fran,e,n", "busy.csv")
        assert builders.take_in(session, vellinge, file).stored
        session.commit()
    return world_on_each


def text(response) -> str:
    assert response.status_code == 200, response.text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def test_page_picture_table_and_files_tell_the_same_places(busy):
    client = busy.client("planerare")
    page = client.get("/aterkommande")
    numbers = re.findall(r'<span class="rank">(\d+)</span>', page.text)
    assert numbers and numbers[0] == "1" and "60 händelser på" in text(page)
    found = client.get("/aterkommande.geojson").json
    assert found["numberMatched"] == len(numbers) and found["features"][0]["properties"]["count"] == 60
    (west, _), *_ = found["features"][0]["geometry"]["coordinates"][0]
    assert 12.9 < west < 13.1
    cells = [cell["properties"] for cell in found["cells"]["features"]]
    assert sum(cell["count"] for cell in cells if cell["spot"] == 1) == 60 and all(cell["q"] <= 0.05 for cell in cells)
    assert all(cell["class"] and cell["history"] and cell["gi_star"] > 0 for cell in cells)
    rows = list(csv.DictReader(io.StringIO(client.get("/aterkommande.csv").data.decode("utf-8-sig"))))
    assert [row["number"] for row in rows] == numbers and rows[0]["count"] == "60"
    picture = client.get("/aterkommande/karta.svg").text
    ET.fromstring(picture)
    assert all(f">{number}</text>" in picture for number in numbers)
    assert "#3D0731" in picture and "style=" not in picture


def test_the_page_says_how_it_was_counted_and_whether_other_squares_change_it(busy):
    words = text(busy.client("planerare").get("/aterkommande"))
    for part in ("Så är det räknat", "Benjamini–Hochberg", "Prova 250 meter", "Prova 500 meter", "Åkrar och vatten"):
        assert part in words
    english = text(busy.client("polis", language="en").get("/aterkommande"))
    assert (
        "more events than chance explains" in english and "händelser" not in english.split("Recurring problems", 1)[1]
    )


def test_the_week_links_to_its_own_hours_and_is_hidden_from_those_who_see_months(busy):
    client = busy.client("planerare")
    page = client.get("/aterkommande?kind=traffic").text
    links = re.findall(r'href="(/aterkommande\?[^"]*weekday=\d[^"]*)#veckan"', page)
    assert len(links) == 168
    asked = next(link for link in links if "hour=22-23" in link).replace("&amp;", "&")
    narrowed = client.get(asked)
    assert narrowed.status_code == 200 and 'aria-current="true"' in narrowed.text
    group = busy.client("trafikgrupp")
    assert "visas inte" in text(group.get("/aterkommande")) and "weekday=" not in group.get("/aterkommande").text
    assert group.get("/aterkommande?weekday=3").status_code == 400


def test_the_traffic_group_finds_complaints_only(busy):
    page = busy.client("trafikgrupp").get("/aterkommande")
    assert "klotter" not in text(page).lower() and "60 händelser på" in text(page)


@pytest.mark.parametrize(
    ("query", "words"),
    [("cell=99", "50 meter"), ("cell=abc", "kan inte läsas"), ("q=torget", "går inte att använda här"),
     ("kind=accident,traffic", "Olyckor räknas aldrig ihop"), ("kind=strength", "inga problem"),
     ("source=polisen", "sammanhang"), ("hittepa=1", "hittepa")],
)  # fmt: skip
def test_what_cannot_be_answered_is_said_with_the_way_on(busy, query, words):
    answer = busy.client("planerare").get(f"/aterkommande?{query}")
    assert answer.status_code == 400 and words in answer.text


def test_a_period_without_reports_says_so_and_where_there_are_some(busy):
    answer = busy.client("planerare").get("/aterkommande?from=2001-01&to=2001-12")
    assert "Inget är rapporterat under" in text(answer) and "Räkna de sista tolv månaderna" in text(answer)
    assert "Spara körningen" not in answer.text


def test_a_run_is_kept_and_stays_and_becomes_a_place(busy, vellinge, tmp_path):
    client = busy.client("planerare")
    kept = busy.post(client, "/aterkommande/korningar?kind=traffic")
    assert kept.status_code == 303
    address = kept.headers["Location"]
    first = client.get(address)
    assert "Uppgifterna är desamma i dag." in text(first) and "60 händelser på" in text(first)
    with busy.database.writing() as session:
        more = [f"x{i},fortkorning,{date.today().replace(day=1) - timedelta(days=3)}T20:00,{E},{N}" for i in range(5)]
        builders.take_in(session, vellinge, builders.a_file(tmp_path, more, "kallans_id,typ,tid_fran,e,n", "x.csv"))
        session.commit()
    later = client.get(address)
    assert "Uppgifterna har ändrats sedan dess." in text(later) and "60 händelser på" in text(later)
    assert client.get(f"{address}/platser.geojson").json["features"][0]["properties"]["count"] == 60
    assert client.get(f"{address}/platser.csv").status_code == client.get(f"{address}/karta.svg").status_code == 200
    assert "65 händelser på" in text(client.get("/aterkommande?kind=traffic"))
    number = address.rsplit("/", 1)[1]
    form = client.get(f"/platser/ny?aterkommande={number}.1").text
    assert "Polygon" in form
    assert client.get(f"/platser/ny?aterkommande={number}.99").status_code == 404
    with busy.database.reading() as session:
        assert session.scalars(select(Run.who)).all() == ["Exempel planerare"]
        assert "keep_run" in session.scalars(select(AuditLine.action)).all()
    assert f"Körning {number}" in text(client.get("/aterkommande/korningar"))


def test_a_run_about_more_than_traffic_does_not_exist_for_the_traffic_group(busy):
    whole = busy.post(busy.client("polis"), "/aterkommande/korningar").headers["Location"]
    traffic = busy.post(busy.client("trafikgrupp"), "/aterkommande/korningar").headers["Location"]
    group = busy.client("trafikgrupp")
    assert group.get(whole).status_code == 404 and group.get(f"{whole}/karta.svg").status_code == 404
    assert group.get(traffic).status_code == busy.client("planerare").get(traffic).status_code == 200


def test_nothing_to_keep_is_said(busy):
    answer = busy.post(busy.client("planerare"), "/aterkommande/korningar?kind=accident")
    assert answer.status_code == 422 and "inget att spara" in answer.text
