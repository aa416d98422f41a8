"""The published figures as a viewer may see them: whoever shows them has no other number to show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.analysis.suppression import SHOWN
from samverkan_map.db.tables import Figure, FigureYear
from samverkan_map.figures.counting import ALL_AREAS, ALL_TYPES, areas_of, told_types
from samverkan_map.vocabulary import ReportKind


@dataclass(frozen=True)
class Cell:
    """One number as the viewer may see it: None where it is hidden. `told` says what the public sees of it."""

    count: int | None
    state: str
    told: str = SHOWN


@dataclass(frozen=True)
class Line:
    """One type, or "" for all of a kind, with a number per sub-area, the last for all."""

    kind: ReportKind
    type: str
    cells: dict[str, Cell]


@dataclass(frozen=True)
class Table:
    """One kind of report. `fewest` is the smallest number that the viewer is told of it."""

    kind: ReportKind
    fewest: int
    lines: list[Line]


@dataclass(frozen=True)
class Year:
    """A published calendar year: its tables, and when it was published."""

    year: int
    published_on: date
    edition: int
    areas: list[str]
    tables: list[Table]

    def fewest(self, line: Line) -> int:
        """The smallest number that the viewer is told in a line."""
        return next(table.fewest for table in self.tables if table.kind == line.kind)


def years(session: Session) -> list[int]:
    """The published calendar years, latest first."""
    return list(session.scalars(select(FigureYear.year).order_by(FigureYear.year.desc())))


def kinds(agreement: Agreement) -> list[ReportKind]:
    """The kinds of report that have a table."""
    return [kind for kind in ReportKind if told_types(agreement, kind)]


def published(session: Session, viewer: Viewer, agreement: Agreement, year: int | None = None) -> list[Year]:
    """One published year, or all, latest first, as the viewer may see them."""
    question = select(FigureYear).options(selectinload(FigureYear.figures)).order_by(FigureYear.year.desc())
    if year is not None:
        question = question.where(FigureYear.year == year)
    return [_year(viewer, agreement, one) for one in session.scalars(question)]


def lines(year: Year) -> Iterator[Line]:
    """All lines of a year, kind by kind."""
    for table in year.tables:
        yield from table.lines


def _year(viewer: Viewer, agreement: Agreement, stored: FigureYear) -> Year:
    figures = {(one.kind, one.type, one.area): one for one in stored.figures}
    areas = [*areas_of(agreement), ALL_AREAS]
    tables = []
    for kind in ReportKind:
        fewest = 1 if access.told_all(viewer, kind) else stored.fewest
        told = [one.code for one in told_types(agreement, kind)]
        counted = {code for of_kind, code, _ in figures if of_kind == kind} - {ALL_TYPES}
        # A type that is no longer told would be the difference between the sums and the others: none of it is shown.
        if not counted or counted - set(told):
            continue
        codes = [*(code for code in told if code in counted), ALL_TYPES]
        tables.append(Table(kind, fewest, [_line(figures, kind, code, areas, fewest) for code in codes]))
    return Year(stored.year, stored.published_on, stored.edition, areas, tables)


def _line(
    figures: dict[tuple[str, str, str], Figure], kind: ReportKind, code: str, areas: list[str], fewest: int
) -> Line:
    return Line(kind, code, {area: _cell(figures.get((kind.value, code, area)), fewest) for area in areas})


def _cell(figure: Figure | None, fewest: int) -> Cell:
    if figure is None:
        return Cell(None, "none")
    if fewest <= 1:
        return Cell(figure.count, SHOWN, figure.state)
    return Cell(figure.count if figure.state == SHOWN else None, figure.state)
