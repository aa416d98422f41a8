"""Spots in words, the same on the page, on the command line and in files. Works from values that may have been kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import shapely

from samverkan_map import speaking
from samverkan_map.analysis.effects import Finding
from samverkan_map.hotspots.finding import LEAST_EVENTS
from samverkan_map.hotspots.found import Counted, Hotspots, Spot
from samverkan_map.hotspots.work import Work
from samverkan_map.translations import text
from samverkan_map.vocabulary import Period, ReportKind

CERTAIN = frozenset({Finding.CLEAR_DECREASE, Finding.CLEAR_INCREASE, Finding.UNCHANGED})
SHOWN_TYPES = 3
HALF = 0.5
COLUMNS = (
    "number", "place", "area", "count", "expected", "before", "change", "ratio", "low", "high", "certainty", "history",
    "hot_months", "q", "gi_star", "squares", "hectares", "types", "largest_source", "source_share", "places",
    "measures", "from", "to", "before_from", "before_to", "cell_metres",
)  # fmt: skip

SQUARE_COLUMNS = (
    "spot", "count", "around", "expected", "p", "q", "gi_star", "hot", "class", "history", "hot_months",
)  # fmt: skip


class Speaker(speaking.Speaker):
    """Speaks of hotspots."""

    noun = "hotspots"

    def label(self, named: Mapping[str, Any], code: str) -> str:
        """The label of a code of the agreement, or the code itself when it is no longer known."""
        return named[code].label[self.language] if code in named else code

    def kind(self, kind: str) -> str:
        """The name of a kind of report."""
        return text(self.language, f"vocabulary.report_kind.{ReportKind(kind).value}")

    def period(self, period: Period | None) -> str:
        """A closed period: whole months as months."""
        if period is None or period.start is None or period.end is None:
            return ""
        last = period.end - timedelta(days=1)
        whole = period.start.day == 1 and period.end.day == 1
        return self.fmt.months(period.start, last) if whole else self.fmt.range(period.start, last)


def headline(say: Speaker, found: Hotspots) -> str:
    """What came out, in a sentence."""
    if found.nothing:
        period = say.period(found.counted)
        return say(f"nothing_{found.nothing}", period=period, n=found.events, least=LEAST_EVENTS)
    if not found.spots:
        return say("none_found", n=found.events)
    together = say("in_spots", count=say.fmt.number(found.in_spots), total=say.fmt.number(found.events))
    return f"{say('found', n=len(found.spots))} {together}"


def facts(say: Speaker, found: Hotspots) -> list[str]:
    """Which period, compared with which, and what is not among the numbers."""
    told = [say("period_words", period=say.period(found.period))]
    if found.before:
        told.append(say("compared_with", period=say.period(found.before)))
    if found.counted.end and found.period.end and found.counted.end < found.period.end and not found.nothing:
        day = found.counted.end - timedelta(days=1)
        told.append(say("data_ends", day=say.fmt.months(day, day)))
    if found.nothing in ("no_period", "few") and found.known:
        told.append(say("nothing_data", period=say.period(found.known)))
    if found.unmapped:
        told.append(say("no_position", n=say.fmt.number(found.unmapped)))
    if found.outside:
        told.append(say("outside", n=say.fmt.number(found.outside)))
    return told


def title(say: Speaker, spot: Spot) -> str:
    """Where a spot is: the sub-area and the name nearest to its densest part."""
    area = say.label(say.agreement.areas, spot.area) if spot.area else say("title_nowhere")
    return say("title_near", area=area, near=spot.near) if spot.near else area


def described(say: Speaker, found: Hotspots, spot: Spot) -> list[str]:
    """A spot in sentences: how much, where densest, of what, from whom, and what to be careful with."""
    number, side = say.fmt.number, found.cell_metres
    told = [
        say("counted", count=number(spot.events), hectares=number(hectares(found, spot)), expected=_about(say, spot))
    ]
    if spot.cells > 9:
        key = "core" if spot.near else "core_unnamed"
        told.append(say(key, near=spot.near, count=number(spot.core), metres=number(3 * side)))
    told.append(say("types", types=types(say, spot.types)))
    if spot.sources:
        told.append(_source(say, spot.sources, spot.events))
    if 2 * spot.pile >= spot.events and spot.pile >= LEAST_EVENTS:
        told.append(say("pile", count=number(spot.pile)))
    return told


def _about(say: Speaker, spot: Spot) -> str:
    return say.fmt.number(spot.expected, 0 if spot.expected >= 10 else 1)


def hectares(found: Hotspots, spot: Spot) -> float:
    """How large a spot is."""
    return spot.cells * found.cell_metres**2 / 10_000


def types(say: Speaker, counted: Counted) -> str:
    """The commonest types with their numbers."""
    return ", ".join(
        say("more_types", type=say.label(say.agreement.types, code).lower(), count=say.fmt.number(count))
        for code, count in counted[:SHOWN_TYPES]
    )


def _source(say: Speaker, sources: Counted, events: int) -> str:
    code, count = sources[0]
    told = say("source_share", source=say.label(say.agreement.sources, code).lower(), percent=_percent(count, events))
    return f"{told} {say('effort_spot')}" if count > HALF * events else told


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0


def change(say: Speaker, found: Hotspots, spot: Spot) -> str:
    """Against the period before: arrow, sign, number, and both counts."""
    if spot.before is None or found.before is None:
        return say("not_compared")
    just_before = found.before.end == found.counted.start and (found.counted.days or 0) > 366
    key = "compared_just_before" if just_before else "compared"
    arrow, signed = arrow_of(spot)
    return say(key, arrow=arrow, change=signed, before=say.fmt.number(spot.before), now=say.fmt.number(spot.events))


def arrow_of(spot: Spot) -> tuple[str, str]:
    """The arrow and the signed number of a change."""
    more = spot.events - (spot.before or 0)
    return ("▲", f"+{more}") if more > 0 else ("▼", f"−{-more}") if more < 0 else ("●", "0")


def certainty(say: Speaker, spot: Spot) -> str:
    """How sure the change is: certain, uncertain, too few to tell; "" when nothing is compared."""
    if not spot.finding:
        return ""
    finding = Finding(spot.finding)
    return say("too_few" if finding is Finding.TOO_FEW else "certain" if finding in CERTAIN else "uncertain")


def history(say: Speaker, found: Hotspots, spot: Spot) -> str:
    """How the spot has been over the last months."""
    if not spot.history:
        return say("history_short")
    months = say("history_months", hot=spot.hot_months, months=found.months)
    return f"{say(f'history_class.{spot.history}')} ({months})"


def concentration(say: Speaker, found: Hotspots) -> list[str]:
    """In how few squares most reports lie, and what the map of the period before was worth."""
    number, told = say.fmt.number, []
    if held := found.uneven:
        cells = number(found.cells)
        told.append(say("uneven", half=number(held.half), most=number(held.most), cells=cells, even=number(held.even)))
        told.append(say("gini", gini=number(held.gini, 2)))
    if hits := found.hits:
        told.append(
            say("hits", ground=number(100 * hits.ground, 1), events=number(100 * hits.events), pai=number(hits.pai, 1))
        )
        told.append(say("hits_best", percent=number(100 * hits.pei)))
    return told


def method_card(say: Speaker, found: Hotspots) -> list[str]:
    """Everything it takes to count the same again, and what the answer cannot say."""
    number, metres = say.fmt.number, found.cell_metres
    context = [one.label[say.language].lower() for one in say.agreement.sources.values() if one.context]
    kinds = ", ".join(say.kind(kind).lower() for kind in found.kinds)
    return [
        say("method_ground", cells=number(found.cells), metres=metres),
        say("method_grid", metres=metres),
        say("method_test", hot=number(found.hot)),
        say("method_gi"),
        say("method_kinds", kinds=kinds or "–", sources=", ".join(context) or "–"),
        say("method_change"),
        *([say("method_history", months=found.months)] if found.months else []),
        say("method_limits"),
        say("method_data", version=found.data_version),
    ]


def other_squares(say: Speaker, found: Hotspots, other: Hotspots, same: int) -> str:
    """Whether the answer is another with other squares."""
    if not other.spots:
        return say("other_none", metres=other.cell_metres)
    key = "other_same" if same == len(found.spots) else "other_some"
    fields = {} if key == "other_same" else {"kept": same}
    return say(key, metres=other.cell_metres, n=len(other.spots), of=len(found.spots), **fields)


def rows(say: Speaker, found: Hotspots, work: Mapping[int, Work]) -> Iterator[dict[str, Any]]:
    """The spots as rows of a file, with `id` and `geometry` (EPSG:3006) beside the columns."""
    for spot in found.spots:
        done = work.get(spot.number, Work([], []))
        yield {
            "id": spot.number, "layer": "hotspots", "geometry": spot.shape, "number": spot.number,
            "place": title(say, spot), "area": spot.area, "count": spot.events, "expected": spot.expected,
            "before": spot.before, "change": None if spot.before is None else spot.events - spot.before,
            "ratio": spot.ratio, "low": spot.low, "high": spot.high, "certainty": certainty(say, spot),
            "history": say(f"history_class.{spot.history}") if spot.history else "", "hot_months": spot.hot_months,
            "q": spot.q, "gi_star": spot.z, "squares": spot.cells, "hectares": hectares(found, spot),
            "types": types(say, spot.types),
            "largest_source": say.label(say.agreement.sources, spot.sources[0][0]) if spot.sources else "",
            "source_share": round(spot.sources[0][1] / spot.events, 3) if spot.sources else None,
            "places": ", ".join(place.name for place in done.places),
            "measures": ", ".join(measure.title for measure in done.measures),
            **_days("", found.counted), **_days("before_", found.before), "cell_metres": found.cell_metres,
        }  # fmt: skip


def square_rows(say: Speaker, found: Hotspots) -> Iterator[dict[str, Any]]:
    """The hot squares as rows, with `id` and `geometry` (EPSG:3006) beside the columns."""
    side = found.cell_metres
    for one in found.squares:
        yield {
            "id": f"{one.e}-{one.n}", "geometry": shapely.box(one.e, one.n, one.e + side, one.n + side),
            "spot": one.number or None, "count": one.events, "around": one.around, "expected": one.expected,
            "p": one.p, "q": one.q, "gi_star": one.z, "hot": True, "class": one.history or None,
            "history": say(f"history_class.{one.history}") if one.history else "", "hot_months": one.hot_months,
        }  # fmt: skip


def _days(prefix: str, period: Period | None) -> dict[str, date | None]:
    start, end = (period.start, period.end) if period else (None, None)
    return {f"{prefix}from": start, f"{prefix}to": end and end - timedelta(days=1)}
