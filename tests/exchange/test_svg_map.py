"""The static map: one standalone picture that says what it shows, without scripts or inline style."""

import re
import time
from xml.etree import ElementTree

import geopandas
import numpy as np
import pytest
import shapely

from samverkan_map.exchange import svg_layers
from samverkan_map.exchange.svg_furniture import scale_length
from samverkan_map.exchange.svg_grouping import Group, Part, grouped
from samverkan_map.exchange.svg_map import (
    Counted,
    Frame,
    Ground,
    Look,
    Mark,
    Names,
    Rings,
    Spoken,
    Stretches,
    Symbols,
    Zones,
    draw,
)

SVG = "{http://www.w3.org/2000/svg}"
FRAME = Frame(0, 0, 9600, 6000)
SQUARE = shapely.box(1000, 1000, 8000, 5000)
LOOKS = {
    "problem": Look("Problem", "#F7CE3B"),
    "traffic": Look("Klagomål", "#7DB8FF"),
    "accident": Look("Olyckor", "#6B1A05", '<circle r="10"/>'),
    "places": Look("Platser", "#5E0A96"),
}
SIGNS = dict.fromkeys(LOOKS, '<circle cx="16" cy="16" r="12"/>')
SOURCES = "Källor: Lantmäteriet (CC0)"


def a_map(*layers, frame: Frame = FRAME, **kwargs) -> ElementTree.Element:
    said = {"title": "Karta", "description": "En kvadrat", "legend": "Teckenförklaring", "source_line": SOURCES}
    return ElementTree.fromstring(draw(frame, layers, **{**said, **kwargs}))


def texts(picture: ElementTree.Element) -> list[str]:
    return [element.text for element in picture.iter(f"{SVG}text")]


def a_symbol(label: str = "Åtgärd", shape: str = "diamond", *marks: Mark, **kwargs) -> Symbols:
    return Symbols(label, shape, "#14735F", marks or (Mark(2000, 2000, "7", "Kioskparken"),), **kwargs)


def test_the_picture_has_a_name_and_a_description_for_those_who_cannot_see_it():
    picture = a_map(Ground("land", [SQUARE]), title="Platser <i> & Höllviken", description="34 platser")
    title, description = picture.find(f"{SVG}title"), picture.find(f"{SVG}desc")
    assert picture.get("role") == "img"
    assert picture.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert (title.text, description.text) == ("Platser <i> & Höllviken", "34 platser")


def test_nothing_in_the_picture_breaks_the_content_policy_or_reaches_out():
    nasty = '"><script>alert(1)</script>\x00'
    made = draw(
        FRAME,
        [Ground("land", [SQUARE], nasty), a_symbol(nasty, "circle", Mark(2000, 2000, nasty[:3], nasty)),
         Names("town", [(3000, 3000, nasty)])],
        title=nasty, description=nasty, legend=nasty, source_line=nasty, watermark=nasty,
    )  # fmt: skip
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|\x00", made)
    picture = ElementTree.fromstring(made)
    assert {element.get("href") for element in picture.iter() if element.get("href")} == {
        f"#{element.get('id')}" for element in picture.find(f"{SVG}defs")
    }
    assert re.findall(r"https?://[^\"]+", made) == ["http://www.w3.org/2000/svg"]


def test_the_legend_names_the_layers_that_are_seen_and_no_others():
    outside = a_symbol("Utanför", "circle", Mark(99_000, 2000))
    layers = [Ground("land", [SQUARE]), Ground("border", [SQUARE.boundary], "Kommungräns"), a_symbol(), outside,
              Rings("Antal", LOOKS, SIGNS, [])]  # fmt: skip
    assert texts(a_map(*layers)) == ["7", "1 km", "N", "Teckenförklaring", "Kommungräns", "Åtgärd", SOURCES]
    assert texts(a_map(*layers, legend="", source_line="", scale_bar=False, north_arrow=False)) == ["7"]


def test_every_layer_is_drawn_with_its_numbers():
    line = shapely.LineString([(1000, 1000), (8000, 1000)])
    picture = a_map(
        Zones("Återkommande plats", "#E2725B", [(SQUARE, "1")]),
        Stretches("Sträcka", "#7DB8FF", [(line, "2")]),
        Rings("Antal", LOOKS, SIGNS, [Counted(3000, 3000, {"traffic": 1240}), Counted(4000, 4000, {})]),
        a_symbol(glyph="?"),
        Names("town", [(5000, 2500, "Vellinge")]),
        legend="",
        source_line="",
    )
    assert sorted(texts(picture)) == ["1", "1 km", "1\u202f240", "2", "7", "N", "Vellinge"]


def test_symbols_stand_where_their_place_is_and_can_be_told_by_shape():
    shapes = ["circle", "square", "diamond", "drop"]
    picture = a_map(*[a_symbol(shape, shape, Mark(2000, 6000 - 1000 * place)) for place, shape in enumerate(shapes)])
    inner = picture.find(f"{SVG}svg")
    placed = [group.get("transform") for group in inner.iter(f"{SVG}g") if group.find(f"{SVG}use") is not None]
    assert placed == [f"translate(200.0 {100.0 * place})" for place in range(4)]
    assert len(picture.find(f"{SVG}defs")) == 4
    for definition in picture.find(f"{SVG}defs"):
        halo, outline = definition
        assert (halo.get("stroke"), halo.get("stroke-width")) == ("#FFFFFF", "4")
        assert (outline.get("stroke"), outline.get("stroke-width")) == ("#101820", "2")


def test_names_never_cover_symbols_or_each_other():
    marks = [Mark(4000, 3000), Mark(4000, 3150)]
    names = [(4000, 3000, "Höllviken"), (4000, 3020, "Kämpinge"), (4000, 3040, "Räng")] * 4
    picture = a_map(a_symbol("Åtgärd", "circle", *marks), Names("town", names), legend="", source_line="")
    written = [e for e in picture.iter(f"{SVG}text") if e.text in ("Höllviken", "Kämpinge", "Räng")]
    boxes = [(float(e.get("x")), float(e.get("y")), 0.6 * 13 * len(e.text) / 2) for e in written]
    assert 2 <= len(boxes) < len(names)
    for place, (x, y, half) in enumerate(boxes):
        assert abs(y - 300) >= 19 or abs(x - 400) >= half + 12
        for other_x, other_y, other_half in boxes[:place]:
            assert abs(y - other_y) >= 15 or abs(x - other_x) >= half + other_half


def test_invented_material_says_so():
    assert texts(a_map(a_symbol(), watermark="Exempeldata")).count("Exempeldata") == 2
    assert "Exempeldata" not in texts(a_map(a_symbol()))


@pytest.mark.parametrize(("metres", "length"), [(9, 5), (10, 10), (730, 500), (2600, 2000), (49_999, 20_000)])
def test_the_scale_bar_is_a_round_number_of_metres(metres, length):
    assert scale_length(metres) == length


def test_the_scale_bar_is_as_long_as_it_says():
    bar = next(e for e in a_map(a_symbol()).iter(f"{SVG}path") if "v9h" in e.get("d"))
    assert re.search(r"v9h([\d.]+)v-9", bar.get("d"))[1] == "100.0"  # 1 km at 10 metres per pixel.


def test_the_frame_keeps_the_shape_of_the_picture_around_the_same_middle():
    frame = Frame.around([SQUARE]).fitted(960, 600)
    assert (frame.west + frame.east, frame.south + frame.north) == (9000, 6000)
    assert (frame.east - frame.west) / (frame.north - frame.south) == pytest.approx(1.6)
    assert frame.south < 1000 < 5000 < frame.north


def test_shapes_outside_the_frame_and_empty_ones_are_left_out():
    picture = a_map(Ground("land", [shapely.box(50_000, 0, 60_000, 10), shapely.Polygon()], "Land"))
    assert "Land" not in texts(picture)
    assert a_map(Ground("land", geopandas.GeoSeries([None]))) is not None


def test_every_symbol_has_contrast_against_every_ground():
    """The outline reaches 3:1 on every colour of the base map, and the names 4.5:1 on theirs."""
    fills = {fill for strokes in svg_layers.GROUND.values() for fill, *_ in strokes if fill != "none"}
    assert len(fills) >= 6
    for ground in fills:
        assert contrast("#101820", ground) >= 3
        for style, (_, colour, *_) in svg_layers.NAME_STYLES.items():
            if style != "sea":
                assert contrast(colour, ground) >= 4.5
    assert contrast(svg_layers.NAME_STYLES["sea"][1], svg_layers.WATER) >= 4.5


def contrast(one: str, other: str) -> float:
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_whole_municipality_with_three_hundred_symbols_is_drawn_within_80_milliseconds():
    random = np.random.default_rng(4)
    angles = np.linspace(0, 2 * np.pi, 4000)
    coast = shapely.Polygon(
        np.c_[5000 + 4000 * np.cos(angles), 3000 + 2500 * np.sin(angles)] + random.normal(0, 5, (4000, 2))
    ).buffer(0)
    roads = [shapely.LineString(random.uniform(0, 9000, (12, 2))) for _ in range(60)]
    marks = [Mark(x, y, str(number)) for number, (x, y) in enumerate(random.uniform(0, 6000, (300, 2)))]
    layers = [Ground("shore", [coast]), Ground("road", roads), a_symbol("Åtgärd", "circle", *marks),
              Names("village", [(x, y, "Kämpinge") for x, y in random.uniform(0, 6000, (40, 2))])]  # fmt: skip
    a_map(*layers)
    spent = []
    for _ in range(5):
        started = time.process_time()
        draw(FRAME, layers, title="Karta", description="", legend="Teckenförklaring")
        spent.append(time.process_time() - started)
    assert min(spent) < 0.08


def numbers(picture: ElementTree.Element) -> list[str]:
    return [one.text for one in picture.find(f"{SVG}svg").iter(f"{SVG}text") if re.fullmatch(r"[\d\u202f]+", one.text)]


def test_accidents_and_what_is_worked_with_are_never_added_to_complaints():
    here = {"problem": 30, "traffic": 12, "accident": 4, "places": 2}
    picture = a_map(Rings("Antal nära varandra", LOOKS, SIGNS, [Counted(3000, 3000, here)]))
    assert sorted(numbers(picture)) == ["2", "4", "42"]
    names = [one.text for one in picture.find(f"{SVG}svg").iter(f"{SVG}title")]
    assert sorted(names) == ["2 Platser", "30 Problem, 12 Klagomål", "4 Olyckor"]
    shares = {path.get("fill") for path in picture.iter(f"{SVG}path")}
    assert shares >= {look.colour for name, look in LOOKS.items() if name != "accident"}
    assert texts(picture)[-7:-1] == ["Problem", "Klagomål", "Olyckor", "Platser", "n", "Antal nära varandra"]


def random_parts(chance: np.random.Generator, many: int) -> list[tuple[int, Part]]:
    layers = ("problem", "accident", "strength", "places")
    found = []
    for family, x, y in zip(chance.integers(0, 4, many), *chance.uniform(0, 500, (2, many)), strict=True):
        n = int(chance.integers(1, 2000 if family == 0 else 40))
        found.append((int(family), Part({layers[family]: n}, float(x), float(y))))
    return found


@pytest.mark.parametrize("many", [1, 12, 60, 250])
def test_no_number_is_covered_and_the_sums_stay_whole_however_close_things_lie(many):
    """A sign at the edge of a ring may lie on its coloured edge; its middle with the number is free."""
    for seed in range(5):
        parts = random_parts(np.random.default_rng(seed), many)
        discs = grouped(parts, obstacles=[(250.0, 250.0, 24.0)])
        for family in range(4):
            layer = ("problem", "accident", "strength", "places")[family]
            drawn = sum(disc.part.counts.get(layer, 0) for disc in discs)
            assert drawn == sum(part.n for at, part in parts if at == family)
        for at, one in enumerate(discs):
            for other in discs[at + 1 :]:
                apart = np.hypot(one.x - other.x, one.y - other.y)
                assert apart > max(one.r, other.r) * 0.7 + min(one.r, other.r) * 0.6, (seed, one, other)


def test_a_sign_beside_a_ring_stands_at_its_edge():
    ring, sign = Group([Part({"problem": 90}, 100, 100), None, None, Part({"sites": 3}, 100, 100)]).discs()
    assert (ring.x, ring.y, ring.main, sign.main) == (100, 100, True, False)
    assert ring.r * 0.8 < np.hypot(sign.x - ring.x, sign.y - ring.y) < ring.r + sign.r


def test_what_a_picture_is_about_is_outlined_named_and_stands_alone():
    line = shapely.LineString([(1000, 1000), (8000, 1000)])
    others = [Counted(4500, 1000, {"places": 1}, "places", "Kiosken"), Counted(2000, 5000, {"problem": 3})]
    picture = a_map(Spoken("Mellangatan", line, SIGNS["traffic"]), Rings("Antal", LOOKS, SIGNS, others, muted=True))
    assert "Mellangatan" in texts(picture)
    outlines = [one for one in picture.iter(f"{SVG}g") if one.get("stroke") == "#FFDD00"]
    assert outlines and outlines[0].find(f"{SVG}path") is not None
    veiled = next(one for one in picture.iter(f"{SVG}g") if one.get("opacity"))
    assert veiled.get("opacity") == "0.5"
    middle = 450, 500
    for moved in veiled.iter(f"{SVG}g"):
        if found := re.match(r"translate\(([\d.]+) ([\d.]+)\) scale", moved.get("transform") or ""):
            x, y = float(found[1]) + 15, float(found[2]) + 12
            assert np.hypot(x - middle[0], y - middle[1]) >= 24 + 13 - 1
