"""The map page: one question in every form, for each role what that role may see, and nothing from elsewhere."""

import csv
import io
import json
import re

import builders
import numpy as np
import pytest
import shapely
from folium.plugins import MarkerCluster
from shapely import geometry

from samverkan_map import agreement
from samverkan_map.web import basemap, folium_map, legend, static_map

WHOLE = "bbox=12.7,55.3,13.3,55.6&z=11"
SEEN = {"publik": 3, "foretag": 3, "trafikgrupp": 4, "planerare": 8, "polis": 8, "samordnare": 8}
"""Rows of the small world: the public sees one place, site and measure; two reports and the unpublished come on top."""


def get(world, role, address):
    answer = world.client(role).get(address)
    assert answer.status_code == 200, answer.text[:500]
    return answer


@pytest.mark.parametrize("role", SEEN)
def test_map_list_table_geojson_and_cells_show_each_role_the_same_number(world, role):
    expected = SEEN[role]
    page, table = get(world, role, "/").text, get(world, role, "/karta?visa=tabell").text
    assert f"<h2>{expected} rader visas</h2>" in page and page.count('<p class="meta">') == expected
    assert table.count('<th scope="row">') == expected
    listed = get(world, role, "/karta.geojson").get_json()
    assert (listed["numberMatched"], len(listed["features"])) == (expected, expected)
    cells = get(world, role, f"/karta/rutor.geojson?{WHOLE}").get_json()
    assert sum(one["properties"]["n"] for one in cells["features"]) + cells["unmapped"] == expected


@pytest.mark.parametrize("role", ["publik", "trafikgrupp", "planerare", "samordnare"])
def test_the_csv_holds_every_row_of_the_question_and_is_a_download(world, role):
    answer = get(world, role, "/karta.csv")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(rows) == SEEN[role]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="karta.csv"'


@pytest.mark.parametrize(
    "query",
    ["area=hollviken", "layer=traffic", "layer=offentlig-miljo.problem,offentlig-miljo.places", "kind=traffic",
     "type=fortkorning", "q=nummer+1", "from=2026-02&to=2026-02", "weekday=6", "bbox=12.9,55.4,12.97,55.42"],
)  # fmt: skip
def test_a_filter_means_the_same_on_the_page_in_the_csv_and_on_the_map(world, query):
    page = get(world, "samordnare", f"/karta?{query}").text
    rows = list(csv.DictReader(io.StringIO(get(world, "samordnare", f"/karta.csv?{query}").data.decode("utf-8-sig"))))
    assert int(re.search(r"<h2>(\d+) rad", page)[1]) == len(rows)
    if "bbox" not in query:
        cells = get(world, "samordnare", f"/karta/rutor.geojson?{query}&{WHOLE}").get_json()
        assert sum(one["properties"]["n"] for one in cells["features"]) + cells["unmapped"] == len(rows)


def test_the_public_start_page_shows_what_is_worked_with_and_never_a_report(world):
    page = get(world, "publik", "/").text
    assert "<h1>Platser vi arbetar med i Vellinge kommun</h1>" in page
    assert "Plats nummer 1" in page and "Plats nummer 2" not in page
    for word in ("Fortkörning", "Skadegörelse, ", "Hemlig", 'name="from"', 'name="hour"', 'name="type"'):
        assert word not in page


def test_the_public_may_not_ask_finer_questions_and_nobody_an_unknown_one(world):
    assert world.client().get("/karta?from=2026-01").status_code == 400
    assert world.client("planerare").get("/karta?visa=glob").status_code == 400
    whole = get(world, "planerare", f"/karta/rutor.geojson?{WHOLE}").get_json()
    for address in (
        "/karta/rutor.geojson",
        "/karta/rutor.geojson?z=11",
        "/karta/rutor.geojson?bbox=12.7,55.3,13.3,55.6&z=18",
    ):
        cells = get(world, "planerare", address).get_json()
        assert (cells["numberMatched"], cells["unmapped"]) == (whole["numberMatched"], whole["unmapped"])
        assert (
            sum(one["properties"]["count"] for one in cells["features"]) + cells["unmapped"] == whole["numberMatched"]
        )
    assert world.client("planerare").get("/karta/rutor.geojson?z=x&bbox=12.7,55.3,13.3,55.6").status_code == 400


def test_a_question_that_cannot_be_answered_says_all_its_faults_with_labels_and_the_way_on(world):
    answer = world.client("planerare").get("/karta?weekday=9&area=malmo&foo=bar&type=klotter")
    assert answer.status_code == 400
    for words in (
        "Filtret Veckodag (weekday) kan inte läsas", "Filtret Område (area) känner inte till ”malmo”",
        "hollviken (Höllviken)", "Det finns inget filter som heter ”foo”", "3 av valen i adressen",
        'href="/karta?type=klotter"', 'href="/karta?weekday=9&amp;foo=bar&amp;type=klotter"',
    ):  # fmt: skip
        assert words in answer.text, words
    single = world.client("planerare").get("/karta?q=%00&area=hollviken").text
    assert "Sökordet i Ord i rubrik eller text (q) innehåller ett tecken" in single
    assert 'href="/karta?area=hollviken">Visa sidan utan Ord i rubrik eller text (q)' in single


@pytest.mark.parametrize("page", ["/karta", "/platser", "/atgarder", "/platsutveckling", "/trafik"])
def test_an_unknown_filter_is_refused_on_every_page_and_in_its_files(world, page):
    staff = world.client("samordnare")
    for address in (page, f"{page}.geojson", f"{page}.csv"):
        if staff.get(address).status_code == 200:
            refused = staff.get(f"{address}?foo=bar")
            assert refused.status_code == 400 and "”foo”" in refused.get_data(as_text=True), address
            assert staff.get(f"{address}?utm_source=brev&area=hollviken").status_code == 200, address


def test_a_page_may_have_filters_of_its_own(world):
    staff = world.client("planerare")
    assert staff.get("/atgarder?state=planned&mechanism=traffic").status_code == 200
    assert staff.get("/karta?state=planned").status_code == 400
    refused = staff.get("/atgarder?state=borta&foo=1&area=hollviken").text
    assert "”foo”" in refused and "state (Läge)" in refused, "the page's own filters are among what can be used"
    assert 'href="/atgarder?area=hollviken"' in staff.get("/atgarder?state=borta&area=hollviken").text


def test_an_address_that_is_too_long_is_answered_in_words(world):
    answer = world.client().get("/karta?q=" + "a" * 4000)
    assert answer.status_code == 414
    assert "Adressen är för lång för att läsas." in answer.text


def test_no_page_holds_inline_code_and_all_files_come_from_the_own_host(world):
    page = get(world, "planerare", "/").text
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", page)
    addresses = re.findall(r'(?:src|href|action)="([^"]*)"', page)
    assert len(addresses) > 50 and not [one for one in addresses if one.startswith(("http", "//", "data:"))]


def test_the_composed_script_is_an_address_of_its_own_and_the_same_for_the_same_question(world):
    first, second = (get(world, "planerare", "/karta/skript.js?area=hollviken&from=2026-01") for _ in range(2))
    assert first.data == second.data and first.mimetype == "text/javascript"
    assert 'L.map(\n                "karta"' in first.text
    assert '"question":"from=2026-01&area=hollviken"' in first.text
    assert "://" not in first.text and len(first.data) < 10_000


def test_what_looks_like_a_template_or_a_script_is_only_text(world, vellinge):
    name = "Bänken {{ 7 * 191 }} </script><b>fet</b> {% raw %}"
    with world.database.writing() as session:
        session.info["n"] = 50
        builders.a_place(session, vellinge, name=name, published=True)
        session.commit()
    page, script, file = (
        get(world, "planerare", address).text for address in ("/", "/karta/skript.js?q={{7*191}}", "/karta.html")
    )
    for text in (page, script, file):
        assert "Bänken 1337" not in text and "<b>fet" not in text
    assert "&lt;b&gt;fet" in page and "\\u003cb\\u003efet" in file and "\\u007b{ 7 * 191 }}" in file


def test_the_stand_alone_file_opens_without_a_network_and_says_who_may_see_what_it_holds(demo_world):
    answer = demo_world.client("trafikgrupp").get("/karta.html?som=publik")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="samverkanskartan.html"'
    text = answer.text
    assert not re.search(r'<(?:script|link|img|iframe)[^>]+(?:src|href)="', text)
    assert (
        "default-src 'none'" in text
        and "import " not in text.split("<script>")[1].split("const symbolsModule")[1][:50_000]
    )
    for words in ("Exempeldata", "rollen Publik", "3 rader visas", "Teckenförklaring", "Framtagen"):
        assert words in text
    assert "Plats nummer 1" in text and "Plats nummer 2" not in text


def test_the_panel_tells_a_place_in_words_and_hides_a_report_from_those_who_may_not_see_it(world):
    rows = get(world, "planerare", "/karta.geojson").get_json()["features"]
    ids = {one["properties"]["layer"]: one["properties"]["id"] for one in rows}
    place = get(world, "publik", "/karta/objekt/places/1").get_json()
    assert place["title"] == "Plats nummer 1" and place["address"] == "/platser/1"
    assert ["Läge", "Kartläggning"] in place["facts"] and "Belysning nummer 1" in [
        one["title"] for one in place["done"]
    ]
    report = get(world, "planerare", f"/karta/objekt/problem/{ids['problem']}").get_json()
    assert report["title"] == "Skadegörelse, Hemligplats" and "Hemligbeskrivning" not in json.dumps(report)
    for role, layer in (("publik", "problem"), ("publik", "traffic"), ("trafikgrupp", "problem")):
        assert world.client(role).get(f"/karta/objekt/{layer}/{ids[layer]}").status_code == 404


def test_the_picture_without_scripts_names_what_it_shows(world):
    picture = get(world, "planerare", "/karta.svg")
    assert picture.mimetype == "image/svg+xml"
    for words in ("Karta över Vellinge kommun", "Teckenförklaring", "Åtgärder", "Hela perioden", "km"):
        assert words in picture.text
    assert '<img class="map-static" src="/karta.svg"' in get(world, "planerare", "/").text


def test_the_search_finds_a_street_by_part_of_its_name_and_the_map_goes_there(world):
    found = get(world, "publik", "/sok.json?q=mellang").get_json()["found"]
    assert [one["name"] for one in found] == ["Mellangatan"] and found[0]["kind"].startswith("Gata")
    assert "Kartan visar Mellangatan." in get(world, "publik", "/?plats=Mellangatan").text
    assert "Vi hittar ingen plats som heter ”Xyz”." in get(world, "publik", "/?plats=Xyz").text
    assert get(world, "publik", "/sok.json?q=").get_json() == {"found": []}


def test_a_searched_street_is_marked_whole_on_the_map_and_in_the_picture(world):
    script = get(world, "planerare", "/karta/skript.js?plats=Mellangatan").text
    hit = json.loads(re.search(r"samverkan\.hit\(karta, (\{.*?\})\);", script)[1])
    lines = [shapely.LineString(line) for line in hit["lines"]]
    assert hit["name"] == "Mellangatan" and len(lines) == 1
    assert lines[0].distance(shapely.Point(hit["at"][::-1])) < 0.0001
    west, south, east, north = map(
        float, re.search(r'data-bounds="([^"]+)"', get(world, "planerare", "/?plats=Mellangatan").text)[1].split(",")
    )
    assert shapely.box(west, south, east, north).contains(lines[0])
    assert ">Mellangatan</text>" in get(world, "planerare", "/karta.svg?plats=Mellangatan").text
    # The name of a whole sub-area is no place on it.
    assert "samverkan.hit" not in get(world, "planerare", "/karta/skript.js?plats=Ljunghusen").text


def test_a_search_keeps_the_other_choices_of_the_page(world):
    form = get(world, "planerare", "/?period=12m&layer=-strength&plats=Mellangatan").text.split("head-search")[1]
    form = form.split("</form>")[0]
    kept = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    assert kept == {"period": "12m", "layer": "-strength"}


def test_a_picture_marks_what_it_is_about_and_names_it(world):
    rows = get(world, "planerare", "/karta.geojson").get_json()["features"]
    report = next(one["properties"]["id"] for one in rows if one["properties"]["layer"] == "traffic")
    stretch = get(world, "planerare", "/trafik.geojson").get_json()["features"][0]
    for about, name in (
        ("places.1", "Plats nummer 1"), (f"traffic.{report}", "Fortkörning"),
        (f"stracka.{stretch['id']}", stretch["properties"]["name"]),
    ):  # fmt: skip
        picture = get(world, "planerare", f"/karta.svg?kring={about}&storlek=liten&layer=places,sites,measures").text
        assert re.search(rf">{name}[^<]*</text>", picture) and 'opacity="0.5"' in picture, about
    assert 'stroke="#FFDD00"' in picture, "a stretch is drawn as one"
    for address in ("/karta.svg?kring=places.2", f"/karta.svg?kring=traffic.{report}", "/karta.svg?kring=stracka.1"):
        assert world.client().get(address).status_code == 404, address
    assert world.client("planerare").get("/karta.svg?kring=stracka.99").status_code == 404


def test_the_small_picture_of_an_area_is_so_near_that_its_sign_does_not_cover_it(world):
    picture = get(world, "planerare", "/karta.svg?kring=places.1&storlek=liten&layer=places,sites,measures").text
    outline = re.search(r'<g stroke="#101820" stroke-width="5"[^>]*fill="#FFDD00"[^>]*><path d="([^"]+)"', picture)
    assert outline, "the place is a disc of forty metres"
    across = [float(x) for x in re.findall(r"[ML]?(-?[\d.]+)[ ,]-?[\d.]+", outline[1])]
    assert max(across) - min(across) > 110, "the ring of the sign is 52 wide"


@pytest.mark.parametrize("role", ["publik", "planerare"])
def test_boxes_hold_counts_and_name_what_belongs_to_the_other_area_too(world, role):
    page = get(world, role, "/?layer=inga").text
    counts = dict(re.findall(r'data-count="([\w.-]+)">(\d+)<', page))
    assert counts["offentlig-miljo.places"] == ("1" if role == "publik" else "2")
    assert "Inga lager är valda." in page and "<h2>0 rader visas</h2>" in page and ' name="layer" value="inga"' in page
    assert ("Även i Trygga unga: " in page) == (role == "planerare")
    assert not re.search(r'<input type="checkbox" name="layer"[^>]* checked', page)


def test_the_period_is_stepped_by_its_own_length(world):
    page = get(world, "planerare", "/?from=2025-01&to=2025-03").text
    assert "januari–mars\N{NO-BREAK SPACE}2025" in page
    assert "from=2024-10-01&amp;to=2025-01-01" in page and "from=2025-04-01&amp;to=2025-07-01" in page


def test_the_base_map_is_one_answer_kept_under_an_address_with_its_version(world, vellinge):
    script = get(world, "publik", "/karta/skript.js").text
    answer = world.client().get(re.search(r'"(/bakgrund/karta\.json\?v=\w+)"', script)[1])
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    layers = answer.get_json()
    assert len(layers) == 8 and len(layers["roads"]) == 51 and "areas" not in layers
    for name, drawn in layers.items():
        for (told, kind, numbers), feature in zip(drawn, agreement.features(vellinge.folder, name), strict=True):
            shape = feature["geometry"]
            assert kind == shape["type"] and told.get("name") == feature["properties"].get("name")
            assert np.abs(np.array(unpacked(numbers)) - shapely.get_coordinates(geometry.shape(shape))).max() < 0.000006


def unpacked(numbers):
    if isinstance(numbers[0], list):
        return [pair for part in numbers for pair in unpacked(part)]
    return (np.array(numbers).reshape(-1, 2).cumsum(axis=0) / basemap.STEPS).tolist()


def view(vellinge, kind="builtin", address=""):
    where = (12.8, 55.35, 13.2, 55.53)
    return folium_map.View(where, where, "sv", (("nowhere_known", "Okänt"),), basemap.Basemap(kind, address, ""))


ADDRESSES = {"cells": "/c", "question": "", "sprite": "/s.svg", "background": "/b"}


def test_another_base_map_is_one_setting_and_the_only_other_address(vellinge):
    tiles = folium_map.compose(
        vellinge, {}, view(vellinge, "xyz", "https://tiles.example.org/{z}/{x}/{y}.png"), ADDRESSES
    )
    assert set(re.findall(r"https?://[\w.]+", tiles.script)) == {"https://tiles.example.org"}
    assert tiles.script.index("samverkan.localTiles") < tiles.script.index("L.tileLayer")
    own = folium_map.compose(vellinge, {}, view(vellinge, "pmtiles", "/bakgrund/karta.pmtiles"), ADDRESSES)
    assert own.scripts == (folium_map.LEAFLET_JS, folium_map.PROTOMAPS_JS)
    plain = folium_map.compose(vellinge, {}, view(vellinge), ADDRESSES)
    assert plain.scripts == (folium_map.LEAFLET_JS,) and plain.styles == (folium_map.LEAFLET_CSS,)
    assert plain.body == '<div class="folium-map" id="karta" ></div>'


def test_an_element_that_would_load_something_foreign_is_refused(vellinge, monkeypatch):
    viewport = folium_map._viewport(view(vellinge))
    viewport.add_child(MarkerCluster())
    with pytest.raises(folium_map.ForeignLink, match="markercluster"):
        folium_map._rendered(viewport)


def contrast(a, b):
    bright = sorted((luminance(a), luminance(b)))
    return (bright[1] + 0.05) / (bright[0] + 0.05)


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_outline_of_every_sign_stands_out_from_every_ground(vellinge):
    """The outline carries the contrast, so that fills may use the whole range of lightness."""
    styles = json.dumps([layer.style for layer in basemap.LAYERS if layer.style.get("fill")])
    grounds = set(re.findall(r'"fillColor": "(#[0-9a-f]{6})"', styles))
    assert len(grounds) >= 7 and min(contrast("#101820", ground) for ground in grounds | {"#cfe3ec"}) >= 10
    assert len(set(legend.COLOURS.values())) == 7


def test_a_picture_near_a_place_is_counted_as_near_as_it_is_drawn():
    assert static_map.seen((12.95, 55.40, 12.97, 55.41)).zoom == 15


def test_a_row_has_an_address_that_tells_it_in_words_without_scripts(world):
    rows = get(world, "planerare", "/karta.geojson").get_json()["features"]
    report = next(one["properties"]["id"] for one in rows if one["properties"]["layer"] == "traffic")
    page = get(world, "planerare", f"/karta?objekt=traffic.{report}").text
    chosen = page.split('id="valt"')[1].split("</section>")[0]
    assert "Fortkörning" in chosen and "Plats nummer 1</a>" in chosen
    assert world.client().get(f"/karta?objekt=traffic.{report}").status_code == 404


def test_the_browser_libraries_are_the_pinned_ones(tmp_path):
    import vendor

    assert vendor.check() == []
    (tmp_path / "VENDOR.toml").write_bytes((vendor.FOLDER / "VENDOR.toml").read_bytes())
    (tmp_path / "leaflet").mkdir()
    (tmp_path / "leaflet" / "leaflet.js").write_text("changed")
    faults = vendor.check(tmp_path)
    assert "leaflet/leaflet.js differs from its checksum in VENDOR.toml" in faults
    assert "leaflet/leaflet.css is listed in VENDOR.toml but missing" in faults


def test_a_place_card_shows_the_newest_reports_there_to_those_who_see_them_exactly(world):
    heading = "Senast rapporterat här"
    address = f"/platser/{world.place_id}" if hasattr(world, "place_id") else "/platser/1"
    assert heading in world.client("planerare").get(address).get_data(as_text=True)
    assert heading not in world.client().get(address).get_data(as_text=True)
    assert heading not in world.client("trafikgrupp").get(address).get_data(as_text=True)


def test_drugs_are_a_number_per_sub_area_for_those_who_may_see_it_and_small_ones_are_told_as_such(
    world, vellinge, tmp_path
):
    lines = [f"d{n},narkotika,2026-03-01,12.956,55.41" for n in range(6)]
    lines += [f"e{n},narkotika,2026-03-01,13.0197,55.4712" for n in range(2)]
    with world.database.writing() as session:
        assert builders.take_in(session, vellinge, builders.a_file(tmp_path, lines, name="drugs.csv")).stored
        session.commit()
    for role in ("planerare", "polis", "samordnare"):
        words = get(world, role, "/karta?type=narkotika").get_data(as_text=True)
        assert "hela tiden: " in get(world, role, "/karta?visa=lista").get_data(as_text=True)
        assert "per delområde, hela tiden: " in words and "Höllviken 6" in words and "färre än 5" in words
    for role in ("trafikgrupp", "foretag"):
        assert "hela tiden: " not in get(world, role, "/karta").get_data(as_text=True)
