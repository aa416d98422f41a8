"""What the other sources say: safety surveys, reported crime, dialogues and walks; never added to the reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from samverkan_map import sources
from samverkan_map.agreement.statistics import INDEX, LOW, PERCENT
from samverkan_map.analysis.surveys import wilson
from samverkan_map.situation.asked import EYES, Facts, Gathering
from samverkan_map.situation.figure import Figure, Row, nothing

SURVEYS, CRIMES, DIALOGUES = "surveys", "crimes", "dialogues"


def count(gathering: Gathering) -> dict[str, Any]:
    """The latest answers by sub-area, crimes by category and year, themes of dialogues and points of walks."""
    agreement = gathering.agreement
    found = sources.gather(gathering.session, EYES, agreement, gathering.period, today=gathering.today)
    questions = agreement.statistics.questions
    return {
        "answers": [
            {
                "source": asked.source, "question": asked.question, "unit": questions[asked.question].unit,
                "good": questions[asked.question].good, "area": area, "year": one.year, "value": one.value,
                "answers": one.answers,
            }
            for area, of in found.areas.items()
            for asked, one in of.felt.items()
            if one.value is not None and questions[asked.question].is_asked
        ],
        "crimes": {category: dict(years) for category, years in found.crimes.items()},
        "themes": {area: dict(of.themes) for area, of in found.areas.items() if of.themes},
        "walks": {area: [of.unsafe, of.safe] for area, of in found.areas.items() if of.unsafe or of.safe},
        "sub_areas": list(agreement.areas),
    }  # fmt: skip


def derive(facts: Facts) -> list[Figure]:
    """Answers, crimes, dialogues."""
    held = facts.counts
    return [_answers(held), _crimes(held["crimes"]), _themes(held)]


def _answers(held: Mapping[str, Any]) -> Figure:
    if not held["answers"]:
        return nothing("answers", SURVEYS, "answers")
    rows = [_answer(one) for one in held["answers"]]
    rows.sort(key=lambda row: (row["question"], row["source"], row["area"]))
    inside = [one for one in held["answers"] if one["area"] in held["sub_areas"]] or held["answers"]
    first = min(one["question"] for one in inside)
    of_first = [one for one in inside if one["question"] == first]
    worst = max(of_first, key=lambda one: (one["value"] if one["good"] == LOW else -one["value"], one["area"]))
    fields = {name: worst[name] for name in ("question", "area", "value", "year")}
    return Figure(
        "answers", ("answers", fields), ("question", "source", "area", "year", "value", "interval", "answers"), rows,
        len(rows), SURVEYS, sorted({one["source"] for one in held["answers"]}), None,
        [("index_low", {})] if any(one["unit"] == INDEX for one in held["answers"]) else [],
    )  # fmt: skip


def _answer(one: Mapping[str, Any]) -> Row:
    row: Row = {name: one[name] for name in ("question", "source", "area", "year", "value", "answers")}
    row["interval"] = None
    if one["unit"] == PERCENT and one["answers"]:
        share = wilson(round(one["value"] * one["answers"] / 100), one["answers"])
        row["interval"] = [100 * share.low, 100 * share.high]
    return row


def _crimes(held: Mapping[str, Mapping[str, int]]) -> Figure:
    rows: list[Row] = []
    for category, years in held.items():
        latest = max(years, key=int)
        earlier = str(int(latest) - 1)
        before = years.get(earlier)
        change = None if before is None else years[latest] - before
        rows.append({
            "crime": category, "year": int(latest), "count": years[latest], "before": before, "change": change,
        })  # fmt: skip
    if not rows:
        return nothing("crimes", CRIMES, "crimes")
    rows.sort(key=lambda row: (-row["count"], row["crime"]))
    fields = {"crime": rows[0]["crime"], "count": rows[0]["count"], "year": rows[0]["year"]}
    return Figure(
        "crimes", ("crimes", fields), ("crime", "year", "count", "before", "change"), rows, len(rows), CRIMES, (), None,
        [("never_added", {})],
    )  # fmt: skip


def _themes(held: Mapping[str, Any]) -> Figure:
    types: Counter[str] = Counter()
    for of in held["themes"].values():
        types.update(of)
    walked = [sum(pair[at] for pair in held["walks"].values()) for at in (0, 1)]
    if not types:
        return nothing("themes", DIALOGUES, "themes")
    rows: list[Row] = [
        {"type": code, "count": number} for code, number in sorted(types.items(), key=lambda one: (-one[1], one[0]))
    ]
    notes = [("walked", {"unsafe": walked[0], "safe": walked[1]})] if any(walked) else []
    return Figure(
        "themes", ("themes", {"type": rows[0]["type"], "n": rows[0]["count"]}), ("type", "count"), rows,
        sum(types.values()), DIALOGUES, (), {"kind": "bars", "label": "type"}, notes,
    )  # fmt: skip
