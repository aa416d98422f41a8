"""Two periods in words, the same on the page, on the command line and in files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from samverkan_map.analysis.effects import Finding
from samverkan_map.analysis.effects.verdict import FEW_TOGETHER
from samverkan_map.hotspots.comparing import BY_CHANCE, LITTLE, MUCH, Change, Comparison, Side
from samverkan_map.hotspots.finding import name_of
from samverkan_map.hotspots.words import Speaker
from samverkan_map.translations import text
from samverkan_map.vocabulary import Period

ARROWS = {2: "▲▲", 1: "▲", 0: "●", -1: "▼", -2: "▼▼"}
COLUMNS = (
    "number", "place", "area", "before", "now", "change", "ratio", "low", "high", "q", "certainty", "class", "hectares",
    "from", "to", "before_from", "before_to", "cell_metres",
)  # fmt: skip


def _say(say: Speaker, key: str, **fields: object) -> str:
    return text(say.language, f"comparing.{key}", **fields)


def headline(say: Speaker, found: Comparison) -> str:
    """What came out, in a sentence or two."""
    if found.nothing in ("no_reports", "no_ground"):
        return say(f"nothing_{found.nothing}")
    if found.nothing in ("no_now", "no_before"):
        period = found.now if found.nothing == "no_now" else found.before
        return _say(say, f"nothing_{found.nothing}", period=say.period(period), known=say.period(found.known))
    if found.nothing:
        return f"{whole(say, found)} {_say(say, 'nothing_few', least=FEW_TOGETHER)}"
    sure = sum(change.side.sure for change in found.changes)
    if sure:
        return f"{_say(say, 'found', n=sure)} {whole(say, found)}"
    return f"{_say(say, 'none_sure', n=len(found.cells))} {whole(say, found)}"


def whole(say: Speaker, found: Comparison) -> str:
    """The two periods over the whole area."""
    side = found.whole
    if side is None:
        return ""
    return _say(say, "whole", change=change(say, found, side), certainty=certainty(say, side))


def facts(say: Speaker, found: Comparison) -> list[str]:
    """Which two periods, and what is not among the numbers."""
    told = [_say(say, "periods", now=say.period(found.now), before=say.period(found.before))]
    if found.now.end and found.asked.end and found.now.end < found.asked.end:
        told.append(_say(say, "cut", day=say.fmt.range(None, found.now.end - timedelta(days=1))))
    if not found.nothing and not found.same_length:
        told.append(_say(say, "other_length"))
    if found.unmapped:
        told.append(say("no_position", n=say.fmt.number(found.unmapped)))
    if found.outside:
        told.append(say("outside", n=say.fmt.number(found.outside)))
    return told


def chance(say: Speaker, found: Comparison) -> str:
    """How many of the squares would look changed though nothing had."""
    unsure = sum(not one.side.sure for one in found.changes)
    if not unsure:
        return ""
    return _say(say, "by_chance", n=len(found.cells), many=say.fmt.number(round(BY_CHANCE * len(found.cells))))


def title(say: Speaker, one: Change) -> str:
    """Where a change is."""
    return _where(say, one.area, one.near)


def _where(say: Speaker, area: str, near: str) -> str:
    name = say.label(say.agreement.areas, area) if area else say("title_nowhere")
    return say("title_near", area=name, near=near) if near else name


def change(say: Speaker, found: Comparison, side: Side) -> str:
    """Arrow, sign, number, and both counts; as rates per month where the periods are not equally long."""
    number = say.fmt.number
    if found.same_length:
        return _say(say, "change", arrow=arrow(found, side), change=signed(found, side), before=number(side.before),
                    now=number(side.now))  # fmt: skip
    before, now = (number(value, 1) for value in per_month(found, side))
    return _say(say, "change_rates", arrow=arrow(found, side), change=signed(found, side), before=number(side.before),
                now=number(side.now), rate_before=before, rate_now=now)  # fmt: skip


def per_month(found: Comparison, side: Side) -> tuple[float, float]:
    """Reports per month (30.4 days) before and now."""
    days = 365.25 / 12
    return side.before * days / (found.before.days or 1), side.now * days / (found.now.days or 1)


def arrow(found: Comparison, side: Side) -> str:
    """One arrow for more or fewer, two for at least twice or at most half, a dot for the same."""
    if side.step:
        return ARROWS[side.step]
    before, now = per_month(found, side) if not found.same_length else (side.before, side.now)
    return "●" if before == now else "▲" if now > before else "▼"


def more(found: Comparison, side: Side) -> int:
    """How many more than before, below zero for fewer; of unequal periods than the rate of before would have given."""
    if found.same_length:
        return side.now - side.before
    return round(side.now - side.before * (found.now.days or 1) / (found.before.days or 1))


def signed(found: Comparison, side: Side) -> str:
    """The difference with its sign."""
    number = more(found, side)
    return f"+{number}" if number > 0 else f"−{-number}" if number < 0 else "0"


def interval(say: Speaker, side: Side) -> str:
    """How many times the rate of before, and between which."""
    number = say.fmt.number
    if side.high is None or side.ratio is None:
        return _say(say, "interval_open", low=number(side.low, 1))
    return _say(say, "interval", ratio=number(side.ratio, 1), low=number(side.low, 1), high=number(side.high, 1))


def certainty(say: Speaker, side: Side) -> str:
    """Certain, uncertain, or too few to tell."""
    few = Finding(side.finding) is Finding.TOO_FEW
    return say("too_few" if few else "certain" if side.sure else "uncertain")


def step_words(say: Speaker, step: int) -> str:
    """A class of the ramp: arrow and words."""
    key = {2: "step_much_more", 1: "step_more", 0: "step_same", -1: "step_less", -2: "step_much_less"}[step]
    return f"{ARROWS[step]} {_say(say, key)}"


def method_card(say: Speaker, found: Comparison) -> list[str]:
    """Everything it takes to compare the same again, and what the answer cannot say."""
    number = say.fmt.number
    kinds = ", ".join(say.kind(kind).lower() for kind in found.kinds)
    return [
        _say(say, "card_cells", cells=number(found.exists), metres=found.cell_metres, judged=number(len(found.cells)),
             few=number(len(found.few)), least=FEW_TOGETHER),
        _say(say, "card_ratio"),
        _say(say, "card_fdr"),
        _say(say, "card_colours", little=number(100 * (LITTLE - 1)), much=number(MUCH)),
        _say(say, "card_kinds", kinds=kinds or "–"),
        _say(say, "card_limits"),
        say("method_data", version=found.data_version),
    ]  # fmt: skip


def rows(say: Speaker, found: Comparison) -> Iterator[dict[str, Any]]:
    """The judged squares as rows of a file, with `id` and `geometry` (EPSG:3006); the clearest change first."""
    order = sorted(found.cells, key=lambda one: (one.number or len(found.changes) + 1, one.side.q, -one.side.now))
    for place, one in enumerate(order, 1):
        side = one.side
        middle = one.shape.centroid
        area, near = name_of(say.agreement, middle.x, middle.y)
        yield {
            "id": place, "layer": "changes", "geometry": one.shape, "number": one.number or None,
            "place": _where(say, area, near), "area": area, "before": side.before, "now": side.now,
            "change": more(found, side), "ratio": side.ratio, "low": side.low, "high": side.high,
            "q": round(side.q, 4), "certainty": certainty(say, side), "class": step_words(say, side.step),
            "hectares": found.cell_metres**2 / 10_000, **_days("", found.now), **_days("before_", found.before),
            "cell_metres": found.cell_metres,
        }  # fmt: skip


def _days(prefix: str, period: Period) -> dict[str, Any]:
    last = period.end and period.end - timedelta(days=1)
    return {f"{prefix}from": period.start, f"{prefix}to": last}
