"""One block of a file made into rows of reports: what each says, where it is, and why it cannot be taken."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from samverkan_map import geometry, screening
from samverkan_map.agreement import Agreement, ProblemType
from samverkan_map.errors import BadFile
from samverkan_map.exchange import checks
from samverkan_map.exchange.table import Block
from samverkan_map.question import days_since_1970
from samverkan_map.vocabulary import Precision, ReportKind, Severity

FARTHEST_METRES = 2000
"""A position farther outside the municipality's land than this is refused."""

STRETCH_METRES = 25
"""A traffic report within this distance of a stretch was made on it."""

LONGEST = {"source_ref": 200, "place_name": 200, "description": 2000, "organisation": 200}

Why = tuple[str, dict[str, Any]]


@dataclass
class Reading:
    """What is known while a file is read: how its words translate and which coordinate system its numbers are in."""

    agreement: Agreement
    source: str | None
    crs: int | None
    types: dict[str, str]
    organisations: Mapping[str, int]
    now: datetime
    notes: list[Why] = field(default_factory=list)
    stretches: tuple[list[int], list[BaseGeometry]] | None = None
    sources_seen: set[str] = field(default_factory=set)
    _systems: dict[int, int] = field(default_factory=dict)
    _type_by_word: dict[str, ProblemType | str | None] = field(default_factory=dict)
    _same_rows: Counter = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._given_words = {word.strip().casefold(): code for word, code in self.types.items()}

    def references(self, block: Block) -> list[tuple[str, str]]:
        """(source, reference) of each row; a row without its own is known by what it says and which copy it is."""
        sources = block.values.get("source") or [""] * len(block)
        given = block.values.get("source_ref") or [""] * len(block)
        return [
            (source or self.source or "", ref or self._digest(block.originals[index]))
            for index, (source, ref) in enumerate(zip(sources, given, strict=True))
        ]

    def _digest(self, original: list[str]) -> str:
        content = "\x1f".join(original)
        digest = hashlib.blake2b(content.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
        self._same_rows[digest] += 1
        return f"rad:{digest}:{self._same_rows[digest]}"

    def type_of(self, word: str) -> ProblemType | str | None:
        """The type a source's word means, "-" for one that is left out, None for one nobody knows."""
        if word not in self._type_by_word:
            given = self._given_words.get(word.strip().casefold())
            self._type_by_word[word] = "-" if given == "-" else self.agreement.type_of(given or word)
        return self._type_by_word[word]

    def to_metric(self, found: checks.Positions) -> tuple[np.ndarray, np.ndarray]:
        """Positions of the file as east and north in metres. Raises BadFile when the axes are swapped.

        Each pair of columns may be in a system of its own: a row has degrees, the next one metres.
        """
        e, n = np.full(len(found.x), np.nan), np.full(len(found.x), np.nan)
        for pair in np.unique(found.pair[found.pair >= 0]).tolist():
            rows = found.pair == pair
            system = self._system(pair, found.x[rows], found.y[rows])
            e[rows], n[rows] = geometry.from_crs(found.x[rows], found.y[rows], system)
        return e, n

    def _system(self, pair: int, x: np.ndarray, y: np.ndarray) -> int:
        """The EPSG code of a pair of columns: the stated one, else what its first numbers are recognised as."""
        if pair not in self._systems:
            found = geometry.recognise(x, y, self.agreement.land)
            if found and found.swapped:
                raise BadFile("reports.errors.swapped_axes", system=found.name)
            if self.crs is None and found:
                self.notes.append(("reports.notes.recognised_crs", {"system": found.name, "epsg": found.epsg}))
            degrees = bool(self._systems) and found is not None and found.epsg == geometry.DEGREES
            stated = None if degrees else self.crs
            self._systems[pair] = stated or (found.epsg if found else geometry.DEGREES)
        return self._systems[pair]

    def on_stretches(self, rows: list[Row]) -> list[int | None]:
        """For each row the stretch a traffic report lies on, or None."""
        ids, lines = self.stretches or ([], [])
        found: list[int | None] = [None] * len(rows)
        which = [
            i for i, row in enumerate(rows) if row.point and row.type.kind in (ReportKind.TRAFFIC, ReportKind.ACCIDENT)
        ]
        if lines and which:
            points = shapely.points(np.array([rows[i].point for i in which]))
            nearest, _ = geometry.snap_to_lines(points, lines, within_metres=STRETCH_METRES)
            for i, line in zip(which, nearest.tolist(), strict=True):
                found[i] = ids[line] if line >= 0 else None
        return found


@dataclass(slots=True)
class Row:
    """One report about to be stored."""

    source: str
    ref: str
    type: ProblemType
    start: datetime | None
    end: datetime | None
    reported: datetime | None
    day: date
    weekday: int | None
    hour: int | None
    precision: str
    area: str | None
    place_name: str | None
    severity: str | None
    organisation_id: int | None
    description: str | None
    point: tuple[float, float] | None

    def values(self, stretch_id: int | None) -> tuple[Any, ...]:
        """The columns of `db.bulk.COLUMNS` after `delivery_id`."""
        return (
            self.source, self.ref, self.type.kind.value, self.type.code, self.start, self.end, self.reported,
            days_since_1970(self.day), self.weekday, self.hour, self.precision, self.area, self.place_name, stretch_id,
            self.severity, self.organisation_id, self.description, self.point,
        )  # fmt: skip

    def shown(self) -> dict[str, Any]:
        """The row as a preview shows it, without its words."""
        return {
            "source_ref": self.ref, "kind": self.type.kind.value, "type": self.type.code, "day": self.day,
            "precision": self.precision, "area": self.area,
        }  # fmt: skip


def read_block(
    reading: Reading, block: Block, refs: list[tuple[str, str]], known: set[int]
) -> tuple[list[Row], dict[int, Why]]:
    """The rows of a block that can be stored, and why the others cannot; known and left-out rows are in neither.

    Raises BadFile for a fault of the whole file.
    """
    refused: dict[int, Why] = {index: why for index, why in block.fault.items() if index not in known}
    words = _Words(reading, block, refused)
    places = _Places(reading, block, refused)
    rows = []
    for index, (source, ref) in enumerate(refs):
        if index in known or index in refused:
            continue
        try:
            row = _row(reading, words, places, index, source, ref)
        except _RefuseError as no:
            refused[index] = (no.key, no.fields)
            continue
        if row:
            reading.sources_seen.add(source)
            rows.append(row)
    # A row that is stored already is not looked at again, whatever has been learnt to refuse since.
    return rows, {index: why for index, why in refused.items() if index not in known}


class _RefuseError(Exception):
    def __init__(self, key: str, **fields: Any) -> None:
        super().__init__(key)
        self.key, self.fields = f"reports.rows.{key}", fields


class _Words:
    """The columns of a block that are words and times, read a column at a time."""

    def __init__(self, reading: Reading, block: Block, refused: dict[int, Why]) -> None:
        empty = [""] * len(block)
        self.column = {name: block.values.get(name) or empty for name in _COLUMNS}
        self.has_municipality = "municipality" in block.values
        for name in ("occurred_from", "occurred_to", "reported_at"):
            moments, faults = checks.times(self.column[name], today=reading.now.date())
            setattr(self, name, moments)
            _add(refused, ((index, (key, fields)) for index, key, fields in faults))
        for name, longest in LONGEST.items():
            _add(refused, _too_long(name, self.column[name], longest))
        for name in ("place_name", "description", "organisation"):
            found = screening.screen_many(self.column[name])
            _add(refused, ((index, (f"screening.errors.{kind}", {})) for index, kind in found.items()))
        found = screening.screen_references(self.column["source_ref"])
        _add(refused, ((index, (f"screening.errors.{kind}", {})) for index, kind in found.items()))

    occurred_from: list[checks.Moment | None]
    occurred_to: list[checks.Moment | None]
    reported_at: list[checks.Moment | None]


_COLUMNS = (
    "kind", "type", "occurred_from", "occurred_to", "reported_at", "place_name", "precision", "description",
    "source_ref", "municipality", "severity", "organisation",
)  # fmt: skip


def _too_long(name: str, texts: list[str], longest: int):
    for index, text in enumerate(texts):
        if len(text) > longest:
            yield index, ("reports.rows.too_long", {"column": name, "most": longest})
        elif "\x00" in text:
            yield index, ("reports.rows.control_character", {"column": name})


def _add(refused: dict[int, Why], faults: Any) -> None:
    """The first reason found is the one that is given."""
    for index, why in faults:
        refused.setdefault(index, why)


class _Places:
    """Where the rows of a block are, in metres; NaN where a row has no position."""

    def __init__(self, reading: Reading, block: Block, refused: dict[int, Why]) -> None:
        found = checks.positions(block.values)
        _add(refused, ((index, (key, fields)) for index, key, fields in found.faults))
        self.e, self.n = reading.to_metric(found)
        there = np.isfinite(found.x)
        self.positioned = there.tolist()
        outside = np.zeros(len(there))
        self.area: list[str | None] = [None] * len(there)
        if there.any():
            outside[there] = reading.agreement.distance_outside(self.e[there], self.n[there])
            codes = np.full(len(there), None, dtype=object)
            codes[there] = reading.agreement.area_of(self.e[there], self.n[there])
            self.area = codes.tolist()
        for index in np.flatnonzero(outside > FARTHEST_METRES).tolist():
            _add(refused, [(index, _outside(outside[index], found.x[index], found.y[index]))])


def _outside(metres: float, x: float, y: float) -> Why:
    if x == 0 and y == 0:
        return "reports.rows.zero_position", {}
    if not np.isfinite(metres) or metres > 500_000:
        return "reports.rows.far_outside", {}
    return "reports.rows.outside", {"kilometres": max(2, round(metres / 1000))}


def _row(reading: Reading, words: _Words, places: _Places, index: int, source: str, ref: str) -> Row | None:
    """The report of one row, or None when its type is left out."""
    column = words.column
    _check_source(reading, source)
    _check_municipality(reading, words, places, index)
    found = _type(reading, column["type"][index], column["kind"][index])
    if found is None:
        return None
    start, end, reported, day, weekday, hour = _when(reading, words, index)
    precision, area, point = _where(reading, words, places, index, found)
    return Row(
        source=source,
        ref=ref,
        type=found,
        start=start,
        end=end,
        reported=reported,
        day=day,
        weekday=weekday,
        hour=hour,
        precision=precision,
        area=area,
        place_name=column["place_name"][index] or None,
        severity=_severity(found, column["severity"][index]),
        organisation_id=_organisation(reading, column["organisation"][index]),
        description=column["description"][index] or None,
        point=point,
    )


def _check_source(reading: Reading, source: str) -> None:
    if source not in reading.agreement.sources:
        raise _RefuseError("unknown_source", value=source[:40])


def _check_municipality(reading: Reading, words: _Words, places: _Places, index: int) -> None:
    given = words.column["municipality"][index]
    own = reading.agreement
    if given and given.casefold() not in {own.code, own.name.casefold(), *(name.casefold() for name in own.names)}:
        raise _RefuseError("other_municipality", municipality=given[:60])
    says_where = given or places.positioned[index] or words.column["place_name"][index]
    if words.has_municipality and not says_where:
        raise _RefuseError("no_municipality")


def _type(reading: Reading, word: str, kind: str) -> ProblemType | None:
    if not word:
        raise _RefuseError("no_type")
    found = reading.type_of(word)
    if found == "-":
        return None
    if not isinstance(found, ProblemType):
        raise _RefuseError("unknown_type", value=word[:60], nearest=reading.agreement.nearest_type(word[:60]))
    if kind and kind != found.kind:
        raise _RefuseError("kind_differs", value=kind[:40], type=found.code, kind=found.kind.value)
    return found


def _when(reading: Reading, words: _Words, index: int) -> tuple[Any, ...]:
    """Start, end, reported (UTC), local day, weekday and hour; the last two only where the times tell them."""
    first, last = words.occurred_from[index], words.occurred_to[index]
    reported = words.reported_at[index]
    anchor = first or last or reported
    if anchor is None:
        raise _RefuseError("no_time")
    latest = max(moment.first for moment in (first, last, reported) if moment)
    # A day of grace for clocks and offsets.
    if latest.date() > reading.now.date() + timedelta(days=1):
        raise _RefuseError("in_future", day=latest.date().isoformat())
    told = reported.start.replace(tzinfo=None) if reported else None
    if not (first or last):
        return None, None, told, anchor.first.date(), None, None
    begin, finish = first or anchor, last or anchor
    if finish.end < begin.start:
        raise _RefuseError("ends_before_start")
    # An interval that ends on the stroke of an hour has not entered that hour.
    ends_on_the_stroke = finish.start == finish.end > begin.start
    final = finish.last - timedelta(microseconds=1) if ends_on_the_stroke else finish.last
    weekday, hour = _of_the_week(begin.first, final)
    return begin.start.replace(tzinfo=None), finish.end.replace(tzinfo=None), told, begin.first.date(), weekday, hour


def _of_the_week(first: datetime, last: datetime) -> tuple[int | None, int | None]:
    if last.date() != first.date():
        return None, None
    return first.weekday(), first.hour if last.hour == first.hour else None


def _where(
    reading: Reading, words: _Words, places: _Places, index: int, found: ProblemType
) -> tuple[str, str | None, tuple[float, float] | None]:
    """Precision, sub-area and position. A type or a row that is no finer than an area never keeps a position."""
    given, name = words.column["precision"][index], words.column["place_name"][index]
    if given and given not in set(Precision):
        raise _RefuseError("unknown_precision", value=given[:40], allowed=", ".join(Precision))
    if places.positioned[index]:
        precision = Precision(given) if given else Precision.POINT
        if found.finest == Precision.AREA and precision in (Precision.POINT, Precision.STREET):
            precision = Precision.AREA
        if precision in (Precision.POINT, Precision.STREET):
            return precision, places.area[index], (float(places.e[index]), float(places.n[index]))
        return precision, places.area[index] if precision == Precision.AREA else None, None
    return _by_name(reading, name, given, found)


def _by_name(reading: Reading, name: str, given: str, found: ProblemType) -> tuple[str, str | None, None]:
    if not name:
        if given == Precision.MUNICIPALITY:
            return Precision.MUNICIPALITY, None, None
        raise _RefuseError("no_place")
    match = reading.agreement.match_place(name)
    if match is None:
        raise _RefuseError("unknown_place", value=name[:60])
    precision = match.precision
    if found.finest == Precision.AREA and precision == Precision.STREET:
        precision = Precision.AREA if match.area else Precision.MUNICIPALITY
    return precision, match.area, None


def _severity(found: ProblemType, value: str) -> str | None:
    if not value:
        return None
    if found.kind != ReportKind.ACCIDENT:
        raise _RefuseError("severity_without_accident")
    if value not in set(Severity):
        raise _RefuseError("unknown_severity", value=value[:40], allowed=", ".join(Severity))
    return value


def _organisation(reading: Reading, value: str) -> int | None:
    if not value:
        return None
    found = reading.organisations.get(value.casefold())
    if found is None:
        raise _RefuseError("unknown_organisation", value=value[:60])
    return found
