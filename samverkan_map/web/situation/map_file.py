"""The map of a version to take along: one file that opens without a network, made of nothing but what the version says.

Recurring places and measures stand where the version froze them; sub-areas carry its counts and answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import shapely
from flask import Response, g

from samverkan_map import geometry
from samverkan_map.agreement.statistics import PERCENT
from samverkan_map.situation import Figure, Row
from samverkan_map.vocabulary import Layer, Phase
from samverkan_map.web import basemap, folium_map, hotspot_map, legend, map_file, subject
from samverkan_map.web.file_page import FileWords
from samverkan_map.web.situation import drawn, papers
from samverkan_map.web.situation.blueprint import blueprint
from samverkan_map.web.situation.pictures import AREA_RAMP
from samverkan_map.web.situation.reading import Shown, shown
from samverkan_map.web.texts import Format, t

SPOT_FACTS = ("count", "expected", "before", "change", "finding")
PLACE_FACTS = ("focus", "area", "phase", "lap", "since")
MEASURE_FACTS = ("where", "owner", "status", "when", "follow_up")
MEASURES, PLACES = Layer.MEASURES.value, Layer.PLACES.value

Feature = dict[str, Any]


@blueprint.get("/<int:id>/karta.html")
def standalone(id: int) -> Response:
    """The map of a version as one file, always as a download."""
    it = shown(id)
    bounds = subject.bounds(g.agreement)
    view = folium_map.View(
        bounds=bounds, whole=bounds, language=g.language, names=map_file.names(),
        basemap=basemap.Basemap("builtin", "", g.agreement.credit),
    )  # fmt: skip
    points, chosen = [*_places(it), *_measures(it)], dict(_on_areas(it))
    signs = {layer: sign for layer, sign in legend.signs(g.viewer).items() if layer in (PLACES, MEASURES)}
    text = folium_map.standalone(
        g.agreement, signs, view, points, _words(it, points, list(chosen)),
        areas={"zones": _zones(it), "held": chosen},
    )  # fmt: skip
    headers = {"Content-Disposition": f'attachment; filename="lagesbild-{id}-karta.html"'}
    return Response(text, mimetype="text/html", headers=headers)


# ---- Places and measures ---------------------------------------------------------------------------------------------


def _zones(it: Shown) -> list[Feature]:
    figure = it.figure("hotspots")
    if figure is None:
        return []
    return [
        {
            "geometry": geometry.to_geojson(shape), "colour": hotspot_map.RAMP[drawn.step(row)],
            "number": row["number"], "title": _spot(it, row), "text": hotspot_map.label(drawn.step(row)),
            "facts": _facts(it, row, _known(figure)),
        }
        for row, shape in drawn.spots(figure)
    ]  # fmt: skip


def _known(figure: Figure) -> list[str]:
    return [name for name in SPOT_FACTS if name in figure.columns]


def _spot(it: Shown, row: Row) -> str:
    return f"{row['number']}. {it.say.cell(row, 'spot')}"


def _facts(it: Shown, row: Row, columns: Sequence[str]) -> list[tuple[str, str]]:
    return [(it.say.column(name), it.say.cell(row, name)) for name in columns]


def _places(it: Shown) -> Iterator[Feature]:
    """The places that are worked with and have a point."""
    for row, at in _on_points(it.figure("under_work")):
        sign = f"places-{Phase(row['phase']).number}"
        yield at | {"layer": PLACES, "symbol": sign, "title": row["place"], "facts": _facts(it, row, PLACE_FACTS)}


def _measures(it: Shown) -> Iterator[Feature]:
    """The measures that have a point; what is about young people has none."""
    for row, at in _on_points(it.figure("plan")):
        title = f"{row['number']}. {row['measure']}"
        sign = f"measures-{row['status']}"
        yield at | {"layer": MEASURES, "symbol": sign, "title": title, "facts": _facts(it, row, MEASURE_FACTS)}


def _on_points(figure: Figure | None) -> Iterator[tuple[Row, Feature]]:
    """The rows of a figure that have a point, each with where it is."""
    known = {row["number"]: row for row in figure.rows} if figure else {}
    for number, e, n in (figure.picture or {}).get("at", ()) if figure else ():
        (lon,), (lat,) = geometry.to_degrees([e], [n])
        yield known[number], {"lon": round(float(lon), 6), "lat": round(float(lat), 6), "id": number}


# ---- Sub-areas -------------------------------------------------------------------------------------------------------


def _on_areas(it: Shown) -> Iterator[tuple[str, dict[str, Any]]]:
    """Words of each thing that may be shown on the sub-areas, with those that have a number of it and its legend."""
    number = it.say.fmt.number
    for focus in it.document["focus_areas"]:
        figure = it.figure(f"areas.{focus}")
        if figure and not figure.empty:
            counts = {row["area"]: (row["count"], number(row["count"])) for row in figure.rows}
            every = {code: counts.get(code, (0, "0")) for code in g.agreement.areas}
            words = t("map_file.counts", focus=it.say.code("focus", focus))
            yield words, _areas(every, 0, words, number)
    answers = it.figure("answers")
    asked = dict.fromkeys(row["question"] for row in answers.rows) if answers else {}
    for question in asked:
        rows = [row for row in answers.rows if row["question"] == question and row["own"]] if answers else []
        values = {row["area"]: (row["answer"], it.say.cell(row, "answer")) for row in rows}
        if values:
            years = ", ".join(map(str, sorted({row["year"] for row in rows})))
            better = t(f"map_file.better_{rows[0]['good']}")
            words = t("map_file.answers", question=it.say.code("question", question), years=years, better=better)
            low, decimals = min(value for value, _ in values.values()), 0 if rows[0]["unit"] == PERCENT else 2
            yield words, _areas(values, low, words, partial(number, decimals=decimals))


def _areas(
    values: dict[str, tuple[float, str]], low: float, title: str, number: Callable[[float], str]
) -> dict[str, Any]:
    """Each sub-area in the colour of its step from `low` to the highest, with what stands on it, and their legend."""
    high = max(value for value, _ in values.values())
    found = []
    inside: dict[int, list[float]] = {}
    for code, (value, told) in values.items():
        if code not in g.agreement.areas:
            continue
        shape = g.agreement.areas[code].shape
        at = geometry.to_geojson(shapely.point_on_surface(shape))["coordinates"]
        step = min(int(len(AREA_RAMP) * (value - low) / (high - low or 1)), len(AREA_RAMP) - 1)
        inside.setdefault(step, []).append(value)
        properties = {"colour": AREA_RAMP[step], "at": at, "told": told}
        found.append({"geometry": geometry.to_geojson(shape), "properties": properties})
    steps = [
        (AREA_RAMP[step], "–".join(dict.fromkeys((number(min(held)), number(max(held))))))
        for step, held in sorted(inside.items())
    ]
    return {"features": found, "legend": {"title": title, "steps": steps}}


# ---- Words -----------------------------------------------------------------------------------------------------------


def _words(it: Shown, points: list[Feature], choices: list[str]) -> FileWords:
    role, day = t(f"vocabulary.role.{g.viewer.role}"), Format(g.language).date(g.today)
    trial = t("common.watermark") if g.trial or it.document.get("trial") else ""
    marks = [one for one in (papers.mark(it), trial) if one]
    checksum = [f"{t('situation.checksum')}: {it.found.checksum}"] if it.found.checksum else []
    then = [t("map_file.of_then")] if it.found.document else []
    lines = (*papers.facts(it), papers.rests_on(it), *checksum, t("map_file.copy", role=role, day=day), *then)
    spots = it.figure("hotspots")
    steps = sorted({drawn.step(row) for row in spots.rows}) if spots else []
    return FileWords(
        title=t("map_file.title", id=it.found.id, municipality=g.agreement.name),
        lines=lines,
        legend=t("karta.legend"),
        credit=f"{g.agreement.credit} · {g.agreement.note[g.language]}",
        close=t("karta.close"),
        watermark=" · ".join(marks),
        counts=dict(Counter(one["layer"] for one in points)),
        note=t("map_file.ring") if len(points) > 1 else "",
        classes=t("map_file.classes"),
        swatches=[(hotspot_map.RAMP[step], hotspot_map.label(step)) for step in steps],
        choose=t("figures.on_map"),
        no_choice=t("figures.off_map"),
        choices=[(name, name) for name in choices],
        told=list(_told(it)),
        across=" · ".join((*marks, role, day)),
    )


def _told(it: Shown) -> Iterator[tuple[str, list[str]]]:
    """What is on the map in words, with how many places each phase has, and the places that have no point."""
    made = {"hotspots": _spot_line, "places": _phase_line, "under_work": _place_line, "plan": _measure_line}
    for key, line in made.items():
        if figure := it.figure(key):
            yield it.title(figure), [*(line(it, figure, row) for row in figure.rows), *it.notes(figure)]


def _spot_line(it: Shown, figure: Figure, row: Row) -> str:
    facts = _facts(it, row, _known(figure))
    told = ". ".join(f"{name}: {value}" for name, value in facts)
    return f"{_spot(it, row)}. {hotspot_map.label(drawn.step(row))}. {told}"


def _phase_line(it: Shown, figure: Figure, row: Row) -> str:
    phases = ", ".join(f"{it.say.column(phase)} {row[phase]}" for phase in map(str, Phase))
    return f"{it.say.cell(row, 'focus')}: {phases}"


def _place_line(it: Shown, figure: Figure, row: Row) -> str:
    told = ". ".join(f"{name}: {value}" for name, value in _facts(it, row, PLACE_FACTS))
    return f"{row['place']}. {told}"


def _measure_line(it: Shown, figure: Figure, row: Row) -> str:
    told = ". ".join(f"{name}: {value}" for name, value in _facts(it, row, MEASURE_FACTS))
    return f"{row['number']}. {row['measure']}. {told}"
