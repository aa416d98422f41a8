"""What was reported: how much, of what and where, against the period before, for each focus area."""

from __future__ import annotations

from typing import Any

from samverkan_map.situation import changes
from samverkan_map.situation.asked import Facts, Gathering, by_month, halves
from samverkan_map.situation.figure import Figure, Sentence, leading, nothing

CARD = "change"


def count(gathering: Gathering) -> dict[str, Any]:
    """Reports of each focus area by type, sub-area and source in the period and before it, and by month."""
    spans = gathering.spans
    if spans.now is None:
        return {}
    found = {}
    for focus in gathering.agreement.focus_areas:
        chosen = gathering.chosen(focus)
        parts = halves(chosen, spans)
        found[focus] = {
            "types": parts.counts("type"),
            "areas": parts.counts("area"),
            "sources": parts.counts("source"),
            "months": by_month(chosen.column("day")),
        }
    return found


def derive(facts: Facts) -> list[Figure]:
    """Development, types and sub-areas of each focus area."""
    return [figure for focus in facts.focus_areas for figure in _of_focus(facts, focus)]


def _of_focus(facts: Facts, focus: str) -> list[Figure]:
    counts = facts.counts.get(focus)
    total = sum(pair[0] for pair in counts["types"].values()) if counts else 0
    if not counts or not total:
        return [nothing(f"development.{focus}", CARD, "reports", focus=focus)]
    sources = [code for code, pair in counts["sources"].items() if pair[0]]
    return [
        _development(facts, focus, counts, total, sources),
        _parts(facts, focus, "type", counts["types"], total, sources),
        _parts(facts, focus, "area", counts["areas"], total, sources),
    ]


def _development(facts: Facts, focus: str, counts: dict[str, Any], total: int, sources: list[str]) -> Figure:
    before = sum(pair[1] or 0 for pair in counts["types"].values())
    title: Sentence = ("development.alone", {"focus": focus, "count": total})
    if facts.compared:
        (found,) = changes.judged([(total, before)], facts.lengths)
        title = (f"development.{found['finding']}", {"focus": focus, "count": total, "before": before})
    years: dict[str, list[int]] = {}
    for month, number in counts["months"].items():
        years.setdefault(month[:4], []).append(number)
    rows = [{"year": int(year), "months": len(found), "count": sum(found)} for year, found in sorted(years.items())]
    return Figure(
        f"development.{focus}", title, ("year", "months", "count"), rows, total, CARD, sources,
        {"kind": "months", "months": counts["months"], "start": facts.spans.now.start.isoformat()},  # type: ignore[union-attr]
    )  # fmt: skip


def _parts(facts: Facts, focus: str, first: str, counts: dict[str, Any], total: int, sources: list[str]) -> Figure:
    rows = changes.rows(first, counts, facts.lengths, facts.compared)
    risen, fallen = changes.clear_ones(rows, first)
    notes: list[Sentence] = []
    if facts.compared:
        both = {f"{first}s_risen": risen, f"{first}s_fallen": fallen}
        key = "both" if risen and fallen else "risen" if risen else "fallen" if fallen else "none"
        wanted = {"both": tuple(both), "risen": (f"{first}s_risen",), "fallen": (f"{first}s_fallen",), "none": ()}[key]
        notes.append((f"changed.{first}_{key}", {name: both[name] for name in wanted}))
    return Figure(
        f"{first}s.{focus}", leading(f"most.{first}", first, rows, {"focus": focus, "total": total}),
        changes.columns(first, facts.compared), rows, total, CARD, sources, {"kind": "bars", "label": first}, notes,
    )  # fmt: skip
