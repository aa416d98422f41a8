"""The invented reports: how many of what, where and when, and the rows of a file as somebody would have sent them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from samverkan_map.demo.days import day_weights
from samverkan_map.demo.draw import Choices, lots, shared_out
from samverkan_map.demo.material import read
from samverkan_map.demo.spots import Ground, Spot
from samverkan_map.demo.writing import HEADER, MAPPED, Kind, Writer
from samverkan_map.exchange.table import Records, Table
from samverkan_map.vocabulary import ReportKind

CHUNK = 20_000
AS_USUAL = 100
ON_ROAD = (ReportKind.TRAFFIC, ReportKind.ACCIDENT)


@dataclass(frozen=True, eq=False)
class Plan:
    """All reports to be made, a row each in the order they were sent: day (from the start), kind and spot (numbers).

    `files` are (source, year, first row, row after the last).
    """

    start: date
    end: date
    seed: int
    kind: np.ndarray
    spot: np.ndarray
    day: np.ndarray
    writer: Writer
    files: list[tuple[str, int, int, int]]


def plan(
    ground: Ground, *, reports: int, seed: int, start: date, end: date, began: Mapping[str, date], sources: list[str]
) -> Plan:
    """What is reported in `[start, end)`. `began` says on which day each measure began, by its key."""
    streams = read("streams")["streams"]
    cells = _Cells(ground, streams)
    chance = lots(seed, 1)
    stream = np.repeat(np.arange(len(streams)), shared_out(reports, [one["share"] for one in streams]))
    cell = cells.of_stream.pick(chance, stream) + cells.of_stream.first[stream]
    which, days = _days(cells, streams, start, end, began)
    day = days.pick(chance, which[cell])
    kind, spot = np.array(cells.kind)[cell], np.array(cells.spot)[cell]
    source = Choices([[one.sources.get(code, 0) for code in sources] for one in cells.kinds]).pick(chance, kind)
    years = np.array([(start + timedelta(days=number)).year for number in range((end - start).days)])
    order = np.lexsort((day, source, years[day]))
    kind, spot, day, source = (column[order].astype(np.int32) for column in (kind, spot, day, source))
    files = _files(years[day], source, sources)
    return Plan(start, end, seed, kind, spot, day, Writer(cells.kinds, cells.spots, start, end), files)


class _Cells:
    """Every (kind, spot) of every stream, with its weight within the stream."""

    def __init__(self, ground: Ground, streams: list[dict[str, Any]]) -> None:
        self.kinds: list[Kind] = []
        self.spots: list[Spot] = []
        self.kind: list[int] = []
        self.spot: list[int] = []
        self.stream: list[int] = []
        weights: list[list[int]] = []
        for number, stream in enumerate(streams):
            on_road, beside = (self._spots(ground.spots(stream, on_road=way)) for way in (True, False))
            weights.append([])
            for code, share in stream["types"].items():
                found = on_road if ground.agreement.types[code].kind in ON_ROAD else beside
                self.kind += [len(self.kinds)] * len(found)
                self.spot += [spot for _, spot in found]
                weights[-1] += [share * much for much, _ in found]
                self.kinds.append(Kind.read(code, stream))
            self.stream += [number] * len(weights[-1])
        self.of_stream = Choices(weights)

    def _spots(self, found: list[tuple[int, Spot]]) -> list[tuple[int, int]]:
        self.spots += [spot for _, spot in found]
        first = len(self.spots) - len(found)
        return [(much, first + index) for index, (much, _) in enumerate(found)]


def _days(
    cells: _Cells, streams: list[dict[str, Any]], start: date, end: date, began: Mapping[str, date]
) -> tuple[np.ndarray, Choices]:
    """Lists of weights for the days, and which of them each cell follows.

    After a measure began there is more or less than usual.
    """
    ways = [_way(cells.kinds[kind], streams[number]) for kind, number in zip(cells.kind, cells.stream, strict=True)]
    known = list(dict.fromkeys(ways))
    patterns = read("patterns")
    lists = []
    for pattern, measure, left in known:
        weights = day_weights(patterns[pattern], start, end)
        turn = (began[measure] - start).days if measure else len(weights)
        weights = [much * (AS_USUAL if day < turn else left) for day, much in enumerate(weights)]
        lists.append(weights if any(weights) else [1] * len(weights))
    return np.array([known.index(way) for way in ways]), Choices(lists)


def _way(kind: Kind, stream: Mapping[str, Any]) -> tuple[str, str, int]:
    change = stream.get("change", {})
    return kind.pattern, change.get("measure", ""), change.get("percent", AS_USUAL)


def _files(year: np.ndarray, source: np.ndarray, sources: list[str]) -> list[tuple[str, int, int, int]]:
    borders = np.flatnonzero((np.diff(year) != 0) | (np.diff(source) != 0)) + 1
    first = [0, *borders.tolist()] if len(year) else []
    upto = [*borders.tolist(), len(year)]
    return [(sources[source[at]], int(year[at]), at, end) for at, end in zip(first, upto, strict=False)]


def table(found: Plan, number: int, organisations: list[str]) -> tuple[str, Table, str]:
    """One file of the plan: its source, the table that is read a block at a time, and a hash of what it holds."""
    source, year, first, upto = found.files[number]
    name = f"exempel-{source}-{year}.csv"

    def records(size: int) -> Iterator[Records]:
        for part, at in enumerate(range(first, upto, CHUNK)):
            chosen = slice(at, min(at + CHUNK, upto))
            chance = lots(found.seed, 2, number, part)
            kind, spot, day = (column[chosen] for column in (found.kind, found.spot, found.day))
            refs = [f"EX-{source}-{year}-{row:06d}" for row in range(at - first + 1, chosen.stop - first + 1)]
            rows = found.writer.rows(chance, kind, spot, day, refs, organisations if source == "naringsliv" else [""])
            for begin in range(0, len(rows), size):
                some = rows[begin : begin + size]
                before = at - first + begin
                yield Records(list(range(before + 2, before + 2 + len(some))), some, {}, before + len(some))

    content = f"{name} {found.seed} {found.start} {found.end} {len(found.day)}"
    return (
        source,
        Table(
            path=Path(name),
            format="csv",
            header=HEADER,
            mapped=MAPPED,
            ignored=[],
            size_hint=upto - first,
            records=records,
            crs=3006,
        ),
        sha256(content.encode()).hexdigest(),
    )
