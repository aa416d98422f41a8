"""Reported crime per year and category, and what was said in dialogues and on walks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from flask import Response, g, render_template

from samverkan_map import access, sources, walks
from samverkan_map.errors import BadValue
from samverkan_map.exchange import writers
from samverkan_map.vocabulary import Period, Permission
from samverkan_map.web import answers
from samverkan_map.web.asking import csv_download, watermark
from samverkan_map.web.sources import words
from samverkan_map.web.sources.asked import check_names
from samverkan_map.web.sources.blueprint import blueprint
from samverkan_map.web.texts import label

CRIME_COLUMNS = ("year", "category", "category_label", "count", "is_total", "origin")
DIALOGUE_COLUMNS = ("held_on", "source", "area", "area_label", "type", "type_label", "mentions", "note")
MOST_THEMES = 500


@blueprint.get("/kallor/brott")
def crimes() -> str:
    """Each category with its years; categories that overlap have no sum."""
    check_names(())
    found = sources.crimes.find(g.session, g.viewer, g.agreement)
    known = g.agreement.statistics
    years = sorted({year for counts in found.values() for year in counts})
    return render_template(
        "sources/crimes.html",
        found=found,
        years=years,
        total=known.total,
        origins=sorted({one.origin for counts in found.values() for one in counts.values() if one.origin}),
        categories=known.crimes,
        sums=_sums(found, years),
        **_words(),
    )


def _sums(found: dict[str, dict[int, Any]], years: list[int]) -> dict[int, int] | str:
    """The sum of the categories per year, or the sentence that says why there is none."""
    parts = {code: counts for code, counts in found.items() if code != g.agreement.statistics.total}
    try:
        sources.crimes.check_sum(g.agreement)
        return {
            year: sources.crimes.added_up(g.agreement, [of[year] for of in parts.values() if year in of])
            for year in years
        }
    except BadValue as refusal:
        return answers.sentence(g.language, refusal)


@blueprint.get("/kallor/brott.csv")
def crimes_csv() -> Response:
    """Every count, a row each."""
    check_names(())
    found = sources.crimes.find(g.session, g.viewer, g.agreement)
    known = g.agreement.statistics
    rows = (
        {
            "year": one.year, "category": code, "category_label": label(known.crimes[code]), "count": one.count,
            "is_total": code == known.total, "origin": one.origin,
        }
        for code, counts in found.items()
        for one in counts.values()
    )  # fmt: skip
    return csv_download(writers.csv_rows(CRIME_COLUMNS, rows, watermark=watermark()), "anmalda-brott.csv")


@blueprint.get("/kallor/dialoger")
def dialogues() -> str:
    """The themes of dialogues, latest first, how often each came up, and the walks."""
    check_names(())
    found = sources.dialogues.find(g.session, g.viewer, g.agreement)
    counted = Counter((one.type, one.area) for one in found)
    return render_template(
        "sources/dialogues.html",
        themes=found[:MOST_THEMES],
        total=len(found),
        counted=sorted({one.type for one in found}, key=lambda code: list(g.agreement.types).index(code)),
        times=counted,
        areas=[code for code in (*g.agreement.areas, g.agreement.statistics.whole) if code],
        walks=_walks(),
        points=sources.points_of(g.session, g.viewer, g.agreement, Period()),
        **_words(),
    )


def _walks() -> list[Any]:
    """The walks that ended, for those who may see them."""
    if not (g.agreement.walk_source and access.may(g.viewer, Permission.HOLD_WALK)):
        return []
    return [walk for walk in walks.find(g.session, g.viewer) if walk.ended_at is not None]


@blueprint.get("/kallor/dialoger.csv")
def dialogues_csv() -> Response:
    """Every theme, a row each."""
    check_names(())
    found = sources.dialogues.find(g.session, g.viewer, g.agreement)
    rows = csv_rows(found)
    return csv_download(writers.csv_rows(DIALOGUE_COLUMNS, rows, watermark=watermark()), "dialoger.csv")


def csv_rows(found: list[Any]) -> Iterator[dict[str, Any]]:
    """Themes of dialogues as rows of a file."""
    for one in found:
        yield {
            "held_on": one.held_on, "source": one.source, "area": one.area, "area_label": words.area_name(one.area),
            "type": one.type, "type_label": label(g.agreement.types[one.type]), "mentions": one.mentions,
            "note": one.note,
        }  # fmt: skip


def _words() -> dict[str, Any]:
    return {"area_name": words.area_name, "source_name": words.source_name}
