"""Two periods, the series and the other methods on their pages: page, picture and files of the same answer."""

import csv
import io
import re
import xml.etree.ElementTree as ET
from datetime import date, timedelta

import builders
import pytest
from shapely.geometry import LineString

from samverkan_map import traffic
from samverkan_map.vocabulary import add_months
from samverkan_map.web import sessions

E, N = 374375, 6148375


def rose_and_fell(world, vellinge, folder):
    """Complaints that rose from 12 to 60 in one square and fell from 50 to 5 in another, and reports of five years."""
    month = sessions.now().date().replace(day=1)
    squares = (("a", 60, 0, E), ("b", 12, 12, E), ("c", 5, 0, E + 2000), ("d", 50, 12, E + 2000))
    rows = [
        f"{name}{i},fortkorning,{day}T22:10,{e + 6 * (i % 7)},{N + 9 * (i % 5)}"
        for name, many, months, e in squares
        for i in range(many)
        if (day := add_months(month, -months) - timedelta(days=2 + 5 * i % 300))
    ]
    old = [
        f"o{i},klotter,{month - timedelta(days=20 * i)}T09:30,{E - 331 * (i % 7)},{N - 287 * (i % 9)}"
        for i in range(90)
    ]
    with world.database.writing() as session:
        file = builders.a_file(folder, rows + old, "kallans_id,typ,tid_fran,e,n", "changed.csv")
        assert builders.take_in(session, vellinge, file).stored
        session.commit()
    return world


@pytest.fixture
def changed(world, vellinge, tmp_path):
    """The embedded database with what rose and fell."""
    return rose_and_fell(world, vellinge, tmp_path)


@pytest.fixture
def changed_on_each(world_on_each, vellinge, tmp_path):
    """Both databases with what rose and fell."""
    return rose_and_fell(world_on_each, vellinge, tmp_path)


def text(response) -> str:
    assert response.status_code == 200, response.text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def rows_of(response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"))))


def test_two_periods_in_words_picture_table_and_files(changed_on_each):
    client = changed_on_each.client("planerare")
    page = client.get("/aterkommande/jamfor?kind=traffic")
    words = text(page)
    assert "2 platser har säkert ändrats." in words and "▲▲ +48 mot jämförelseperioden (12 → 60)." in words
    assert "▼▼ −45 mot jämförelseperioden (50 → 5)." in words and "Säkerhet: säkert" in words
    found = client.get("/aterkommande/jamfor.geojson?kind=traffic").json
    assert [feature["properties"]["now"] for feature in found["features"]][:2] == [60, 5]
    (west, _), *_ = found["features"][0]["geometry"]["coordinates"][0]
    assert 12.9 < west < 13.1
    table = rows_of(client.get("/aterkommande/jamfor.csv?kind=traffic"))
    assert len(table) == found["numberMatched"] and (table[0]["before"], table[0]["certainty"]) == ("12", "säkert")
    picture = client.get("/aterkommande/jamfor/karta.svg?kind=traffic").text
    ET.fromstring(picture)
    assert all(part in picture for part in ("#A64B00", "#1B4F9C", ">▲▲ 1<", ">▼▼ 2<", "Kraftig kontur"))
    assert "style=" not in picture
    english = text(changed_on_each.client("polis", language="en").get("/aterkommande/jamfor"))
    assert "Compare two periods" in english and "händelser" not in english.split("Compare two periods", 1)[1]


def test_own_periods_are_compared_as_rates_and_wrong_ones_refused(changed):
    client, year = changed.client("planerare"), sessions.now().year
    own = f"from={year - 1}-07&to={year - 1}-12&before_from={year - 2}-01&before_to={year - 2}-12"
    assert "Perioderna är olika långa." in text(client.get(f"/aterkommande/jamfor?{own}&cell=1000"))
    for query, words in (
        (f"from={year - 1}-01&to={year - 1}-12&before_from={year - 1}-06&before_to={year - 1}-08", "går in i varandra"),
        (f"before_from={year - 2}-06", "båda"), ("before_from=x&before_to=y", "kan inte läsas"),
        ("compare=never", "Det här går att välja"), ("cell=99", "50 meter"), ("q=torget", "går inte att använda här"),
        (f"before_from={year - 2}-12&before_to={year - 2}-01", "slut innan den börjar"),
    ):  # fmt: skip
        answer = client.get(f"/aterkommande/jamfor?{query}")
        assert answer.status_code == 400 and words.replace("båda", "första och sista månaden") in answer.text, query
    early = client.get("/aterkommande/jamfor?before_from=2001-01&before_to=2001-12")
    assert "går inte så långt tillbaka" in text(early) and 'class="spots-map"' not in early.text
    assert "Inget är rapporterat under" in text(client.get("/aterkommande/jamfor?from=2001-01&to=2001-12"))
    group = changed.client("trafikgrupp")
    assert group.get(f"/aterkommande/jamfor?before_from={year - 2}-01-05&before_to={year - 2}-12").status_code == 400
    assert "klotter" not in text(group.get("/aterkommande/jamfor")).lower()


def test_the_series_is_drawn_without_script_on_one_ground_with_one_scale(changed):
    client = changed.client("planerare")
    page = client.get("/aterkommande/serie?kind=traffic&step=quarter")
    maps = re.findall(r'<svg viewBox="0 0 320 240" role="img" aria-label="([^"]+)">', page.text)
    table = rows_of(client.get("/aterkommande/serie.csv?kind=traffic&step=quarter"))
    assert len(maps) == len(table) >= 8 and sum(int(row["count"]) for row in table) == 128
    assert all(row["count"] in words for row, words in zip(table, maps, strict=True))
    monthly = client.get("/aterkommande/serie")
    told = re.search(r"Det finns (\d+) hela perioder. Här visas de 24 senaste.", text(monthly))
    before = re.search(r'<a href="([^"]+)">Visa de 24 före dem</a>', monthly.text).group(1).replace("&amp;", "&")
    assert int(told[1]) > 48 and "serie?from=" in before
    assert len(rows_of(client.get(before.replace("/serie?", "/serie.csv?")))) == 24
    ground = re.search(r'<image href="([^"]+)"', page.text).group(1)
    ET.fromstring(client.get(ground).text)
    assert client.get("/aterkommande/serie?step=decade").status_code == 400
    assert "Det finns inga rapporter" in text(client.get("/aterkommande/serie?kind=accident"))


@pytest.mark.parametrize("method", ["density", "clusters", "streets"])
def test_another_method_is_a_page_a_picture_and_files_of_its_own(changed, method):
    client = changed.client("planerare")
    page = client.get(f"/aterkommande?method={method}&kind=traffic")
    words = text(page)
    assert "Vad som är mer än slumpen förklarar säger bara sökningen med rutor." in words
    numbers = re.findall(r'<span class="rank">(\d+)</span>', page.text)
    found = client.get(f"/aterkommande.geojson?method={method}&kind=traffic").json
    table = rows_of(client.get(f"/aterkommande.csv?method={method}&kind=traffic"))
    assert [row["number"] for row in table] == numbers and found["numberMatched"] == len(numbers)
    assert found["question"]["method"] == method and {row["method"] for row in table} <= {method}
    ET.fromstring(client.get(f"/aterkommande/karta.svg?method={method}&kind=traffic").text)
    hours = re.findall(r'href="([^"]*weekday=\d[^"]*)#veckan"', page.text)
    assert (
        len(hours) == 168
        and all(f"method={method}" in one for one in hours)
        and "Flest per dag av veckodagen:" in words
    )
    late = next(one for one in hours if "hour=22-23" in one).replace("&amp;", "&")
    assert 'aria-current="true"' in client.get(late).text
    assert client.get(late.replace("?", ".geojson?")).status_code == 200
    if method != "streets":
        assert numbers and table[0]["count"] >= "60" and "Gör en plats av den" in words
    kept = changed.post(client, f"/aterkommande/korningar?method={method}&kind=traffic")
    address = kept.headers["Location"]
    run = client.get(address)
    assert "Uppgifterna är desamma i dag. Räknad på nytt i dag ger frågan exakt samma svar." in text(run)
    assert re.findall(r'<span class="rank">(\d+)</span>', run.text) == numbers and "Vem som rapporterar" in text(run)
    assert rows_of(client.get(f"{address}/platser.csv")) == table
    assert client.get(f"{address}/platser.geojson").json["features"] == found["features"]
    ET.fromstring(client.get(f"{address}/karta.svg").text)
    new = client.get(f"/platser/ny?aterkommande={address.rsplit('/', 1)[1]}.1")
    assert new.status_code == (200 if numbers else 404)
    assert changed.client("trafikgrupp").get(address).status_code == 404


def test_the_page_of_stretches_tells_what_lies_along_them_with_a_picture_and_a_file(changed, vellinge):
    line = LineString([(E - 100, N), (E + 700, N)])
    with changed.database.writing() as session:
        traffic.add_stretch(
            session, builders.COORDINATOR, vellinge, name="Nya vägen", keeper="kommun", speed_limit=40, line=line
        )
        session.commit()
    for role in ("planerare", "trafikgrupp"):
        client = changed.client(role)
        words = text(client.get("/aterkommande?method=streets"))
        assert "Värst är 500 meter av Nya vägen" in words and "Så lite väg har mest av skadorna" in words
        assert "Hela listan över sträckor finns på Trafik" in words and "klagomål per km och år, utjämnat" in words
        found = client.get("/aterkommande/langs.geojson").json
        first = found["features"][0]["properties"]
        assert (first["part"], first["stretch"], first["count"]) == ("window", "Nya vägen", 36)
        assert f">{first['number']}</text>" in client.get("/aterkommande/langs.svg").text
        run = changed.post(client, "/aterkommande/korningar?method=streets").location
        kept = text(client.get(run))
        assert "Värst är 500 meter av Nya vägen" in kept and "ger frågan exakt samma svar" in kept
        assert client.get(f"{run}/langs.geojson").json["features"] == found["features"]
        assert client.get(f"{run}/langs.svg").text == client.get("/aterkommande/langs.svg").text
    squares = changed.post(client, "/aterkommande/korningar").location
    assert client.get(f"{squares}/langs.svg").status_code == client.get(f"{squares}/langs.geojson").status_code == 404
    assert client.get("/aterkommande/langs.geojson?kind=problem").status_code == 400
    assert changed.client("publik").get("/aterkommande/langs.geojson").status_code == 404


def test_the_method_and_its_reach_are_checked_and_a_form_may_send_those_of_the_one_before(changed):
    client = changed.client("planerare")
    for query, words in (
        ("method=magic", "Det här går att välja"), ("method=density&bandwidth=100&cell=100", "minst tre gånger rutan"),
        ("method=density&bandwidth=abc", "kan inte läsas"), ("method=clusters&bandwidth=9000", "från 50 till 2000"),
        ("method=streets&kind=problem", "bara trafikklagomål"), ("bandwidth=300&hittepa=1", "hittepa"),
    ):  # fmt: skip
        answer = client.get(f"/aterkommande?{query}")
        assert answer.status_code == 400 and words in answer.text, query
    for query in (
        "method=&bandwidth=300",
        "method=density&cell=250",
        "method=clusters&cell=500",
        "method=streets&bandwidth=300",
    ):
        assert client.get(f"/aterkommande?{query}").status_code == 200, query
    book = client.get("/om/metod").text
    anchors = re.findall(r'<a href="#([^"]+)">', book.split('class="contents"')[1].split("</nav>")[0])
    assert len(anchors) == len(set(anchors)) >= 25 and all(f'<h2 id="{one}">' in book for one in anchors)
    for one in ("gi", "langs", "skador", "matko", "jamfor", "korningar", "density"):
        assert f"metod-{one}" in anchors


def test_an_empty_world_says_so_on_every_page(world):
    client = world.client("planerare")
    when = date(2031, 1, 1)
    for address in ("/aterkommande?method=density", "/aterkommande?method=clusters", "/aterkommande/jamfor"):
        page = text(client.get(f"{address}{'&' if '?' in address else '?'}kind=accident&from={when:%Y-%m}"))
        assert "Det finns inga rapporter av det här slaget." in page or "Inget är rapporterat" in page
