"""What a visit costs: the first view of the map, and the map's data however many reports there are."""

import gzip
import statistics
import subprocess

import orjson
import pytest
from served import client_of, samverkan, settled

from bench import browser, map_data

FOLIUM_BYTES = 2_543_000
"""What the page weighs that a folium user writes by hand, with 100,000 points inlined (`make bench`, section 3)."""

MANY = "60000"


def test_the_first_view_of_the_example_weighs_a_twentieth_of_the_page_written_by_hand(chromium, server):
    files = browser.weigh(chromium, server)
    scripts = [one for one in files if one.kind == "script"]
    assert {"karta.js", "leaflet.js", "skript.js"} == {one.address.split("?")[0].rpartition("/")[2] for one in scripts}
    assert 50_000 < sum(one.gzipped for one in scripts) <= 130_000
    weight = sum(one.wire for one in files)
    assert weight <= 400_000
    assert weight <= FOLIUM_BYTES / 20
    assert len(files) <= 10


def test_what_the_page_asks_for_ahead_is_what_the_map_then_uses(visit):
    asked = []
    page = visit("/hjalp")
    page.on("request", lambda request: asked.append(request.url.split("/", 3)[3]))
    address = page.url.replace("/hjalp", "/?area=hollviken&period=12m")
    # Chromium lets go of what nobody has used for some seconds, as on a machine that is busy: then it is seen again.
    for _ in range(3):
        asked.clear()
        ahead = asked_ahead(page, address)
        times = [asked.count(one.removeprefix("/")) for one in ahead]
        if times == [1, 1]:
            break
    assert times == [1, 1], (ahead, asked)
    assert len([one for one in asked if "rutor.geojson" in one]) == 1
    # Nearer is another question, and a little aside is not.
    with page.expect_request("**/rutor.geojson?**"):
        page.click("[data-map-action=in]")
    settled(page)
    assert len([one for one in asked if "rutor.geojson" in one]) == 2


def asked_ahead(page, address):
    """Visit the map and give the addresses that its page asks for before the map does."""
    page.goto(address)
    page.wait_for_selector("#karta .mark")
    page.wait_for_load_state("networkidle")
    return [link.get_attribute("href") for link in page.locator("link[rel=preload]").all()]


@pytest.fixture(scope="module")
def crowded(tmp_path_factory):
    """A trial database with ten times the reports of the example."""
    folder = tmp_path_factory.mktemp("crowded")
    for command in (("setup",), ("demo", "--reports", MANY, "--until", "2026-11-23")):
        samverkan(*command, instance=folder, check=True, stdout=subprocess.DEVNULL)
    return folder


def test_ten_times_the_reports_weigh_at_most_twice_as_much_on_the_map_at_every_zoom(instance, crowded):
    few, many = (client_of(folder) for folder in (instance, crowded))
    spots = densest(many)
    for zoom in map_data.ZOOMS:
        addresses = [map_data.address(spot, zoom, "") for spot in spots]
        light, heavy = (statistics.median(weight(client, one) for one in addresses) for client in (few, many))
        assert 0.5 <= heavy / light <= 2, zoom


def weight(client, address):
    answer = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    return len(answer.data)


def densest(client):
    """The middles of the five cells with the most reports."""
    answer = client.get("/karta/rutor.geojson?z=13&bbox=12.7,55.3,13.3,55.6", headers={"Accept-Encoding": "gzip"})
    found = orjson.loads(gzip.decompress(answer.data))["features"]
    found.sort(key=lambda one: -one["properties"]["n"])
    return [tuple(one["geometry"]["coordinates"]) for one in found[:5]]
