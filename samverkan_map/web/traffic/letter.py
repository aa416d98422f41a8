"""A letter to one road keeper: only its stretches, no reporters, and no number that is too small to leave the house."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import g, render_template

from samverkan_map.errors import NotFound
from samverkan_map.traffic import Row, Why
from samverkan_map.vocabulary import Keeper, MeasureStatus, ReportKind
from samverkan_map.web import periods
from samverkan_map.web.texts import Format, t
from samverkan_map.web.traffic import words
from samverkan_map.web.traffic.asked import asked_here, comparison, rank, rows_of, wanted, work_on
from samverkan_map.web.traffic.blueprint import blueprint

REASONS = (Why.FELT_NEVER, Why.FELT_OLD, Why.SOME_NEVER)
"""The reasons to measure that a letter may give: they tell no small number and no unpublished measure."""


@dataclass(frozen=True)
class Line:
    """A stretch in the letter."""

    row: Row
    complaints: str
    accidents: str
    change: words.Change | None
    asked: str


@blueprint.get("/trafik/brev/<keeper>")
def letter(keeper: str) -> str:
    """The letter to a road keeper, to print. Types that are never public are not counted in it."""
    if keeper not in set(Keeper):
        raise NotFound("access.errors.not_found")
    asked = asked_here()
    open_types = tuple(
        one.code
        for kind in (ReportKind.TRAFFIC, ReportKind.ACCIDENT)
        for one in g.agreement.types_of_kind(kind)
        if not one.never_public and (not asked.types or one.code in asked.types)
    )
    # Without a type left nothing is counted, instead of everything.
    asked = replace(asked, keepers=(keeper,), types=open_types or ("",), sort="name", page=1)
    ranking = rank(asked)
    work = work_on(ranking)
    rows = rows_of(ranking, asked, work)
    reasons = {
        one.road.id: words.why(one)
        for one in wanted(ranking, rows, work)
        if one.why in REASONS and _told(one.speed_complaints)
    }
    return render_template(
        "traffic/letter.html",
        keeper=keeper,
        today=g.today,
        lines=[_line(row, reasons.get(row.road.id, "")) for row in rows],
        ranking=ranking,
        words=words,
        compare=comparison(),
        period=periods.words(ranking.spans.now),
        before=periods.words(ranking.spans.before) if ranking.spans.before else "",
        least=words.PUBLIC_LEAST,
        measures={
            row.road.id: [
                one
                for one in work.meant.get(row.road.id, [])
                if one.published and one.status != MeasureStatus.CANCELLED
            ]
            for row in rows
        },
    )


def _told(count: int | None) -> bool:
    return count is not None and count >= words.PUBLIC_LEAST


def _line(row: Row, reason: str) -> Line:
    both = _told(row.complaints) and _told(row.before)
    return Line(row, _outside(row.complaints), _outside(row.accidents), words.change(row) if both else None, reason)


def _outside(count: int) -> str:
    """A count as it may leave the house."""
    return Format(g.language).number(count) if _told(count) else t("traffic.fewer_than", n=words.PUBLIC_LEAST)
