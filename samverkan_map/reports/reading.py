"""What is known while a file of reports is read, from its first block to its last."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from samverkan_map import geometry
from samverkan_map.agreement import Agreement, ProblemType
from samverkan_map.errors import BadFile
from samverkan_map.exchange import checks
from samverkan_map.exchange.table import Block

STRETCH_METRES = 25
"""A traffic report within this distance of a stretch was made on it."""

Why = tuple[str, dict[str, Any]]


@dataclass
class Reading:
    """How a file's words translate, which coordinate system its numbers are in, and what has been seen of it."""

    agreement: Agreement
    source: str | None
    crs: int | None
    types: dict[str, str]
    organisations: Mapping[str, int]
    now: datetime
    notes: list[Why] = field(default_factory=list)
    stretches: tuple[list[int], list[BaseGeometry]] = ([], [])
    by_hand: Mapping[tuple[str, str], int | None] = field(default_factory=dict)
    """The stretch of each source and reference that somebody decided (None: none), whatever lies nearest."""
    sources_seen: set[str] = field(default_factory=set)
    again: list[tuple[str, str]] = field(default_factory=list)
    """Source and reference of the rows that the database held already when their turn came."""
    swap: Why = ("reports.errors.swapped_points", {})
    """What to say when the axes have changed places."""
    _systems: dict[int, int] = field(default_factory=dict)
    _type_by_word: dict[str, ProblemType | str | None] = field(default_factory=dict)
    _same_rows: Counter = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._given_words = {word.strip().casefold(): code for word, code in self.types.items()}

    def references(self, block: Block) -> tuple[list[str], list[str]]:
        """Source and reference of each row; a row without its own is known by what it says and which copy it is."""
        given = block.values.get("source_ref") or [""] * len(block)
        refs = [ref or self._digest(block.originals[index]) for index, ref in enumerate(given)]
        if "source" not in block.values:
            return [self.source or ""] * len(block), refs
        return [source or self.source or "" for source in block.values["source"]], refs

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
                raise BadFile(self.swap[0], system=found.name, **self.swap[1])
            if self.crs is None and found:
                self.notes.append(("reports.notes.recognised_crs", {"system": found.name, "epsg": found.epsg}))
            degrees = bool(self._systems) and found is not None and found.epsg == geometry.DEGREES
            stated = None if degrees else self.crs
            self._systems[pair] = stated or (found.epsg if found else geometry.DEGREES)
        return self._systems[pair]

    def swapped_to_metric(self, found: checks.Positions, which: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where the rows `which` would be, in metres, if the two numbers of each changed places."""
        e, n = np.full(len(which), np.nan), np.full(len(which), np.nan)
        for pair in np.unique(found.pair[which]).tolist():
            rows = found.pair[which] == pair
            e[rows], n[rows] = geometry.from_crs(found.y[which][rows], found.x[which][rows], self._systems[pair])
        return e, n

    def on_stretches(
        self, points: np.ndarray, asked: np.ndarray, refs: tuple[list[str], list[str]]
    ) -> list[int | None]:
        """For each point (n, 2) in metres that is `asked` for the stretch it lies on; None where it lies on none.

        `refs` are source and reference of each: what was decided by hand stands.
        """
        ids, lines = self.stretches
        found: list[int | None] = [None] * len(points)
        which = np.flatnonzero(asked)
        if lines and len(which):
            nearest, _ = geometry.snap_to_lines(shapely.points(points[which]), lines, within_metres=STRETCH_METRES)
            for index, line in zip(which.tolist(), nearest.tolist(), strict=True):
                found[index] = ids[line] if line >= 0 else None
        if self.by_hand:
            for index, ref in enumerate(zip(*refs, strict=True)):
                found[index] = self.by_hand.get(ref, found[index])
        return found
