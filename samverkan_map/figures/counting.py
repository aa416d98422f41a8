"""How many reports of each type that may be told lie in each sub-area in a calendar year, and what of it is shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from samverkan_map.agreement import Agreement, ProblemType
from samverkan_map.analysis.suppression import Suppressed, suppress, suppress_again
from samverkan_map.db.tables import Report
from samverkan_map.question import days_since_1970
from samverkan_map.vocabulary import ReportKind

NO_AREA, ALL_AREAS, ALL_TYPES = "-", "*", ""
SAFE_LEVEL, NEVER_LEVEL = "A", "C"
"""Of what surrounds us (level A) a zero may be told; level C is never told at all."""

Key = tuple[str, str, str]
"""Kind, type and sub-area of a number."""


@dataclass(frozen=True, eq=False)
class Counted:
    """One kind in one year: counts of shape (types, sub-areas), the last column for reports without a sub-area."""

    kind: ReportKind
    types: Sequence[ProblemType]
    areas: Sequence[str]
    counts: np.ndarray

    def keys(self) -> Iterator[Key]:
        """The key of every number with its totals, row by row."""
        for code in [*(one.code for one in self.types), ALL_TYPES]:
            for area in [*self.areas, ALL_AREAS]:
                yield self.kind.value, code, area

    def values(self) -> list[int]:
        """Every number with its totals, row by row."""
        wide = np.column_stack((self.counts, self.counts.sum(axis=1)))
        return np.vstack((wide, wide.sum(axis=0))).ravel().tolist()

    def states(self, held: np.ndarray | None, fewest: int) -> list[str]:
        """What may be shown of every number, row by row, when none below `fewest` may; `held` says which ones an
        earlier edition kept back."""
        safe = [one.level == SAFE_LEVEL for one in self.types]
        found: Suppressed
        if held is None:
            found = suppress(self.counts, fewest=fewest, zero_is_safe=safe)
        else:
            found = suppress_again(self.counts, held, fewest=fewest, zero_is_safe=safe)
        return found.states.ravel().tolist()


def told_types(agreement: Agreement, kind: ReportKind) -> list[ProblemType]:
    """The types of a kind that figures may be about."""
    return [one for one in agreement.types_of_kind(kind) if one.rows and one.level != NEVER_LEVEL]


def areas_of(agreement: Agreement) -> list[str]:
    """The columns of a table, the last one for reports without a sub-area."""
    return [*agreement.areas, NO_AREA]


def count(session: Session, agreement: Agreement, year: int) -> list[Counted]:
    """The reports of a calendar year that may be told, a table for each kind. Context sources are left out."""
    first, after = (days_since_1970(date(one, 1, 1)) for one in (year, year + 1))
    sources = [code for code, source in agreement.sources.items() if not source.context]
    question = (
        select(Report.type, Report.area, func.count())
        .where(Report.day >= first, Report.day < after, Report.source.in_(sources))
        .group_by(Report.type, Report.area)
    )
    found = {(code, area or NO_AREA): number for code, area, number in session.execute(question)}
    areas = areas_of(agreement)
    return [
        Counted(kind, types, areas, np.array([[found.get((one.code, area), 0) for area in areas] for one in types]))
        for kind in ReportKind
        if (types := told_types(agreement, kind))
    ]


def finished_years(session: Session, today: date) -> list[int]:
    """The calendar years that are over and that reports are told from, latest first."""
    oldest, newest = session.execute(select(func.min(Report.day), func.max(Report.day))).one()
    if oldest is None:
        return []
    first, last = (int(np.datetime64(day, "D").astype("datetime64[Y]").astype(int)) + 1970 for day in (oldest, newest))
    return list(range(min(last, today.year - 1), first - 1, -1))
