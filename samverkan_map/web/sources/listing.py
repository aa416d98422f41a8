"""Surveys as a page, as files and on the map; and what is felt beside what is reported."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response, g, render_template, url_for

from samverkan_map import geometry, sources
from samverkan_map.exchange import writers
from samverkan_map.sources import Answer, Asked, Felt, felt, surveys
from samverkan_map.web.asking import csv_download, watermark
from samverkan_map.web.sources import drawn, words
from samverkan_map.web.sources.asked import Shown, ask, check_names
from samverkan_map.web.sources.blueprint import blueprint
from samverkan_map.web.texts import label, t

COLUMNS = (
    "year", "source", "question", "question_label", "better", "area", "area_label", "value", "unit", "low", "high",
    "answers", "response_rate", "state", "origin", "note",
)  # fmt: skip
MOST_LAYERS = 8


@blueprint.get("/kallor")
def page() -> str:
    """One question of one year in words, on a map and in tables, beside what was reported."""
    shown = ask()
    return render_template("sources/page.html", shown=shown, **_words(), **(_found(shown) if shown else {}))


def _found(shown: Shown) -> dict[str, Any]:
    before = shown.of_before
    changes = surveys.changed(shown.question, before, shown.of_year) if before else {}
    return {
        "answers": shown.of_year,
        "changes": changes,
        "steps": drawn.steps(shown),
        "beside": _beside(shown),
        "all_years": {year: surveys.of_year(g.agreement, shown.answers, year) for year in shown.years},
        "told_areas": [code for code in sources.places(g.agreement) if any(one.area == code for one in shown.answers)],
        "origins": sorted({one.origin for one in shown.answers if one.origin}),
        "title": title_of(shown),
    }


def _beside(shown: Shown) -> Felt | None:
    """What is felt beside what is reported; None for those who may not see the reports."""
    events = sources.events_of(g.session, g.viewer, g.agreement, shown.question, shown.year)
    if events is None:
        return None
    return sources.beside(
        shown.question, shown.of_year, events, areas=list(g.agreement.areas), whole=g.agreement.statistics.whole
    )


def title_of(shown: Shown) -> str:
    """What the map shows: the question, the year, and which way is better."""
    return t("sources.map_title", question=label(shown.question), year=shown.year, better=words.better(shown.question))


@blueprint.get("/kallor.csv")
def csv() -> Response:
    """Every answer that may be shown, a row each."""
    check_names(())
    found = surveys.find(g.session, g.viewer, g.agreement)
    rows = (_row(asked, one) for asked, answers in found.items() for one in answers)
    return csv_download(writers.csv_rows(COLUMNS, rows, watermark=watermark()), "trygghetsmatningar.csv")


def _row(asked: Asked, one: Answer) -> dict[str, Any]:
    question = words.question_of(asked)
    return {
        "year": one.year, "source": asked.source, "question": asked.question, "question_label": label(question),
        "better": question.good, "area": one.area, "area_label": words.area_name(one.area), "value": one.value,
        "unit": question.unit, "low": one.low and round(one.low, 1), "high": one.high and round(one.high, 1),
        "answers": one.answers, "response_rate": one.response_rate, "state": one.state, "origin": one.origin,
        "note": one.note,
    }  # fmt: skip


@blueprint.get("/kallor.geojson")
def geojson() -> Response:
    """The sub-areas with the answers of one question and year."""
    shown = ask()
    body = writers.geojson(
        list(_features(shown)) if shown else [],
        number_matched=len(g.agreement.areas) if shown else 0,
        unmapped=0,
        question=shown.query if shown else {},
        watermark=watermark(),
        legend={"title": title_of(shown), "steps": drawn.key(shown)} if shown else None,
    )
    return Response(body, mimetype="application/geo+json")


def _features(shown: Shown) -> Iterator[dict[str, Any]]:
    answers, colours = shown.of_year, drawn.colours(shown)
    for code, area in g.agreement.areas.items():
        inside = geometry.transform(area.shape.representative_point(), geometry.METRIC, geometry.DEGREES)
        own = {
            "told": drawn.label(shown, answers[code]),
            "colour": colours[code],
            "at": [round(inside.x, 5), round(inside.y, 5)],
        }
        yield {
            "id": f"area.{code}",
            "geometry": geometry.transform(area.shape, geometry.METRIC, geometry.DEGREES),
            "properties": _row(shown.asked, answers[code]) | own,
        }


@blueprint.get("/kallor/karta.svg")
def svg() -> Response:
    """The sub-areas coloured by the answers of one question and year."""
    shown = ask()
    return Response(drawn.draw(shown, title_of(shown)) if shown else drawn.empty(), mimetype="image/svg+xml")


def layers() -> list[tuple[str, str]]:
    """What the map may show on its sub-areas: each question's latest year that sub-areas answered."""
    found = []
    for asked, answers in surveys.find(g.session, g.viewer, g.agreement).items():
        of_areas = [one.year for one in answers if one.area in g.agreement.areas]
        if of_areas:
            shown = Shown(asked, max(of_areas), None, {asked: answers})
            found.append((url_for("sources.geojson", **shown.query), t("sources.layer", title=title_of(shown))))
    return found[:MOST_LAYERS]


def _words() -> dict[str, Any]:
    names = ("area_name", "area_names", "type_names", "source_name", "better", "told", "interval", "change")
    return {name: getattr(words, name) for name in names} | {
        "fewest": surveys.FEWEST_ANSWERS,
        "fewest_compared": surveys.FEWEST_COMPARED,
        "fewest_events": felt.FEWEST_EVENTS,
        "fewest_areas": felt.FEWEST_AREAS,
        "margin": surveys.INDEX_MARGIN,
        "disagree": felt.DISAGREE,
    }
