"""The list of stretches, the ledger on it, its files, and the letter to a road keeper."""

import csv
import io
import json
import re
from datetime import date

import pytest
from shapely.geometry import LineString
from sqlalchemy import select

from samverkan_map import access, measures, traffic
from samverkan_map.db.tables import Measure, Report, Site
from samverkan_map.vocabulary import Mechanism

ASKED = "from=2025-03&to=2026-02"


def page(world, address, role="planerare"):
    answer = world.client(role).get(address)
    assert answer.status_code == 200, address
    return answer.text.replace("\N{NO-BREAK SPACE}", " ")


def on(text, name):
    """The row of a stretch in the first table."""
    return next(row for row in text.split("<tr>") if f">{name}</a>" in row)


def test_a_period_without_data_is_said_in_a_sentence_with_when_the_first_reports_are_from(busy):
    text = page(busy, "/trafik?from=2001-01&to=2001-12")
    assert "Inga klagomål eller olyckor är rapporterade januari–december 2001" in text
    assert "De första rapporterna är från oktober 2024." in text and "Mellangatan 1" in text
    assert "är rapporterade" not in page(busy, f"/trafik?{ASKED}")


def test_the_list_says_count_place_change_certainty_and_measurement(busy):
    row = on(page(busy, f"/trafik?{ASKED}"), "Mellangatan 1")
    for words in (
        "plats 1",
        ">25 <",
        "20 % utan klockslag",
        "▲",
        "+13",
        "Aldrig mätt",
        "utjämnat",
    ):
        assert words in row, words
    assert "osäkert" in row or "säkert" in row
    assert "visas inte utåt" in on(page(busy, f"/trafik?{ASKED}"), "Mellangatan 2")


def test_accidents_have_their_own_table_with_weights_and_source(busy):
    text = page(busy, f"/trafik?{ASKED}")
    table = text[text.index('id="olyckor"') :]
    row = on(table, "Mellangatan 1")
    assert 'data-label="Olyckor">2' in row and 'data-label="Döda och svårt skadade">1<' in row
    assert 'data-label="EPDO">29<' in row and "1 av 2" in row
    assert "Highway Safety Manual" in table and "avgör inte ensam" in table


def test_the_banner_tells_who_stands_for_more_than_half(busy):
    assert "24 av 25, kommer från en och samma källa: Trafikklagomål" in page(busy, f"/trafik?{ASKED}")


def test_list_geojson_csv_and_picture_hold_the_same_rows(busy):
    client = busy.client("planerare")
    for extra, names in (("", ["Mellangatan 1", "Mellangatan 2"]), ("&q=gatan 2", ["Mellangatan 2"])):
        shown = json.loads(client.get(f"/trafik.geojson?{ASKED}{extra}").data)
        assert [one["properties"]["name"] for one in shown["features"]] == names
        rows = list(csv.DictReader(io.StringIO(client.get(f"/trafik.csv?{ASKED}{extra}").data.decode("utf-8-sig"))))
        assert [row["name"] for row in rows] == names
        picture = client.get(f"/trafik.svg?{ASKED}{extra}")
        assert picture.mimetype == "image/svg+xml" and all(name in picture.text for name in names)
    first = json.loads(client.get(f"/trafik.geojson?{ASKED}").data)["features"][0]["properties"]
    assert (first["complaints"], first["before"], first["accidents"], first["severe"], first["epdo"]) == (
        25,
        12,
        2,
        1,
        29,
    )


def test_the_comparison_and_the_order_stand_in_the_address(busy):
    before = "from=2025-09&to=2026-02&compare=before"
    assert "−1" in on(page(busy, f"/trafik?{before}"), "Mellangatan 1")
    text = page(busy, f"/trafik?{ASKED}&sort=name&compare=before")
    assert 'aria-sort="ascending"' in text and '<option value="before" selected>' in text
    for wrong in ("compare=forra", "sort=newest", "page=0", "from=2026-13"):
        answer = busy.client("planerare").get(f"/trafik?{wrong}")
        assert answer.status_code == 400 and wrong.split("=")[0] in answer.text, wrong


def test_the_traffic_group_has_no_weekday_and_the_planner_has(busy):
    assert 'name="weekday"' in page(busy, "/trafik") and 'name="weekday"' not in page(busy, "/trafik", "trafikgrupp")
    assert busy.client("trafikgrupp").get("/trafik?weekday=1").status_code == 400
    assert busy.client("trafikgrupp").get("/trafik/stracka/1?from=2026-01-05&to=2026-01-09").status_code == 400


def test_what_the_list_shows_only_the_first_of_has_a_page_of_its_own_with_the_same_filters(busy, vellinge):
    with busy.database.writing() as session:
        for number in range(60):
            line = LineString([(371000 + 40 * number, 6143000), (371000 + 40 * number, 6143200)])
            traffic.add_stretch(
                session, access.command_line(), vellinge, name=f"Tvärgata {number:02}", keeper="kommun", speed_limit=40,
                line=line,
            )  # fmt: skip
        session.commit()
    text = page(busy, f"/trafik?{ASKED}&keeper=kommun")
    assert "De 20 första av 62 visas." in text
    address = re.search(r'href="(/trafik/hela/aldrig-matt[^"]+)"', text)[1].replace("&amp;", "&")
    assert "keeper=kommun" in address and "from=2025-03" in address
    first, second = (page(busy, f"{address}{more}") for more in ("", "&page=2"))
    assert "62 rader. Period: mars 2025 – februari 2026." in first and "Sida 1 av 2" in first
    names = re.findall(r"<li><a [^>]+>([^<]+)</a>: ", first + second)
    assert len(names) == len(set(names)) == 62 and names[0] == "Mellangatan 1"
    for part, words in (("olyckor", "Mellangatan 1"), ("korsningar", "0 rader"), ("matko", "Aldrig mätt")):
        assert words in page(busy, f"/trafik/hela/{part}?{ASKED}"), part
    assert "0 rader" in page(busy, "/trafik/hela/olyckor?q=finnsinte&page=7")


def test_the_ledger_and_the_queue_change_with_a_measurement(busy):
    text = page(busy, f"/trafik?{ASKED}")
    assert "Aldrig mätt: 2" in text and "Aldrig mätt, 19 klagomål om fart." in text
    form = {"started_on": "2026-02-02", "mean_speed": "41", "v85": "52,3", "vehicles": "4000"}
    form |= {"share_over_limit": "60", "share_over_30": "1"}
    busy.post(busy.client("trafikgrupp"), "/trafik/stracka/1/matning", **form)
    text = page(busy, f"/trafik?{ASKED}")
    assert "Upplevt och uppmätt: 1" in text and "Aldrig mätt: 1" in text and "52,3 km/h, gräns 40" in text
    assert '<h2 id="liggare">Upplevt och uppmätt</h2>' in page(busy, f"/trafik/stracka/1?{ASKED}")
    # A report made there tells it of its road too, over the last twelve months.
    with busy.database.reading() as session:
        number = session.scalar(select(Report.id).where(Report.source_ref == "A1"))
    told = dict(busy.client("trafikgrupp").get(f"/karta/objekt/traffic/{number}").json["facts"])
    assert told["Upplevt och uppmätt"].replace("\N{NO-BREAK SPACE}", " ") == (
        "Uppmätt, inte upplevt (52,3 km/h, gräns 40, 2 februari 2026)"
    )


def test_a_stretch_shows_its_quarters_as_bars_and_as_a_table(busy):
    text = page(busy, f"/trafik/stracka/1?{ASKED}")
    assert "Klagomål per kvartal" in text and text.count('class="chart-bar"') == 6
    assert "oktober–december 2024" in text


def test_before_and_after_stand_there_when_a_measure_lies_between_two_measurements(busy):
    with busy.database.writing() as session:
        found = measures.find(session, access.command_line())[-1]
        found = session.get_one(Measure, found.id)
        found.mechanism, found.status = Mechanism.TRAFFIC, "done"
        found.started_on, found.ended_on = date(2025, 5, 1), date(2025, 6, 1)
        for place in found.places:
            place.stretch_id = 1
        figures = {"mean_speed": 28.0, "share_over_30": 0.01, "vehicles": 4000}
        for day, v85, over, direction in (
            (date(2025, 4, 1), 50.0, 0.6, ""), (date(2025, 7, 1), 44.5, 0.35, ""), (date(2025, 5, 10), 60.0, 0.9, ""),
            (date(2025, 8, 1), 30.0, 0.1, "norrut"),
        ):  # fmt: skip
            traffic.measure_speed(
                session, access.command_line(), 1, started_on=day, ended_on=day, v85=v85, share_over_limit=over,
                direction=direction, **figures,
            )  # fmt: skip
        session.commit()
    text = page(busy, f"/trafik/stracka/1?{ASKED}")
    section = text[text.index('id="fore-efter"') : text.index('id="klagomal"')]
    assert "−5,5 km/h" in section and "−25,0" in section and "50,0 km/h" in section and "norrut" not in section
    # The same stands on the card of the place, on that of the site, and where the measure is followed up.
    with busy.database.writing() as session:
        found = session.get_one(Measure, found.id)
        found.sites, place = list(session.scalars(select(Site))), found.places[0].id
        session.commit()
    for address in (f"/platser/{place}", "/platsutveckling/1", f"/atgarder/{found.id}/uppfoljning"):
        text = page(busy, address)
        section = text[text.index('id="fore-efter"') :].split("</section>")[0]
        assert "−5,5 km/h" in section and "−25,0" in section and ">Mellangatan 1</a>" in section, address
    assert 'id="fore-efter"' not in page(busy, "/platsutveckling/1", "publik")


def test_a_letter_holds_only_the_keepers_stretches_and_nothing_small_or_about_reporters(busy):
    text = page(busy, f"/trafik/brev/kommun?{ASKED}")
    rows = text[text.index("<tbody>") : text.index("</tbody>")]
    # 19 and not 25: the way to school is of a kind that is never shown outside.
    assert 'data-label="Klagomål">19<' in rows and "+7" in rows
    assert rows.count("färre än 5") == 3
    for secret in ("Trafikklagomål", "klockslag", "08:00", "EPDO"):
        assert secret not in rows, secret
    assert "Mellangatan" not in page(busy, f"/trafik/brev/trafikverket?{ASKED}")
    assert busy.client("planerare").get("/trafik/brev/staten").status_code == 404
    plain = busy.client("planerare").get(f"/trafik.svg?{ASKED}&keeper=kommun&visa=brev").text
    assert "klagomål" not in plain.lower()


def test_an_empty_list_says_so(busy):
    assert "Inga sträckor stämmer med dina val." in page(busy, "/trafik?q=finns inte")


@pytest.mark.parametrize("address", ["/trafik", "/trafik.csv", "/trafik.geojson", "/trafik.svg", "/trafik/stracka/1"])
def test_the_same_on_both_databases_and_in_english(world_on_each, address):
    client = world_on_each.client("trafikgrupp", language="en")
    assert client.get(f"{address}?{ASKED}").status_code == 200
