"""An effect in words, in the order people need them: what it says, the counts, the comparison, what to bear in mind.

Works from the plain values that are kept, so that a set from last year reads as it did then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from samverkan_map import speaking
from samverkan_map.analysis.effects import Finding, Moved, of_ten, percent_fewer, percent_more
from samverkan_map.analysis.effects.verdict import FEW_BEFORE, FEW_TOGETHER
from samverkan_map.measures import left_out

Values = Mapping[str, Any]

DECIDED = frozenset({Finding.CLEAR_DECREASE, Finding.CLEAR_INCREASE, Finding.UNCHANGED})

LEAST = 0.01
"""A probability closer than this to none or all is not told as a number."""

MOST_PERCENT = 97
"""A fall that must be larger than this to be seen is in the end all of it."""

NO_END = 100.0
"""An upper limit of a hundred times or more only says that there are too few counts for one."""


class Speaker(speaking.Speaker):
    """Speaks of effects."""

    noun = "effects"

    def listed(self, titles: Sequence[str]) -> str:
        """Some titles in one phrase, each in quotes, since a title may hold an and."""
        quoted = [self("quoted", title=title) for title in titles]
        return self("joined", first=", ".join(quoted[:-1]), last=quoted[-1]) if len(quoted) > 1 else quoted[0]

    def label(self, named: Any) -> str:
        """The label of something of the agreement."""
        return named.label[self.language]


def headline(say: Speaker, result: Values) -> str:
    """What the figures carry, in a sentence or two, and against what. Few events are told as counts, not per cent."""
    finding, words = Finding(result["finding"]), summary(say, result["finding"], result)
    before, after = result["treated"]
    low, high, _ = shown_ratio(result)
    expected = result["expected"]
    than = "_expected" if expected else ""
    base = min(before, round(number(expected["expected"]))) if expected else before
    if finding is Finding.CLEAR_DECREASE and (found := percent_fewer(base, low, high)):
        return f"{words} {say(f'between_fewer{than}', least=found.least, most=found.most)}"
    if finding is Finding.CLEAR_INCREASE and (found := percent_more(base, low, high)):
        key = "between_more" if found.most is not None and high < NO_END else "at_least_more"
        return f"{words} {say(f'{key}{than}', least=found.least, most=found.most)}"
    if finding in (Finding.CLEAR_DECREASE, Finding.CLEAR_INCREASE) and not expected:
        return f"{words} {say('from_to', before=before, after=after)}"
    return words


def summary(say: Speaker, finding: str, result: Values) -> str:
    """The finding alone, without a count: against what came before, or against what was to be expected."""
    return say(summary_key(finding, result))


def summary_key(finding: str, result: Values) -> str:
    """The key of `summary` in the texts of effects."""
    against = "finding_expected" if result["expected"] and finding != Finding.TOO_FEW else "finding"
    return f"{against}.{finding}"


def goes_on(say: Speaker, percent: float) -> str:
    """What is written where an interval reaches beyond its picture, by so many per cent more."""
    return say("goes_on_open") if percent >= 100 * (NO_END - 1) else say("goes_on", percent=5 * round(percent / 5))


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
    counts = f"{say('counts_before', n=before)} {say('counts_after', after=after)}"
    if result["comparison"]:
        counts += " " + say("comparison_counts", before=result["comparison"][0], after=result["comparison"][1])
    if Finding(result["finding"]) is Finding.TOO_FEW:
        return [counts, _detectable(say, result)]
    found = [*_expected_sentences(say, result), counts, *_comparison_sentences(say, result)]
    expected = result["expected"]
    p = expected["p_decrease"] if expected else result["p_decrease"]
    found.append(say("probability_expected" if expected else "probability", n=of_ten(p)))
    found += _series_words(say, result)
    if result["finding"] not in DECIDED:
        found.append(_detectable(say, result))
    return found


def _expected_sentences(say: Speaker, result: Values) -> list[str]:
    """What the headline compares with when the place stood high before, and how much of a fall was to come anyway."""
    expected = result["expected"]
    if not expected:
        return []
    before, after = result["treated"]
    mean, low, high = (number(expected[name]) for name in ("expected", "expected_low", "expected_high"))
    key = "expected_as_compared" if result["comparison"] and all(result["comparison"]) else "expected"
    found = [say(key, mean=round(mean), low=round(low), high=round(high), after=after)]
    if after < before and mean < before:
        found.append(say("regression" if after < mean else "regression_all"))
    return found


def _comparison_sentences(say: Speaker, result: Values) -> list[str]:
    """Whether the change is larger than the comparison's, and by how many events; too few there say nothing."""
    if not result["comparison"]:
        return [say("beyond_none")]
    if sum(result["comparison"]) < FEW_TOGETHER:
        return [say("beyond_few")]
    beyond = result["beyond_comparison"]
    words = [] if beyond is None else [say("beyond_yes" if beyond else "beyond_no")]
    return [*words, _wdd_words(say, result["wdd"], ringed=bool(result["ring"]))]


def _detectable(say: Speaker, result: Values) -> str:
    percent = result["detectable_percent"]
    if percent is None or abs(percent) > MOST_PERCENT:
        return say("not_detectable")
    key = "detectable" if result["treated"][0] < 100 else "detectable_some"
    return say(key, percent=5 * round(abs(percent) / 5))


def _wdd_words(say: Speaker, wdd: Values, *, ringed: bool) -> str:
    total = round(wdd["total"])
    key = "fewer_events" if total < 0 else "more_events" if total > 0 else "same_events"
    low, high = (_signed(round(wdd[name])) for name in ("low", "high"))
    where = say("place_and_ring" if ringed else "place_alone")
    return say(key, n=abs(total), low=low, high=high, where=where)


def _signed(value: int) -> str:
    return f"+{value}" if value > 0 else f"−{-value}" if value < 0 else "0"


def _percent_change(ratio: float) -> int:
    return 5 * round(20 * (ratio - 1))


def _series_words(say: Speaker, result: Values) -> list[str]:
    """The level after each measure in the model of the months, with its name; of few events the months say nothing."""
    series = result["series"]
    if series["why_not"]:
        return [say(f"series_none.{series['why_not']}")]
    if result["treated"][0] < FEW_BEFORE:
        return []
    found = []
    for step, name in zip(series["steps"], _step_names(say, series), strict=True):
        change = _percent_change(number(step["ratio"]))
        key = "series_fewer" if change < 0 else "series_more" if change > 0 else "series_same"
        low = f"{_signed(_percent_change(number(step['low'])))} %"
        key_span, high = _end(number(step["high"]))
        span = say(f"series_{key_span}", low=low, high=high)
        found.append(say(key, percent=abs(change), span=span, measure=name))
    return found + [say("series_unadjusted")] if found and result["expected"] else found


def _end(ratio: float) -> tuple[str, str]:
    return ("open", "") if ratio >= NO_END else ("span", f"{_signed(_percent_change(ratio))} %")


def _step_names(say: Speaker, series: Values) -> list[str]:
    """Which measures each step of the model belongs to; those of an older kept set have numbers."""
    named = series.get("step_titles") or []
    if len(named) == len(series["steps"]):
        return [say.listed(titles) for titles in named]
    if len(series["steps"]) == 1:
        return [say("the_measure")]
    return [say("measure_number", n=index) for index in range(1, len(series["steps"]) + 1)]


def moved(say: Speaker, asked: Values, result: Values) -> list[str]:
    """Whether the problem seems to have moved to the ring around."""
    if not result["ring"]:
        return [say("no_ring")]
    before, after = result["ring"]
    found = [
        say("ring_counts", metres=asked["ring_metres"], before=before, after=after),
        say(f"moved_words.{_moved_key(result)}"),
    ]
    if shared := _shared_with_the_ring(result):
        found.append(say(shared))
    if asked.get("ring_cut"):
        found.append(say("ring_cut"))
    return found


def _moved_key(result: Values) -> str:
    """Nothing has moved away from where nothing fell."""
    before, after = result["treated"]
    return "tecken_utan_minskning" if result["moved"] == Moved.SIGN and after >= before else result["moved"]


def _shared_with_the_ring(result: Values) -> str | None:
    """What the quotient of ring and place says, when the place clearly improved and the ring's counts carry it.

    The place must have fallen clearly, and beyond the comparison; the ring must have changed clearly the same way as
    the quotient says.
    """
    quotient = (result["wdq"] or {}).get("quotient")
    success = result["finding"] == Finding.CLEAR_DECREASE and result["beyond_comparison"]
    if quotient is None or not success or sum(result["ring"]) < FEW_TOGETHER:
        return None
    if quotient > 0 and number(result["ring_ratio"]["high"]) < 1:
        return "diffusion"
    return "displaced" if quotient < 0 and result["moved"] == Moved.SIGN else None


def cautions(say: Speaker, asked: Values, result: Values) -> list[str]:
    """What to bear in mind when reading the figures: first of all when an old set added accidents to what is told."""
    found = [_caution(say, key, fields) for key, fields in result["cautions"]]
    return [_caution(say, "accidents_added", {}), *found] if left_out(say.agreement, asked["types"]) else found


def _caution(say: Speaker, key: str, fields: Mapping[str, Any]) -> str:
    words = dict(fields)
    if "on" in words:
        words["on"] = say.fmt.date(date.fromisoformat(words["on"]))
    if source := say.agreement.sources.get(words.get("source", "")):
        words["source"] = say.label(source)
    if "types" in words:
        words["types"] = ", ".join(say.label(say.agreement.types[code]).lower() for code in words["types"])
    return say(f"caution.{key}", **words) if words else say(f"caution.{key}")


# ---- Figures -------------------------------------------------------------------------------------------------------


def _day(value: Any) -> date:
    return date.fromisoformat(value)


def figures(say: Speaker, result: Values) -> list[tuple[str, str, str]]:
    """Name, value and interval of every figure there is."""

    def of_ratio(name: str, found: Values, middle: str = "ratio", **fields: object) -> tuple[str, str, str]:
        span = _span(say, found["low"], found["high"], 2)
        return say(name, **fields), _written(say, found[middle], 2), span

    rows = []
    if expected := result["expected"]:
        rows.append(of_ratio("eb_theta", expected, "theta"))
        rows.append((say("p_fewer_than_expected"), _probability(say, expected["p_decrease"]), ""))
    rows.append(of_ratio("rate_ratio", result["ratio"]))
    rows.append((say("p_decrease"), _probability(say, result["p_decrease"]), ""))
    if relative := result["relative"]:
        rows.append(of_ratio("relative", relative))
    if wdd := result["wdd"]:
        # A difference of events, unlike a ratio, may be a hundred and have an end.
        span = f"{_written(say, wdd['low'], 1)} – {_written(say, wdd['high'], 1)}"
        rows.append((say("wdd"), _written(say, wdd["total"], 1), span))
        rows.append((say("wdd_local"), _written(say, wdd["local"], 1), ""))
        rows.append((say("wdd_ring"), _written(say, wdd["displacement"], 1), ""))
    if (ring := result["ring_ratio"]) and ring["ratio"] is not None:
        rows.append(of_ratio("ring_ratio", ring))
    series = result["series"]
    steps = zip(series["steps"], _step_names(say, series), strict=True)
    return rows + [of_ratio("step", step, measure=name) for step, name in steps]


def _probability(say: Speaker, p: float) -> str:
    """Nothing is certain, so no 0 and no 1."""
    if LEAST <= p <= 1 - LEAST:
        return _written(say, p, 2)
    return say("less_than" if p < LEAST else "more_than", n=_written(say, LEAST if p < LEAST else 1 - LEAST, 2))


def _written(say: Speaker, value: Any, digits: int) -> str:
    if value is None:
        return "–"
    if number(value) == float("inf"):
        return say("from_none")
    return say.fmt.number(number(value), digits).replace("-", "−")


def _span(say: Speaker, low: Any, high: Any, digits: int) -> str:
    if low is None or high is None:
        return ""
    if number(high) >= NO_END:
        return say("no_upper", low=_written(say, low, digits))
    return f"{_written(say, low, digits)} – {_written(say, high, digits)}"


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
        if result["comparison"] and all(result["comparison"]):
            found.append(say("method_expected_trend"))
    if asked["plan_changes"]:
        found.append(say("method_changed", n=asked["plan_changes"]))
    found.append(say("method_names"))
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
