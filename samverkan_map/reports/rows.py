"""One block of a file made into rows of reports: what each says, where it is, and why it cannot be taken.

Everything is done a column at a time: a block has thousands of rows, and a step for each would cost most of an import.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import reduce
from itertools import compress
from typing import Any

import numpy as np

from samverkan_map import screening
from samverkan_map.agreement import ProblemType
from samverkan_map.db import bulk
from samverkan_map.exchange import checks
from samverkan_map.exchange.checks import Moments
from samverkan_map.exchange.table import Block
from samverkan_map.question import day_of
from samverkan_map.reports.reading import Reading, Why
from samverkan_map.reports.verdicts import Said, Verdict, verdict
from samverkan_map.vocabulary import ReportKind

FARTHEST_METRES = 2000
"""A position farther outside the municipality's land than this is refused."""

LONGEST = {"source_ref": 200, "place_name": 200, "description": 600, "organisation": 200}

_COLUMNS = (
    "kind", "type", "occurred_from", "occurred_to", "reported_at", "place_name", "precision", "description",
    "source_ref", "municipality", "severity", "organisation",
)  # fmt: skip
_THURSDAY = 3
"""The weekday of 1 January 1970."""


@dataclass
class Rows:
    """Reports about to be stored, a column each. Times are datetime64[us] in UTC, `point` is (n, 2) in metres; NaT and
    NaN where there is none."""

    source: list[str]
    ref: list[str]
    type: list[ProblemType]
    start: np.ndarray
    end: np.ndarray
    reported: np.ndarray
    day: list[int]
    weekday: list[int | None]
    hour: list[int | None]
    precision: list[str]
    area: list[str | None]
    place_name: list[str | None]
    severity: list[str | None]
    organisation_id: list[int | None]
    description: list[str | None]
    point: np.ndarray

    def __len__(self) -> int:
        return len(self.ref)

    def columns(self, delivery_id: int, reading: Reading) -> dict[str, Any]:
        """The columns that `db.bulk` stores."""
        kinds = [one.kind.value for one in self.type]
        on_roads = np.array([kind in (ReportKind.TRAFFIC, ReportKind.ACCIDENT) for kind in kinds], dtype=bool)
        return {
            "delivery_id": [delivery_id] * len(self),
            "source": self.source,
            "source_ref": self.ref,
            "kind": kinds,
            "type": [one.code for one in self.type],
            "occurred_from": self.start,
            "occurred_to": self.end,
            "reported_at": self.reported,
            "day": self.day,
            "weekday": self.weekday,
            "hour": self.hour,
            "precision": self.precision,
            "area": self.area,
            "place_name": self.place_name,
            "stretch_id": reading.on_stretches(
                self.point, on_roads & ~np.isnan(self.point[:, 0]), (self.source, self.ref)
            ),
            "severity": self.severity,
            "organisation_id": self.organisation_id,
            "description": self.description,
            "geom": self.point,
        }

    def shown(self, most: int) -> Iterator[dict[str, Any]]:
        """The first rows as a preview shows them, without their words."""
        for index in range(min(most, len(self))):
            yield {
                "source_ref": self.ref[index], "kind": self.type[index].kind.value, "type": self.type[index].code,
                "day": day_of(self.day[index]), "precision": self.precision[index], "area": self.area[index],
            }  # fmt: skip


@dataclass
class Examined:
    """A block about which everything is known but what the database holds of it already.

    `left` says which rows can be stored, `refused` why others cannot; left-out rows are in neither.
    """

    reading: Reading
    block: Block
    refs: tuple[list[str], list[str]]
    words: _Words
    places: _Places
    when: _When
    verdicts: list[Verdict]
    which: np.ndarray
    left: np.ndarray
    refused: dict[int, Why]

    def rows(self, known: set[int]) -> Rows:
        """The rows that can be stored without those that are `known`."""
        left = self.left.copy()
        left[list(known)] = False
        verdicts = [self.verdicts[at] for at in self.which[left].tolist()]
        rows = _rows(self.words, self.places, self.when, verdicts, self.refs, left)
        self.reading.sources_seen.update(rows.source)
        return rows

    def refused_but(self, known: set[int]) -> dict[int, Why]:
        """Why rows cannot be stored, without those that are `known`: what is stored already is not looked at again,
        whatever has been learnt to refuse since."""
        return {index: why for index, why in self.refused.items() if index not in known}


def examine(reading: Reading, block: Block) -> Examined:
    """Read a block without asking the database. Raises BadFile for a fault of the whole file."""
    refs = reading.references(block)
    refused: dict[int, Why] = dict(block.fault)
    words = _Words(reading, block, refused)
    places = _Places(reading, block, refused)
    left = np.ones(len(block), dtype=bool)
    left[list(refused)] = False
    verdicts, which = _verdicts(reading, words, places, refs[0], left)
    _refuse(refused, left, which, [one.refused for one in verdicts])
    left &= np.array([one.type is not None for one in verdicts], dtype=bool)[which]
    when = _When(words)
    for index, why in when.faults(left, reading.now.date()):
        refused[index] = why
    left[list(refused)] = False
    _refuse(refused, left, which, [one.refused_after for one in verdicts])
    _refuse_twins(block, refs, refused, left)
    return Examined(reading, block, refs, words, places, when, verdicts, which, left, refused)


def _refuse_twins(block: Block, refs: tuple[list[str], list[str]], refused: dict[int, Why], left: np.ndarray) -> None:
    """Refuse the rows that have the id of an earlier row of the block and say something else."""
    if bulk.all_differ(*refs):
        return
    first: dict[tuple[str, str], int] = {}
    for index in np.flatnonzero(left).tolist():
        other = first.setdefault((refs[0][index], refs[1][index]), index)
        if block.originals[index] != block.originals[other]:
            refused[index] = same_id(block.row_numbers[other])
            left[index] = False


def same_id(row_number: int) -> Why:
    """Why a row that has the id of another one in the file, but not its words, cannot be taken."""
    return "reports.rows.same_id", {"row": row_number}


class _Words:
    """The columns of a block that are words and times, read a column at a time."""

    def __init__(self, reading: Reading, block: Block, refused: dict[int, Why]) -> None:
        empty = [""] * len(block)
        self.column = {name: block.values.get(name) or empty for name in _COLUMNS}
        self.has_municipality = "municipality" in block.values
        self.moments: dict[str, Moments] = {}
        for name in ("occurred_from", "occurred_to", "reported_at"):
            self.moments[name], faults = checks.times(self.column[name], today=reading.now.date())
            _add(refused, ((index, (key, fields)) for index, key, fields in faults))
        for name, longest in LONGEST.items():
            _add(refused, _too_long(name, self.column[name], longest))
        for name in ("place_name", "description", "organisation"):
            found = screening.screen_many(self.column[name])
            _add(refused, ((index, (f"screening.errors.{kind}", {})) for index, kind in found.items()))
        found = screening.screen_references(self.column["source_ref"])
        _add(refused, ((index, (f"screening.errors.{kind}", {})) for index, kind in found.items()))


def _too_long(name: str, texts: list[str], longest: int) -> Iterator[tuple[int, Why]]:
    if max(map(len, texts)) <= longest and "\x00" not in "".join(texts):
        return
    for index, text in enumerate(texts):
        if len(text) > longest:
            yield index, ("reports.rows.too_long", {"column": name, "most": longest})
        elif "\x00" in text:
            yield index, ("reports.rows.control_character", {"column": name})


def _add(refused: dict[int, Why], faults: Iterable[tuple[int, Why]]) -> None:
    """The first reason found is the one that is given."""
    for index, why in faults:
        refused.setdefault(index, why)


class _Places:
    """Where the rows of a block are, in metres; NaN where a row has no position."""

    def __init__(self, reading: Reading, block: Block, refused: dict[int, Why]) -> None:
        found = checks.positions(block.values)
        _add(refused, ((index, (key, fields)) for index, key, fields in found.faults))
        e, n = reading.to_metric(found)
        self.there = np.isfinite(found.x)
        self.point = np.column_stack([e, n])
        outside = np.zeros(len(self.there))
        self.area = np.full(len(self.there), None, dtype=object)
        if self.there.any():
            e, n = e[self.there], n[self.there]
            outside[self.there] = reading.agreement.distance_outside(e, n)
            self.area[self.there] = reading.agreement.area_of(e, n)
        which = np.flatnonzero(outside > FARTHEST_METRES)
        if not len(which):
            return
        swapped = reading.agreement.distance_outside(*reading.swapped_to_metric(found, which)) <= FARTHEST_METRES
        for index, fits in zip(which.tolist(), swapped.tolist(), strict=True):
            why = ("reports.rows.swapped", {}) if fits else _outside(outside[index], found.x[index], found.y[index])
            _add(refused, [(index, why)])


def _outside(metres: float, x: float, y: float) -> Why:
    if x == 0 and y == 0:
        return "reports.rows.zero_position", {}
    if not np.isfinite(metres) or metres > 500_000:
        return "reports.rows.far_outside", {}
    return "reports.rows.outside", {"kilometres": max(2, round(metres / 1000))}


def _verdicts(
    reading: Reading, words: _Words, places: _Places, sources: list[str], left: np.ndarray
) -> tuple[list[Verdict], np.ndarray]:
    """The verdicts on the rows that are `left`, and which of them each row of the block has; the last is no verdict,
    of the rows that are not left."""
    column, positioned = words.column, places.there.tolist()
    # The name of a place says nothing more about a row that has a position.
    names = ["" if there else name for name, there in zip(column["place_name"], positioned, strict=True)]
    said = zip(
        sources, column["municipality"], column["type"], column["kind"], names, column["precision"],
        column["severity"], column["organisation"], positioned, strict=True,
    )  # fmt: skip
    seen: dict[tuple, int] = {}
    which = np.full(len(left), -1)
    which[left] = [seen.setdefault(one, len(seen)) for one in compress(said, left.tolist())]
    verdicts = [verdict(reading, Said(*one), has_municipality=words.has_municipality) for one in seen]
    return [*verdicts, Verdict()], which


def _refuse(refused: dict[int, Why], left: np.ndarray, which: np.ndarray, reasons: list[Why | None]) -> None:
    """Refuse the rows whose verdict has a reason, and take them from those that are left."""
    wrong = left & np.array([why is not None for why in reasons], dtype=bool)[which]
    for index in np.flatnonzero(wrong).tolist():
        if why := reasons[which[index]]:
            refused[index] = why
    left &= ~wrong


class _When:
    """Start, end, reported (UTC), local day, weekday and hour of each row; the last two only where the times tell them.

    `latest` is the last local day that a row speaks of.
    """

    def __init__(self, words: _Words) -> None:
        first, last = words.moments["occurred_from"], words.moments["occurred_to"]
        reported = words.moments["reported_at"]
        begin, finish = _either(first, last), _either(last, first)
        self.start, self.end, self.reported = begin.start, finish.end, reported.start
        self.latest = reduce(np.fmax, (first.first, last.first, reported.first)).astype("datetime64[D]")
        self.day = _either(begin, reported).first.astype("datetime64[D]")
        # An interval that ends on the stroke of an hour has not entered that hour.
        on_the_stroke = (finish.start == finish.end) & (finish.end > begin.start)
        final = np.where(on_the_stroke, finish.last - np.timedelta64(1, "us"), finish.last)
        same_day, same_hour = (begin.first.astype(unit) == final.astype(unit) for unit in _DAY_AND_HOUR)
        days, hours = (begin.first.astype(unit).astype(np.int64) for unit in _DAY_AND_HOUR)
        self.weekday = _only(same_day, (days + _THURSDAY) % 7)
        self.hour = _only(same_hour, hours % 24)

    def faults(self, left: np.ndarray, today: date) -> Iterator[tuple[int, Why]]:
        """What is wrong with the times of the rows that are `left`, once for each."""
        # A day of grace for clocks and offsets.
        untold, future = np.isnat(self.latest), self.latest > np.datetime64(today) + 1
        for index in np.flatnonzero(left & untold).tolist():
            yield index, ("reports.rows.no_time", {})
        for index in np.flatnonzero(left & future).tolist():
            yield index, ("reports.rows.in_future", {"day": str(self.latest[index])})
        for index in np.flatnonzero(left & ~future & (self.end < self.start)).tolist():
            yield index, ("reports.rows.ends_before_start", {})


_DAY_AND_HOUR = ("datetime64[D]", "datetime64[h]")


def _only(where: np.ndarray, values: np.ndarray) -> np.ndarray:
    found = values.astype(object)
    found[~where] = None
    return found


def _either(one: Moments, other: Moments) -> Moments:
    """The moments of `one`, and those of `other` in the rows where it has none."""
    there = one.there
    if there.all():
        return one
    pairs = ((one.start, other.start), (one.end, other.end), (one.first, other.first), (one.last, other.last))
    return Moments(*(np.where(there, mine, theirs) for mine, theirs in pairs))


def _rows(
    words: _Words,
    places: _Places,
    when: _When,
    verdicts: list[Verdict],
    refs: tuple[list[str], list[str]],
    left: np.ndarray,
) -> Rows:
    """The rows that are left, with a verdict each."""
    chosen = left.tolist()
    placed = np.array([one.placed for one in verdicts], dtype=bool)
    by_name = np.array([one.area for one in verdicts], dtype=object)
    point = places.point[left]
    point[[not one.keeps_point for one in verdicts]] = np.nan
    return Rows(
        source=list(compress(refs[0], chosen)),
        ref=list(compress(refs[1], chosen)),
        type=[one.type for one in verdicts if one.type],
        start=when.start[left],
        end=when.end[left],
        reported=when.reported[left],
        day=when.day[left].astype(np.int64).tolist(),
        weekday=when.weekday[left].tolist(),
        hour=when.hour[left].tolist(),
        precision=[one.precision for one in verdicts],
        area=np.where(placed, places.area[left], by_name).tolist(),
        place_name=[name or None for name in compress(words.column["place_name"], chosen)],
        severity=[one.severity for one in verdicts],
        organisation_id=[one.organisation_id for one in verdicts],
        description=[text or None for text in compress(words.column["description"], chosen)],
        point=point,
    )
