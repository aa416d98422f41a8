"""What others measured and heard: safety surveys, reported crime, themes of dialogues and points of safety walks.

It stands beside what is reported and is never added to it; categories of crime that overlap are never added up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from samverkan_map import sources
from samverkan_map.agreement.statistics import LOW, PERCENT
from samverkan_map.analysis.surveys import wilson
from samverkan_map.situation.asked import EYES, Facts, Gathering
from samverkan_map.situation.figure import Figure, Row, Sentence, leading, nothing
from samverkan_map.sources.surveys import FEWEST_ANSWERS

SURVEYS, CRIMES, DIALOGUES = "surveys", "crimes", "dialogues"


def count(gathering: Gathering) -> dict[str, Any]:
    """The latest answers of the period with how many gave them, counts of crime, themes, and points of walks."""
    agreement = gathering.agreement
    found = sources.gather(gathering.session, EYES, agreement, gathering.period, today=gathering.today)
    known = agreement.statistics.questions
    asked = {question.question for area in found.areas.values() for question in area.felt}
    answers = [
        [area.area, one.source, one.question, answer.year, answer.value, answer.answers]
        for area in found.areas.values()
        for one, answer in area.felt.items()
        if known[one.question].is_asked
    ]
    themes: Counter[str] = sum((Counter(area.themes) for area in found.areas.values()), Counter())
    return {
        "answers": sorted(answers, key=lambda one: one[:4]),
        "questions": {code: [one.unit, one.good] for code, one in known.items() if code in asked and one.is_asked},
        "areas": list(agreement.areas),
        "crimes": {code: sorted(of.items()) for code, of in found.crimes.items()},
        "total": agreement.statistics.total,
        "overlap": agreement.statistics.overlap,
        "crime_source": agreement.statistics.crime_source,
        "themes": dict(themes),
        "walks": {code: [one.unsafe, one.safe] for code, one in found.areas.items() if one.unsafe or one.safe},
        "walk_source": agreement.walk_source or "",
    }


def derive(facts: Facts) -> list[Figure]:
    """What was answered, what was reported to the police, what was said, and what walks noted."""
    counts = facts.counts
    return [_answers(counts), _crimes(counts), _themes(counts), _walks(counts)]


def _answers(counts: Mapping[str, Any]) -> Figure:
    rows = [_answer(counts, *one) for one in counts["answers"]]
    if not rows:
        return nothing("answers", SURVEYS, "answers")
    rows.sort(key=lambda row: (row["question"], counts["areas"].index(row["area"]) if row["own"] else -1))
    title = _worst(counts, rows)
    notes: list[Sentence] = [("answers_beside", {})]
    silent = [area for area in counts["areas"] if not any(row["area"] == area for row in rows)]
    if silent:
        notes.append(("answers_silent", {"areas": silent}))
    told = sorted({one[1] for one in counts["answers"]})
    return Figure(
        "answers", title, ("question", "area", "year", "answer", "answers"), rows, len(rows), SURVEYS, told,
        _drawn(title), notes, {"least": FEWEST_ANSWERS},
    )  # fmt: skip


def _drawn(title: Sentence) -> dict[str, Any] | None:
    """The question that the title is about as bars; the table, which has all, stays open beside them."""
    question = title[1].get("question")
    named = {"kind": "bars", "label": "area", "value": "answer", "only": ["question", question], "open": True}
    return named if question else None


def _answer(
    counts: Mapping[str, Any], area: str, source: str, question: str, year: int, value: float, answers: int | None
) -> Row:
    unit, good = counts["questions"][question]
    row: Row = {
        "question": question, "area": area, "year": year, "answer": value, "answers": answers, "unit": unit,
        "good": good, "own": area in counts["areas"], "low": None, "high": None,
    }  # fmt: skip
    if unit == PERCENT and answers:
        span = wilson(round(value / 100 * answers), answers)
        row |= {"low": 100 * span.low, "high": 100 * span.high}
    return row


def _worst(counts: Mapping[str, Any], rows: list[Row]) -> Sentence:
    """The question that most sub-areas answered, and where it is answered worst and best; alone, only how many."""
    of_own = [row for row in rows if row["own"]]
    asked = Counter(row["question"] for row in of_own)
    question = max(sorted(asked), key=lambda code: asked[code], default="")
    if not question or asked[question] < 2:
        return ("answers_few", {"n": len(rows)})
    unit, good = counts["questions"][question]
    told = sorted((row for row in of_own if row["question"] == question), key=lambda row: row["answer"])
    best, worst = (told[0], told[-1]) if good == LOW else (told[-1], told[0])
    fields = {"question": question, "worst_area": worst["area"], "best_area": best["area"]}
    if unit != PERCENT:
        return ("answers_index", fields | {"worst": worst["answer"], "best": best["answer"]})
    return (f"answers_{good}", fields | {"worst_share": worst["answer"], "best_share": best["answer"]})


def _crimes(counts: Mapping[str, Any]) -> Figure:
    years = {year for of in counts["crimes"].values() for year, _ in of}
    if not years:
        return nothing("crimes", CRIMES, "crimes")
    year = max(years)
    rows: list[Row] = [
        {"category": code, "count": dict(of)[year], "before": dict(of).get(year - 1)}
        for code, of in counts["crimes"].items()
        if year in dict(of)
    ]
    rows.sort(key=lambda row: (row["category"] != counts["total"], -row["count"], row["category"]))
    whole = next((row["count"] for row in rows if row["category"] == counts["total"]), None)
    title: Sentence = ("crimes_total", {"year": year, "count": whole})
    if whole is None:
        title = ("crimes_largest", {"year": year, "category": rows[0]["category"], "count": rows[0]["count"]})
    notes: list[Sentence] = [("crimes_overlap", {})] if counts["overlap"] else []
    picture = {"kind": "bars", "label": "category", "value": "count", "against": "before"}
    told = [counts["crime_source"]] if counts["crime_source"] else []
    return Figure("crimes", title, ("category", "count", "before"), rows, len(rows), CRIMES, told, picture, notes)


def _themes(counts: Mapping[str, Any]) -> Figure:
    told = sorted(counts["themes"].items(), key=lambda one: (-one[1], one[0]))
    if not told:
        return nothing("themes", DIALOGUES, "themes")
    rows: list[Row] = [{"type": code, "count": number} for code, number in told]
    total = sum(counts["themes"].values())
    return Figure(
        "themes", leading("themes", "type", rows, {"count": total}), ("type", "count"), rows, total, DIALOGUES, (),
        {"kind": "bars", "label": "type"},
    )  # fmt: skip


def _walks(counts: Mapping[str, Any]) -> Figure:
    if not counts["walks"]:
        return nothing("walks", DIALOGUES, "walks")
    rows: list[Row] = [
        {"area": code, "unsafe": unsafe, "safe": safe} for code, (unsafe, safe) in sorted(counts["walks"].items())
    ]
    unsafe, safe = (sum(row[name] for row in rows) for name in ("unsafe", "safe"))
    told = [counts["walk_source"]] if counts["walk_source"] else []
    return Figure(
        "walks", ("walks", {"unsafe": unsafe, "safe": safe}), ("area", "unsafe", "safe"), rows, unsafe + safe,
        DIALOGUES, told, {"kind": "bars", "label": "area", "value": "unsafe", "against": "safe"},
    )  # fmt: skip
