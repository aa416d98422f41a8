"""Columns, types and systems are recognised or chosen by hand."""

import json
import re

from delivery_steps import (
    GOOD,
    HEADER,
    UNKNOWN,
    as_geojson,
    check,
    chosen,
    columns_of,
    csv_bytes,
    said,
    take_in,
    tally,
    to_preview,
    upload,
)


def test_columns_that_nobody_knows_are_chosen_by_hand_and_the_rest_is_named_as_ignored(world, coordinator):
    header = "Löpnr,Brottstyp,Datum,Öst/Väst,Nord/Syd,Diarium"
    first = upload(world, coordinator, csv_bytes(*GOOD, header=header))
    page = coordinator.get(first.location).text
    place = columns_of(page)
    assert [place[name] for name in header.split(",")] == list("012345")
    wrong = check(world, coordinator, first.location)
    assert wrong.status_code == 422 and "Välj vilken kolumn som är typen." in wrong.text
    by_hand = {
        "column-type": place["Brottstyp"], "column-occurred_from": place["Datum"], "column-source_ref": place["Löpnr"],
        "column-x": place["Öst/Väst"], "column-y": place["Nord/Syd"],
    }  # fmt: skip
    preview = check(world, coordinator, first.location, **by_hand).location
    page = coordinator.get(preview)
    assert tally(page) == [2, 2, 0, 0, 0] and "En kolumn används inte: Diarium." in page.text
    assert "WGS 84" in page.text


def test_a_column_that_was_recognised_can_be_left_unused(world, coordinator):
    rows = ["fortkorning,2026-01-10,12.9558,55.4098,Enköping", "fortkorning,2026-01-11,12.9558,55.4098,Enköping"]
    content = csv_bytes(*rows, header="typ,tid_fran,lon,lat,kommun")
    refused = coordinator.get(to_preview(world, coordinator, content))
    assert tally(refused) == [2, 0, 0, 2, 0] and "en annan kommun: Enköping" in refused.text
    accepted = coordinator.get(to_preview(world, coordinator, content, **{"column-municipality": ""}))
    assert tally(accepted) == [2, 2, 0, 0, 0]


def test_two_columns_that_mean_the_same_leave_the_choice_to_the_person(world, coordinator):
    rows = ["fortkorning,2026-01-10,1,12.9558,55.4098"]
    first = upload(world, coordinator, csv_bytes(*rows, header="typ,tid_fran,lon,longitud,lat"))
    page = coordinator.get(first.location).text
    assert chosen(page)["column-x"] == columns_of(page)["lon"]
    preview = check(world, coordinator, first.location, **{"column-x": columns_of(page)["longitud"]}).location
    assert tally(coordinator.get(preview)) == [1, 1, 0, 0, 0]


def test_words_for_types_are_translated_left_out_or_refused(world, coordinator):
    rows = [UNKNOWN, "A5,Brand,2026-01-14,13.0197,55.4712,", "A6,Stöld,2026-01-14,13.0197,55.4712,", *GOOD]
    first = upload(world, coordinator, csv_bytes(*rows))
    page = coordinator.get(first.location).text
    words = re.findall(r'<label for="(word-\d)">(\w+)</label>', page)
    name = {word: field for field, word in words}
    assert sorted(name) == ["Brand", "Rattfylleri", "Stöld"]
    assert '<optgroup label="Trygga unga">' in page
    told = {name["Rattfylleri"]: "trafikbrott", name["Brand"]: "-"}
    preview = check(world, coordinator, first.location, **told).location
    page = coordinator.get(preview)
    assert tally(page) == [5, 3, 0, 1, 1]
    assert "Typen ”Stöld” är okänd. Gå tillbaka till kolumnerna" in said(page)
    again = chosen(coordinator.get(first.location).text)
    assert {field: again[field] for field in told} == told


def test_another_column_of_types_brings_its_words_before_anything_is_tried(world, coordinator):
    rows = ["klotter,Rattfylleri,2026-01-10,12.9558,55.4098"]
    first = upload(world, coordinator, csv_bytes(*rows, header="typ,Rubricering,tid_fran,lon,lat"))
    page = coordinator.get(first.location).text
    assert "Rattfylleri" not in page
    back = check(world, coordinator, first.location, **{"column-type": columns_of(page)["Rubricering"]})
    assert back.location.endswith("/kolumner?nya=ord#ord")
    page = coordinator.get(back.location).text
    assert "Kolumnen för typ är ändrad." in page
    assert "Rattfylleri" in page and chosen(page)["column-type"] == "1"
    preview = check(world, coordinator, first.location, **{"word-0": "trafikbrott"}).location
    assert tally(coordinator.get(preview)) == [1, 1, 0, 0, 0]


def test_swapped_axes_are_named_and_put_right_on_the_page(world, coordinator):
    first = upload(world, coordinator, csv_bytes(*GOOD, header=HEADER.replace("lon,lat", "lat,lon")))
    page = coordinator.get(first.location).text
    assert "ser ut att ha bytt plats" in page
    wrong = check(world, coordinator, first.location)
    assert wrong.status_code == 422 and "Koordinaterna är i WGS 84, men öst och nord" in wrong.text
    assert "<title>Fel: Vilken kolumn är vilken?" in wrong.text and 'href="#column-x"' in wrong.text
    form = chosen(page)
    right = check(world, coordinator, first.location, **{"column-x": form["column-y"], "column-y": form["column-x"]})
    assert tally(coordinator.get(right.location)) == [2, 2, 0, 0, 0]


def test_swapped_points_in_a_geojson_are_named_and_sent_back(world, coordinator):
    swapped = [{**f, "geometry": {**f["geometry"], "coordinates": f["geometry"]["coordinates"][::-1]}}
               for f in json.loads(as_geojson(None)[0])["features"]]  # fmt: skip
    content = json.dumps({"type": "FeatureCollection", "features": swapped}).encode()
    first = upload(world, coordinator, content, "mars.geojson")
    assert "column-x" not in coordinator.get(first.location).text
    wrong = check(world, coordinator, first.location)
    assert wrong.status_code == 422 and "har bytt plats i filen. Exportera den igen" in wrong.text


def test_the_coordinate_system_is_recognised_and_can_be_overruled(world, coordinator):
    rows = ["klotter,2026-01-10,374500,6142000", "klotter,2026-01-11,374600,6142100"]
    content = csv_bytes(*rows, header="typ,tid_fran,e,n")
    first = upload(world, coordinator, content)
    assert "Igenkänt: SWEREF 99 TM" in coordinator.get(first.location).text
    assert tally(coordinator.get(check(world, coordinator, first.location).location)) == [2, 2, 0, 0, 0]
    overruled = coordinator.get(check(world, coordinator, first.location, crs="4326").location)
    assert tally(overruled) == [2, 0, 0, 2, 0]


def test_a_source_must_be_chosen_or_stand_in_the_file(world, coordinator):
    first = upload(world, coordinator, csv_bytes(*GOOD), source="")
    wrong = check(world, coordinator, first.location)
    assert wrong.status_code == 422 and "Välj källa, eller vilken kolumn som är källan." in wrong.text
    assert check(world, coordinator, first.location, source="hittepå").status_code == 422
    right = check(world, coordinator, first.location, source="est")
    receipt = take_in(world, coordinator, right.location)
    assert "EST" in coordinator.get(receipt.location).text
