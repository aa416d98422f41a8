"""When in the week it is reported, for each focus area."""

from __future__ import annotations

from typing import Any

import numpy as np

from samverkan_map.analysis.clock import FEW_EVENTS, PART_HOURS, day_parts, per_weekday
from samverkan_map.situation.asked import Facts, Gathering, halves
from samverkan_map.situation.figure import Figure, Row, nothing

CARD = "times"


def count(gathering: Gathering) -> dict[str, Any]:
    """Reports of the period by weekday and hour (7 rows of 24), and how many have no known hour."""
    if gathering.spans.now is None:
        return {}
    found = {}
    for focus in gathering.agreement.focus_areas:
        chosen = gathering.chosen(focus)
        now = halves(chosen, gathering.spans).now
        day, hour = (chosen.column(name)[now].astype(int) for name in ("weekday", "hour"))
        known = (day >= 0) & (hour >= 0)
        hours = np.bincount(day[known] * 24 + hour[known], minlength=168).reshape(7, 24)
        found[focus] = {"hours": hours.tolist(), "unknown": int((~known).sum())}
    return found


def derive(facts: Facts) -> list[Figure]:
    """The week of each focus area."""
    return [_week(facts, focus) for focus in facts.focus_areas]


def _week(facts: Facts, focus: str) -> Figure:
    held = facts.counts.get(focus)
    hours = np.array(held["hours"], dtype=float) if held else np.zeros((7, 24))
    total = int(hours.sum())
    if not held or not total:
        return nothing(f"times.{focus}", CARD, "hours", focus=focus)
    now = facts.spans.now
    assert now and now.start and now.end
    rates = per_weekday(hours, now.start, now.end).per_day
    part_hours = 1 if total >= FEW_EVENTS else PART_HOURS
    counts, rates = (hours, rates) if part_hours == 1 else (day_parts(hours), day_parts(rates))
    rows: list[Row] = [{"weekday": day, "parts": line} for day, line in enumerate(counts.astype(int).tolist())]
    # Four hours say more than the one hour that happens to lead.
    broad = rates.reshape(7, -1, max(1, 4 // part_hours)).sum(axis=2)
    day, part = (int(one) for one in np.unravel_index(int(broad.argmax()), broad.shape))
    width = 24 // broad.shape[1]
    fields = {"focus": focus, "weekday": day, "from": part * width, "to": part * width + width, "count": total}
    notes = [("hours_unknown", {"count": held["unknown"]})] if held["unknown"] else []
    return Figure(
        f"times.{focus}", ("times", fields), ("weekday", "parts"), rows, total, CARD, (),
        {"kind": "week", "hours": part_hours, "rates": rates.tolist()}, notes, {"hours": part_hours},
    )  # fmt: skip
