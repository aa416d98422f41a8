"""Names: how a written word is compared, which names the map knows, and what a found name means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from samverkan_map import geometry
from samverkan_map.agreement.folder import shapes
from samverkan_map.agreement.words import Area, GazetteerEntry, PlaceMatch, ProblemType
from samverkan_map.vocabulary import Precision

STREET_SHARE_METRES = 60.0


def words_of(one: ProblemType) -> tuple[str, ...]:
    """Every word that means a problem type."""
    # The code comes last: it wins when another type uses the same word.
    return (*one.words, *one.label.values(), one.code)


def plain(text: str) -> str:
    """A name as it is compared: without case, punctuation or double spaces.

    >>> plain("  Skanör-Falsterbo, (hamnen)")
    'skanör falsterbo hamnen'
    """
    return " ".join(re.sub(r"[\W_]+", " ", unicodedata.normalize("NFC", text).casefold()).split())


def joined(word: str) -> str:
    """A type's word as it is compared: `plain` and without any space.

    >>> joined("Buskörning  MOPED")
    'buskörningmoped'
    """
    return plain(word).replace(" ", "")


def understood(areas: set[str], streets: dict[str, set[str]]) -> PlaceMatch:
    """What the sub-areas and the streets (name -> its sub-areas) found in one text mean together."""
    if len(areas) > 1:
        return PlaceMatch(None, None, Precision.MUNICIPALITY)
    area = next(iter(areas), None)
    for street, where in streets.items():
        if area is None:
            return PlaceMatch(next(iter(where)) if len(where) == 1 else None, street, Precision.STREET)
        if area in where:
            return PlaceMatch(area, street, Precision.STREET)
    return PlaceMatch(area, None, Precision.AREA if area else Precision.MUNICIPALITY)


def gazetteer(
    folder: Path, areas: dict[str, Area], area_of: Callable[[float, float], np.ndarray]
) -> Iterator[GazetteerEntry]:
    """Every name of the map in `folder`; `area_of` says which sub-area a position (EPSG:3006) is in."""
    for area in areas.values():
        yield _entry(area.label["sv"], "area", area.shape.representative_point(), area.code)
    for properties, line in shapes(folder, "roads"):
        if properties["class"] == "motorway":
            continue
        for area in areas.values():
            inside = shapely.intersection(line, area.shape)
            if inside.length >= min(STREET_SHARE_METRES, line.length / 2):
                longest = max(shapely.get_parts(inside).tolist(), key=lambda part: part.length)
                middle = shapely.line_interpolate_point(longest, 0.5, normalized=True)
                yield _entry(properties["name"], "street", middle, area.code)
    for layer, kind in (("stops", "stop"), ("greens", "locality"), ("labels", "locality")):
        yield from _spots(folder, layer, kind, area_of)


def _spots(folder: Path, layer: str, kind: str, area_of: Callable) -> Iterator[GazetteerEntry]:
    for properties, shape in shapes(folder, layer):
        middle = shape.representative_point()
        area = area_of(middle.x, middle.y)[0]
        if area is not None and properties.get("kind") != "water":
            yield _entry(properties["name"], kind, middle, area)


def _entry(name: str, kind: str, point: BaseGeometry, area: str | None) -> GazetteerEntry:
    lon, lat = geometry.to_degrees(point.x, point.y)
    return GazetteerEntry(name, kind, round(float(lon), 6), round(float(lat), 6), area)


def slips(one: str, other: str) -> int:
    """How many letters must be put in, taken away or changed to make one text the other (Levenshtein's distance).

    >>> slips("klotter", "kloter"), slips("stold", "stok")
    (1, 2)
    """
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        before, row[0] = row[0], place
        for at, there in enumerate(other, 1):
            before, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, before + (letter != there))
    return row[-1]
