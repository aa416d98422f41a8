"""Where more is reported than chance explains, and how unevenly reports lie: from counts in squares.

Only of focus areas whose trouble is about public places: what is about young people is never shown finer than by
sub-area, so that no school can be told from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from samverkan_map.agreement import Agreement
from samverkan_map.analysis.concentration import place_concentration
from samverkan_map.analysis.grid import Grid
from samverkan_map.analysis.hotspots import Clusters, clusters, hot_cells
from samverkan_map.hotspots import LEAST_EVENTS, ground
from samverkan_map.hotspots.finding import LEAST_IN_SPOT, events_of, name_of
from samverkan_map.situation import changes
from samverkan_map.situation.asked import CELL_METRES, EYES, Facts, Gathering
from samverkan_map.situation.figure import Figure, Row, Sentence, nothing
from samverkan_map.situation.sections.mapped import mapped_focus

CARD, CONCENTRATION = "hotspots", "concentration"
SHARES = (25, 50, 80)


def count(gathering: Gathering) -> dict[str, Any]:
    """Reports per square in the period and before it, which squares exist, and what those that are hot are called."""
    spans = gathering.spans
    if spans.now is None:
        return {}
    agreement, focus = gathering.agreement, mapped_focus(gathering.agreement)
    asked, grid = gathering.asked(focus), ground.grid_of(agreement, CELL_METRES)
    exists = ground.existing(gathering.session, agreement, gathering.frame, asked.question, grid)
    wanted = [spans.now, *([spans.before] if spans.before else [])]
    events, unmapped, outside = events_of(
        gathering.session, EYES, agreement, gathering.frame, asked.question, grid, exists, wanted
    )
    now = events.between(spans.now)
    before = None if spans.before is None else events.between(spans.before)
    held: dict[str, Any] = {
        "focus": focus,
        "grid": {"west": grid.west, "south": grid.south, "columns": grid.columns, "rows": grid.rows},
        "exists": runs(exists.ravel()),
        "now": sparse(events.cell[now]),
        "before": None if before is None else sparse(events.cell[before]),
        "unmapped": unmapped,
        "outside": outside,
        "sources": _by_source(events.source[now], gathering.frame.words["source"]),
    }
    return held | {"names": _names(agreement, held)}


def _by_source(codes: np.ndarray, words: tuple[str | None, ...]) -> dict[str, int]:
    counts = np.bincount(codes, minlength=len(words)).tolist()
    return {str(word or ""): number for word, number in zip(words, counts, strict=True) if number}


def _names(agreement: Agreement, held: Mapping[str, Any]) -> dict[str, list[str]]:
    """Sub-area and nearest name of the densest square of each spot: what a place is called is no calculation."""
    found = _spots(held)
    if found is None:
        return {}
    grid, laid, grouped = found
    names = {}
    for one in grouped.clusters:
        cell = _densest(grouped, laid, one.label)
        west, south, east, north = (float(side) for side in grid.edges(cell))
        names[str(cell)] = list(name_of(agreement, (west + east) / 2, (south + north) / 2))
    return names


def derive(facts: Facts) -> list[Figure]:
    """The recurring places with a map, and in how few squares most reports lie."""
    held = facts.counts
    total = sum(held["now"].values()) if held else 0
    if not held or total < LEAST_EVENTS:
        return [nothing("hotspots", CARD, "few_placed", least=LEAST_EVENTS)]
    return [_recurring(facts, held, total), _concentration(held, total)]


def _recurring(facts: Facts, held: Mapping[str, Any], total: int) -> Figure:
    found = _spots(held)
    assert found
    grid, laid, grouped = found
    before = None if held["before"] is None else laid_out(held["before"], grid)
    rows = [_row(facts, held, grid, laid, before, grouped, one.label) for one in grouped.clusters]
    inside = sum(row["count"] for row in rows)
    fields = {"focus": held["focus"], "n": len(rows), "inside": inside, "count": total}
    notes: list[Sentence] = [("unplaced", {"unmapped": held["unmapped"], "outside": held["outside"]})]
    wanted = ("number", "spot", "count", "expected", *(("before", "change", "finding") if before is not None else ()))
    pictured = {str(label): np.flatnonzero(grouped.labels.ravel() == label).tolist() for label in _labels(grouped)}
    return Figure(
        "hotspots", ("hotspots.found" if rows else "hotspots.none", fields), wanted, rows, total, CARD,
        sorted(held["sources"]),
        {"kind": "squares", "grid": held["grid"] | {"cell": CELL_METRES}, "spots": pictured},
        notes, {"cell": CELL_METRES, "least": LEAST_IN_SPOT},
    )  # fmt: skip


def _labels(grouped: Clusters) -> list[int]:
    return [one.label for one in grouped.clusters]


def _row(
    facts: Facts, held: Mapping[str, Any], grid: Grid, laid: np.ndarray, before: np.ndarray | None, grouped: Clusters,
    label: int,
) -> Row:  # fmt: skip
    one = next(found for found in grouped.clusters if found.label == label)
    area, near = held["names"].get(str(_densest(grouped, laid, label)), ["", ""])
    row: Row = {
        "number": label, "spot": [area, near], "count": int(one.events), "expected": one.expected, "q": one.q,
    }  # fmt: skip
    if before is None:
        return row
    (told,) = changes.judged([(int(one.events), int(before[grouped.labels == label].sum()))], facts.lengths)
    return row | {name: told[name] for name in ("before", "change", "ratio", "low", "high", "finding")}


def _concentration(held: Mapping[str, Any], total: int) -> Figure:
    grid = grid_of(held)
    exists = from_runs(held["exists"], grid)
    found = place_concentration(laid_out(held["now"], grid)[exists])
    rows = [
        {"share": share, "squares": found.places_for(share / 100), "even": found.places_if_even(share / 100)}
        for share in SHARES
    ]
    half = next(row for row in rows if row["share"] == 50)
    fields = {"half": half["squares"], "squares": int(exists.sum()), "even": half["even"]}
    return Figure(
        "concentration", ("concentration", fields), ("share", "squares", "even"), rows, total, CONCENTRATION,
        sorted(held["sources"]), {"kind": "bars", "label": "share", "value": "squares", "against": "even"}, (),
        {"cell": CELL_METRES},
    )  # fmt: skip


# ---- Squares as they are frozen --------------------------------------------------------------------------------------


def _spots(held: Mapping[str, Any]) -> tuple[Grid, np.ndarray, Clusters] | None:
    """The grid, its counts, and the hot squares that hang together and hold enough of their own."""
    grid = grid_of(held)
    laid, exists = laid_out(held["now"], grid), from_runs(held["exists"], grid)
    if laid.sum() < LEAST_EVENTS:
        return None
    grouped = clusters(hot_cells(laid, exists), laid)
    return grid, laid, Clusters(grouped.labels, tuple(one for one in grouped.clusters if one.events >= LEAST_IN_SPOT))


def _densest(grouped: Clusters, laid: np.ndarray, label: int) -> int:
    return int(np.where(grouped.labels == label, laid, -1).argmax())


def grid_of(held: Mapping[str, Any]) -> Grid:
    """The grid of some frozen counts."""
    one = held["grid"]
    return Grid(one["west"], one["south"], CELL_METRES, one["columns"], one["rows"])


def sparse(cells: np.ndarray) -> dict[str, int]:
    """How many there are in each cell that holds any, by its place in the flat array."""
    found, counts = np.unique(cells, return_counts=True)
    return {str(cell): number for cell, number in zip(found.tolist(), counts.tolist(), strict=True)}


def laid_out(counts: dict[str, int], grid: Grid) -> np.ndarray:
    """The counts as an array of the grid's shape."""
    found = np.zeros(grid.rows * grid.columns)
    found[[int(cell) for cell in counts]] = list(counts.values())
    return found.reshape(grid.shape)


def runs(which: np.ndarray) -> list[int]:
    """Yes and no in a row as the lengths of its runs, the first one of no.

    >>> runs(np.array([True, True, False, True]))
    [0, 2, 1, 1]
    """
    edges = np.flatnonzero(np.diff(which.astype(np.int8))) + 1
    lengths = np.diff(np.concatenate(([0], edges, [len(which)]))).tolist()
    return [0, *lengths] if len(which) and which[0] else lengths


def from_runs(lengths: list[int], grid: Grid) -> np.ndarray:
    """What `runs` wrote, of the grid's shape."""
    return np.repeat(np.arange(len(lengths)) % 2 == 1, lengths).reshape(grid.shape)
