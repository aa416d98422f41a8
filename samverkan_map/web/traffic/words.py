"""The figures of the list in words: places, changes, periods, verdicts, and how they were counted."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g

from samverkan_map import access
from samverkan_map.analysis import streets
from samverkan_map.reports.reading import STRETCH_METRES
from samverkan_map.traffic import JUNCTION_METRES, Ranking, Row, Wanted, Why
from samverkan_map.web import periods
from samverkan_map.web.texts import Format, label, t

PUBLIC_LEAST = 5
"""Fewer than this is never shown outside (the small-number rules of publishing)."""

ARROWS = {1: "▲", 0: "●", -1: "▼"}


def place(row: Row, ranking: Ranking) -> str:
    """Between which places a stretch stands."""
    if row.place is None:
        return t("traffic.place_short")
    if not ranking.common_rate:
        return t("traffic.place_nothing")
    if row.low == row.high:
        return t("traffic.place_one", n=row.low)
    return t("traffic.place_shared" if row.tied else "traffic.place_range", low=row.low, high=row.high)


@dataclass(frozen=True)
class Change:
    """A change as an arrow, a number with its sign, and how sure it is."""

    arrow: str
    number: str
    sure: str


def change(row: Row) -> Change | None:
    """The change of a row, or None without a comparison."""
    if row.change is None or row.sure is None:
        return None
    direction = (row.change > 0) - (row.change < 0)
    return Change(ARROWS[direction], Format(g.language).signed(row.change), t(f"traffic.sure.{row.sure}"))


def share_unknown(row: Row) -> str:
    """The share of the complaints without time of day: a count when they are few."""
    if not row.complaints:
        return ""
    if row.complaints < 20:
        return t("traffic.unknown_of", n=row.unknown_hour, total=row.complaints)
    return t("traffic.unknown_share", percent=round(100 * row.unknown_hour / row.complaints))


def why(one: Wanted) -> str:
    """Why a stretch stands in the measuring queue."""
    fmt, latest = Format(g.language), one.road.latest
    if one.why is Why.AFTER_MEASURE:
        return t("traffic.why.after_measure", date=fmt.date(one.measure_on))
    if one.why is Why.FELT_OLD and latest:
        return t("traffic.why.felt_old", n=one.speed_complaints, date=fmt.date(latest.ended_on))
    if one.why is Why.SEVERE_NEVER:
        return t("traffic.why.severe_never", n=one.severe)
    return t(f"traffic.why.{one.why}", n=one.speed_complaints)


def effort(ranking: Ranking) -> str:
    """Who stands for more than half of the complaints, or nothing."""
    found = ranking.effort
    if not found:
        return ""
    source = g.agreement.sources.get(found.source)
    name = found.organisation or (label(source) if source else found.source)
    key = "traffic.effort_organisation" if found.organisation else "traffic.effort_source"
    return t(key, name=name, n=found.count, total=found.total)


def in_junction(count: int) -> str:
    """A count of a junction: who sees positions by 50 m squares is not told a small one, for a junction is smaller."""
    if access.coarse_position(g.viewer) is not None and 0 < count < PUBLIC_LEAST:
        return t("traffic.fewer_than", n=PUBLIC_LEAST)
    return Format(g.language).number(count)


def nothing_reported(ranking: Ranking) -> str:
    """That nothing at all is reported in the period, and when the first reports are from; or nothing."""
    if ranking.total or ranking.accidents:
        return ""
    first = ranking.first_known
    if first is None:
        return t("traffic.none_ever")
    return t("traffic.none_then", period=periods.words(ranking.spans.now), month=Format(g.language).month(first))


def reading(ranking: Ranking, rows: list[Row]) -> list[str]:
    """What the list says, in sentences."""
    spans = ranking.spans
    found = [
        t("traffic.read_total", n=ranking.total, on=ranking.on_stretch, at=ranking.at_junctions,
          metres=STRETCH_METRES, period=periods.words(spans.now)),
    ]  # fmt: skip
    unknown, counted = sum(row.unknown_hour for row in rows), sum(row.complaints for row in rows)
    if unknown:
        found.append(t("traffic.read_unknown", n=unknown, total=counted))
    if not ranking.differ and ranking.common_rate:
        found.append(t("traffic.read_same"))
    if spans.before is None:
        found.append(t("traffic.read_no_comparison"))
    elif ranking.begins_inside:
        first = Format(g.language).month(ranking.first_known) or t("common.none")
        found.append(t("traffic.read_begins", month=first))
    return found


def card(ranking: Ranking) -> list[str]:
    """The method card: what was counted, how, and what that does not say."""
    rules, fmt, spans = g.agreement.traffic, Format(g.language), ranking.spans
    before = periods.words(spans.before) if spans.before else t("common.none")
    types = ", ".join(label(g.agreement.types[code]) for code in rules.speed_types)
    lines = [
        t("traffic.card_period", now=periods.words(spans.now), before=before, years=fmt.number(spans.years, 2)),
        t("traffic.card_n", n=ranking.on_stretch, total=ranking.total, stretches=len(ranking.rows)),
        t("traffic.card_snap", metres=STRETCH_METRES),
        t("traffic.card_junctions", metres=JUNCTION_METRES),
        t("traffic.card_by_hand"),
        t("traffic.card_rate", metres=round(streets.rates.LEAST_METRES)),
        t("traffic.card_bayes", rate=fmt.number(ranking.common_rate, 1)),
        t("traffic.card_places", draws=fmt.number(ranking.draws), seed=str(streets.bayes.SEED)),
        t("traffic.card_sure"),
        t("traffic.card_ledger", felt=fmt.number(rules.felt_per_month, 0 if rules.felt_per_month % 1 == 0 else 1),
          n=ranking.felt, over=fmt.number(rules.high_over_limit), years=rules.old_after_years, types=types),
    ]  # fmt: skip
    lines += [
        thresholds(),
        *_weights(),
        t("traffic.card_willing"),
        t("traffic.card_reporters"),
        t("traffic.card_bursts"),
    ]
    return [*lines, t("traffic.card_version", version=ranking.version)]


def thresholds() -> str:
    """Who chose the thresholds of the ledger, and when."""
    decided = g.agreement.traffic.decided_on
    if decided is None:
        return t("traffic.thresholds_proposed")
    return t("traffic.thresholds_decided", date=Format(g.language).date(decided))


def _weights() -> list[str]:
    chosen = g.agreement.traffic.severity
    if not chosen:
        return [t("traffic.card_no_weights")]
    fmt = Format(g.language)
    weights = ", ".join(
        f"{t(f'vocabulary.severity.{code}').lower()} {fmt.number(weight)}" for code, weight in chosen.weights.items()
    )
    return [
        t("traffic.card_weights", weights=weights, source=chosen.source[g.language], year=str(chosen.year)),
        t("traffic.epdo_chosen"),
    ]
