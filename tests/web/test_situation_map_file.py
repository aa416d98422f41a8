"""The map of a situation picture to take along: one file, made of what the version says and of nothing newer."""

import json
import re

import builders
import pytest
from sqlalchemy import text
from web.test_situation import press, written

ADDRESS = "/lagesbild/1/karta.html"


def held(answer, function):
    """What the file hands one function of its script."""
    found = re.search(rf"samverkan\.{function}\(karta, (\{{.*?\}})\);\n", answer.text + "\n", re.S)
    return json.loads(found[1])


def freeze(world):
    written(world)
    press(world, "samordnare", "/lagesbild/1/las")
    for role in ("polis", "samordnare"):
        press(world, role, "/lagesbild/1/godkann")


def test_the_file_has_numbered_places_with_class_and_words_measures_and_sub_areas_with_counts(busy):
    answer = busy.client("polis").get(ADDRESS)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="lagesbild-1-karta.html"'
    (zone,) = held(answer, "zones")["zones"]
    assert (zone["number"], zone["title"]) == (1, "1. Höllviken, nära Höllviken")
    assert zone["text"] == "Minst 24 gånger jämn fördelning" and ["Antal", "25"] in zone["facts"]
    rows = held(answer, "rows")["rows"]
    places = [one for one in rows if one["layer"] == "places"]
    assert [(one["title"], one["symbol"]) for one in places] == [
        ("Plats nummer 1", "places-1"),
        ("Plats nummer 2", "places-1"),
    ]
    measures = [one for one in rows if one["layer"] == "measures"]
    assert [one["title"] for one in measures] == ["1. Belysning nummer 1", "2. Belysning nummer 2"]
    assert ["Ansvarig", "Agare1"] in measures[0]["facts"] and measures[0]["symbol"] == "measures-planned"
    layer = held(answer, "areas")["held"]["Antal rapporter: Trygghet i offentlig miljö"]
    assert [words for _, words in layer["legend"]["steps"]] == ["0–1", "25"]
    areas = layer["features"]
    assert sorted(one["properties"]["told"] for one in areas) == ["0", "0", "0", "1", "25"]
    for said in ("Teckenförklaring", "Gäller mars\xa02025", "Källor: Trafikklagomål", "Kartläggning 2, Analys 0"):
        assert said in answer.text, said
    page = busy.client("polis").get("/lagesbild/1").text
    assert f'href="{ADDRESS}"' in page
    named = re.findall(r'<li value="(\d+)"><span>([^<]+?) <span class="muted">([^<]+)</span>', page)
    assert ("1", "Höllviken, nära Höllviken", "25 rapporter") in named, "a number on a map has its name beside it"
    assert ("1", "Belysning nummer 1", "Planerad") in named


@pytest.mark.parametrize(
    ("role", "name"), [("planerare", "Planerare"), ("polis", "Polis"), ("samordnare", "Samordnare")]
)
def test_a_copy_says_over_the_map_whose_it_is_when_it_was_fetched_and_that_it_is_a_draft(busy, role, name):
    file = busy.client(role).get(ADDRESS).text
    across = re.search(r'<div class="across".*?<span>(.*?)</span>', file)[1]
    assert re.fullmatch(rf"UTKAST · {name} · \d+\s\w+\s\d{{4}}", across)
    assert f"Exemplar för rollen {name}, hämtat " in file and "inte dagens" not in file


def test_a_copy_of_invented_material_says_so(demo_world):
    assert '<p class="watermark"><strong>UTKAST · Exempeldata</strong>' in demo_world.client("polis").get(ADDRESS).text


def test_a_frozen_version_gives_the_same_map_whatever_is_reported_and_changed_since(busy, vellinge, tmp_path):
    freeze(busy)
    first = busy.client("polis").get(ADDRESS)
    rows = [f"Z{n},fortkorning,2025-09-12,12.9565,55.41," for n in range(40)]
    with busy.database.writing() as session:
        builders.take_in(session, vellinge, builders.a_file(
            tmp_path, rows, "kallans_id,typ,tid_fran,lon,lat,svarhet", "nya.csv"), source="trafikklagomal")  # fmt: skip
        session.execute(text("UPDATE measures SET title = 'Ett nytt namn'"))
        session.commit()
    assert busy.client("polis").get(ADDRESS).data == first.data
    checksum = re.search(r'<code class="checksum">(\w{64})', busy.client("polis").get("/lagesbild/1").text)[1]
    assert f"Kontrollsumma: {checksum}" in first.text and "UTKAST" not in first.text and "inte dagens" in first.text


def test_names_that_look_like_markup_or_templates_are_only_text_in_the_file(busy):
    hostile = "Bänken {{ 7 * 191 }} </script><b>fet</b> {% raw %} {% endraw %}"
    with busy.database.writing() as session:
        session.execute(text("UPDATE measures SET title = :title WHERE id = 1"), {"title": hostile})
        session.commit()
    answer = busy.client("polis").get(ADDRESS)
    assert "Bänken 1337" not in answer.text and "<b>fet" not in answer.text and "&lt;b&gt;fet" in answer.text
    assert any("</script><b>fet</b>" in one["title"] for one in held(answer, "rows")["rows"])
    assert answer.text.count("<script>") == answer.text.count("</script>") == 1


def test_a_picture_without_reports_is_a_map_without_numbers_and_says_what_is_lacking(world):
    answer = world.client("samordnare").get(ADDRESS)
    assert answer.status_code == 200 and held(answer, "zones")["zones"] == []
    assert "Underlag saknas" in answer.text or "för få" in answer.text
