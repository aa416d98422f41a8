"""A finished year is published: counted once, and what may be shown of it decided once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from samverkan_map import access, reports
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.analysis.suppression import SHOWN
from samverkan_map.db.tables import Figure, FigureYear
from samverkan_map.errors import BadValue, Conflict
from samverkan_map.figures.counting import Counted, count, finished_years
from samverkan_map.vocabulary import Permission

GROWN = 2
"""A year with so many times the reports it was published with is another year to everybody, and begins anew."""

Before = dict[tuple[str, str, str], Figure]


@dataclass(frozen=True)
class Unpublished:
    """A finished year as its reports are now: when it was published and with how many, and whether it may be again.

    Of one that is not `whole` reports have been disposed of: what was published of it stays as it is.
    """

    year: int
    reports: int
    published_on: date | None
    published_reports: int
    allowed: bool
    whole: bool = True


def waiting(session: Session, viewer: Viewer, agreement: Agreement, today: date) -> list[Unpublished]:
    """The finished years with what could be published of them, latest first. Raises NotAllowed."""
    access.check(viewer, Permission.PUBLISH)
    return _standing(session, agreement, today)


def begin(session: Session, actor: Viewer, agreement: Agreement, *, today: date) -> list[int]:
    """Publish all finished years where none is published yet: the first file of reports does it.

    Nothing for an actor who may not publish, so that a file can still be taken in.
    """
    if not access.may(actor, Permission.PUBLISH) or session.scalar(select(FigureYear.year).limit(1)) is not None:
        return []
    made = []
    for year in finished_years(session, today):
        counted = count(session, agreement, year)
        if _is_whole(session, year) and _total(counted) >= agreement.fewest_told:
            made_year = FigureYear(year=year, published_on=today, edition=1, fewest=agreement.fewest_told)
            _store(session, actor, made_year, counted, {})
            made.append(year)
    return made


def publish(session: Session, actor: Viewer, agreement: Agreement, year: int, *, today: date) -> FigureYear:
    """Count a finished year and decide what of it is shown.

    Again only in a later calendar year, or when its reports have doubled. A later edition keeps hidden what was hidden,
    shows no total of anything hidden, and leaves a number as it was that has changed by fewer than are told. A year
    that was published with a larger smallest number keeps that.
    Raises BadValue for a year that is not over or has too few reports, Conflict when it is too early or reports of it
    have been disposed of, NotAllowed.
    """
    access.check(actor, Permission.PUBLISH)
    if not _is_whole(session, year):
        raise Conflict("refusals.figures.disposed", year=year)
    stored, counted = session.get(FigureYear, year), count(session, agreement, year)
    found = _one(agreement, year, _total(counted), stored, today)
    if year >= today.year or found.reports < agreement.fewest_told:
        raise BadValue("refusals.figures.nothing", field="year", year=year)
    if not found.allowed:
        raise Conflict("refusals.figures.too_early", year=year)
    before = _before(stored) if stored and found.reports < GROWN * stored.reports else {}
    fewest = max(agreement.fewest_told, stored.fewest if stored else 0)
    made = FigureYear(year=year, published_on=today, edition=stored.edition + 1 if stored else 1, fewest=fewest)
    if stored:
        session.delete(stored)
        session.flush()
    _store(session, actor, made, counted, before)
    return made


def _store(session: Session, actor: Viewer, made: FigureYear, counted: list[Counted], before: Before) -> None:
    """Keep a year with its numbers and what is shown of them, and record it."""
    made.reports = _total(counted)
    made.figures = [one for table in counted for one in _figures(made, _settled(made, table, before), before)]
    session.add(made)
    session.flush()
    access.gate(session, actor, Permission.PUBLISH, None, year=made.year, reports=made.reports, edition=made.edition)


def _standing(session: Session, agreement: Agreement, today: date) -> list[Unpublished]:
    stored = {one.year: one for one in session.scalars(select(FigureYear))}
    found = [
        _one(agreement, year, _total(count(session, agreement, year)), stored.get(year), today)
        for year in finished_years(session, today)
    ]
    return [one if _is_whole(session, one.year) else replace(one, allowed=False, whole=False) for one in found]


def _is_whole(session: Session, year: int) -> bool:
    """Whether no report of a year has been disposed of."""
    gone = reports.gone_to(session)
    return gone is None or gone.year < year


def _total(counted: list[Counted]) -> int:
    return sum(int(table.counts.sum()) for table in counted)


def _one(agreement: Agreement, year: int, number: int, stored: FigureYear | None, today: date) -> Unpublished:
    enough = number >= agreement.fewest_told
    if stored is None:
        return Unpublished(year, number, None, 0, enough)
    later = stored.published_on.year < today.year and number != stored.reports
    grown = number >= GROWN * stored.reports
    return Unpublished(year, number, stored.published_on, stored.reports, enough and (later or grown))


def _before(stored: FigureYear) -> Before:
    return {(one.kind, one.type, one.area): one for one in stored.figures}


def _settled(made: FigureYear, table: Counted, before: Before) -> Counted:
    """The counts, those changed by fewer than may be told as they were: a small change is a small number."""
    if not before:
        return table
    counts = [
        [
            _old_if_near(before.get((table.kind.value, one.code, area)), int(number), made.fewest)
            for area, number in zip(table.areas, row, strict=True)
        ]
        for one, row in zip(table.types, table.counts, strict=True)
    ]
    return Counted(table.kind, table.types, table.areas, np.array(counts))


def _old_if_near(old: Figure | None, number: int, fewest: int) -> int:
    return old.count if old and abs(old.count - number) < fewest else number


def _figures(made: FigureYear, table: Counted, before: Before) -> list[Figure]:
    states = table.states(_held(table, before), made.fewest)
    return [
        Figure(kind=kind, type=code, area=area, count=number, state=state)
        for (kind, code, area), number, state in zip(table.keys(), table.values(), states, strict=True)
    ]


def _held(table: Counted, before: Before) -> np.ndarray | None:
    """Which numbers an earlier edition hid; None for a first one."""
    if not before:
        return None
    olds = [[before.get((table.kind.value, one.code, area)) for area in table.areas] for one in table.types]
    return np.array([[old is not None and old.state != SHOWN for old in row] for row in olds])
