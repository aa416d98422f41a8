"""All reports as arrays in memory, kept fresh by delivery: any question over a million rows takes milliseconds.

The frame holds no words, only codes, days and positions. Rows are fetched by id when they are shown.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from samverkan_map import access, geometry
from samverkan_map.db import bulk
from samverkan_map.db.tables import Delivery
from samverkan_map.reports import snapshot
from samverkan_map.reports.deliveries import KIND

CODED = ("kind", "type", "source", "area", "place_name", "severity")
"""The columns held as small numbers, with their words in `Frame.words`; place names are few beside the reports."""

WORLD_BITS = 32
"""A position is two whole numbers 0 to 2**32 on the Web Mercator square, so a map cell is a shift of the bits."""

KEPT_FRAMES = 2

CENTIMETRES = 100
SQUARE_METRES = 256
"""The squares by which reports near something are found; about as large as a place."""
SQUARE_BITS = 16
LAST_SQUARE = 2**SQUARE_BITS - 1


@dataclass(frozen=True)
class Frame:
    """The reports of `deliveries`, newest first. All arrays have one value per report.

    `id` int64 · `day` int32 (days since 1970) · `weekday`, `hour` int8 (-1: not known) · `kind`, `type`, `source`,
    `area` int16, `severity` int8 (index into `words`) · `stretch`, `organisation` int32 (-1: none) · `delivery` int32 ·
    `x`, `y`, `coarse_x`, `coarse_y` uint32 on the Web Mercator square · `e`, `n` int32 in centimetres of EPSG:3006 ·
    `mapped` bool (has a position).
    """

    deliveries: Mapping[int, tuple[int, datetime]]
    words: Mapping[str, tuple[str | None, ...]]
    arrays: Mapping[str, np.ndarray] = field(repr=False)

    def __getattr__(self, name: str) -> np.ndarray:
        try:
            return self.arrays[name]
        except KeyError:
            raise AttributeError(name) from None

    def __len__(self) -> int:
        return len(self.arrays["id"])

    def lookup(self, column: str, holds: Callable[[str | None], bool]) -> np.ndarray:
        """For a coded column, a bool per word: index it with the column to get a bool per report."""
        return np.array([holds(word) for word in self.words[column]] or [False], dtype=bool)

    def days(self, start: int | None, end: int | None) -> slice:
        """The run of rows with `start <= day < end`; the rows stand newest first."""
        newest_first = -self.arrays["day"]
        first = 0 if end is None else int(np.searchsorted(newest_first, -(end - 1), side="left"))
        last = len(self) if start is None else int(np.searchsorted(newest_first, -start, side="right"))
        return slice(first, max(first, last))

    def rows_near(self, bounds: tuple[float, float, float, float]) -> np.ndarray:
        """The numbers, rising, of the reports in all squares that a box (west, south, east, north in metres) touches.

        They are more than those in the box: whoever asks tests the positions.
        """
        west, south, east, north = (int(np.clip(side // SQUARE_METRES, 0, LAST_SQUARE)) for side in bounds)
        squares, rows = self._squares
        columns = np.arange(west, east + 1, dtype=np.uint32) << SQUARE_BITS
        first = np.searchsorted(squares, columns + np.uint32(south), side="left")
        last = np.searchsorted(squares, columns + np.uint32(north), side="right")
        runs = [rows[a:b] for a, b in zip(first.tolist(), last.tolist(), strict=True) if b > a]
        return np.sort(np.concatenate(runs)) if runs else np.empty(0, np.int32)

    def only(self, rows: np.ndarray) -> Frame:
        """Some rows, given by their rising numbers, as a frame of their own."""
        return Frame(self.deliveries, self.words, {name: values[rows] for name, values in self.arrays.items()})

    @cached_property
    def version(self) -> str:
        """A short name for exactly these reports: the same as long as no delivery comes, goes or changes."""
        told = sorted((number, version) for number, (version, _) in self.deliveries.items())
        return hashlib.sha256(f"{len(self)} {told}".encode()).hexdigest()[:12]

    @cached_property
    def kept(self) -> OrderedDict[Any, Any]:
        """What others have worked out from these reports; it goes with the frame, so it is never of other reports."""
        return OrderedDict()

    @cached_property
    def _squares(self) -> tuple[np.ndarray, np.ndarray]:
        """The squares of all reports with a position in rising order, and the row of each."""
        rows = np.flatnonzero(self.arrays["mapped"]).astype(np.int32)
        column, line = (
            np.clip(self.arrays[name][rows] // (SQUARE_METRES * CENTIMETRES), 0, LAST_SQUARE).astype(np.uint32)
            for name in ("e", "n")
        )
        squares = (column << SQUARE_BITS) + line
        order = np.argsort(squares, kind="stable")
        return squares[order], rows[order]


_lock = threading.Lock()
_frames: OrderedDict[str, Frame] = OrderedDict()


def current(session: Session) -> Frame:
    """The frame of the database as this session sees it: only deliveries that came, went or changed are read anew."""
    key = str(session.get_bind().engine.url)
    there = select(Delivery.id, Delivery.version, Delivery.at).where(
        Delivery.undone_at.is_(None), Delivery.kind == KIND
    )
    # The time is part of it because a number can come again: a rolled-back delivery gives its number back.
    wanted = {number: (version, at) for number, version, at in session.execute(there)}
    with _lock:
        frame = _frames.get(key) or _from_file(session) or _empty()
        if frame.deliveries != wanted:
            before = frame
            frame, read = _refreshed(session, before, wanted)
            if before.deliveries.items() - wanted.items() and not np.isin(before.id, frame.id).all():
                # Another process may have kept them once more while they went.
                snapshot.drop(session)
            if read >= snapshot.LEAST_REPORTS:
                snapshot.save(session, snapshot.Kept(frame.deliveries, frame.words, frame.arrays))
        _frames[key] = frame
        _frames.move_to_end(key)
        while len(_frames) > KEPT_FRAMES:
            _frames.popitem(last=False)
    return frame


def forget() -> None:
    """Drop all frames, as after a database file was replaced under the program's feet."""
    with _lock:
        _frames.clear()


def _from_file(session: Session) -> Frame | None:
    kept = snapshot.load(session, _KINDS)
    return Frame(kept.deliveries, kept.words, kept.arrays) if kept else None


def _empty() -> Frame:
    return Frame({}, dict.fromkeys(CODED, ()), {name: np.empty(0, kind) for name, kind in _KINDS.items()})


_KINDS = {
    "id": np.int64, "day": np.int32, "weekday": np.int8, "hour": np.int8, "kind": np.int16, "type": np.int16,
    "source": np.int16, "area": np.int16, "place_name": np.int32, "severity": np.int8, "stretch": np.int32,
    "organisation": np.int32, "delivery": np.int32,
    "mapped": np.bool_, "x": np.uint32, "y": np.uint32, "coarse_x": np.uint32, "coarse_y": np.uint32, "e": np.int32,
    "n": np.int32,
}  # fmt: skip


def _refreshed(session: Session, frame: Frame, wanted: dict[int, tuple[int, datetime]]) -> tuple[Frame, int]:
    """The frame of the `wanted` deliveries, and how many reports were read from the database for it."""
    kept = {number for number, version in frame.deliveries.items() if wanted.get(number) == version}
    new = set(wanted) - kept
    words = {name: list(frame.words[name]) for name in CODED}
    parts = [frame.arrays]
    if len(kept) < len(frame.deliveries):
        stays = np.isin(frame.delivery, list(kept))
        parts = [{name: values[stays] for name, values in frame.arrays.items()}]
    blocks = [_coded(block, words) for block in bulk.report_columns(session, _READ, deliveries=new if kept else None)]
    parts += blocks
    arrays = {name: np.concatenate([part[name] for part in parts]) for name in _KINDS}
    order = np.lexsort((-arrays["id"], -arrays["day"]))
    arrays = {name: values[order] for name, values in arrays.items()}
    read = sum(len(block["id"]) for block in blocks)
    return Frame(wanted, {name: tuple(found) for name, found in words.items()}, arrays), read


_READ = (
    "delivery_id", "kind", "type", "source", "area", "place_name", "day", "weekday", "hour", "stretch_id",
    "severity", "organisation_id",
)  # fmt: skip


def _coded(block: dict[str, np.ndarray], words: dict[str, list[str | None]]) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {
        "id": block["id"].astype(np.int64),
        "delivery": block["delivery_id"].astype(np.int32),
        "day": block["day"].astype(np.int32),
        "weekday": _or_minus_one(block["weekday"], np.int8),
        "hour": _or_minus_one(block["hour"], np.int8),
        "stretch": _or_minus_one(block["stretch_id"], np.int32),
        "organisation": _or_minus_one(block["organisation_id"], np.int32),
    }
    for name in CODED:
        found[name] = _as_codes(block[name], words[name]).astype(_KINDS[name])
    return found | _positions(block["e"], block["n"])


def _or_minus_one(values: np.ndarray, kind: type) -> np.ndarray:
    if values.dtype != object:
        return values.astype(kind)
    return np.array([-1 if value is None else value for value in values], dtype=kind)


def _as_codes(values: np.ndarray, words: list[str | None]) -> np.ndarray:
    index = {word: number for number, word in enumerate(words)}
    column = values.tolist()
    for word in dict.fromkeys(column):
        if word not in index:
            index[word] = len(words)
            words.append(word)
    return np.fromiter(map(index.__getitem__, column), dtype=np.int32, count=len(column))


def _positions(e: np.ndarray, n: np.ndarray) -> dict[str, np.ndarray]:
    mapped = ~np.isnan(e)
    found = {name: np.zeros(len(e), np.uint32) for name in ("x", "y", "coarse_x", "coarse_y")}
    found["x"][mapped], found["y"][mapped] = world(*geometry.to_degrees(e[mapped], n[mapped]))
    middles = access.coarsened(e[mapped]), access.coarsened(n[mapped])
    found["coarse_x"][mapped], found["coarse_y"][mapped] = world(*geometry.to_degrees(*middles))
    for name, metres in (("e", e), ("n", n)):
        found[name] = np.round(np.where(mapped, metres, 0) * CENTIMETRES).astype(np.int32)
    found["mapped"] = mapped
    return found


def world(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Longitude and latitude (degrees) as whole numbers on the Web Mercator square, x to the east, y to the south.

    >>> world(np.array([0.0]), np.array([0.0]))[0].tolist()
    [2147483648]
    """
    side = 2.0**WORLD_BITS
    x = (np.asarray(lon) + 180.0) / 360.0 * side
    y = (0.5 - np.arctanh(np.sin(np.radians(np.clip(lat, -85, 85)))) / (2 * np.pi)) * side
    return (np.clip(x, 0, side - 1).astype(np.uint32), np.clip(y, 0, side - 1).astype(np.uint32))


def degrees(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The inverse of `world`."""
    side = 2.0**WORLD_BITS
    lon = np.asarray(x, dtype=float) / side * 360.0 - 180.0
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * np.asarray(y, dtype=float) / side))))
    return lon, lat
