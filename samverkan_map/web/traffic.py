"""Stretches of road: who keeps them, what is complained of, what was measured."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import shapely
from flask import Blueprint, Response, g, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import access, geometry, measures, places, reports, traffic
from samverkan_map.exchange import checks, writers
from samverkan_map.question import Question, day_of
from samverkan_map.vocabulary import Keeper, Period, Permission, ReportKind
from samverkan_map.web import forms, periods
from samverkan_map.web.asking import ask, csv_download, watermark
from samverkan_map.web.forms import Faults, Given, Sent
from samverkan_map.web.measures import follow_up_state
from samverkan_map.web.texts import Format, t

blueprint = Blueprint("traffic", __name__)

COLUMNS = (*traffic.COLUMNS, "complaints", "url")
"""Those of the stretch itself, and what the page adds."""

ON_METRES = 15
"""A place this close to the middle of the road lies on the stretch."""


@dataclass(frozen=True)
class Ranked:
    """A stretch with the number of complaints in the period and its latest measurement, or None."""

    stretch: Any
    complaints: int
    latest: Any

    @property
    def measured_on(self) -> date | None:
        """The last day of the latest measurement."""
        return self.latest.ended_on if self.latest else None


@blueprint.get("/trafik")
def page() -> str:
    """The stretches, those most complained of first."""
    asked = ask()
    return render_template(
        "traffic/page.html",
        question=asked,
        rows=_ranked(asked),
        keepers=list(Keeper),
        period=periods.words(asked.period),
        period_args={name: value for name, value in asked.given.items() if name in ("from", "to", "period")},
    )


@blueprint.get("/trafik.geojson")
def geojson() -> Response:
    """The stretches as GeoJSON."""
    asked = ask()
    features = [
        {"id": one.stretch.id, "geometry": _line(one.stretch), "properties": _row(one)} for one in _ranked(asked)
    ]
    body = writers.geojson(
        features, number_matched=len(features), unmapped=0, question=asked.as_args(), watermark=watermark()
    )
    return Response(body, mimetype="application/geo+json")


@blueprint.get("/trafik.csv")
def csv() -> Response:
    """The stretches with complaints and latest measurement."""
    rows = (_row(one) for one in _ranked(ask()))
    return csv_download(writers.csv_rows(COLUMNS, rows, watermark=watermark()), "trafik.csv")


@blueprint.get("/trafik/stracka/<int:id>")
def one(id: int) -> str:
    """One stretch with its measurements, the complaints of the period, and what is worked with there."""
    stretch = traffic.get(g.session, g.viewer, id)
    asked = replace(ask(), kinds=(ReportKind.TRAFFIC,))
    types, days = _complaints_of(asked, id)
    on_it = _places_on(stretch)
    box = _line(stretch).bounds
    return render_template(
        "traffic/one.html",
        stretch=stretch,
        complaints=len(days),
        types=types,
        period=_counted(asked, days),
        places=on_it,
        measures=[one for one in measures.find(g.session, g.viewer) if set(one.places) & set(on_it)],
        follow_up_state=lambda measure: follow_up_state(measure, g.today),
        bbox=",".join(f"{value:.5f}" for value in (box[0] - 0.001, box[1] - 0.0006, box[2] + 0.001, box[3] + 0.0006)),
    )


FORM = "speed_measurement"
SPEEDS, SHARES = ("mean_speed", "v85"), ("share_over_limit", "share_over_30")


@blueprint.get("/trafik/stracka/<int:id>/matning")
def new_measurement(id: int) -> str:
    """The form for a speed measurement of a stretch."""
    access.check(g.viewer, Permission.IMPORT_SPEEDS)
    return _form(id, forms.given(FORM, str(id), {}), {})


@blueprint.post("/trafik/stracka/<int:id>/matning")
def take_measurement(id: int) -> AnyResponse | tuple[str, int]:
    """Add a measurement to a stretch."""
    access.check(g.viewer, Permission.IMPORT_SPEEDS)
    traffic.get(g.session, g.viewer, id)

    def act(sent: Sent) -> str:
        first = sent.day("started_on", need="traffic.form.need_day")
        last = sent.day("ended_on") or first
        figures = {name: _figure(sent, name) for name in (*SPEEDS, *SHARES)}
        vehicles = sent.number("vehicles", need="traffic.form.need_vehicles")
        direction = sent.text("direction", most=60)
        if last and last > g.today:
            sent.fault("ended_on", "refusals.traffic.not_yet", value=last.isoformat())
        sent.done()
        assert first and last and vehicles is not None
        traffic.measure_speed(
            g.session, g.viewer, id, started_on=first, ended_on=last, mean_speed=figures["mean_speed"],
            v85=figures["v85"], share_over_limit=figures["share_over_limit"], share_over_30=figures["share_over_30"],
            vehicles=vehicles, direction=direction,
        )  # fmt: skip
        return url_for("traffic.one", id=id)

    draw = lambda given, faults: _form(id, given, faults)  # noqa: E731
    address = url_for("traffic.new_measurement", id=id)
    return forms.carry_out(forms.Page(FORM, address, draw, str(id)), act)


def _form(id: int, given: Given, faults: Faults) -> str:
    stretch = traffic.get(g.session, g.viewer, id)
    return render_template("traffic/measurement.html", stretch=stretch, given=given, faults=faults)


def _figure(sent: Sent, name: str) -> float:
    """A speed in km/h, or a share that the form asks for in per cent."""
    word = sent.text(name, need="traffic.form.need_figure", most=20).removesuffix("%").removesuffix("km/h").strip()
    (value,), faults = checks.numbers([word])
    if faults:
        sent.fault(name, "refusals.traffic.no_number", field=t(f"traffic.form.{name}"), value=word)
    return float(value) / 100 if name in SHARES else float(value)


def _ranked(asked: Question) -> list[Ranked]:
    counts = _complaints(asked)
    found = traffic.find(g.session, g.viewer, keepers=asked.keepers, areas=asked.areas, word=asked.text)
    rows = [Ranked(one, counts[one.id], one.measurements[-1] if one.measurements else None) for one in found]
    return sorted(rows, key=lambda row: (-row.complaints, row.stretch.name))


def _complaints(asked: Question) -> Counter[int]:
    """Complaints per stretch that the visitor may count, in the period and with the filters of the question."""
    chosen = reports.choose(g.session, g.viewer, g.agreement, asked)
    kinds, names = chosen.column("kind"), chosen.frame.words["kind"]
    return Counter(
        stretch
        for stretch, kind in zip(chosen.column("stretch").tolist(), kinds.tolist(), strict=True)
        if stretch >= 0 and names[kind] == ReportKind.TRAFFIC
    )


def _complaints_of(asked: Question, stretch_id: int) -> tuple[list[tuple[str, int]], list[int]]:
    """The types of the complaints about a stretch with their numbers, and the day of each complaint."""
    chosen = reports.choose(g.session, g.viewer, g.agreement, asked)
    names = chosen.frame.words["type"]
    here = chosen.column("stretch") == stretch_id
    counted = Counter(chosen.column("type")[here].tolist())
    return [(names[code] or "", n) for code, n in counted.most_common()], chosen.column("day")[here].tolist()


def _counted(asked: Question, days: list[int]) -> str:
    """The period of the complaints: the one asked for, or the months from the first of them to the last."""
    if asked.period != Period() or not days:
        return periods.words(asked.period)
    return Format(g.language).months(day_of(min(days)), day_of(max(days)))


def _places_on(stretch: Any) -> list[Any]:
    """The places on a stretch: those that name it, and those that touch it."""
    line = traffic.shape_of(stretch)
    return [
        place for place in places.find(g.session, g.viewer)
        if place.stretch_id == stretch.id or places.shape_of(place).distance(line) <= ON_METRES
    ]  # fmt: skip


def _row(one: Ranked) -> dict[str, object]:
    return traffic.as_properties(one.stretch) | {
        "keeper": t(f"vocabulary.keeper.{one.stretch.keeper}"),
        "complaints": one.complaints,
        "url": f"/trafik/stracka/{one.stretch.id}",
    }


def _line(stretch: Any) -> shapely.LineString:
    return geometry.transform(traffic.shape_of(stretch), geometry.METRIC, geometry.DEGREES)
