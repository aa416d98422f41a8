"""The speed ledger: what is felt against what is measured, stretch by stretch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from samverkan_map import traffic
from samverkan_map.agreement import TrafficRules
from samverkan_map.question import Question
from samverkan_map.reports import choose
from samverkan_map.situation.asked import EYES, Facts, Gathering
from samverkan_map.situation.figure import Figure, Row, nothing
from samverkan_map.traffic import Held, Measured, Road
from samverkan_map.traffic.placing import placed
from samverkan_map.vocabulary import Period, ReportKind

CARD = "ledger"
MOST_NAMED = 10


def count(gathering: Gathering) -> dict[str, Any]:
    """Complaints about speed in the period for each stretch, with its latest measurement; only those with either."""
    now, rules = gathering.spans.now, gathering.agreement.traffic
    if now is None or not rules.speed_types:
        return {}
    roads = traffic.roads(gathering.session)
    asked = Question(period=now, kinds=(ReportKind.TRAFFIC,), types=rules.speed_types)
    chosen = choose(gathering.session, EYES, gathering.agreement, asked)
    at = placed(gathering.session, chosen.frame, roads).stretch_of(chosen)
    counts = np.bincount(at[at >= 0], minlength=len(roads.rows)).tolist()
    return {
        "stretches": len(roads.rows),
        "months": _months(now),
        "rules": {"felt_per_month": rules.felt_per_month, "high_over_limit": rules.high_over_limit},
        "rows": [_row(road, number) for road, number in zip(roads.rows, counts, strict=True) if number or road.latest],
    }


def _months(period: Period) -> int:
    assert period.start and period.end
    return (period.end.year - period.start.year) * 12 + period.end.month - period.start.month


def _row(road: Road, complaints: int) -> dict[str, Any]:
    latest = road.latest
    return {
        "stretch": road.name, "keeper": road.keeper, "limit": road.speed_limit, "complaints": complaints,
        "v85": latest and latest.v85, "measured": latest and latest.ended_on.isoformat(),
    }  # fmt: skip


def derive(facts: Facts) -> list[Figure]:
    """How many stretches each verdict has, and those that are felt most without a measurement."""
    held = facts.counts
    if not held or not held["rows"]:
        return [nothing("ledger", CARD, "speeds")]
    rules = replace(TrafficRules(), **held["rules"])
    felt = traffic.felt_from(rules, held["months"])
    verdicts = [(one, traffic.hold(rules, _road(one), one["complaints"], felt)) for one in held["rows"]]
    complaints = sum(one["complaints"] for one in held["rows"])
    return [_ledger(held, verdicts, complaints, felt), _unmeasured(verdicts, complaints, felt)]


def _ledger(held: Mapping[str, Any], verdicts: list[tuple[Row, Held]], complaints: int, felt: int) -> Figure:
    rows = []
    for verdict in Held:
        mine = [one for one, found in verdicts if found is verdict]
        rows.append({"held": verdict.value, "stretches": len(mine), "count": sum(one["complaints"] for one in mine)})
    both, never = (next(row for row in rows if row["held"] == one) for one in (Held.BOTH, Held.NEVER))
    fields = {"n": both["stretches"], "never": never["stretches"], "count": complaints}
    return Figure(
        "ledger", ("ledger", fields), ("held", "stretches", "count"), rows, len(verdicts), CARD, (),
        {"kind": "bars", "label": "held", "value": "stretches"},
        [("ledger_rest", {"count": held["stretches"] - len(verdicts)})], {"felt": felt} | held["rules"],
    )  # fmt: skip


def _unmeasured(verdicts: list[tuple[Row, Held]], complaints: int, felt: int) -> Figure:
    waiting = [one for one, found in verdicts if found is Held.NEVER and one["complaints"]]
    waiting.sort(key=lambda one: (-one["complaints"], one["stretch"]))
    if not waiting:
        return nothing("unmeasured", CARD, "unmeasured")
    rows = [{name: one[name] for name in ("stretch", "keeper", "limit", "complaints")} for one in waiting[:MOST_NAMED]]
    fields = {"n": len(waiting), "stretch": rows[0]["stretch"], "count": rows[0]["complaints"]}
    return Figure(
        "unmeasured", ("unmeasured", fields), ("stretch", "keeper", "limit", "complaints"), rows, complaints, CARD, (),
        {"kind": "bars", "label": "stretch", "value": "complaints"}, (), {"felt": felt},
    )  # fmt: skip


def _road(one: Row) -> Road:
    day = date.fromisoformat(one["measured"]) if one["measured"] else None
    latest = None if day is None else Measured(day, day, one["v85"], 0.0, 0.0, 0)
    return Road(0, one["stretch"], one["keeper"], one["limit"], None, 0.0, None, latest)
