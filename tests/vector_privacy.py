"""From the vectors' names to ours and back: the `method`s of privacy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attacker
import numpy as np

from samverkan_map.analysis import masking
from samverkan_map.analysis.suppression import FEW, SHOWN, Suppressed, suppress

Inputs = Mapping[str, Any]
RULE = (
    "after complementary suppression every row and every column with a suppressed cell has at least two suppressed "
    "cells; no suppressed value can be solved from the totals"
)
"""Answered where it holds; a totals line counts as part of its row or column."""


def _suppression(inputs: Inputs) -> dict[str, Any]:
    counts, fewest, safe = inputs["counts"], inputs.get("k", 5), inputs.get("zero_is_safe", True)
    inner = np.atleast_2d(counts)
    both = inputs.get("totals_published", False)
    totals = {name: inputs.get(f"{name}_published", both) for name in ("row_totals", "column_totals")}
    found = suppress(inner, fewest=fewest, zero_is_safe=safe, **totals)
    table = [_listed(row, states) for row, states in zip(inner.tolist(), found.inside, strict=True)]
    rows, columns = (inputs.get(name, range(size)) for name, size in zip(("rows", "columns"), inner.shape, strict=True))
    return {
        "shown": table if np.ndim(counts) == 2 else table[0],
        "primary": [[rows[row], columns[column]] for row, column in np.argwhere(found.inside == FEW)],
        "label_for_hidden": f"{int(safe)}–{fewest - 1}",
        "rule_check": RULE if _holds(inner, found, int(safe)) else "broken",
    }


def _listed(counts: Any, states: Any) -> list[Any]:
    return [count if state == SHOWN else None for count, state in zip(counts, states, strict=True)]


def _holds(inner: np.ndarray, found: Suppressed, least: int) -> bool:
    hidden = found.states != SHOWN
    lonely = [line for line in (*hidden, *hidden.T) if line.sum() == 1]
    known = np.where(found.states == SHOWN, attacker.with_totals(inner), -1)
    solved = attacker.intervals(known, found.states, fewest=found.fewest, least=[least] * len(inner))
    return not lonely and all(low < high for low, high in solved.values())


def _quadtree(inputs: Inputs) -> dict[str, Any]:
    how = {"deepest": inputs["max_depth"], "fewest": inputs["k"]}
    leaves = masking.quadtree(inputs["points"], inputs["origin"], inputs["root_size"], **how)
    return {
        "leaf_counts_all_at_least_k_or_zero": all(leaf.count >= inputs["k"] or leaf.count == 0 for leaf in leaves),
        "leaves": [{"x": leaf.x, "y": leaf.y, "size": leaf.size, "count": leaf.count} for leaf in leaves],
    }


def _donut(inputs: Inputs) -> dict[str, Any]:
    near, far = inputs["r_min"], inputs["r_max"]
    moved = masking.donut(np.zeros((inputs["n"], 2)), near, far, seed=inputs.get("seed", 1))
    distance = np.hypot(*moved.T)
    within = (distance >= near).all() and (distance <= far).all()
    offset = abs(float(moved[:, 0].mean()))
    return {
        "all_distances_within": [near, far] if within else [float(distance.min()), float(distance.max())],
        "mean_distance": float(distance.mean()),
        "mean_squared_distance": float((distance**2).mean()),
        "mean_offset_x_abs_below": 6 if offset < 6 else offset,
    }


def _snapped(inputs: Inputs) -> dict[str, Any]:
    masters = inputs["master"]
    places, homes = [(one["x"], one["y"]) for one in masters], [one["addresses"] for one in masters]
    found = masking.snap(inputs["events"], places, homes, fewest=inputs.get("min_addresses", 8))
    return {"snapped": [masters[index]["id"] for index in found]}


METHODS: dict[str, Callable[[Inputs], dict[str, Any]]] = {
    "adaptive_quadtree_k_anonymity": _quadtree,
    "donut_geomask": _donut,
    "small_number_suppression": _suppression,
    "snap_to_master_points": _snapped,
}
