"""Reported crime per year and category, as others counted it. Categories that overlap are never added up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db.tables import CrimeCount
from samverkan_map.errors import BadValue
from samverkan_map.sources import rows
from samverkan_map.vocabulary import Permission


def checked(
    agreement: Agreement, *, year: int, category: str, count: float, origin: str = "", today: date
) -> CrimeCount:
    """One count, checked and not stored yet. Raises BadValue: unknown category, a year to come, no whole number."""
    rows.one_of("category", category, agreement.statistics.crimes)
    number = rows.count("count", count)
    assert number is not None
    return CrimeCount(year=rows.year(year, today), category=category, count=number, origin=rows.origin(origin))


def keep(session: Session, actor: Viewer, agreement: Agreement, **given) -> CrimeCount:
    """Store one count; what is given is what `checked` takes. Raises BadValue, NotAllowed."""
    found = checked(agreement, **given)
    rows.add(session, actor, found)
    return found


def find(session: Session, viewer: Viewer, agreement: Agreement) -> dict[str, dict[int, CrimeCount]]:
    """Category -> year -> count, categories in the agreement's order, years oldest first. Raises NotAllowed."""
    access.check(viewer, Permission.SEE_SOURCES)
    found: dict[str, dict[int, CrimeCount]] = {code: {} for code in agreement.statistics.crimes}
    for one in session.scalars(select(CrimeCount).order_by(CrimeCount.year)):
        if one.category in found:
            found[one.category][one.year] = one
    return {code: counts for code, counts in found.items() if counts}


def check_sum(agreement: Agreement) -> None:
    """Raises BadValue when one crime may stand in several categories, so that they have no sum."""
    if agreement.statistics.overlap:
        raise BadValue("sources.errors.overlap", field="category")


def added_up(agreement: Agreement, counts: Iterable[CrimeCount]) -> int:
    """The sum of some categories of one year. Raises BadValue for categories that overlap, which have no sum."""
    counts = list(counts)
    if len({one.category for one in counts}) > 1:
        check_sum(agreement)
    if len({one.year for one in counts}) > 1:
        raise BadValue("sources.errors.several_years", field="year")
    return sum(one.count for one in counts)
