"""What a static map is made of: a frame, the layers drawn in it, and the styles of the base map.

Everything is in metres (EPSG:3006).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas
import numpy as np
import shapely

from .svg_shapes import HALO, OUTLINE

WATER = "#CFE3EC"
_CASING, _COAST = "#B9B4A8", "#9DBCCB"
# Each ground is drawn as one or more strokes over each other: (fill, stroke, stroke width, dashes).
GROUND: dict[str, tuple[tuple[str, str, float, str | None], ...]] = {
    "water": ((WATER, "none", 0.0, None),),
    "shore": (("#ECEBE6", "#DFEDF3", 9.0, None), ("#ECEBE6", _COAST, 1.6, None)),
    "land": (("#F7F6F2", "none", 0.0, None),),
    "land_beyond": (("#ECEBE6", "none", 0.0, None),),
    "green": (("#DDEBD0", "none", 0.0, None),),
    "builtup": (("#E9E5DC", "none", 0.0, None),),
    "building": (("#DED9D0", "none", 0.0, None),),
    "area": (("none", "#FFFFFF", 2.6, None), ("none", "#8B96A0", 1.0, "1 3")),
    "border": (("none", "#FFFFFF", 3.2, None), ("none", "#4A5560", 1.3, "7 4")),
    "road": (("none", _CASING, 2.8, None), ("none", "#FFFFFF", 1.6, None)),
    "main_road": (("none", _CASING, 4.4, None), ("none", "#FFFFFF", 3.0, None)),
    "motorway": (("none", "#A79F8C", 6.0, None), ("none", "#FBF3DF", 4.4, None)),
}
NAME_STYLES = {
    "town": (13.0, "#3A434C", "600", None),
    "village": (11.0, "#3A434C", "400", None),
    "area": (12.0, "#4A5560", "600", "1.2"),
    "sea": (12.0, "#2F5F74", "400", "1.2"),
}
ROADS = ("road", "main_road", "motorway")
HATCHES = {
    "dots": (10, "M2 2h.01M7 7h.01"),
    "lines": (8, "M-2 2 2-2M0 8 8 0M6 10 10 6"),
    "cross": (8, "M-2 2 2-2M0 8 8 0M6 10 10 6M-2 6 2 10M0 0 8 8M6-2 10 2"),
}
"""What may lie over an area: the side of its square in pixels, and its strokes; each is denser than the one before."""


@dataclass(frozen=True)
class Frame:
    """What part of the world is shown: metres east and north (EPSG:3006)."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def around(
        cls, shapes: geopandas.GeoSeries | Sequence[shapely.Geometry], margin: float = 0.04, least: float = 100.0
    ) -> Frame:
        """The frame around some shapes with a margin (share of the larger side, at least `least` metres)."""
        west, south, east, north = shapely.total_bounds(np.asarray(shapes, dtype=object))
        edge = max(margin * max(east - west, north - south), least)
        return cls(float(west - edge), float(south - edge), float(east + edge), float(north + edge))

    def fitted(self, width: int, height: int) -> Frame:
        """The smallest frame of the shape `width` to `height` that holds this one, with the same middle.

        >>> Frame(0, 0, 100, 100).fitted(200, 100)
        Frame(west=-50.0, south=0.0, east=150.0, north=100.0)
        """
        metres = max((self.east - self.west) / width, (self.north - self.south) / height)
        x, y = (self.west + self.east) / 2, (self.south + self.north) / 2
        half_x, half_y = metres * width / 2, metres * height / 2
        return Frame(x - half_x, y - half_y, x + half_x, y + half_y)


@dataclass(frozen=True)
class Ground:
    """Part of the base map: lines or areas in one of the styles of `GROUND`; in the legend only with a `label`."""

    style: str
    shapes: geopandas.GeoDataFrame | geopandas.GeoSeries | Sequence[shapely.Geometry]
    label: str = ""


@dataclass(frozen=True)
class Names:
    """Names of the base map as (x, y, name), the most important first: what does not fit is left out."""

    style: str
    names: Sequence[tuple[float, float, str]]


@dataclass(frozen=True)
class Mark:
    """One thing on the map: its number or letter, and its name for who points at it."""

    x: float
    y: float
    text: str = ""
    name: str = ""


@dataclass(frozen=True)
class Symbols:
    """Points of one kind: `shape` circle, square, diamond or drop; `ink` dark or white on the `fill`."""

    label: str
    shape: str
    fill: str
    marks: Sequence[Mark]
    ink: str = "dark"
    glyph: str = ""


@dataclass(frozen=True)
class Look:
    """How a layer is drawn where it is counted: the colour of its share in a ring, and its name.

    `body` is the shape (around 0/0, reaching 10 units) of the sign with a number that it has at the edge of a ring of
    others; `ink` the colour of that number.
    """

    label: str
    colour: str
    body: str = ""
    ink: str = "#FFFFFF"


@dataclass(frozen=True)
class Counted:
    """What lies at x/y: counts per layer; a single thing has a `sign` and may have a name."""

    x: float
    y: float
    counts: Mapping[str, int]
    sign: str = ""
    name: str = ""


@dataclass(frozen=True)
class Rings:
    """Counts per layer as rings and signs of which none covers another's number.

    `looks` are by layer, in the order of the legend; `signs` are the inside of 32 units wide symbols by name. In the
    legend `label` explains the ring. `muted` is drawn behind a veil, beside what the picture is about.
    """

    label: str
    looks: Mapping[str, Look]
    signs: Mapping[str, str]
    counts: Sequence[Counted]
    muted: bool = False


@dataclass(frozen=True)
class Spoken:
    """What the picture is about: its shape in a thick outline, its sign with a halo, and its name."""

    name: str
    shape: shapely.Geometry
    sign: str = ""


@dataclass(frozen=True)
class Stretches:
    """Lengths of street as (line, rank or ""): a coloured line in a dark casing, with its rank on a white pill.

    `joined` lines go on where others end, so they have flat ends.
    """

    label: str
    colour: str
    lines: Sequence[tuple[shapely.Geometry, str]]
    width: float = 6.0
    rank_size: float = 13.0
    joined: bool = False


@dataclass(frozen=True)
class Zones:
    """Areas as (area, rank or ""), such as hotspots: filled, outlined, with the rank on a white pill.

    `hatch` is one of `HATCHES`: lines over the fill, by which areas are told apart on a grey print; `pill` and `ink`
    are the colours of the pill and its text, where they say something; `round` ones are discs in the legend too.
    """

    label: str
    fill: str
    areas: Sequence[tuple[shapely.Geometry, str]]
    outline: str = "#3D0731"
    opacity: float = 0.8
    edge: float = 1.5
    rank_size: float = 13.0
    hatch: str = ""
    pill: str = HALO
    ink: str = OUTLINE
    round: bool = False


DrawnLayer = Ground | Names | Symbols | Rings | Spoken | Stretches | Zones
