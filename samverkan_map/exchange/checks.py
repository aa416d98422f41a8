"""Texts from a file made into times, numbers and positions, a column at a time.

What cannot be understood is a fault `(index, key, fields)`; the rest of the column is still read. An empty text is no
fault: the value is missing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import cache, reduce
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from .columns import short

ColumnFault = tuple[int, str, dict[str, object]]
FIRST_YEAR = 1990
PAIRS = (("lon", "lat"), ("e", "n"), ("x", "y"))
"""The pairs of columns a position may stand in, the one that is taken first, first."""

_TIME = re.compile(
    r"(?:(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})|(?P<whole>\d{8})"
    r"|(?P<d>\d{1,2})/(?P<m>\d{1,2}) (?P<y>\d{4}))"
    r"(?:(?:[Tt]|,? +)(?:kl\.? ?)?(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d{1,9})?)?"
    r" ?(?P<offset>[Zz]|[+-]\d{2}(?::?\d{2})?)?)?",
    re.ASCII,
)
_PLAIN = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:[ \u00a0\u202f]\d{3})+)(?:[.,]\d+)?", re.ASCII)
_PLAIN_NUMBER = re.compile(r"-?\d{1,9}\.\d{1,15}", re.ASCII)
_SPACES = str.maketrans({" ": None, "\u00a0": None, "\u202f": None, ",": "."})
_PART = r"[+-]?\d+(?:[.,]\d+)?"
_PAIR = re.compile(
    rf"\(?\s*(?:(?P<lat>[+-]?\d+(?:\.\d+)?)\s*[,;]?\s+(?P<lon>[+-]?\d+(?:\.\d+)?)|(?P<a>[+-]?\d+\.\d+),(?P<b>[+-]?\d+\.\d+)"
    rf"|(?P<north>{_PART})\s*;\s*(?P<east>{_PART})|(?P<c>[+-]?\d+,\d+),?\s+(?P<d>[+-]?\d+,\d+))\s*\)?",
    re.ASCII,
)
_POINT = re.compile(rf"POINT\s*Z?\s*\(\s*(?P<x>{_PART})\s+(?P<y>{_PART})(?:\s+{_PART})?\s*\)", re.ASCII | re.IGNORECASE)


class Moment(NamedTuple):
    """When something is said to have happened, in UTC: with a time of day `start == end`; a date alone is its whole
    local day, `[start, end)`. `first` and `last` are its first and last instant by the local clock, without offset."""

    start: datetime
    end: datetime
    first: datetime
    last: datetime


class Positions(NamedTuple):
    """The positions of some rows: NaN where a row has none. `columns` says which of our columns were looked at first.

    `pair` tells for each row which pair of `PAIRS` it was read from, or `len(PAIRS)` for `position`, -1 for nothing.
    """

    x: np.ndarray
    y: np.ndarray
    columns: tuple[str, ...]
    faults: list[ColumnFault]
    pair: np.ndarray


class _NotATime(ValueError):
    """The argument is the name of the sentence under `readers.rows`."""


def times(
    values: Sequence[str], zone: str = "Europe/Stockholm", *, today: date | None = None
) -> tuple[list[Moment | None], list[ColumnFault]]:
    """ISO 8601 dates and times, and the Swedish ways of writing them (`2025-3-1`, `1/3 2025`, `kl. 14.05`).

    Without an offset the time is local in `zone`. An hour that the clocks skip in spring is refused; of the hour that
    comes twice in autumn the first is meant. Years from 1990 to the year after `today` (now, when left out).

    >>> times(["2025-03-01T12:30", "30/2 2025", ""])[1]
    [(1, 'readers.rows.no_such_day', {'value': '30/2 2025'})]
    """
    return _each(values, _clock(zone, (today or date.today()).year + 1).moment)


def numbers(values: Sequence[str]) -> tuple[np.ndarray, list[ColumnFault]]:
    """Numbers with decimal comma or point, NaN where empty; spaces may group thousands. Only the digits 0 to 9.

    >>> numbers(["12,5", "6 145 000", "", "1_000"])
    (array([1.250e+01, 6.145e+06,       nan,       nan]), [(3, 'readers.rows.not_a_number', {'value': '1_000'})])
    """
    found, faults = _each(values, _number)
    return np.array([np.nan if value is None else value for value in found], dtype=float), faults


def positions(values: dict[str, list[str]]) -> Positions:
    """Positions from the columns of a block: `lon`,`lat` before `e`,`n` before `x`,`y` before `position`, row by row.

    `position` is "lat, lon" (or "n, e") as people copy it from a map, or a WKT point with x first. Which coordinate
    system the numbers are in is not decided here.

    >>> positions({"position": ["55.4, 13.02", "POINT (13.02 55.4)"]}).x.tolist()
    [13.02, 13.02]
    """
    found = [
        _from_two(values[pair[0]], values[pair[1]], pair) for pair in PAIRS if pair[0] in values and pair[1] in values
    ]
    if "position" in values:
        found.append(_from_texts(values["position"]))
    if found:
        return reduce(_filled, found)
    nothing = np.full(len(next(iter(values.values()), [])), np.nan)
    return Positions(nothing, nothing.copy(), (), [], np.full(len(nothing), -1))


def half_pair(columns: Container[str]) -> tuple[str, str] | None:
    """The first pair of columns of which only one is there, as (there, missing), when no other holds the positions.

    >>> half_pair({"lon"}), half_pair({"x", "lon", "lat"})
    (('lon', 'lat'), None)
    """
    if "position" in columns or any(first in columns and second in columns for first, second in PAIRS):
        return None
    for first, second in PAIRS:
        if (first in columns) != (second in columns):
            return (first, second) if first in columns else (second, first)
    return None


def _from_texts(texts: list[str]) -> Positions:
    found, faults = _each(texts, _pair)
    pairs = np.array([(np.nan, np.nan) if pair is None else pair for pair in found], dtype=float).reshape(-1, 2)
    which = np.where(np.isnan(pairs[:, 0]), -1, len(PAIRS))
    return Positions(pairs[:, 0], pairs[:, 1], ("position",), faults, which)


def _filled(first: Positions, then: Positions) -> Positions:
    """The first positions, and the others where a row has none there."""
    open_rows = first.pair < 0
    faults = sorted([*first.faults, *then.faults], key=lambda fault: fault[0])
    return Positions(
        np.where(open_rows, then.x, first.x), np.where(open_rows, then.y, first.y), first.columns, faults,
        np.where(open_rows, then.pair, first.pair),
    )  # fmt: skip


def _each(values: Sequence[str], read: Callable[[str], object]) -> tuple[list, list[ColumnFault]]:
    """Read every text, equal texts once."""
    known: dict[str, object] = {"": None}
    wrong: dict[str, str] = {}
    for value in set(values) - known.keys():
        try:
            known[value] = read(value)
        except ValueError as error:
            known[value] = None
            wrong[value] = str(error)
    faults: list[ColumnFault] = []
    if wrong:
        for index, value in enumerate(values):
            if value in wrong:
                faults.append((index, f"readers.rows.{wrong[value]}", {"value": short(value, 30)}))
    return [known[value] for value in values], faults


class _Clock:
    """Reads times in one zone. Offsets are looked up once per local hour; no zone here changes within an hour."""

    def __init__(self, zone: str, last_year: int) -> None:
        self.zone = ZoneInfo(zone)
        self.last_year = last_year
        self.offsets: dict[tuple[int, int, int, int], timedelta | None] = {}

    def moment(self, value: str) -> Moment:
        if _PLAIN.fullmatch(value):
            with suppress(ValueError):  # the careful way below says what is wrong
                local = datetime.fromisoformat(value)
                if FIRST_YEAR <= local.year <= self.last_year:
                    start = self._utc(local)
                    return Moment(start, start, local, local)
        found = _TIME.fullmatch(value)
        if found is None:
            raise _NotATime("not_a_time")
        year, month, day, whole, d, m, y, hour, minute, second, offset = found.groups()
        if whole:
            year, month, day = whole[:4], whole[4:6], whole[6:]
        elif d:
            year, month, day = y, m, d
        that_day = _day(int(year), int(month), int(day), self.last_year)
        if hour is None:
            next_day = that_day + timedelta(days=1)
            return Moment(self._utc(that_day), self._utc(next_day), that_day, next_day - timedelta(microseconds=1))
        try:
            local = that_day.replace(hour=int(hour), minute=int(minute), second=int(second or 0))
        except ValueError as error:
            raise _NotATime("no_such_hour") from error
        if offset is not None:
            moment = _minus(local, offset)
            local = moment.astimezone(self.zone).replace(tzinfo=None)
            return Moment(moment, moment, local, local)
        moment = self._utc(local)
        return Moment(moment, moment, local, local)

    def _utc(self, local: datetime) -> datetime:
        key = (local.year, local.month, local.day, local.hour)
        if key not in self.offsets:
            self.offsets[key] = self._offset(local)
        offset = self.offsets[key]
        if offset is None:
            raise _NotATime("skipped_hour")
        return (local - offset).replace(tzinfo=UTC)

    def _offset(self, local: datetime) -> timedelta | None:
        placed = local.replace(tzinfo=self.zone, fold=0)
        back = placed.astimezone(UTC).astimezone(self.zone).replace(tzinfo=None)
        return placed.utcoffset() if back == local else None


@cache
def _clock(zone: str, last_year: int) -> _Clock:
    """One clock per zone, so that what it learnt of a file's first block serves the next."""
    return _Clock(zone, last_year)


def _day(year: int, month: int, day: int, last_year: int) -> datetime:
    if not FIRST_YEAR <= year <= last_year:
        raise _NotATime("year")
    try:
        return datetime(year, month, day)
    except ValueError as error:
        raise _NotATime("no_such_day") from error


def _minus(local: datetime, offset: str) -> datetime:
    if offset in "Zz":
        return local.replace(tzinfo=UTC)
    hours, minutes = int(offset[1:3]), int(offset[3:].lstrip(":") or 0)
    if hours > 14 or minutes > 59:
        raise _NotATime("not_a_time")
    ahead = timedelta(hours=hours, minutes=minutes)
    return (local + ahead if offset[0] == "-" else local - ahead).replace(tzinfo=UTC)


def _number(value: str) -> float:
    if _PLAIN_NUMBER.fullmatch(value):
        return float(value)
    if len(value) > 40 or not _NUMBER.fullmatch(value):
        raise ValueError("not_a_number")
    return float(value.translate(_SPACES))


def _pair(value: str) -> tuple[float, float]:
    if len(value) > 200:
        raise ValueError("not_a_position")
    point = _POINT.fullmatch(value)
    if point:
        return _number(point["x"]), _number(point["y"])
    pair = _PAIR.fullmatch(value)
    if pair is None:
        raise ValueError("not_a_position")
    north, east = (part for part in pair.groups() if part is not None)
    return _number(east), _number(north)


def _from_two(x_texts: list[str], y_texts: list[str], columns: tuple[str, str]) -> Positions:
    (x, x_faults), (y, y_faults) = numbers(x_texts), numbers(y_texts)
    said = {index for index, _, _ in (*x_faults, *y_faults)}
    half: list[ColumnFault] = [
        (int(index), "readers.rows.half_position", {"first": columns[0], "second": columns[1]})
        for index in np.flatnonzero(np.isnan(x) != np.isnan(y))
        if index not in said
    ]
    incomplete = np.isnan(x) | np.isnan(y)
    x[incomplete] = np.nan
    y[incomplete] = np.nan
    faults = sorted([*x_faults, *y_faults, *half], key=lambda fault: fault[0])
    return Positions(x, y, columns, faults, np.where(incomplete, -1, PAIRS.index(columns)))
