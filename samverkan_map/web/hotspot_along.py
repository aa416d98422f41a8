"""Along the streets, beside the stretches: the worst parts, the density of the network, and where the harm is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, g, url_for

from samverkan_map.exchange.svg_map import DrawnLayer, Stretches
from samverkan_map.hotspots import along, along_words
from samverkan_map.hotspots.along import Along
from samverkan_map.question import Question
from samverkan_map.web import hotspot_parts
from samverkan_map.web.asking import ask
from samverkan_map.web.hotspot_map import MARGIN, RAMP, picture
from samverkan_map.web.hotspot_parts import box, speaker
from samverkan_map.web.texts import t

blueprint = Blueprint("hotspot_along", __name__)

WINDOW_COLOUR, WINDOW_WIDTH, DENSITY_WIDTH = "#7DB8FF", 14.0, 6.0
FIRST = 20
"""So many stretches with most harm stand in the table of the page; the file holds all."""


@blueprint.app_context_processor
def words() -> dict[str, Any]:
    """What the page of stretches tells besides them."""
    return {"along_streets": told}


@blueprint.get("/aterkommande/langs.geojson")
def geojson() -> Response:
    """The parts, the density and the stretches with most harm as GeoJSON."""
    asked = ask()
    return geojson_of(_found(asked), asked.as_args(page=None))


@blueprint.get("/aterkommande/langs.svg")
def svg() -> Response:
    """The density along the streets as a picture, with the worst parts."""
    return picture_of(_found(ask()))


def geojson_of(found: Along | None, asked: Mapping[str, Any]) -> Response:
    """An answer as GeoJSON."""
    rows = along_words.rows(speaker(), found) if found else []
    return hotspot_parts.geojson("along", along_words.COLUMNS, rows, asked)


def picture_of(found: Along | None) -> Response:
    """An answer as a picture."""
    return Response(_drawn(found), mimetype="image/svg+xml")


def _found(asked: Question) -> Along | None:
    return along.find(g.session, g.viewer, g.agreement, asked, today=g.today)


def told(asked: Question) -> dict[str, Any] | None:
    """The answer in words; None where there is no stretch. Raises BadQuestion."""
    found = _found(asked)
    query: dict[str, Any] = dict(asked.as_args(page=None, method=None, cell=None, bandwidth=None))
    if found is None:
        return None
    return told_of(found, *(url_for(f"hotspot_along.{kind}", **query) for kind in ("svg", "geojson")))


def told_of(found: Along, svg: str, geojson: str) -> dict[str, Any]:
    """An answer in words, with the addresses of its picture and its file."""
    say = speaker()
    return {
        "found": found,
        "headline": along_words.headline(say, found),
        "windows": [
            (one, along_words.where(say, one), box(one.shape.bounds), box(one.shape.bounds, 0)) for one in found.windows
        ],
        "density": along_words.density(say, found),
        "classes": _classes(found),
        "injuries": along_words.injuries(say, found),
        "injured": found.injury.rows[:FIRST],
        "card": along_words.method_card(say, found),
        "injury_card": along_words.injury_card(say, found),
        "map_words": _map_words(found),
        "svg": svg,
        "geojson": geojson,
    }


def _classes(found: Along) -> list[tuple[str, float]]:
    """How much street each class has, the densest first."""
    say = speaker()
    told = [(along_words.class_words(say, found, step, unit=False), metres) for step, metres in enumerate(found.metres)]
    return told[::-1]


def _map_words(found: Along) -> str:
    return t("along.map_words", n=len(found.windows), period=speaker().period(found.period))


def _drawn(found: Along | None) -> str:
    if found is None:
        return picture([g.agreement.land], [], t("along.map_heading"), margin=0)
    say, first = speaker(), len(RAMP) - len(found.limits)
    windows = [(one.shape, str(one.number)) for one in found.windows]
    layers: list[DrawnLayer] = []
    if windows:
        layers.append(Stretches(t("along.legend_window"), WINDOW_COLOUR, windows, WINDOW_WIDTH))
    for step in range(len(found.limits)):
        lines = [(shape, "") for shape, of in found.parts if of == step]
        if lines:
            label = along_words.class_words(say, found, step)
            layers.append(Stretches(label, RAMP[first + step], lines, DENSITY_WIDTH, joined=True))
    around = [shape for shape, _ in [*windows, *found.parts]] or [g.agreement.land]
    return picture(around, layers, _map_words(found), margin=MARGIN)
