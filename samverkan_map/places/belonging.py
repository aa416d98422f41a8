"""Which reports belong to a place: those in it or close by, plus those picked in, minus those picked out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from samverkan_map import access, reports
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db import engine
from samverkan_map.db.tables import Place, PlaceReport
from samverkan_map.errors import BadValue
from samverkan_map.places.keeping import get, same_version, shape_of
from samverkan_map.question import Question
from samverkan_map.vocabulary import Period, Permission, ReportKind, add_months

REACH_METRES = (50, 25, 0)
"""How near a report must be to a point, to a stretch and to an area."""

MOST_PICKED = 200

TROUBLE = frozenset({ReportKind.PROBLEM, ReportKind.TRAFFIC})
"""What counts as something that happens at a place. What is safe or liked there is no event, nor is an accident a
complaint: each is told for itself."""


@dataclass(frozen=True, eq=False)
class Belonging:
    """The reports of a place as arrays, one value per report, newest first.

    `ids` int64 · `days` int32 (days since 1970, local) · `weekdays` (0 = Monday) and `hours` int8, -1: not known ·
    `types` int16, index into `words`, the codes of the agreement. When `months_only`, each day is the first of its
    month and the hours and weekdays are not known: that viewer may know no more.
    """

    ids: np.ndarray
    days: np.ndarray
    weekdays: np.ndarray
    hours: np.ndarray
    types: np.ndarray
    words: tuple[str | None, ...] = field(repr=False)
    months_only: bool = False

    def __len__(self) -> int:
        return len(self.ids)

    def between(self, start: date, end: date) -> int:
        """How many in the local days [start, end)."""
        first, last = (np.datetime64(day, "D").astype(int) for day in (start, end))
        return int(np.count_nonzero((self.days >= first) & (self.days < last)))

    def of_types(self, codes: Collection[str]) -> Belonging:
        """Those of some types only."""
        wanted = np.array([word in codes for word in self.words] or [False])[self.types]
        ids, days, weekdays, hours, types = (getattr(self, name)[wanted] for name in _ARRAYS)
        return Belonging(ids, days, weekdays, hours, types, self.words, self.months_only)

    def of_kinds(self, agreement: Agreement, kinds: Collection[ReportKind]) -> Belonging:
        """Those of some kinds only, by what the agreement says of their types."""
        return self.of_types({code for code, one in agreement.types.items() if one.kind in kinds})

    def per_month(self, first: date, months: int) -> list[int]:
        """How many in each of some months, from the month of the day `first` on."""
        month = self.days.astype("datetime64[D]").astype("datetime64[M]").astype(int)
        index = month - np.datetime64(first, "M").astype(int)
        inside = index[(index >= 0) & (index < months)]
        return np.bincount(inside, minlength=months).tolist()

    def per_type(self) -> list[tuple[str, int]]:
        """How many of each type, the most first."""
        counts = np.bincount(self.types, minlength=len(self.words)).tolist()
        found = [(word or "", count) for word, count in zip(self.words, counts, strict=True) if count]
        return sorted(found, key=lambda one: (-one[1], one[0]))


_ARRAYS = ("ids", "days", "weekdays", "hours", "types")


def reports_of(
    session: Session,
    viewer: Viewer,
    agreement: Agreement,
    where: Place | BaseGeometry,
    *,
    types: Sequence[str] | None = None,
    period: Period | None = None,
) -> Belonging:
    """The reports that belong to a place, or that lie in a shape (EPSG:3006), as far as the viewer may see them.

    A point reaches 50 m and a stretch 25 m; an area holds what lies in it. What was picked in or out by hand counts for
    a place only. Reports without a position belong only when picked in. Context sources are left out as in every
    count.
    Raises BadQuestion for a period finer than the viewer may ask for.
    """
    shape = shape_of(where) if isinstance(where, Place) else where
    picked = where.picked if isinstance(where, Place) else ()
    chosen = reports.within(
        session,
        viewer,
        agreement,
        Question(period=period or Period(), types=tuple(types or ())),
        shape,
        metres=reach_of(shape),
        plus=[one.report_id for one in picked if one.belongs],
        minus=[one.report_id for one in picked if not one.belongs],
    )
    ids, days, weekdays, hours, kinds = (
        np.array(chosen.column(name)) for name in ("id", "day", "weekday", "hour", "type")
    )
    coarse = access.coarse_time(viewer)
    if coarse:
        months = days.astype("datetime64[D]").astype("datetime64[M]")
        days = months.astype("datetime64[D]").astype(np.int32)
        weekdays[:] = hours[:] = -1
    return Belonging(ids, days, weekdays, hours, kinds, chosen.frame.words["type"], coarse)


def reach_of(shape: BaseGeometry) -> int:
    """How many metres from a shape its reports may lie, by whether it is a point, a line or an area.

    >>> reach_of(shapely.Point(0, 0)), reach_of(shapely.box(0, 0, 1, 1))
    (50, 0)
    """
    return REACH_METRES[int(shapely.get_dimensions(shape))]


def since(today: date, months: int) -> Period:
    """The last whole months before the month of `today`.

    >>> since(date(2026, 3, 9), 12)
    Period(start=datetime.date(2025, 3, 1), end=datetime.date(2026, 3, 1))
    """
    month = today.replace(day=1)
    return Period(add_months(month, -months), month)


def pick(
    session: Session,
    actor: Viewer,
    place_id: int,
    report_ids: Sequence[int],
    belongs: bool | None,
    *,
    today: date,
    version: int | None = None,
) -> Place:
    """Say that reports belong to a place (True), do not (False), or let their position decide again (None).

    Raises NotFound for a place or report that the actor may not see, BadValue for more than 200 at once, Conflict when
    the place changed since `version`, NotAllowed.
    """
    place = get(session, actor, place_id)
    access.gate(session, actor, Permission.EDIT_PROBLEM, place, picked=len(report_ids), belongs=belongs)
    same_version(place, version)
    if not 0 < len(report_ids) <= MOST_PICKED:
        raise BadValue("refusals.places.too_many_picked", field="rapporter", most=MOST_PICKED)
    kept = {one.report_id: one for one in place.picked}
    for number in dict.fromkeys(report_ids):
        reports.get(session, actor, number)
        if number in kept:
            place.picked.remove(kept[number])
            session.flush()
        if belongs is not None:
            place.picked.append(PlaceReport(report_id=number, belongs=belongs, on=today, who=actor.name))
    engine.mark_changed(place, today)
    session.flush()
    return place
