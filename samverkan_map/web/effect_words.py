"""An effect in words, in the order people need them: what it says, the counts, the comparison, what to bear in mind.

Works from the plain values that are kept, so that a set from last year reads as it did then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import g

from samverkan_map.analysis.effects import Finding, of_ten, percent_fewer, percent_more
from samverkan_map.analysis.effects.verdict import FEW_TOGETHER
from samverkan_map.web.charts import Bar, MonthLines, change_bar, month_lines
from samverkan_map.web.texts import Format, label, t

Values = Mapping[str, Any]

DECIDED = frozenset({Finding.CLEAR_DECREASE, Finding.CLEAR_INCREASE, Finding.UNCHANGED})


@dataclass(frozen=True)
class Told:
    """A kept or fresh effect as its page shows it."""

    finding: str
    headline: str
    sentences: list[str]
    moved: list[str]
    cautions: list[str]
    decided: bool
    bar: Bar | None
    lines: MonthLines
    months: list[tuple[str, int, int]]
    figures: list[tuple[str, str, str]]
    card: list[str]
    result: Values
    asked: Values


def tell(asked: Values, result: Values, *, names: Mapping[int, str]) -> Told:
    """The words, pictures and figures of an effect; `names` are the places' names by number."""
    finding = Finding(result["finding"])
    low, high, ratio = _shown_ratio(result)
    decided = finding in DECIDED
    return Told(
        finding=finding.value,
        headline=headline(result),
        sentences=_sentences(result),
        moved=_moved(asked, result),
        cautions=[_caution(*one) for one in result["cautions"]],
        decided=decided,
        bar=None if finding is Finding.TOO_FEW else change_bar(low, high, ratio, decided=decided),
        lines=_lines(asked, result),
        months=_months(result["series"]),
        figures=_figures(result),
        card=_card(asked, result, names),
        result=result,
        asked=asked,
    )


def headline(result: Values) -> str:
    """What the figures carry, in a sentence or two. Few events are told as counts, not as per cent."""
    finding = Finding(result["finding"])
    words = t(f"effects.finding.{finding}")
    before, after = result["treated"]
    low, high, _ = _shown_ratio(result)
    if finding is Finding.CLEAR_DECREASE and (found := percent_fewer(before, low, high)):
        return f"{words} {t('effects.between_fewer', least=found.least, most=found.most)}"
    if finding is Finding.CLEAR_INCREASE and (found := percent_more(before, low, high)):
        key = "at_least_more" if found.most is None else "between_more"
        return f"{words} {t(f'effects.{key}', least=found.least, most=found.most)}"
    if finding in (Finding.CLEAR_DECREASE, Finding.CLEAR_INCREASE):
        return f"{words} {t('effects.from_to', before=before, after=after)}"
    return words


def number(value: Any) -> float:
    """A kept number, which may be the word Infinity."""
    return float(value)


def _shown_ratio(result: Values) -> tuple[float, float, float | None]:
    """The interval and ratio that the headline rests on: against what was expected, where the place was chosen."""
    if expected := result["expected"]:
        return number(expected["low"]), number(expected["high"]), number(expected["theta"])
    ratio = result["ratio"]
    return number(ratio["low"]), number(ratio["high"]), None if ratio["ratio"] is None else number(ratio["ratio"])


def _sentences(result: Values) -> list[str]:
    before, after = result["treated"]
    found = [t("effects.counts", before=before, after=after)]
    if result["comparison"]:
        found[0] += " " + t("effects.comparison_counts", before=result["comparison"][0], after=result["comparison"][1])
    too_few = Finding(result["finding"]) is Finding.TOO_FEW
    if not too_few:
        found += _comparison_sentences(result)
    if expected := result["expected"]:
        low, high = (round(number(expected[name])) for name in ("expected_low", "expected_high"))
        found.append(t("effects.expected", mean=round(expected["expected"]), low=low, high=high))
        found.append(t("effects.regression"))
    if not too_few:
        p = expected["p_decrease"] if expected else result["p_decrease"]
        found.append(t("effects.probability", n=of_ten(p)))
        found += _series_words(result["series"])
    if result["finding"] not in DECIDED:
        found.append(_detectable(result))
    return found


def _comparison_sentences(result: Values) -> list[str]:
    """Whether the change is larger than the comparison's, and by how many events; too few there say nothing."""
    if not result["comparison"]:
        return [t("effects.beyond_none")]
    if sum(result["comparison"]) < FEW_TOGETHER:
        return [t("effects.beyond_few")]
    beyond = result["beyond_comparison"]
    return [t("effects.beyond_yes" if beyond else "effects.beyond_no"), _wdd_words(result["wdd"])]


def _detectable(result: Values) -> str:
    percent = result["detectable_percent"]
    if percent is None:
        return t("effects.not_detectable")
    key = "detectable" if result["treated"][0] < 100 else "detectable_some"
    return t(f"effects.{key}", percent=5 * round(abs(percent) / 5))


def _wdd_words(wdd: Values) -> str:
    total = round(wdd["total"])
    key = "fewer_events" if total < 0 else "more_events" if total > 0 else "same_events"
    low, high = (_signed(round(wdd[name])) for name in ("low", "high"))
    return t(f"effects.{key}", n=abs(total), low=low, high=high)


def _signed(value: int) -> str:
    return f"+{value}" if value > 0 else f"−{-value}" if value < 0 else "0"


def _percent_change(ratio: float) -> int:
    return 5 * round(20 * (ratio - 1))


def _series_words(series: Values) -> list[str]:
    if series["why_not"]:
        return [t(f"effects.series_none.{series['why_not']}")]
    found = []
    for step in series["steps"]:
        change = _percent_change(number(step["ratio"]))
        key = "series_fewer" if change < 0 else "series_more" if change > 0 else "series_same"
        low, high = (_signed_percent(number(step[name])) for name in ("low", "high"))
        found.append(t(f"effects.{key}", percent=abs(change), low=low, high=high))
    return found


def _signed_percent(ratio: float) -> str:
    return "∞" if ratio == float("inf") else f"{_signed(_percent_change(ratio))} %"


def _moved(asked: Values, result: Values) -> list[str]:
    if not result["ring"]:
        return [t("effects.no_ring")]
    before, after = result["ring"]
    found = [
        t("effects.ring_counts", metres=asked["ring_metres"], before=before, after=after),
        t(f"effects.moved_words.{result['moved']}"),
    ]
    if result["wdq"] and result["wdq"]["quotient"] is not None:
        quotient = Format(g.language).number(result["wdq"]["quotient"], 2)
        key = "diffusion" if result["wdq"]["quotient"] > 0 else "displaced"
        found.append(t(f"effects.{key}", quotient=quotient))
    return found


def _caution(key: str, fields: Mapping[str, Any]) -> str:
    words = dict(fields)
    if "on" in words:
        words["on"] = Format(g.language).date(date.fromisoformat(words["on"]))
    if source := g.agreement.sources.get(words.get("source", "")):
        words["source"] = label(source)
    return t(f"effects.caution.{key}", **words) if words else t(f"effects.caution.{key}")


# ---- Pictures and figures --------------------------------------------------------------------------------------------


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


def _figures(result: Values) -> list[tuple[str, str, str]]:
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
        (t(f"effects.{name}"), _written(value, digits), _span(low, high, digits))
        for name, value, low, high, digits in rows
    ]


def _written(value: Any, digits: int) -> str:
    if value is None:
        return "–"
    return "∞" if number(value) == float("inf") else Format(g.language).number(number(value), digits).replace("-", "−")


def _span(low: Any, high: Any, digits: int) -> str:
    return "" if low is None or high is None else f"{_written(low, digits)} – {_written(high, digits)}"


# ---- The method card -------------------------------------------------------------------------------------------------


def _card(asked: Values, result: Values, names: Mapping[int, str]) -> list[str]:
    dates = Format(g.language)
    days = {
        f"{window}_{end}": dates.date(_last(day) if end == "to" else _day(day))
        for window in ("before", "after")
        for end, day in zip(("from", "to"), asked[window], strict=True)
    }
    start, done = (dates.date(_day(day)) for day in asked["installation"])
    first, end = asked["reports"]
    types = [label(g.agreement.types[code]) for code in asked["types"] if code in g.agreement.types]
    found = [
        t("effects.method_windows", days=asked["days"], **days),
        t("effects.method_same_season" if asked["same_season"] else "effects.method_adjacent"),
        t("effects.method_installation", **{"from": start, "to": done}),
        t("effects.method_types", types=", ".join(types)),
        t("effects.method_where", places=", ".join(names.get(one, str(one)) for one in asked["places"]) or "–"),
        *_comparison_words(asked, names),
        _dispersion_words(result),
    ]
    if result["expected"]:
        found.append(t("effects.method_comparable", n=dates.number(result["comparable_places"])))
    if asked["plan_changes"]:
        found.append(t("effects.method_changed", n=asked["plan_changes"]))
    known = {"from": dates.date(_day(first)), "to": dates.date(_last(end))}
    found.append(t("effects.method_data", version=asked["data_version"], method=asked["method"], **known))
    return found


def _last(end: str) -> date:
    """The last day of a half-open run."""
    return date.fromordinal(_day(end).toordinal() - 1)


def _comparison_words(asked: Values, names: Mapping[int, str]) -> list[str]:
    compared = [names.get(one, str(one)) for one in asked["comparison_places"]]
    if area := g.agreement.areas.get(asked["comparison_area"] or ""):
        compared.append(t("effects.all_of_area", name=label(area)))
    reason = asked["comparison_reason"].rstrip(".") or "–"
    return [t("effects.method_comparison", names=", ".join(compared), reason=reason)] if compared else []


def _dispersion_words(result: Values) -> str:
    measured = result["dispersion_measured"]
    if measured is None:
        return t("effects.method_dispersion_unknown")
    if measured <= 1:
        return t("effects.method_dispersion_low")
    return t("effects.method_dispersion", times=Format(g.language).number(measured, 1))
