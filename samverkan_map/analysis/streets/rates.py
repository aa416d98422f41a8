"""Events per kilometre and year, the severity score beside them, and what changed since a comparison period."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from samverkan_map.analysis.checks import counts, number, positive, table
from samverkan_map.analysis.effects import Finding, RateRatio, effect_verdict, gamma_poisson, rate_ratio, rate_ratio_p
from samverkan_map.analysis.false_discovery import benjamini_hochberg
from samverkan_map.errors import BadNumbers

LEAST_METRES = 100.0
"""A shorter stretch gets no rate: one event more or less would decide it. Merge it with its neighbours first."""

METRES_PER_KM = 1000.0
COMPLAINTS = ("complaint",)
SEVERE = ("fatal", "severe")


@dataclass(frozen=True)
class SegmentRate:
    """What happened on one stretch. The rates are None on a stretch too short for them.

    `severe` is how many of the events were grave, to stand beside `epdo`: one death must not decide alone.
    """

    events: float
    complaints: float
    severe: float
    epdo: float
    events_per_km_year: float | None
    complaints_per_km_year: float | None
    epdo_per_km_year: float | None


def segment_rates(
    lengths_metres: Any,
    events: Mapping[str, Any],
    weights: Mapping[str, float],
    years: float,
    *,
    least_metres: float = LEAST_METRES,
    complaints: Collection[str] = COMPLAINTS,
    severe: Collection[str] = SEVERE,
) -> list[SegmentRate]:
    """Events and complaints of each stretch per kilometre and year, and the score of weighted severities (EPDO).

    Complaints are never added to events; a kind of complaint without a weight weighs nothing in the score.

    Units: metres, shape (n,); `events` gives each kind's counts per stretch, shape (n,); `weights` per kind, in
    accidents with property damage only or any other common unit; years; one SegmentRate per stretch out.
    Raises BadNumbers for no stretch, a length that is not positive, bad counts, a kind of event without a weight, a
    negative weight, and a period or a least length out of range.
    Source: AASHTO (2010), Highway Safety Manual, section 4.4.2.4 (EPDO); methods, section 5, for the least length.

    >>> one, short = segment_rates([420, 85], {"severe": [1, 0], "slight": [3, 1]}, {"severe": 50, "slight": 10}, 5)
    >>> round(one.events_per_km_year, 2), one.epdo, one.severe, short.epdo, short.epdo_per_km_year
    (1.9, 80.0, 1.0, 10.0, None)
    """
    lengths, span = lengths_of(lengths_metres), positive("years", years)
    least = number("least_metres", least_metres)
    n = len(lengths)
    found = {kind: counts("events", values, length=n) for kind, values in events.items()}
    weigh = {kind: _weight(kind, weights, kind in complaints) for kind in found}
    accidents = _sum([found[kind] for kind in found if kind not in complaints], n)
    complained = _sum([found[kind] for kind in found if kind in complaints], n)
    grave = _sum([found[kind] for kind in found if kind in severe], n)
    score = _sum([found[kind] * weigh[kind] for kind in found], n)
    exposure = lengths / METRES_PER_KM * span
    return [
        SegmentRate(a, c, g, s, *((a / e, c / e, s / e) if long else (None, None, None)))
        for a, c, g, s, e, long in zip(
            accidents.tolist(), complained.tolist(), grave.tolist(), score.tolist(), exposure.tolist(),
            (lengths >= least).tolist(), strict=True,
        )
    ]  # fmt: skip


def lengths_of(lengths_metres: Any, field: str = "lengths_metres") -> np.ndarray:
    """Lengths as an array of its own: at least one, each above zero.

    Units: metres, shape (n,) in and out.
    Raises BadNumbers for no length and for one that is not positive.
    Source: own rule (2026).

    >>> lengths_of([420, 85]).tolist()
    [420.0, 85.0]
    """
    found = counts(field, lengths_metres, broken=True)
    if (found < 1e-6).any():
        raise BadNumbers("analysis.errors.not_positive", field=field)
    return found


def _sum(rows: Sequence[np.ndarray], n: int) -> np.ndarray:
    return np.sum(rows, axis=0) if rows else np.zeros(n)


def _weight(kind: str, weights: Mapping[str, float], may_lack: bool) -> float:
    if kind not in weights:
        if may_lack:
            return 0.0
        raise BadNumbers("analysis.errors.no_weight", field="weights", kind=kind)
    found = number("weights", weights[kind])
    if found < 0:
        raise BadNumbers("analysis.errors.negative", field="weights")
    return found


def severity_score(events: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """The sum of weight x count over the severities of one place.

    Units: events and weights per kind; a score in the weights' unit out.
    Raises BadNumbers for no kind at all, bad counts, a kind without a weight and a negative weight.
    Source: City of Fort Worth (2019), Vision Zero action plan, and AASHTO (2010) for the form.

    >>> severity_score({"fatal": 1, "severe": 1, "slight": 2, "property": 5},
    ...                {"fatal": 3, "severe": 2, "slight": 1, "property": 0})
    7.0
    """
    found = counts("events", list(events.values()))
    return float(found @ [_weight(kind, weights, False) for kind in events])


@dataclass(frozen=True, eq=False)
class Merged:
    """Stretches put together: for each stretch that came in the one it went into, and the names in that order."""

    into: np.ndarray
    names: list[str]

    def total(self, values: Any) -> np.ndarray:
        """Lengths, counts or scores per stretch that came in, summed for each put together. Raises BadNumbers."""
        found = table("values", values, (len(self.into),))
        return np.bincount(self.into, weights=found, minlength=len(self.names))


def merged_by_name(names: Sequence[str]) -> Merged:
    """Which pieces belong to one street, so that short pieces get their rate together; those without name stay apart.

    Units: names, shape (n,); one Merged out, in the order the names first appear.
    Raises BadNumbers for no piece at all and names that are not texts.
    Source: methods, section 5, own rule (2026).

    >>> found = merged_by_name(["Storgatan", "", "Storgatan", ""])
    >>> found.into.tolist(), found.total([60, 90, 70, 80]).tolist()
    ([0, 1, 0, 2], [130.0, 90.0, 80.0])
    """
    if not len(names):
        raise BadNumbers("analysis.errors.empty", field="names")
    if not all(isinstance(name, str) for name in names):
        raise BadNumbers("analysis.errors.not_a_name", field="names")
    seen: dict[Any, int] = {}
    into = [seen.setdefault(name.strip().casefold() or index, len(seen)) for index, name in enumerate(names)]
    first = {place: names[index].strip() for index, place in reversed(list(enumerate(into)))}
    return Merged(np.array(into), [first[place] for place in range(len(seen))])


@dataclass(frozen=True)
class Trend:
    """A stretch now against the comparison period: the exact ratio of the rates, and which sentence it carries.

    `q` is the share of false findings one accepts by calling this one and all clearer ones of the list changed.
    """

    now: float
    before: float
    ratio: float | None
    low: float
    high: float
    p_decrease: float
    finding: Finding
    q: float

    @property
    def difference(self) -> float:
        """How many more (or fewer, below zero) than in the comparison period; only for periods of equal length."""
        return self.now - self.before


def trends(
    now: Any, before: Any, length_now: float = 1.0, length_before: float = 1.0, *, dispersion: float = 1.0
) -> list[Trend]:
    """Whether each stretch has more or fewer events than in a comparison period, and how sure that is.

    Units: events, both of shape (n,), and the two periods' lengths in one unit; one Trend per stretch out, its
    interval at 95 %.
    Raises BadNumbers for no stretch, bad counts, unequal lengths of the rows, and periods or dispersion out of range.
    Source: Clopper & Pearson (1934) for the interval, Benjamini & Hochberg (1995) for the list.

    >>> first, second = trends([24, 3], [9, 2])
    >>> first.finding.value, first.difference, second.finding.value
    ('tydlig_okning', 15.0, 'for_fa_handelser')
    """
    later = counts("now", now)
    earlier = counts("before", before, length=len(later))
    pairs = list(zip(later.tolist(), earlier.tolist(), strict=True))
    spans = positive("length_now", length_now), positive("length_before", length_before)
    # A long list has few different pairs: each is worked out once.
    known = {pair: _changed(pair, spans, dispersion) for pair in dict.fromkeys(pairs)}
    discovered = benjamini_hochberg([known[pair][2] for pair in pairs])
    return [
        Trend(a, b, found.ratio, found.low, found.high, p, effect_verdict(b, a, found.low, found.high, p), q)
        for (a, b), (found, p, _), q in zip(pairs, map(known.__getitem__, pairs), discovered.q.tolist(), strict=True)
    ]


def _changed(
    pair: tuple[float, float], spans: tuple[float, float], dispersion: float
) -> tuple[RateRatio, float, float]:
    """The ratio of two counts, how likely a decrease is, and the p of there being no change."""
    ratio = rate_ratio(*pair, *spans, dispersion=dispersion)
    fall = gamma_poisson(*pair, *spans, dispersion=dispersion).p_decrease
    return ratio, fall, rate_ratio_p(*pair, *spans).central
