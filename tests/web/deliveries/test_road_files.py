"""Files of stretches and measurements at their page: step by step, every no in a sentence, and back out again."""

import html
import io
import json
import re

import pytest
from delivery_steps import chosen, count, kept_files, said, tally

from samverkan_map import geometry
from samverkan_map.db.tables import Delivery, SpeedMeasurement, Stretch

NEW = "/trafik/filer/ny"
ROAD, NEXT = [[12.954, 55.4098], [12.958, 55.4098]], [[12.958, 55.4098], [12.962, 55.4101]]
BOW = [[12.954, 55.4098], [12.958, 55.4118], [12.958, 55.4098], [12.954, 55.4118]]
HEAD = "stracka;fran;till;medel;v85;andel_over;andel_over_30;antal"
GOOD = "Mellangatan 1;2026-02-04;2026-02-10;38;47;41 %;1 %;4210"
THERE = 2
"""So many stretches the world has from the beginning."""


def a_map(*rows):
    features = [
        {"type": "Feature", "geometry": {"type": "LineString", "coordinates": line}, "properties": words}
        for line, words in rows
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def road(line=ROAD, **words):
    return line, {"gatunamn": "Storgatan", "kategori": "kommun", "maxspeed": "40"} | words


def metres(line):
    e, n = geometry.to_metric(*zip(*line, strict=True))
    return [[float(x), float(y)] for x, y in zip(e, n, strict=True)]


def speeds(*rows):
    return "\n".join([HEAD, *rows]).encode() + b"\n"


def send(world, client, content, kind, name):
    data = {"csrf_token": world.form_token(client), "kind": kind, "file": (io.BytesIO(content), name)}
    return client.post(NEW, data=data)


def place_of(page, name):
    """The value that the page offers for a column of the file."""
    return re.search(rf'<option value="(\d+)"[^>]*>{name}</option>', page)[1]


def tried(world, client, content, kind="stretches", name="vagar.geojson", **changes):
    """From the file through the columns as proposed, with some changes."""
    first = send(world, client, content, kind, name)
    assert first.status_code == 303, said(first)
    page = client.get(first.location).text
    if kind == "stretches" and ">kategori<" in page:
        changes = {"column-keeper": place_of(page, "kategori")} | changes
    return world.post(client, first.location, **chosen(page) | changes)


def previewed(world, client, *args, **how):
    answer = tried(world, client, *args, **how)
    assert answer.status_code == 303 and answer.location.endswith("/granska"), said(answer)
    return answer.location, client.get(answer.location)


def store(world, client, address, **form):
    with world.post(client, address.replace("granska", "las-in"), **form) as answer:
        return answer


def undo(world, client, receipt):
    return world.post(client, receipt.partition("?")[0] + "/angra")


def test_stretches_and_their_measurements_go_in_step_by_step_and_are_taken_back_in_order(world_on_each):
    world = world_on_each
    client = world.client("samordnare")
    address, page = previewed(world, client, a_map(road(), road(NEXT, gatunamn="Lillgatan", kategori="Statlig")))
    assert tally(page) == [2, 2, 0, 0, 0] and count(world, Stretch) == THERE
    receipt = store(world, client, address).location
    assert count(world, Stretch) == THERE + 2 and "Storgatan" in said(client.get("/trafik"))
    assert "Sträckor" in said(client.get(receipt)) and kept_files(world) == [] or len(kept_files(world)) == 1
    # The same click again finds it done.
    assert store(world, client, address).location.partition("?")[0] == receipt.partition("?")[0]
    row = GOOD.replace("Mellangatan 1", "Storgatan")
    address, page = previewed(world, client, speeds(row), kind="speeds", name="matt.csv")
    assert tally(page) == [1, 1, 0, 0, 0]
    measured = store(world, client, address).location
    assert count(world, SpeedMeasurement) == 1 and count(world, Delivery) == 3
    refused = undo(world, client, receipt)
    assert refused.status_code == 409 and "en hastighetsmätning är gjord på dess sträckor" in said(refused)
    for one, words in ((measured, "Mätningarna i den räknas inte längre."), (receipt, "Sträckorna i den finns inte")):
        answer = undo(world, client, one)
        assert answer.status_code == 303 and words in said(client.get(answer.location))
    assert (count(world, Stretch), count(world, SpeedMeasurement)) == (THERE, 0)
    assert said(client.get("/trafik/filer")).count("Ångrad") == 2


@pytest.mark.parametrize(
    "rows, sentence",
    [
        ([road(kategori="")], "Sträckan saknar väghållare."),
        ([road([ROAD[0], ROAD[0]])], "Sträckan saknar längd."),
        ([road(BOW)], "korsar sig själv"),
        ([road(), road(NEXT)], "välj att lägga ihop bitar av samma gata"),
        ([road(gatunamn="Mellangatan 1")], "Det finns redan en annan sträcka som heter"),
        ([road([[18.0, 59.3], [18.1, 59.3]])], "inte i närheten av kommunen"),
        ([road(maxspeed="45")], "Hastighetsgränsen 45 km/h finns inte."),
        ([road(gatunamn="Ring 070-123 45 67")], "Texten i Namn ser ut att peka ut en person."),
    ],
)
def test_what_cannot_be_a_stretch_is_refused_with_a_sentence_and_what_can_goes_in_alone(
    world, coordinator, rows, sentence
):
    good = road([[12.9600, 55.4150], [12.9630, 55.4150]], gatunamn="Bra gata")
    address, page = previewed(world, coordinator, a_map(good, *rows))
    assert sentence in said(page) and "--" not in said(page) and tally(page)[1:4] == [1, 0, len(rows)]
    refused = coordinator.get(address.replace("granska", "nekade.csv"))
    assert sentence in refused.data.decode("utf-8-sig")
    assert store(world, coordinator, address).status_code == 303 and count(world, Stretch) == THERE
    store(world, coordinator, address, delar="ja")
    assert count(world, Stretch) == THERE + 1


@pytest.mark.parametrize(
    "row, sentence",
    [
        (GOOD.replace(";38;47;", ";48;47;"), "85-percentilen kan inte vara lägre än medelhastigheten"),
        (GOOD.replace("4210", "0"), "Ange hur många fordon som mättes, minst ett."),
        (GOOD.replace("Mellangatan 1", "Okända gatan"), "Ingen sträcka heter ”Okända gatan”."),
        (GOOD.replace("2026-02-04", "i våras"), "”i våras” i Första dagen är inte ett datum."),
        (GOOD.replace("2026-02-10", "2026-02-01"), "Mätningen tar slut innan den börjar."),
        (GOOD.replace("41 %", "141 %"), "Andelarna ska ligga mellan 0 och 1"),
        (GOOD.replace(";38;", ";fort;"), "”fort” i Medelhastighet är inte ett tal."),
    ],
)
def test_what_cannot_be_a_measurement_is_refused_with_a_sentence(world, row, sentence):
    client = world.client("trafikgrupp")
    _, page = previewed(world, client, speeds(GOOD, row), kind="speeds", name="matt.csv")
    assert sentence in said(page) and tally(page)[:2] == [2, 1]


def test_degrees_and_metres_are_both_understood_and_swapped_axes_are_said(world, coordinator):
    address, page = previewed(world, coordinator, a_map(road(metres(ROAD))))
    assert "SWEREF 99 TM" in said(page) and tally(page)[1] == 1
    answer = tried(world, coordinator, a_map(road([[y, x] for x, y in ROAD])))
    assert answer.status_code == 422 and "omkastade" in said(answer)
    assert store(world, coordinator, address).status_code == 303 and count(world, Stretch) == THERE + 1


def test_words_for_keepers_are_translated_and_pieces_of_a_street_put_together(world, coordinator):
    content = a_map(road(kategori="K1"), road(NEXT, kategori="K1"))
    first = tried(world, coordinator, content, **{"word-0": "kommun"})
    assert first.location.endswith("nya=ord#ord")
    columns = first.location.partition("?")[0]
    page = coordinator.get(first.location).text
    assert 'id="word-0"' in page and "K1" in page and "Välj vad orden i den ska bli." in page
    unknown = world.post(coordinator, columns, **chosen(page))
    assert "Väghållaren ”K1” är okänd. Gå tillbaka till kolumnerna" in said(coordinator.get(unknown.location))
    merged = world.post(coordinator, columns, **chosen(page) | {"word-0": "kommun", "merge": "ja"})
    found = coordinator.get(merged.location)
    assert tally(found) == [2, 1, 0, 0, 1], said(found)
    # A file without a keeper of its own gets one for the whole.
    no_keeper = a_map((ROAD, {"gatunamn": "Storgatan", "maxspeed": "40"}))
    answer = tried(world, coordinator, no_keeper)
    assert answer.status_code == 422 and "eller en väghållare för hela filen" in said(answer)
    _, page = previewed(world, coordinator, no_keeper, keeper="enskild")
    assert tally(page)[1] == 1


def test_each_role_takes_in_what_the_matrix_says_and_nobody_gets_at_the_file_of_another_page_or_person(
    world, coordinator
):
    group = world.client("trafikgrupp")
    assert send(world, group, a_map(road()), "stretches", "a.geojson").status_code == 403
    assert 'value="stretches"' not in group.get(NEW).text
    assert send(world, world.client("planerare"), a_map(road()), "stretches", "a.geojson").status_code == 303
    own = send(world, coordinator, speeds(GOOD), "speeds", "a.csv").location
    assert group.get(own).status_code == world.client("planerare").get(own).status_code == 410
    key = own.split("/")[4]
    assert coordinator.get(f"/admin/leveranser/ny/{key}/kolumner").status_code == 410
    for content, kind, name, words in (
        (speeds(GOOD), "stretches", "a.csv", ".geojson"), (a_map(road()), "speeds", "a.geojson", ".csv"),
        (b"", "speeds", "a.csv", "tom"), (b"\x89PNG\r\n", "stretches", "a.gpkg", "a.gpkg"),
        (a_map(), "stretches", "a.geojson", "inga rader"), (speeds(GOOD), "annat", "a.csv", "Välj om filen har"),
    ):  # fmt: skip
        answer = send(world, coordinator, content, kind, name)
        assert answer.status_code == 422 and words in said(answer), (name, said(answer))
    answer = tried(world, coordinator, speeds(GOOD), kind="speeds", name="a.csv", **{"column-v85": ""})
    assert answer.status_code == 422 and "Välj vilken kolumn som är 85-percentil." in html.unescape(said(answer))
