"""An effect as its page shows it: the words, the pictures beside them, the figures and the method card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import g

from samverkan_map.analysis.effects import Finding
from samverkan_map.effects import words
from samverkan_map.effects.words import DECIDED, Speaker, Values
from samverkan_map.web.charts import Bar, MonthLines, change_bar, month_lines
from samverkan_map.web.texts import Format


@dataclass(frozen=True)
class Told:
    """A kept or fresh effect as its page shows it."""

    headline: str
    sentences: list[str]
    moved: list[str]
    cautions: list[str]
    decided: bool
    bar: Bar | None
    goes_on: str
    lines: MonthLines
    months: list[tuple[str, int, int]]
    figures: list[tuple[str, str, str]]
    card: list[str]
    result: Values
    asked: Values


def speaker() -> Speaker:
    """Who speaks to this visitor."""
    return Speaker(g.language, g.agreement, Format(g.language))


def tell(asked: Values, result: Values, *, names: Mapping[int, str]) -> Told:
    """The words, pictures and figures of an effect; `names` are the places' names by number."""
    finding, say = Finding(result["finding"]), speaker()
    low, high, ratio = words.shown_ratio(result)
    decided = finding in DECIDED
    bar = None if finding is Finding.TOO_FEW else change_bar(low, high, ratio, decided=decided)
    return Told(
        headline=words.headline(say, result),
        sentences=words.sentences(say, result),
        moved=words.moved(say, asked, result),
        cautions=words.cautions(say, asked, result),
        decided=decided,
        bar=bar,
        goes_on=words.goes_on(say, bar.goes_on) if bar and bar.goes_on else "",
        lines=_lines(asked, result),
        months=_months(result["series"]),
        figures=words.figures(say, result),
        card=words.method_card(say, asked, result, names),
        result=result,
        asked=asked,
    )


def _day(value: Any) -> date:
    return date.fromisoformat(value)


def _lines(asked: Values, result: Values) -> MonthLines:
    series = result["series"]
    both = [series["treated"]] + ([series["comparison"]] if result["comparison"] else [])
    fields = [(_day(asked[name][0]), _day(asked[name][1]), name) for name in ("before", "after")]
    return month_lines(_day(series["first"]), both, fields, [_day(asked["installation"][1])])


def _months(series: Values) -> list[tuple[str, int, int]]:
    first = _day(series["first"])
    found = []
    for index, (place, comparison) in enumerate(zip(series["treated"], series["comparison"], strict=True)):
        month = first.year * 12 + first.month - 1 + index
        found.append((f"{month // 12}-{month % 12 + 1:02d}", place, comparison))
    return found
