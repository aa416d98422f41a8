"""The map of a survey: each sub-area as dark as its answer is bad, with the number on it and lines for a grey print."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g

from samverkan_map.agreement.statistics import LOW
from samverkan_map.exchange.svg_map import DrawnLayer, Zones
from samverkan_map.sources import Answer, surveys
from samverkan_map.web.hotspot_map import picture
from samverkan_map.web.sources import words
from samverkan_map.web.sources.asked import Shown
from samverkan_map.web.texts import t

RAMP = ("#FBE9D0", "#F2BD8C", "#D9825B", "#A84A3C")
"""Good to bad; the number on each says the rest."""
HATCHES = ("", "dots", "lines", "cross")
HELD, NOTHING = "#FFFFFF", "#D9D4CB"
OUTLINE, OPACITY = "#101820", 0.85
MARGIN = 0.04
LEAST_SPAN = 1e-9


@dataclass(frozen=True)
class Step:
    """One entry of the legend: its colour and lines, its words, and the sub-areas that have it."""

    colour: str
    hatch: str
    words: str
    areas: tuple[str, ...]


def steps(shown: Shown) -> list[Step]:
    """The legend, best first: only what is on the map, and what is without a value last."""
    answers = shown.of_year
    found: dict[tuple[int, str, str, str], list[str]] = {}
    for area in g.agreement.areas:
        found.setdefault(_look(shown, answers[area]), []).append(area)
    return [
        Step(colour, hatch, said, tuple(areas))
        for (_, colour, hatch, said), areas in sorted(found.items(), key=lambda one: one[0])
    ]


def colours(shown: Shown) -> dict[str, str]:
    """The colour of each sub-area."""
    return {area: step.colour for step in steps(shown) for area in step.areas}


def key(shown: Shown) -> list[tuple[str, str]]:
    """Colour and words of each step."""
    return [(step.colour, step.words) for step in steps(shown)]


def draw(shown: Shown, title: str) -> str:
    """The picture as SVG text."""
    answers = shown.of_year
    zones: list[DrawnLayer] = [
        Zones(
            step.words, step.colour,
            [(g.agreement.areas[area].shape, label(shown, answers[area])) for area in step.areas],
            OUTLINE, OPACITY, hatch=step.hatch,
        )
        for step in steps(shown)
    ]  # fmt: skip
    return picture([g.agreement.land], zones, title, margin=MARGIN)


def empty() -> str:
    """The sub-areas before any survey is there."""
    return picture([g.agreement.land], [], t("sources.nothing"), margin=MARGIN)


def label(shown: Shown, answer: Answer) -> str:
    """What stands on a sub-area."""
    if answer.state == surveys.FEW:
        return f"<{surveys.FEWEST_ANSWERS}"
    return "–" if answer.value is None else words.told(shown.question, answer)


def _look(shown: Shown, answer: Answer) -> tuple[int, str, str, str]:
    """Place in the legend, colour, lines and words of one answer."""
    if answer.state == surveys.FEW:
        return 10, HELD, "", t("sources.few_words", n=surveys.FEWEST_ANSWERS)
    if answer.state == surveys.HELD:
        return 11, HELD, "", t("sources.held_words")
    if answer.value is None:
        return 12, NOTHING, "", t("sources.no_value")
    low, wide = _span(shown)
    question = shown.question
    place = min(int((answer.value - low) / wide), len(RAMP) - 1) if wide else 0
    first, last = low + place * wide, low + (place + 1) * wide
    said = words.number(question, low) if not wide else t(
        "sources.step", low=words.number(question, round(first, 2)), high=words.number(question, round(last, 2))
    )  # fmt: skip
    bad = place if question.good == LOW else len(RAMP) - 1 - place
    return bad, RAMP[bad], HATCHES[bad], said


def _span(shown: Shown) -> tuple[float, float]:
    """Where the first step begins, and how much of the scale each is wide; 0 where all answers are the same."""
    values = [one.value for area, one in shown.of_year.items() if area in g.agreement.areas and one.value is not None]
    spread = max(values) - min(values)
    return min(values), 0.0 if spread < LEAST_SPAN else spread / len(RAMP)
