"""Which reports a question means for a viewer: once as arrays for maps and counts, once as SQL for rows and files.

The two say the same on purpose and are held together by a test over random questions: the map is counted by one, the
CSV is written by the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from samverkan_map import access, geometry
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db.tables import Report, Stretch
from samverkan_map.errors import BadQuestion
from samverkan_map.question import Question, days_since_1970, hours_of
from samverkan_map.reports.frame import Frame, world
from samverkan_map.vocabulary import Layer, Permission, ReportKind


@dataclass(frozen=True)
class Chosen:
    """Rows of a frame: a contiguous run of days and a bool for each row in it."""

    frame: Frame
    rows: slice
    mask: np.ndarray
    coarse: bool

    @property
    def total(self) -> int:
        """How many reports."""
        return int(np.count_nonzero(self.mask))

    @property
    def unmapped(self) -> int:
        """How many of them have no position."""
        return int(np.count_nonzero(self.mask & ~self.frame.mapped[self.rows]))

    def column(self, name: str) -> np.ndarray:
        """The values of an array for the chosen rows, newest first."""
        return self.frame.arrays[name][self.rows][self.mask]

    def positions(self) -> tuple[np.ndarray, np.ndarray]:
        """x and y of the run (not yet of the mask), exact or coarse as the viewer may see them."""
        names = ("coarse_x", "coarse_y") if self.coarse else ("x", "y")
        return self.frame.arrays[names[0]][self.rows], self.frame.arrays[names[1]][self.rows]


def choose(session: Session, viewer: Viewer, agreement: Agreement, question: Question, frame: Frame) -> Chosen:
    """The rows of the frame that the question means and the viewer may see.

    Raises BadQuestion when the question is finer in time than the viewer may see.
    """
    refuse_finer(viewer, question)
    start, end = _day_numbers(question)
    rows = frame.days(start, end)
    mask = frame.lookup("type", _types_wanted(viewer, agreement, question))[frame.type[rows]]
    for column, holds in _coded_conditions(agreement, question):
        mask &= frame.lookup(column, holds)[getattr(frame, column)[rows]]
    if question.weekdays:
        mask &= np.isin(frame.weekday[rows], question.weekdays)
    if question.hours:
        mask &= np.isin(frame.hour[rows], hours_of(question.hours))
    if question.keepers:
        mask &= np.isin(frame.stretch[rows], _stretches_of(session, question))
    for word in question.text.split():
        mask &= _mask_of_word(session, viewer, agreement, frame, rows, word)
    chosen = Chosen(frame, rows, mask, access.coarse_position(viewer) is not None)
    if question.bbox:
        mask &= _in_box(chosen, agreement, question.bbox)
    return chosen


def area_only(viewer: Viewer, agreement: Agreement, question: Question, frame: Frame) -> dict[str, int]:
    """How many reports of the types that are only counted lie in each sub-area, "" where none is known.

    Only the type, focus area, kind, layer and sub-area of a question are heard: finer questions could be subtracted
    from each other. Nothing for those who may not see such counts.
    """
    if not access.may(viewer, Permission.SEE_DRUGS) or question.phases or question.statuses:
        return {}

    def wanted(code: str | None) -> bool:
        found = agreement.types.get(code or "")
        if found is None or found.rows or (question.types and code not in question.types):
            return False
        return (not question.kinds or found.kind in question.kinds) and question.wants(Layer(found.kind), found.focus)

    mask = (
        frame.lookup("type", wanted)[frame.type]
        & frame.lookup("source", _source_wanted(agreement, Question()))[frame.source]
    )
    if question.areas:
        mask &= frame.lookup("area", lambda code: code in question.areas)[frame.area]
    counts = np.bincount(frame.area[mask], minlength=len(frame.words["area"]))
    return {str(code or ""): int(n) for code, n in zip(frame.words["area"], counts, strict=True) if n}


def conditions(
    session: Session, viewer: Viewer, agreement: Agreement, question: Question, frame: Frame
) -> list[ColumnElement]:
    """The same question as SQL conditions on `Report`, all but the box (see `in_box`).

    The frame lends the place names that hold a word, so that both ways find the same ones on every database.

    Raises BadQuestion when the question is finer in time than the viewer may see.
    """
    refuse_finer(viewer, question)
    wanted = _types_wanted(viewer, agreement, question)
    found: list[ColumnElement] = [Report.type.in_([code for code in agreement.types if wanted(code)])]
    start, end = _day_numbers(question)
    if start is not None:
        found.append(Report.day >= start)
    if end is not None:
        found.append(Report.day < end)
    found.append(Report.source.in_([code for code in agreement.sources if _source_wanted(agreement, question)(code)]))
    if question.areas:
        found.append(Report.area.in_(question.areas))
    if question.weekdays:
        found.append(Report.weekday.in_(question.weekdays))
    if question.hours:
        found.append(Report.hour.in_(hours_of(question.hours)))
    if question.keepers:
        found.append(Report.stretch_id.in_(_stretches_of(session, question)))
    return found + [_word(session, viewer, agreement, frame, word) for word in question.text.split()]


def _day_numbers(question: Question) -> tuple[int | None, int | None]:
    period = question.period
    return tuple(None if day is None else days_since_1970(day) for day in (period.start, period.end))  # type: ignore[return-value]


def refuse_finer(viewer: Viewer, question: Question) -> None:
    """Say no to a question that would tell a viewer of months and parts of the day the weekday, day or hour."""
    if not access.coarse_time(viewer):
        return
    for name, day in (("from", question.period.start), ("to", question.period.end)):
        if day and day.day != 1:
            raise BadQuestion("question.errors.too_fine_period", name=name)
    if question.weekdays:
        raise BadQuestion("question.errors.too_fine_weekday", name="weekday")
    if question.hours and not all(_starts_band(hour % 24) for hour in question.hours):
        bands = dict.fromkeys(access.hour_band(hour) for hour in range(24))
        raise BadQuestion("question.errors.too_fine_hour", name="hour", allowed=", ".join(map(str, bands)))


def _starts_band(hour: int) -> bool:
    return access.hour_band(hour) != access.hour_band((hour - 1) % 24)


def _types_wanted(viewer: Viewer, agreement: Agreement, question: Question):
    """Whether a type is visible, is shown as rows, and is asked for by kind, type, focus area and layer."""
    visible = access.visible_kinds(viewer)
    never = bool(question.phases or question.statuses)

    def wanted(code: str | None) -> bool:
        found = agreement.types.get(code or "")
        if never or found is None or not found.rows or found.kind not in visible:
            return False
        if (question.kinds and found.kind not in question.kinds) or (question.types and code not in question.types):
            return False
        return question.wants(Layer(found.kind), found.focus)

    return wanted


def _source_wanted(agreement: Agreement, question: Question):
    """A context source is left out of every count unless it is asked for by name."""

    def wanted(code: str | None) -> bool:
        if question.sources:
            return code in question.sources
        source = agreement.sources.get(code or "")
        return source is not None and not source.context

    return wanted


def _coded_conditions(agreement: Agreement, question: Question):
    yield "source", _source_wanted(agreement, question)
    if question.areas:
        yield "area", lambda code: code in question.areas


def _stretches_of(session: Session, question: Question) -> list[int]:
    return list(session.scalars(select(Stretch.id).where(Stretch.keeper.in_(question.keepers))))


def _mask_of_word(
    session: Session, viewer: Viewer, agreement: Agreement, frame: Frame, rows: slice, word: str
) -> np.ndarray:
    types, areas, stretches = _named(session, agreement, word)
    mask = frame.lookup("type", lambda code: code in types)[frame.type[rows]]
    if _reads_place_names(viewer):
        mask |= frame.lookup("place_name", lambda name: _holds(name, word))[frame.place_name[rows]]
    mask |= frame.lookup("area", lambda code: code in areas)[frame.area[rows]]
    mask |= np.isin(frame.stretch[rows], stretches)
    texts = _word_in_texts(viewer, word)
    if texts is not None:
        mask |= np.isin(frame.id[rows], np.array(session.scalars(select(Report.id).where(texts)).all(), dtype=np.int64))
    return mask


def _word(session: Session, viewer: Viewer, agreement: Agreement, frame: Frame, word: str) -> ColumnElement:
    types, areas, stretches = _named(session, agreement, word)
    found = [Report.type.in_(types), Report.area.in_(areas), Report.stretch_id.in_(stretches)]
    if _reads_place_names(viewer):
        names = [name for name in frame.words["place_name"] if _holds(name, word)]
        found.append(Report.place_name.in_(names))
    texts = _word_in_texts(viewer, word)
    return or_(*found, texts if texts is not None else false())


def _named(session: Session, agreement: Agreement, word: str) -> tuple[list[str], list[str], list[int]]:
    """The types, areas and stretches whose names hold the word."""

    def holds(texts: Iterable[str]) -> bool:
        return any(_holds(text, word) for text in texts)

    types = [code for code, found in agreement.types.items() if holds(found.label.values())]
    areas = [code for code, found in agreement.areas.items() if holds(found.label.values())]
    stretches = [number for number, name in session.execute(select(Stretch.id, Stretch.name)) if _holds(name, word)]
    return types, areas, stretches


def _holds(text: str | None, word: str) -> bool:
    return text is not None and word.casefold() in text.casefold()


def _reads_place_names(viewer: Viewer) -> bool:
    return ReportKind.PROBLEM in access.visible_kinds(viewer)


def _word_in_texts(viewer: Viewer, word: str) -> ColumnElement | None:
    """The word in the descriptions, for a viewer who may read them; a search by others would tell what they say."""
    if not access.may(viewer, Permission.SEE_RAW_TEXT):
        return None
    # SQLite's LIKE folds case for a-z only, so å, ä and ö are asked for in the ways they are written.
    forms = dict.fromkeys((word, word.lower(), word.upper(), word.capitalize()))
    found = (Report.description.contains(form, autoescape=True) for form in forms)
    return and_(Report.description.is_not(None), or_(*found))


def _in_box(chosen: Chosen, agreement: Agreement, bbox: tuple[float, float, float, float]) -> np.ndarray:
    """Whether a row lies in the box: by its position, or, where only an area is known, when the whole area does."""
    (x0, x1), (y1, y0) = world(np.array([bbox[0], bbox[2]]), np.array([bbox[1], bbox[3]]))
    x, y = chosen.positions()
    mapped = chosen.frame.mapped[chosen.rows]
    inside = mapped & (x >= x0) & (x < x1) & (y >= y0) & (y < y1)
    covered = chosen.frame.lookup("area", lambda code: area_in_box(agreement, code, bbox))
    return inside | (~mapped & covered[chosen.frame.area[chosen.rows]])


def area_in_box(agreement: Agreement, code: str | None, bbox: tuple[float, float, float, float]) -> bool:
    """Whether the box (degrees) holds the whole sub-area, or the whole municipality when `code` is None."""
    w, s, e, n = _bounds_in_degrees(agreement.areas[code].shape if code in agreement.areas else agreement.land)
    return bbox[0] <= w and bbox[1] <= s and e <= bbox[2] and n <= bbox[3]


@cache
def _bounds_in_degrees(shape: BaseGeometry) -> tuple[float, float, float, float]:
    return geometry.transform(shape, geometry.METRIC, geometry.DEGREES).bounds


def in_box(agreement: Agreement, question: Question, e: float | None, n: float | None, area: str | None) -> bool:
    """The box condition of a question for one row of the database (positions as the viewer may see them)."""
    if question.bbox is None:
        return True
    if e is None or n is None:
        return area_in_box(agreement, area, question.bbox)
    (x0, x1), (y1, y0) = world(np.array([question.bbox[0], question.bbox[2]]), np.array(question.bbox[1::2]))
    x, y = world(*geometry.to_degrees(e, n))
    return bool(x0 <= x < x1 and y0 <= y < y1)
