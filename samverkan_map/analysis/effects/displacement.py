"""With a comparison area: how many events fewer, also when the problem may have moved next door.

Every pair is (before, after). The displacement area is the ring around the treated one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

from samverkan_map.analysis.checks import counts, positive, share, widening

NONE = (0.0, 0.0)
SIGNS = np.array([[1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [-1.0, 1.0]])
"""How each count enters, rows control, treated, displacement control, displacement; columns before, after."""


@dataclass(frozen=True)
class Wdd:
    """The weighted displacement difference, below zero for fewer events; `z` and `p` are None without any event."""

    local: float
    se_local: float
    displacement: float
    se_displacement: float
    total: float
    se: float
    low: float
    high: float
    z: float | None
    p: float | None


def wdd(
    treated: Sequence[float],
    control: Sequence[float],
    displacement: Sequence[float] = NONE,
    displacement_control: Sequence[float] = NONE,
    *,
    time_weights: Sequence[float] = (1.0, 1.0),
    area_weights: Sequence[float] = (1.0, 1.0, 1.0, 1.0),
    alpha: float = 0.05,
    dispersion: float = 1.0,
) -> Wdd:
    """How many events fewer (or more) than if the treated area had gone as the comparison did.

    Units: events, pairs (before, after); `time_weights` are lengths (before, after) in any unit, `area_weights` sizes
    of control, treated, displacement control and displacement area; a count is divided by both. One Wdd out, in events.
    Raises BadNumbers for pairs of another length, bad counts, and weights, alpha or dispersion out of range.
    Source: Wheeler & Ratcliffe (2018); the weights are those of Wheeler (2021).

    >>> found = wdd((207, 110), (308, 318), (178, 157), (150, 140))
    >>> found.total, round(found.se, 2), round(found.low), round(found.high)
    (-118.0, 39.6, -196, -40)
    """
    rows = (control, treated, displacement_control, displacement)
    names = ("control", "treated", "displacement_control", "displacement")
    four = np.array([counts(name, row, length=2) for name, row in zip(names, rows, strict=True)])
    weights = np.outer(_weights("area_weights", area_weights, 4), _weights("time_weights", time_weights, 2))
    z, phi = float(ndtri(1 - share("alpha", alpha) / 2)), widening(dispersion)
    changes = (SIGNS * four / weights).sum(axis=1)
    variances = phi * (four / weights**2).sum(axis=1)
    total, se = float(changes.sum()), math.sqrt(float(variances.sum()))
    score = total / se if se else None
    return Wdd(
        local=float(changes[:2].sum()),
        se_local=math.sqrt(float(variances[:2].sum())),
        displacement=float(changes[2:].sum()),
        se_displacement=math.sqrt(float(variances[2:].sum())),
        total=total,
        se=se,
        low=total - z * se,
        high=total + z * se,
        z=score,
        p=None if score is None else 2 * float(ndtr(-abs(score))),
    )


def _weights(name: str, values: Sequence[float], length: int) -> np.ndarray:
    found = counts(name, values, length=length, broken=True)
    for value in found:
        positive(name, value)
    return found


@dataclass(frozen=True)
class Difference:
    """A difference with its standard error and interval; `z` is None without any event."""

    estimate: float
    se: float
    low: float
    high: float
    z: float | None


def wdd_harm(rows: Any, harm: Sequence[float], *, alpha: float = 0.05, dispersion: float = 1.0) -> Difference:
    """The same difference when kinds of event weigh differently, such as by how much harm each does.

    Units: events; `rows` of shape (kinds, 2, 2): for each kind (control, treated), each (before, after); `harm` of
    shape (kinds,) in any unit, which is the unit of the Difference that comes out.
    Raises BadNumbers for other shapes, bad counts or weights, alpha or dispersion out of range.
    Source: Wheeler (2020) on Wheeler & Ratcliffe (2018).

    >>> found = wdd_harm([[(133, 91), (130, 74)], [(388, 305), (327, 202)]], (3, 2))
    >>> found.estimate, round(found.se, 1)
    (-126.0, 93.5)
    """
    weights = counts("harm", harm, broken=True)
    found = counts("rows", rows, length=len(weights), shape=(None, 2, 2)).reshape(-1, 4)
    z, phi = float(ndtri(1 - share("alpha", alpha) / 2)), widening(dispersion)
    estimate = float(weights @ (found @ (1, -1, -1, 1)))
    se = math.sqrt(phi * float(weights**2 @ found.sum(axis=1)))
    return Difference(estimate, se, estimate - z * se, estimate + z * se, estimate / se if se else None)


@dataclass(frozen=True)
class Width:
    """How wide the interval will be: half of it in events, and in per cent of the treated area's events."""

    se: float
    half: float
    percent: float | None


def wdd_width(treated: float, control: float, *, alpha: float = 0.05, dispersion: float = 1.0) -> Width:
    """How wide the interval of `wdd` will be if nothing changes, before anything has been done.

    Units: expected events per window in the treated and in the comparison area (need not be whole); one Width out.
    Raises BadNumbers for negative numbers, alpha or dispersion out of range.
    Source: Wheeler (2024).

    >>> found = wdd_width(100, 100)
    >>> found.se, round(found.half, 1)
    (20.0, 39.2)
    """
    t, c = counts("expected", (treated, control), length=2, broken=True)
    se = math.sqrt(2 * widening(dispersion) * float(t + c))
    half = float(ndtri(1 - share("alpha", alpha) / 2)) * se
    return Width(se, half, 100 * half / float(t) if t else None)


@dataclass(frozen=True)
class Wdq:
    """The weighted displacement quotient and its parts; None where a comparison count is zero.

    `interpretable` is False when the treated area did not improve: then the quotient says nothing.
    """

    gross: float
    net: float | None
    success: float | None
    buffer: float | None
    quotient: float | None
    total_net: float | None
    interpretable: bool


def wdq(treated: Sequence[float], buffer: Sequence[float], control: Sequence[float]) -> Wdq:
    """Whether the ring around gained (above zero) or was moved to (below zero), relative to what was won inside.

    It has no interval, so it is shown only as words beside `wdd`.

    Units: events, pairs (before, after); one Wdq out: gross and total_net in events, the others quotients.
    Raises BadNumbers for pairs of another length and bad counts.
    Source: Bowers & Johnson (2003); formulas as in Guerette (2009).

    >>> found = wdq((120, 80), (90, 80), (400, 400))
    >>> found.gross, round(found.quotient, 2), found.total_net, found.interpretable
    (40.0, 0.25, 50.0, True)
    """
    (r0, r1), (d0, d1) = counts("treated", treated, length=2), counts("buffer", buffer, length=2)
    c0, c1 = counts("control", control, length=2)
    gross = float(r0 - r1)
    if not c0 or not c1:
        return Wdq(gross, None, None, None, None, None, False)
    success, moved = float(r1 / c1 - r0 / c0), float(d1 / c1 - d0 / c0)
    total_net = float((r0 + d0) * c1 / c0 - r1 - d1)
    return Wdq(gross, -success, success, moved, moved / success if success else None, total_net, success < 0)


def pooled(pairs: Any) -> tuple[float, float]:
    """The counts of several places with the same measure, added up so that they can be judged as one.

    Units: events; shape (places, 2), each (before, after), every place with equally long windows; one pair out.
    Raises BadNumbers for no place and for bad counts.
    Source: methods, section 7.5, own rule (2026).

    >>> pooled([(12, 7), (9, 8)])
    (21.0, 15.0)
    """
    before, after = counts("pairs", pairs, shape=(None, 2)).sum(axis=0).tolist()
    return before, after
