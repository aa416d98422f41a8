"""What may have a point on a map: only what is about public places.

What is about young people is never shown finer than by sub-area, so that no school can be told from it.
"""

from __future__ import annotations

from collections.abc import Sequence

from geoalchemy2 import WKBElement

from samverkan_map.agreement import Agreement
from samverkan_map.db import engine


def mapped_focus(agreement: Agreement) -> str:
    """The focus area that is drawn on a map: the first one, which the agreement gives to public places."""
    return next(iter(agreement.focus_areas))


def point_of(geom: WKBElement | None, focus: Sequence[str], agreement: Agreement) -> list[int] | None:
    """East and north (EPSG:3006, whole metres) of a point of something that is only about the mapped focus area."""
    shape = engine.shape(geom) if tuple(focus) == (mapped_focus(agreement),) else None
    if shape is None or shape.is_empty:
        return None
    point = shape.representative_point()
    return [round(point.x), round(point.y)]
