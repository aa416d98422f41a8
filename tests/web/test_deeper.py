"""The deeper pages: page, picture and files tell the same, each role sees what it may, and nothing is a 500."""

import csv
import io
import re
import xml.etree.ElementTree as ET
from datetime import timedelta

import builders
import pytest

from samverkan_map.vocabulary import add_months
from samverkan_map.web import sessions

E, N = 374350, 6148350
PAGES = ("utveckling", "samlat", "arshjul", "upprepning", "larm")


def rows_of_years():
    """For 26 whole months: three complaints and three damages at one square each month, and some far and wide."""
    month = sessions.now().date().replace(day=1)
    rows = []
    for back in range(1, 27):
        first = add_months(month, -back)
        for n in range(6):
            kind, day = ("fortkorning", "skadegorelse")[n % 2], first + timedelta(days=1 + 4 * n)
            rows.append(f"p{back}-{n},{kind},{day}T20:00,{E + 5 * n},{N + back},Kommunen")
            e, n_ = E - 300 - 531 * ((back + n) % 9), N - 700 - 487 * ((back * n) % 11)
            rows.append(f"q{back}-{n},klotter,{day}T09:00,{e},{n_},")
    return rows


@pytest.fixture
def years(world_on_each, vellinge, tmp_path):
    with world_on_each.database.writing() as session:
        file = builders.a_file(tmp_path, rows_of_years(), "kallans_id,typ,tid_fran,e,n,organisation", "years.csv")
        assert builders.take_in(session, vellinge, file).stored
        session.commit()
    return world_on_each


def text(response) -> str:
    assert response.status_code == 200, response.text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def table(client, address):
    return list(csv.DictReader(io.StringIO(client.get(address).data.decode("utf-8-sig"))))


def test_pages_pictures_and_files_tell_the_same_and_link_to_each_other(years):
    client = years.client("planerare")
    overview = client.get("/aterkommande?kind=problem").text
    for page in PAGES:
        assert f'href="/aterkommande/{page}?kind=problem"' in overview
        words = text(client.get(f"/aterkommande/{page}"))
        assert "Så är det räknat" in words and "Uppgifternas version är" in words and "Vem som rapporterar" in words
    methods = [f"?method={one}" for one in ("cells", "density", "clusters", "streets")]
    for page in (*methods, "/jamfor", "/serie"):
        words = text(client.get(f"/aterkommande{page}"))
        assert (
            "Vem som rapporterar" in words and "Ingen organisation har svarat att inget fanns att rapportera" in words
        ), page
    page = client.get("/aterkommande/utveckling")
    numbers = re.findall(r'<span class="rank">(\d+)</span>', page.text)
    found, rows = client.get("/aterkommande/utveckling.geojson").json, table(client, "/aterkommande/utveckling.csv")
    assert numbers and [row["number"] for row in rows] == numbers and found["numberMatched"] == len(numbers)
    assert rows[0]["class"] == found["features"][0]["properties"]["class"] == "Varaktig"
    assert rows[0]["hot_months"] == rows[0]["months"] == "24" and "24 av 24 månader stack ut" in text(page)
    picture = client.get("/aterkommande/utveckling/karta.svg").text
    ET.fromstring(picture)
    assert all(f">{number}</text>" in picture for number in numbers) and " style=" not in picture
    held = table(client, "/aterkommande/samlat.csv")
    assert [row["share"] for row in held[:3]] == ["0.25", "0.5", "0.8"]
    half = text(client.get("/aterkommande/samlat"))
    assert f"Hälften av händelserna ligger i {held[1]['squares']} av" in half and "PAI" in half and "RRI" in half
    year = table(client, "/aterkommande/arshjul.csv")
    assert [row["number"] for row in year if row["part"] == "month"] == [str(n) for n in range(1, 13)]
    assert client.get("/aterkommande/arshjul").text.count('class="wheel-bar') == len(
        [row for row in year if row["part"] == "week"]
    )
    bands = table(client, "/aterkommande/upprepning.csv")
    assert len(bands) == 16 and {row["group"] for row in bands} == {"skador"}
    assert "av 100 veckor utan förändring" in text(client.get("/aterkommande/larm")).lower()


def test_the_traffic_group_sees_months_of_its_own_kinds_and_neither_days_nor_names(years):
    group = years.client("trafikgrupp")
    overview = group.get("/aterkommande").text
    assert "/aterkommande/arshjul" in overview and "/aterkommande/larm" not in overview
    for page in PAGES[:3]:
        words = text(group.get(f"/aterkommande/{page}"))
        assert "Kommunen" not in words.split("Vem som rapporterar")[1].split("Ingen organisation har svarat")[0]
        assert group.get(f"/aterkommande/{page}?type=klotter&from=2026-01-05").status_code == 400
    year = text(group.get("/aterkommande/arshjul"))
    assert "veckor och fönster visas inte" in year and "Valborg" not in year
    assert "En organisation står för mer än hälften" in year
    run = years.post(years.client("planerare"), "/aterkommande/korningar?kind=traffic").headers["Location"]
    (name,) = re.findall(r"En organisation, ([^,]+), står för mer än hälften", text(years.client("planerare").get(run)))
    seen = text(group.get(run))
    assert "En organisation står för mer än hälften" in seen and name not in seen.split("Sparad", 1)[1]
    assert {row["part"] for row in table(group, "/aterkommande/arshjul.csv")} == {"month"}
    for page in ("upprepning", "larm"):
        assert group.get(f"/aterkommande/{page}").status_code == 404
        assert group.get(f"/aterkommande/{page}.csv").status_code == 404


@pytest.mark.parametrize(
    ("address", "words"),
    [("larm?week=abc", "kan inte läsas"), ("larm?week=2026-W54", "kan inte läsas"), ("larm?week=0001-W01", "2026-W47"),
     ("larm?week=٢٠٢٦-W01", "kan inte läsas"), ("upprepning?group=%3Cscript%3E", "skador"),
     ("utveckling?cold=ja", "cold"), ("utveckling?cell=99", "50 meter"), ("samlat?cell=1e9", "kan inte läsas"),
     ("samlat?q=torget", "går inte att använda här"), ("arshjul?kind=strength", "inga problem"),
     ("arshjul?week=2026-W01", "week"), ("larm?source=polisen", "sammanhang")],
)  # fmt: skip
def test_what_cannot_be_answered_is_said_with_the_way_on(world, address, words):
    answer = world.client("planerare").get(f"/aterkommande/{address}")
    assert answer.status_code == 400 and words in answer.text and "<script>" not in answer.text


def test_with_next_to_nothing_reported_every_page_says_so_in_both_languages(world):
    for page in PAGES:
        for kind in ("", "?kind=accident", "?from=2001-01&to=2001-02"):
            assert "effect-words undecided" in world.client("planerare").get(f"/aterkommande/{page}{kind}").text
        for file in (".csv", ".geojson") if page == "utveckling" else (".csv",):
            assert world.client("polis").get(f"/aterkommande/{page}{file}").status_code == 200
        english = text(world.client("samordnare", language="en").get(f"/aterkommande/{page}"))
        assert not re.search(r"händelser|rutor|vecka\b|månad", english.split("Overview", 1)[1])
