"""Counts of two periods as rows that say what changed, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from samverkan_map.analysis.effects import Finding
from samverkan_map.analysis.streets import trends
from samverkan_map.hotspots.comparing import ALPHA, CLEAR, step_of
from samverkan_map.situation.figure import Row

COLUMNS = ("count", "before", "change", "ratio", "finding")
"""The columns of a compared count; without a period before there is only the first."""


def columns(first: str, compared: bool) -> tuple[str, ...]:
    """The columns of a table of counts whose rows are named by `first`."""
    return (first, *COLUMNS) if compared else (first, "count")


def rows(first: str, counts: Mapping[str, Sequence[Any]], lengths: tuple[float, float], compared: bool) -> list[Row]:
    """A row for each code of `counts` (now, before), those with most in the period first."""
    ordered = sorted(counts.items(), key=lambda one: (-one[1][0], one[0]))
    named: list[Row] = [{first: code, "count": pair[0]} for code, pair in ordered]
    if not compared:
        return named
    pairs = [pair for _, pair in ordered]
    return [row | one for row, one in zip(named, judged(pairs, lengths), strict=True)]


def judged(pairs: Sequence[Sequence[int]], lengths: tuple[float, float]) -> list[Row]:
    """What each pair of counts (now, before) says; a finding is `sure` when it holds though many are judged at once."""
    if not pairs:
        return []
    found = trends([pair[0] for pair in pairs], [pair[1] for pair in pairs], *lengths)
    return [
        {
            "count": int(one.now),
            "before": int(one.before),
            "change": int(one.now - one.before),
            "ratio": one.ratio,
            "low": one.low,
            "high": one.high,
            "finding": one.finding.value,
            "q": float(one.q),
            "sure": is_sure(one.finding, float(one.q)),
            "step": step_of(one.ratio),
        }
        for one in found
    ]


def is_sure(finding: Finding, q: float) -> bool:
    """Whether a change is clear, and still is when it is one of many."""
    return finding in CLEAR and q <= ALPHA


def clear_ones(found: Sequence[Row], first: str) -> tuple[list[str], list[str]]:
    """The codes of the rows that have surely risen, and surely fallen."""
    sure = [row for row in found if row.get("sure")]
    return [row[first] for row in sure if row["change"] > 0], [row[first] for row in sure if row["change"] <= 0]
