"""What a municipality knows to come back: windows of its year, and types that may be repeated soon at one place."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from samverkan_map.agreement.folder import Table, toml
from samverkan_map.agreement.words import Named
from samverkan_map.errors import SetUpTrouble

FILE = "recurrence.toml"
LONGEST_DAYS = 92
"""A window longer than a quarter of the year is a season and no window."""

_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", re.ASCII)


@dataclass(frozen=True)
class Window(Named):
    """A part of the year: ISO `weeks` that follow each other, or days from `first` to `last` (month, day), both
    counted, which may pass the new year."""

    weeks: tuple[int, ...] = ()
    first: tuple[int, int] = (1, 1)
    last: tuple[int, int] = (1, 1)

    def days_of(self, year: int) -> tuple[date, date] | None:
        """The first day in a year, and the day after the last; None in a year without it (a week 53, a leap day)."""
        try:
            if self.weeks:
                start = date.fromisocalendar(year, self.weeks[0], 1)
                return start, date.fromisocalendar(year, self.weeks[-1], 7) + timedelta(days=1)
            passes = self.last < self.first
            return date(year, *self.first), date(year + passes, *self.last) + timedelta(days=1)
        except ValueError:
            return None


@dataclass(frozen=True)
class TypeGroup(Named):
    """Problem types that are looked at together."""

    types: tuple[str, ...] = ()


def read(folder: Path, types: Collection[str]) -> tuple[dict[str, Window], dict[str, TypeGroup]]:
    """The windows and the groups of a municipality's folder by code; none when it has no such file.

    Raises SetUpTrouble for a file that cannot be read, a value that is missing or not understood, an unknown type.
    """
    if not (folder / FILE).exists():
        return {}, {}
    table = Table(toml(folder / FILE), FILE, FILE)
    windows = [_window(one) for one in table.rows("windows")] if "windows" in table.values else []
    groups = [_group(one, types) for one in table.rows("repeats")] if "repeats" in table.values else []
    return {one.code: one for one in windows}, {one.code: one for one in groups}


def _group(one: Table, types: Collection[str]) -> TypeGroup:
    return TypeGroup(one["code"], one.label(), types=one.all_of("types", types))


def _window(one: Table) -> Window:
    if "weeks" in one.values:
        found = Window(one["code"], one.label(), weeks=_weeks(one))
    else:
        found = Window(one["code"], one.label(), first=_day(one, "from"), last=_day(one, "to"))
    days = found.days_of(2020)
    if days is None or not 0 < (days[1] - days[0]).days <= LONGEST_DAYS:
        raise SetUpTrouble("agreement.errors.wrong_form", where=one.where, name="to", example='"05-02"')
    return found


def _weeks(one: Table) -> tuple[int, ...]:
    weeks = one.of_form("weeks", list, "[44]")
    whole = all(isinstance(week, int) and not isinstance(week, bool) and 1 <= week <= 53 for week in weeks)
    if not whole or weeks != list(range(weeks[0], weeks[0] + len(weeks))):
        raise SetUpTrouble("agreement.errors.wrong_form", where=one.where, name="weeks", example="[33, 34]")
    return tuple(weeks)


def _day(one: Table, name: str) -> tuple[int, int]:
    found = _DAY.fullmatch(str(one[name]))
    if not found:
        raise SetUpTrouble("agreement.errors.wrong_form", where=one.where, name=name, example='"04-28"')
    return int(found[1]), int(found[2])
