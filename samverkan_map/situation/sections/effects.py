"""What became of measures: each effect that can be counted, worked out again from what it was counted from."""

from __future__ import annotations

from typing import Any

from samverkan_map import effects, measures
from samverkan_map.effects import Answer
from samverkan_map.situation import effects_again
from samverkan_map.situation.asked import EYES, Facts, Gathering
from samverkan_map.situation.figure import Figure, Row, nothing

CARD = "effects"


def count(gathering: Gathering) -> dict[str, Any]:
    """What each effect that can be counted is worked out from; never what came out."""
    session = gathering.session
    plans = [plan for one in measures.find(session, EYES) for plan in one.follow_ups]
    listed = effects.of_many(session, EYES, gathering.agreement, plans)
    return {
        "measures": [
            {
                "measure": plan.measure.title, "verdict": plan.verdict or "",
                "grounds": effects_again.written(answer.grounds),
            }
            for plan, answer in listed.answers
            if isinstance(answer, Answer)
        ]
    }  # fmt: skip


def derive(facts: Facts) -> list[Figure]:
    """The effects as a table."""
    held = facts.counts["measures"]
    if not held:
        return [nothing("effects", CARD, "effects")]
    rows: list[Row] = []
    for one in held:
        found = effects_again.again(one["grounds"])
        treated, compared = found.treated, found.comparison
        rows.append({
            "measure": one["measure"], "before": treated[0], "after": treated[1],
            "comparison": list(compared) if compared else None, "finding": found.finding.value,
            "verdict": one["verdict"], "p": found.p,
        })  # fmt: skip
    clear = [row for row in rows if str(row["finding"]).startswith("tydlig")]
    events = sum(row["before"] + row["after"] for row in rows)
    return [
        Figure(
            "effects", ("effects", {"n": len(rows), "clear": len(clear)}),
            ("measure", "before", "after", "comparison", "finding", "verdict"), rows, events, CARD, (),
            {"kind": "bars", "label": "measure", "value": "after", "against": "before", "open": True},
        )
    ]  # fmt: skip
