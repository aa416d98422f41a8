"""Every map of a situation picture can be read on a grey print."""

import re
from itertools import combinations

import pytest
from shapely.geometry import box
from web.test_situation_papers import said_in

from samverkan_map.situation import Squares
from samverkan_map.web import hotspot_comparison
from samverkan_map.web.situation import drawn

SAMPLE = re.compile(
    r'<(rect x="-11" y="-8"|circle r="8") [^>]*?fill="([^"]+)"(?: fill-opacity="([\d.]+)")?[^>]*>(<rect[^>]*url)?'
)
LEAST = 8
"""Of CIE L*, 0 to 100: less than this apart two greys are taken for the same."""


def lightness(colour, opacity):
    """CIE L* of a colour on white paper."""
    parts = [opacity * int(colour[at : at + 2], 16) / 255 + 1 - opacity for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return 116 * light ** (1 / 3) - 16 if light > 0.008856 else 903.3 * light


def in_grey(svg):
    """Shape, lines over it and lightness of each filled sample of the legend."""
    found = SAMPLE.findall(svg)
    return [
        (shape[:4], lines, lightness(fill, float(part or 1))) for shape, fill, part, lines in found if fill[0] == "#"
    ]


def told_apart(svg):
    samples = in_grey(svg)
    for one, other in combinations(samples, 2):
        assert one[:2] != other[:2] or abs(one[2] - other[2]) >= LEAST, f"the same in grey: {one} and {other}"
    return len(samples)


@pytest.mark.parametrize("name", ["areas-offentlig-miljo", "hotspots", "under_work", "plan"])
def test_the_maps_of_a_picture_are_told_apart_in_grey(busy, name):
    client = busy.client("polis")
    answer = client.get("/lagesbild/1/karta.svg" if name == "hotspots" else f"/lagesbild/1/bild/{name}.svg")
    assert answer.status_code == 200 and told_apart(answer.text) >= 1


@pytest.mark.parametrize("few", [False, True])
def test_more_and_less_are_told_apart_in_grey(world, few):
    judged = [(box(370_000 + 300 * at, 6_145_000, 370_250 + 300 * at, 6_145_250), step, False)
              for at, step in enumerate(hotspot_comparison.RAMP)]  # fmt: skip
    squares = Squares(judged, [box(371_000, 6_146_000, 371_250, 6_146_250)] if few else [])
    with said_in(world):
        world.app.preprocess_request()
        svg = drawn.difference_map(squares, "Skillnad", {step: str(step) for step in hotspot_comparison.RAMP})
    assert told_apart(svg) == 5 + few


def test_the_test_itself_finds_two_colours_that_are_one_grey():
    pair = "".join(f'<rect x="-11" y="-8" width="22" height="16" fill="{one}"/>' for one in ("#CC0000", "#006E00"))
    with pytest.raises(AssertionError, match="the same in grey"):
        told_apart(pair)
