"""An effect in words, in the order people need them: what it says, the counts, the comparison, what to bear in mind.

Works from the plain values that are kept, so that a set from last year reads as it did then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from samverkan_map.agreement import Agreement
from samverkan_map.analysis.effects import Finding, of_ten, percent_fewer, percent_more
from samverkan_map.analysis.effects.verdict import FEW_TOGETHER
from samverkan_map.translations import text

Values = Mapping[str, Any]

DECIDED = frozenset({Finding.CLEAR_DECREASE, Finding.CLEAR_INCREASE, Finding.UNCHANGED})


class Format(Protocol):
    """How dates and numbers are written."""

    def date(self, day: date | None) -> str:
        """A day in words."""

    def number(self, value: float | None, decimals: int = 0) -> str:
        """A number with the language's separators."""


@dataclass(frozen=True)
class Speaker:
    """Whose words: the language, the municipality's own labels, and how dates and numbers are written."""

    language: str
    agreement: Agreement
    fmt: Format

    def __call__(self, key: str, **fields: object) -> str:
        """The sentence `effects.key`."""
        return text(self.language, f"effects.{key}", **fields)

    def label(self, named: Any) -> str:
        """The label of something of the agreement."""
        return named.label[self.language]


def headline(say: Speaker, result: Values) -> str:
    """What the figures carry, in a sentence or two. Few events are told as counts, not as per cent."""
    finding = Finding(result["finding"])
    words = say(f"finding.{finding}")
    before, after = result["treated"]
    low, high, _ = shown_ratio(result)
    if finding is Finding.CLEAR_DECREASE and (found := percent_fewer(before, low, high)):
        return f"{words} {say('between_fewer', least=found.least, most=found.most)}"
    if finding is Finding.CLEAR_INCREASE and (found := percent_more(before, low, high)):
        key = "at_least_more" if found.most is None else "between_more"
        return f"{words} {say(key, least=found.least, most=found.most)}"
    if finding in (Finding.CLEAR_DECREASE, Finding.CLEAR_INCREASE):
        return f"{words} {say('from_to', before=before, after=after)}"
    return words


def number(value: Any) -> float:
    """A kept number, which may be the word Infinity."""
    return float(value)


def shown_ratio(result: Values) -> tuple[float, float, float | None]:
    """The interval and ratio that the headline rests on: against what was expected, where the place was chosen."""
    if expected := result["expected"]:
        return number(expected["low"]), number(expected["high"]), number(expected["theta"])
    ratio = result["ratio"]
    return number(ratio["low"]), number(ratio["high"]), None if ratio["ratio"] is None else number(ratio["ratio"])


def sentences(say: Speaker, result: Values) -> list[str]:
    """What the counts say, one thing a sentence. Of too few events only the counts are told."""
    before, after = result["treated"]
    found = [say("counts", before=before, after=after)]
    if result["comparison"]:
        found[0] += " " + say("comparison_counts", before=result["comparison"][0], after=result["comparison"][1])
    too_few = Finding(result["finding"]) is Finding.TOO_FEW
    if not too_few:
        found += _comparison_sentences(say, result)
    expected = None if too_few else result["expected"]
    if expected:
        low, high = (round(number(expected[name])) for name in ("expected_low", "expected_high"))
        found.append(say("expected", mean=round(expected["expected"]), low=low, high=high))
        found.append(say("regression"))
    if not too_few:
        p = expected["p_decrease"] if expected else result["p_decrease"]
        found.append(say("probability", n=of_ten(p)))
        found += _series_words(say, result["series"])
    if result["finding"] not in DECIDED:
        found.append(_detectable(say, result))
    return found


def _comparison_sentences(say: Speaker, result: Values) -> list[str]:
    """Whether the change is larger than the comparison's, and by how many events; too few there say nothing."""
    if not result["comparison"]:
        return [say("beyond_none")]
    if sum(result["comparison"]) < FEW_TOGETHER:
        return [say("beyond_few")]
    beyond = result["beyond_comparison"]
    return [say("beyond_yes" if beyond else "beyond_no"), _wdd_words(say, result["wdd"])]


def _detectable(say: Speaker, result: Values) -> str:
    percent = result["detectable_percent"]
    if percent is None:
        return say("not_detectable")
    key = "detectable" if result["treated"][0] < 100 else "detectable_some"
    return say(key, percent=5 * round(abs(percent) / 5))


def _wdd_words(say: Speaker, wdd: Values) -> str:
    total = round(wdd["total"])
    key = "fewer_events" if total < 0 else "more_events" if total > 0 else "same_events"
    low, high = (_signed(round(wdd[name])) for name in ("low", "high"))
    return say(key, n=abs(total), low=low, high=high)


def _signed(value: int) -> str:
    return f"+{value}" if value > 0 else f"−{-value}" if value < 0 else "0"


def _percent_change(ratio: float) -> int:
    return 5 * round(20 * (ratio - 1))


def _series_words(say: Speaker, series: Values) -> list[str]:
    if series["why_not"]:
        return [say(f"series_none.{series['why_not']}")]
    found = []
    for step in series["steps"]:
        change = _percent_change(number(step["ratio"]))
        key = "series_fewer" if change < 0 else "series_more" if change > 0 else "series_same"
        low, high = (_signed_percent(number(step[name])) for name in ("low", "high"))
        found.append(say(key, percent=abs(change), low=low, high=high))
    return found


def _signed_percent(ratio: float) -> str:
    return "∞" if ratio == float("inf") else f"{_signed(_percent_change(ratio))} %"


def moved(say: Speaker, asked: Values, result: Values) -> list[str]:
    """Whether the problem seems to have moved to the ring around."""
    if not result["ring"]:
        return [say("no_ring")]
    before, after = result["ring"]
    found = [
        say("ring_counts", metres=asked["ring_metres"], before=before, after=after),
        say(f"moved_words.{result['moved']}"),
    ]
    if result["wdq"] and result["wdq"]["quotient"] is not None:
        quotient = _written(say, result["wdq"]["quotient"], 2)
        key = "diffusion" if result["wdq"]["quotient"] > 0 else "displaced"
        found.append(say(key, quotient=quotient))
    return found


def cautions(say: Speaker, result: Values) -> list[str]:
    """What to bear in mind when reading the figures."""
    return [_caution(say, key, fields) for key, fields in result["cautions"]]


def _caution(say: Speaker, key: str, fields: Mapping[str, Any]) -> str:
    words = dict(fields)
    if "on" in words:
        words["on"] = say.fmt.date(date.fromisoformat(words["on"]))
    if source := say.agreement.sources.get(words.get("source", "")):
        words["source"] = say.label(source)
    return say(f"caution.{key}", **words) if words else say(f"caution.{key}")


# ---- Figures -------------------------------------------------------------------------------------------------------


def _day(value: Any) -> date:
    return date.fromisoformat(value)


def figures(say: Speaker, result: Values) -> list[tuple[str, str, str]]:
    """Name, value and interval of every figure there is."""
    rows: list[tuple[str, Any, Any, Any, int]] = []
    ratio = result["ratio"]
    rows.append(("rate_ratio", ratio["ratio"], ratio["low"], ratio["high"], 2))
    rows.append(("p_decrease", result["p_decrease"], None, None, 2))
    if relative := result["relative"]:
        rows.append(("relative", relative["ratio"], relative["low"], relative["high"], 2))
    if wdd := result["wdd"]:
        rows.append(("wdd", wdd["total"], wdd["low"], wdd["high"], 1))
        rows += [
            (f"wdd_{name}", wdd[key], None, None, 1) for name, key in (("local", "local"), ("ring", "displacement"))
        ]
    if expected := result["expected"]:
        rows.append(("eb_theta", expected["theta"], expected["low"], expected["high"], 2))
    if ring := result["ring_ratio"]:
        rows.append(("ring_ratio", ring["ratio"], ring["low"], ring["high"], 2))
    rows += [("step", step["ratio"], step["low"], step["high"], 2) for step in result["series"]["steps"]]
    return [
        (say(name), _written(say, value, digits), _span(say, low, high, digits))
        for name, value, low, high, digits in rows
    ]


def _written(say: Speaker, value: Any, digits: int) -> str:
    if value is None:
        return "–"
    return "∞" if number(value) == float("inf") else say.fmt.number(number(value), digits).replace("-", "−")


def _span(say: Speaker, low: Any, high: Any, digits: int) -> str:
    return "" if low is None or high is None else f"{_written(say, low, digits)} – {_written(say, high, digits)}"


# ---- The method card -------------------------------------------------------------------------------------------------


def method_card(say: Speaker, asked: Values, result: Values, names: Mapping[int, str]) -> list[str]:
    """Everything it takes to compute the same again; `names` are the places' names by number."""
    dates = say.fmt
    days = {
        f"{window}_{end}": dates.date(_last(day) if end == "to" else _day(day))
        for window in ("before", "after")
        for end, day in zip(("from", "to"), asked[window], strict=True)
    }
    start, done = (dates.date(_day(day)) for day in asked["installation"])
    first, end = asked["reports"]
    types = [say.label(say.agreement.types[code]) for code in asked["types"] if code in say.agreement.types]
    found = [
        say("method_windows", days=asked["days"], **days),
        say("method_same_season" if asked["same_season"] else "method_adjacent"),
        say("method_installation", **{"from": start, "to": done}),
        say("method_types", types=", ".join(types)),
        say("method_where", places=", ".join(names.get(one, str(one)) for one in asked["places"]) or "–"),
        *_comparison_words(say, asked, names),
        _dispersion_words(say, result),
    ]
    if result["expected"]:
        found.append(say("method_comparable", n=dates.number(result["comparable_places"])))
    if asked["plan_changes"]:
        found.append(say("method_changed", n=asked["plan_changes"]))
    known = {"from": dates.date(_day(first)), "to": dates.date(_last(end))}
    found.append(say("method_data", version=asked["data_version"], method=asked["method"], **known))
    return found


def _last(end: str) -> date:
    """The last day of a half-open run."""
    return date.fromordinal(_day(end).toordinal() - 1)


def _comparison_words(say: Speaker, asked: Values, names: Mapping[int, str]) -> list[str]:
    compared = [names.get(one, str(one)) for one in asked["comparison_places"]]
    if area := say.agreement.areas.get(asked["comparison_area"] or ""):
        compared.append(say("all_of_area", name=say.label(area)))
    reason = asked["comparison_reason"].rstrip(".") or "–"
    return [say("method_comparison", names=", ".join(compared), reason=reason)] if compared else []


def _dispersion_words(say: Speaker, result: Values) -> str:
    measured = result["dispersion_measured"]
    if measured is None:
        return say("method_dispersion_unknown")
    if measured <= 1:
        return say("method_dispersion_low")
    return say("method_dispersion", times=say.fmt.number(measured, 1))
