"""Times as people write them, a column at a time: when something is said to have happened, in UTC and local."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from .columns import short

ColumnFault = tuple[int, str, dict[str, object]]
FIRST_YEAR = 1990

_TIME = re.compile(
    r"(?:(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})|(?P<whole>\d{8})"
    r"|(?P<d>\d{1,2})/(?P<m>\d{1,2}) (?P<y>\d{4})|(?P<week_year>\d{4})-?[Ww](?P<week>\d{2})-?(?P<week_day>[1-7]))"
    r"(?:(?:(?:[Tt]|,? +)(?:kl\.? ?)?(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d{1,9})?)?"
    r"|[Tt](?:(?P<basic>\d{4}(?:\d{2})?)(?:[.,]\d{1,9})?|(?P<only_hour>\d{2})))"
    r" ?(?P<offset>[Zz]|[+-]\d{2}(?::?\d{2})?)?)?",
    re.ASCII,
)
_SERIAL = re.compile(r"(\d{5})(?:[.,]\d+)?", re.ASCII)
_SERIAL_ZERO = date(1899, 12, 30)
"""Excel counts days from here; it takes 1900 for a leap year, which no later day feels."""
_DIGITS = np.array([0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18])
_BETWEEN = np.array([4, 7, 13, 16])
_BETWEEN_LETTERS = np.frombuffer(b"--::", dtype=np.uint8)
_ABSENT = np.datetime64("NaT", "us")
_SECOND = 1_000_000
_TICK = timedelta(microseconds=1)


class Moment(NamedTuple):
    """When something is said to have happened, in UTC: with a time of day `start == end`; a date alone is its whole
    local day, `[start, end)`, and an hour without minutes that hour. `first` and `last` are its first and last instant
    by the local clock, without offset."""

    start: datetime
    end: datetime
    first: datetime
    last: datetime


@dataclass
class Moments:
    """The moments of a column as arrays of datetime64[us]; NaT where a row has none. `start` and `end` are in UTC."""

    start: np.ndarray
    end: np.ndarray
    first: np.ndarray
    last: np.ndarray

    @classmethod
    def absent(cls, length: int) -> Moments:
        """A column in which no row has a time."""
        return cls(*(np.full(length, _ABSENT) for _ in range(4)))

    def __len__(self) -> int:
        return len(self.start)

    def __getitem__(self, index: int) -> Moment | None:
        start, end, first, last = (column[index].item() for column in (self.start, self.end, self.first, self.last))
        return None if start is None else Moment(start.replace(tzinfo=UTC), end.replace(tzinfo=UTC), first, last)

    @property
    def there(self) -> np.ndarray:
        """Which rows have a time."""
        return ~np.isnat(self.start)

    def put(self, index: int, moment: Moment) -> None:
        """Set the moment of one row."""
        self.start[index], self.end[index] = moment.start.replace(tzinfo=None), moment.end.replace(tzinfo=None)
        self.first[index], self.last[index] = moment.first, moment.last


class _NotATime(ValueError):
    """The argument is the name of the sentence under `readers.rows`."""


def times(
    values: Sequence[str], zone: str = "Europe/Stockholm", *, today: date | None = None
) -> tuple[Moments, list[ColumnFault]]:
    """ISO 8601 dates and times, and the Swedish ways of writing them (`2025-3-1`, `1/3 2025`, `kl. 14.05`).

    Without an offset the time is local in `zone`. An hour that the clocks skip in spring is refused; of the hour that
    comes twice in autumn the first is meant. Years from 1990 to the year after `today` (now, when left out).

    >>> times(["2025-03-01T12:30", "30/2 2025", ""])[1]
    [(1, 'readers.rows.no_such_day', {'value': '30/2 2025'})]
    """
    found = Moments.absent(len(values))
    if not any(values):
        return found, []
    clock = _clock(zone, (today or date.today()).year + 1)
    clock.read_plain(values, found)
    left = np.flatnonzero(np.isnat(found.start)).tolist()
    moments, faults = each([values[index] for index in left], clock.moment)
    for index, moment in zip(left, moments, strict=True):
        if moment is not None:
            found.put(index, moment)
    return found, [(left[index], key, fields) for index, key, fields in faults]


def each(values: Sequence[str], read: Callable[[str], object]) -> tuple[list, list[ColumnFault]]:
    """Read every text, equal texts once. A ValueError names the sentence under `readers.rows`; empty texts are None."""
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
        self.offsets: dict[datetime, timedelta | None] = {}

    def read_plain(self, values: Sequence[str], found: Moments) -> None:
        """Fill in the times of day that are written `2025-03-01 14:05`, with or without seconds, and right in every
        part: most files have no others, and thousands at once cost what a few alone do. The rest is left absent."""
        lengths = np.fromiter(map(len, values), dtype=np.int64, count=len(values))
        for length in (16, 19):
            rows = np.flatnonzero(lengths == length)
            if len(rows):
                written = "".join([values[index] for index in rows.tolist()])
                letters = np.frombuffer(written.encode("ascii", "replace"), dtype=np.uint8).reshape(-1, length)
                local = _plain_times(letters, self.last_year)
                offset = self._offsets(local)
                found.start[rows] = found.end[rows] = local - offset
                local[np.isnat(offset)] = _ABSENT
                found.first[rows] = found.last[rows] = local

    def moment(self, value: str) -> Moment:
        """The moment that a text means. Raises ValueError with the name of the sentence that says what is wrong."""
        found = _TIME.fullmatch(value)
        if found is None:
            if self._is_serial(value):
                raise _NotATime("excel_serial")
            raise _NotATime("not_a_time")
        that_day, offset = _that_day(found, self.last_year), found["offset"]
        clock = _clock_of(found)
        if clock is None:
            next_day = that_day + timedelta(days=1)
            return Moment(self._utc(that_day), self._utc(next_day), that_day, next_day - _TICK)
        local = _at(that_day, *clock)
        start = self._utc(local) if offset is None else _minus(local, offset)
        first = local if offset is None else start.astimezone(self.zone).replace(tzinfo=None)
        if found["only_hour"]:
            return Moment(start, start + timedelta(hours=1), first, first + timedelta(hours=1) - _TICK)
        return Moment(start, start, first, first)

    def _is_serial(self, value: str) -> bool:
        """Whether a text is a number that Excel shows as a day of the years that are read."""
        found = _SERIAL.fullmatch(value)
        return found is not None and FIRST_YEAR <= (_SERIAL_ZERO + timedelta(days=int(found[1]))).year <= self.last_year

    def _utc(self, local: datetime) -> datetime:
        offset = self._offset(local.replace(minute=0, second=0))
        if offset is None:
            raise _NotATime("skipped_hour")
        return (local - offset).replace(tzinfo=UTC)

    def _offsets(self, local: np.ndarray) -> np.ndarray:
        """How far the local clock is ahead of UTC; NaT for an hour that the clocks skip and where `local` is NaT."""
        hours, which = np.unique(local.astype("datetime64[h]"), return_inverse=True)
        known = [None if hour is None else self._offset(hour) for hour in hours.tolist()]
        return np.array(known, dtype="timedelta64[us]")[which]

    def _offset(self, hour: datetime) -> timedelta | None:
        if hour not in self.offsets:
            placed = hour.replace(tzinfo=self.zone, fold=0)
            back = placed.astimezone(UTC).astimezone(self.zone).replace(tzinfo=None)
            self.offsets[hour] = placed.utcoffset() if back == hour else None
        return self.offsets[hour]


@cache
def _clock(zone: str, last_year: int) -> _Clock:
    """One clock per zone, so that what it learnt of a file's first block serves the next."""
    return _Clock(zone, last_year)


def _plain_times(letters: np.ndarray, last_year: int) -> np.ndarray:
    """The local times of texts of one length, a row of ASCII codes each; NaT where a text is not plainly right."""
    short = letters.shape[1] == 16
    between = _BETWEEN[:3] if short else _BETWEEN
    good = (letters[:, between] == _BETWEEN_LETTERS[: len(between)]).all(axis=1)
    good &= (letters[:, 10] == ord(" ")) | (letters[:, 10] == ord("T"))
    digits = letters[:, _DIGITS[:12] if short else _DIGITS].astype(np.int64) - ord("0")
    good &= ((digits >= 0) & (digits <= 9)).all(axis=1)
    year = digits[:, :4] @ (1000, 100, 10, 1)
    month, day, hour, minute = (digits[:, at] * 10 + digits[:, at + 1] for at in (4, 6, 8, 10))
    second = np.zeros_like(hour) if short else digits[:, 12] * 10 + digits[:, 13]
    good &= (year >= FIRST_YEAR) & (year <= last_year) & (month >= 1) & (month <= 12) & (day >= 1)
    good &= (hour < 24) & (minute < 60) & (second < 60)
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1)
    good &= days.astype("datetime64[M]") == months
    local = days.astype("datetime64[us]") + (hour * 3600 + minute * 60 + second) * _SECOND
    local[~good] = _ABSENT
    return local


def _that_day(found: re.Match[str], last_year: int) -> datetime:
    if found["week"]:
        try:
            return _day(*_of_week(found).timetuple()[:3], last_year)
        except ValueError as error:
            raise error if isinstance(error, _NotATime) else _NotATime("no_such_day") from error
    if whole := found["whole"]:
        return _day(int(whole[:4]), int(whole[4:6]), int(whole[6:]), last_year)
    year, month, day = (found[one] or found[other] for one, other in (("year", "y"), ("month", "m"), ("day", "d")))
    return _day(int(year), int(month), int(day), last_year)


def _of_week(found: re.Match[str]) -> date:
    return date.fromisocalendar(int(found["week_year"]), int(found["week"]), int(found["week_day"]))


def _clock_of(found: re.Match[str]) -> tuple[int, int, int] | None:
    """Hour, minute and second as they are written, or None for a date alone."""
    if basic := found["basic"]:
        return int(basic[:2]), int(basic[2:4]), int(basic[4:] or 0)
    if found["only_hour"]:
        return int(found["only_hour"]), 0, 0
    return (int(found["hour"]), int(found["minute"]), int(found["second"] or 0)) if found["hour"] else None


def _at(day: datetime, hour: int, minute: int, second: int) -> datetime:
    """A clock time of a day; 24:00 is the beginning of the next."""
    if (hour, minute, second) == (24, 0, 0):
        return day + timedelta(days=1)
    try:
        return day.replace(hour=hour, minute=minute, second=second)
    except ValueError as error:
        raise _NotATime("no_such_hour") from error


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
