"""What is said of a figure: its area, its number with unit, which way is better, and what it lacks."""

from __future__ import annotations

from flask import g

from samverkan_map import sources
from samverkan_map.agreement import SurveyQuestion
from samverkan_map.agreement.statistics import INDEX
from samverkan_map.sources import Answer, Asked, Difference, surveys
from samverkan_map.web.texts import Format, label, t

DIGITS = {INDEX: 2}


def question_of(asked: Asked) -> SurveyQuestion:
    """The question that a table or a map is about."""
    return g.agreement.statistics.questions[asked.question]


def area_name(code: str) -> str:
    """What an area is called."""
    return label(sources.places(g.agreement)[code])


def area_names(codes: list[str]) -> str:
    """Several areas in a sentence."""
    return ", ".join(map(area_name, codes))


def type_names(codes: tuple[str, ...]) -> str:
    """Several problem types in a sentence."""
    return ", ".join(label(g.agreement.types[code]) for code in codes)


def source_name(code: str) -> str:
    """What a source is called."""
    return label(g.agreement.sources[code]) if code in g.agreement.sources else code


def better(question: SurveyQuestion) -> str:
    """Which way is better; of an index with its scale."""
    return t(f"sources.better_{question.unit}_{question.good}")


def number(question: SurveyQuestion, value: float | None) -> str:
    """A value with its unit; nothing for None."""
    if value is None:
        return ""
    fmt = Format(g.language)
    if question.unit == INDEX:
        return fmt.number(value, DIGITS[INDEX])
    return t("sources.percent", n=fmt.number(value, 0 if value == int(value) else 1))


def told(question: SurveyQuestion, answer: Answer) -> str:
    """An answer as a table tells it: its number, or why there is none."""
    if answer.state == surveys.FEW:
        return t("sources.few", n=surveys.FEWEST_ANSWERS)
    if answer.state == surveys.HELD:
        return t("sources.held")
    if answer.value is None:
        return "–"
    return number(question, answer.value) + ("*" if answer.state == surveys.UNCOUNTED else "")


def interval(question: SurveyQuestion, answer: Answer) -> str:
    """The interval of a share; nothing where there is none."""
    if answer.low is None or answer.high is None:
        return ""
    fmt = Format(g.language)
    return t("sources.interval", low=fmt.number(answer.low), high=fmt.number(answer.high))


def change(question: SurveyQuestion, found: Difference | None) -> str:
    """How an answer changed, in words first; why it is not said where it is not."""
    if found is None:
        return t("sources.not_compared")
    fmt = Format(g.language)
    way = "same" if found.better is None else "better" if found.better else "worse"
    if question.unit == INDEX:
        return t(f"sources.change_index_{way}", change=fmt.signed(found.value, DIGITS[INDEX]))
    assert found.low is not None and found.high is not None
    sure = "clear" if found.clear else "unclear"
    return t(
        f"sources.change_share_{sure}" + (f"_{way}" if found.clear else ""), change=fmt.signed(found.value, 1),
        low=fmt.signed(found.low, 1), high=fmt.signed(found.high, 1),
    )  # fmt: skip
