"""The rows of a file of reports, as somebody would have written them: position, time, words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from samverkan_map.demo.days import FRIDAY
from samverkan_map.demo.draw import Choices, Lots
from samverkan_map.demo.material import read
from samverkan_map.demo.spots import Spot

MAPPED = {
    "source_ref": "kallans_id", "type": "typ", "occurred_from": "tid_fran", "occurred_to": "tid_till",
    "reported_at": "rapporterad", "e": "e", "n": "n", "place_name": "plats", "precision": "precision",
    "description": "beskrivning", "severity": "svarhet", "organisation": "organisation",
}  # fmt: skip
HEADER = list(MAPPED.values())

FORMS = ("exact", "hour", "span", "date", "weekend", "reported")
"""How well a time is known."""

BANDS = ("night", "morning", "day", "evening", "night", "weekend", "unknown")
BAND_OF_HOUR = [0] * 5 + [1] * 5 + [2] * 7 + [3] * 5 + [4] * 2
DESCRIBED_PERCENT = 78
STREET_PERCENT = 9
LAST_MINUTE = 24 * 60 - 1
REPORTED_PERCENT = 80
DELAYS = (0, 0, 0, 0, 1, 1, 2, 3, 6)
_OWN = ("pattern", "sources", "times")
SEVERITIES = ("lindrig",) * 11 + ("egendom",) * 7 + ("svar",) * 2


@dataclass(frozen=True, eq=False)
class Kind:
    """One problem type as it is seen in one stream: its pattern, sources, forms of time and words."""

    code: str
    pattern: str
    sources: Mapping[str, int]
    forms: list[int]
    named: int
    what: list[str]
    more: list[str]

    @staticmethod
    def read(code: str, stream: Mapping[str, Any]) -> Kind:
        """The type `code` as the material has it; the stream's own pattern, sources and times come first."""
        one = read("types")["types"][code] | {name: stream[name] for name in _OWN if name in stream}
        return Kind(
            code,
            one["pattern"],
            one["sources"],
            [one["times"].get(form, 0) for form in FORMS],
            one["named"],
            one["what"],
            one["more"],
        )


class Writer:
    """Writes the rows of files, some thousand at a time."""

    def __init__(self, kinds: list[Kind], spots: list[Spot], start: date, end: date) -> None:
        patterns = read("patterns")
        self.kinds, self.spots, self.start = kinds, spots, start
        self.days = [start + timedelta(days=number) for number in range((end - start).days)]
        self.written = [day.isoformat() for day in self.days]
        self.clock = [f"{minute // 60:02d}:{minute % 60:02d}" for minute in range(24 * 60)]
        self.hours = Choices([patterns[kind.pattern]["hours"] for kind in kinds])
        self.forms = Choices([kind.forms for kind in kinds])
        self.named = np.array([kind.named for kind in kinds])
        self.spread = np.array([spot.spread for spot in spots])
        self.positions = Choices([spot.weights for spot in spots])
        self.e = np.concatenate([spot.e for spot in spots])
        self.n = np.concatenate([spot.n for spot in spots])
        self.skipped = np.array([_clocks_go_forward(day) for day in self.days])
        self.when = [read("types")["when"][band] for band in BANDS]

    def rows(
        self,
        chance: Lots,
        kind: np.ndarray,
        spot: np.ndarray,
        day: np.ndarray,
        refs: list[str],
        organisations: list[str],
    ) -> list[list[str]]:
        """One row for each kind, spot, day and reference, sent in by one of the organisations."""
        size = len(kind)
        form, day = self._forms(chance, kind, day)
        times, bands = self._times(chance, kind, form, day)
        east, north, named = self._where(chance, kind, spot)
        street = chance.integers(0, 100, size) < STREET_PERCENT
        lot = chance.integers(0, 2**31, size).tolist()
        words = self._words(chance, kind, spot, bands)
        return [
            [
                ref, self.kinds[k].code, *moments, e, n,
                self.spots[s].named if alone else self.spots[s].place_name,
                "street" if vague and e else "", text,
                SEVERITIES[luck % len(SEVERITIES)] if self.kinds[k].code == "trafikolycka" else "",
                organisations[luck // 32 % len(organisations)],
            ]
            for ref, k, s, moments, e, n, alone, vague, text, luck in zip(
                refs, kind.tolist(), spot.tolist(), times, east, north, named, street.tolist(), words, lot, strict=True
            )
        ]  # fmt: skip

    def _forms(self, chance: Lots, kind: np.ndarray, day: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How well each time is known. What was found on a Monday happened between Friday and then."""
        form = self.forms.pick(chance, kind)
        friday = day - (self.start.weekday() + day - FRIDAY) % 7
        weekend = (form == FORMS.index("weekend")) & (friday >= 0) & (friday + 3 < len(self.days))
        form[(form == FORMS.index("weekend")) & ~weekend] = FORMS.index("date")
        return form, np.where(weekend, friday, day)

    def _times(
        self, chance: Lots, kind: np.ndarray, form: np.ndarray, day: np.ndarray
    ) -> tuple[list[tuple[str, str, str]], np.ndarray]:
        """From, to and reported, as written; and the band of the day that the words may speak of."""
        size = len(kind)
        hour = self.hours.pick(chance, kind)
        hour[(hour < 3) & self.skipped[day]] = 3
        minute = chance.integers(0, 12, size) * 5
        reported = chance.integers(0, 100, size) < REPORTED_PERCENT
        delay = np.array(DELAYS)[chance.integers(0, len(DELAYS), size)]
        delay[day + delay >= len(self.days)] = 0
        office = 8 * 60 + chance.integers(0, 9 * 60, size)
        band = np.array(BAND_OF_HOUR)[hour]
        band[form == FORMS.index("weekend")] = BANDS.index("weekend")
        band[form == FORMS.index("date")] = BANDS.index("unknown")
        band[form == FORMS.index("reported")] = BANDS.index("unknown")
        columns = (form, day, hour * 60 + minute, reported, delay, office)
        return [self._moments(*values) for values in zip(*(column.tolist() for column in columns), strict=True)], band

    def _moments(
        self, form: int, day: int, minute: int, reported: bool, delay: int, office: int
    ) -> tuple[str, str, str]:
        written, clock = self.written, self.clock
        if FORMS[form] == "weekend":
            monday = written[day + 3]
            return f"{written[day]}T16:00", f"{monday}T07:30", f"{monday}T{clock[office]}" if reported else ""
        if FORMS[form] == "reported":
            return "", "", f"{written[day]}T{clock[office]}"
        first, last = _span(FORMS[form], minute)
        soon = clock[min(last + 10 + office % 50, LAST_MINUTE)]
        at = f"{written[day + delay]}T{clock[office] if delay else soon}" if reported else ""
        if FORMS[form] == "date":
            return written[day], "", at
        return f"{written[day]}T{clock[first]}", f"{written[day]}T{clock[last]}" if last > first else "", at

    def _where(self, chance: Lots, kind: np.ndarray, spot: np.ndarray) -> tuple[list[str], list[str], list[bool]]:
        """East and north as written, empty where only the name of a place is given."""
        size = len(kind)
        at = self.positions.pick(chance, spot) + self.positions.first[spot]
        span = 2 * self.spread[spot] + 1
        east, north = (
            middle[at] - self.spread[spot] + (chance.integers(0, 2**31, size, dtype=np.int64) * span >> 31)
            for middle in (self.e, self.n)
        )
        named = (chance.integers(0, 100, size) < self.named[kind]).tolist()
        return _decimetres(east, named), _decimetres(north, named), named

    def _words(self, chance: Lots, kind: np.ndarray, spot: np.ndarray, band: np.ndarray) -> list[str]:
        size = len(kind)
        silent = chance.integers(0, 100, size) >= DESCRIBED_PERCENT
        draws = chance.integers(0, 2**31, (3, size)).tolist()
        return [
            "" if quiet else self._sentence(self.kinds[k], self.spots[s], self.when[b], *three)
            for quiet, k, s, b, *three in zip(
                silent.tolist(), kind.tolist(), spot.tolist(), band.tolist(), *draws, strict=True
            )
        ]

    @staticmethod
    def _sentence(kind: Kind, spot: Spot, when: list[str], a: int, b: int, c: int) -> str:
        moment, more = when[b % len(when)], kind.more[c % len(kind.more)]
        first = f"{kind.what[a % len(kind.what)]} {spot.phrase}{' ' if moment else ''}{moment}."
        return f"{first} {more}" if more else first


def _span(form: str, minute: int) -> tuple[int, int]:
    """From and to, in minutes of the day."""
    if form == "date":
        return 0, 18 * 60
    if form == "exact":
        return minute, minute
    start = minute // 60 * 60
    return start, min(start + (60 if form == "hour" else 180), LAST_MINUTE)


def _decimetres(values: np.ndarray, left_out: list[bool]) -> list[str]:
    return ["" if out else f"{value // 10}.{value % 10}" for value, out in zip(values.tolist(), left_out, strict=True)]


def _clocks_go_forward(day: date) -> bool:
    return day.month == 3 and day.weekday() == 6 and day.day > 24
