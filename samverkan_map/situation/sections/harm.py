"""What it led to: accidents by how hard they hurt, and where people say that they feel unsafe."""

from __future__ import annotations

from typing import Any

from samverkan_map.situation import changes
from samverkan_map.situation.asked import Facts, Gathering, halves
from samverkan_map.situation.figure import Figure, leading, nothing
from samverkan_map.vocabulary import ReportKind, Severity

CARD = "change"
UNSAFE = "otrygg"
"""The theme of the types by which people say that a place feels unsafe."""
SEVERE = (Severity.DEATH, Severity.SERIOUS)


def count(gathering: Gathering) -> dict[str, Any]:
    """Accidents by severity, and reports of places that feel unsafe by sub-area, in the period and before it."""
    if gathering.spans.now is None:
        return {}
    accidents = halves(gathering.chosen(None, (ReportKind.ACCIDENT,)), gathering.spans)
    everything = gathering.chosen(None)
    types = gathering.agreement.types
    felt = everything.frame.lookup("type", lambda code: code in types and types[code].symbol == UNSAFE)
    parts = halves(everything, gathering.spans)
    unsafe = felt[everything.column("type")]
    before = None if parts.before is None else parts.before & unsafe
    only = type(parts)(everything, parts.now & unsafe, before)
    return {
        "severity": accidents.counts("severity"),
        "accident_sources": accidents.counts("source"),
        "unsafe": only.counts("area"),
        "unsafe_sources": only.counts("source"),
    }


def derive(facts: Facts) -> list[Figure]:
    """Accidents, and places that feel unsafe."""
    return [_accidents(facts), _unsafe(facts)]


def _accidents(facts: Facts) -> Figure:
    counts = facts.counts.get("severity", {})
    total = sum(pair[0] for pair in counts.values())
    if not total:
        return nothing("accidents", CARD, "accidents")
    rows = changes.rows("severity", counts, facts.lengths, facts.compared)
    order = [*Severity, ""]
    rows.sort(key=lambda row: order.index(row["severity"]))
    severe = sum(counts[code][0] for code in SEVERE if code in counts)
    sources = [code for code, pair in facts.counts["accident_sources"].items() if pair[0]]
    return Figure(
        "accidents", ("accidents", {"n": total, "severe": severe}), changes.columns("severity", facts.compared), rows,
        total, CARD, sources, {"kind": "bars", "label": "severity"},
    )  # fmt: skip


def _unsafe(facts: Facts) -> Figure:
    counts = facts.counts.get("unsafe", {})
    total = sum(pair[0] for pair in counts.values())
    if not total:
        return nothing("unsafe", CARD, "unsafe")
    rows = changes.rows("area", counts, facts.lengths, facts.compared)
    sources = [code for code, pair in facts.counts["unsafe_sources"].items() if pair[0]]
    return Figure(
        "unsafe", leading("unsafe", "area", rows, {"count": total}), changes.columns("area", facts.compared), rows,
        total, CARD, sources, {"kind": "bars", "label": "area"},
    )  # fmt: skip
