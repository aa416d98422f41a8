"""From numbers to a sentence: which words the figures carry, by rules in a fixed order."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from numbers import Real

from samverkan_map.analysis.checks import MOST, number, probability, whole
from samverkan_map.errors import BadNumbers

FEW_TOGETHER = 10
FEW_BEFORE = 20
UNCHANGED = 0.9
PROBABLY, HARDLY = 0.9, 0.1
NEIGHBOUR_INCREASE = 1.2
ROUNDING_PERCENT = 5


class Finding(StrEnum):
    """What may be said about a change, as the key of its sentence; in the order the rules are tried."""

    TOO_FEW = "for_fa_handelser"
    CLEAR_DECREASE = "tydlig_minskning"
    CLEAR_INCREASE = "tydlig_okning"
    UNCHANGED = "ungefar_oforandrat"
    PROBABLE_DECREASE = "sannolikt_minskning"
    PROBABLE_INCREASE = "sannolikt_okning"
    CANNOT_TELL = "gar_inte_att_avgora"


class Moved(StrEnum):
    """What may be said about the ring around: whether the problem seems to have moved there."""

    NO_SIGN = "inga_tecken"
    SIGN = "tecken"
    CANNOT_TELL = "gar_inte_att_avgora"


def effect_verdict(before: float, after: float, low: float, high: float, p_decrease: float) -> Finding:
    """Which sentence a before/after comparison carries; the first rule that fits.

    Units: events, the 95 % interval of the rate ratio (`high` may be infinite) and a probability; one Finding out.
    Raises BadNumbers for bad counts, an interval that is not one and a probability outside 0 to 1.
    Source: methods, section 11, own rule (2026).

    >>> effect_verdict(25, 12, 0.22, 0.99, 0.98).value, effect_verdict(3, 2, 0.1, 5.0, 0.7).value
    ('tydlig_minskning', 'for_fa_handelser')
    """
    together = whole("before", before) + whole("after", after)
    _interval(low, high)
    p = probability("p_decrease", p_decrease)
    rules = {
        Finding.TOO_FEW: together < FEW_TOGETHER,
        Finding.CLEAR_DECREASE: high < 1,
        Finding.CLEAR_INCREASE: low > 1,
        Finding.UNCHANGED: low >= UNCHANGED and high <= 1 / UNCHANGED,
        Finding.PROBABLE_DECREASE: p >= PROBABLY,
        Finding.PROBABLE_INCREASE: p <= HARDLY,
    }
    return next((finding for finding, holds in rules.items() if holds), Finding.CANNOT_TELL)


def _interval(low: float, high: float) -> None:
    # Few and very uneven counts send the upper end beyond every bound on what is counted: it is then as good as open.
    beyond = isinstance(high, Real) and high > MOST
    if not 0 <= number("low", low) <= (math.inf if beyond else number("high", high)):
        raise BadNumbers("analysis.errors.not_an_interval", field="low")


def displacement_verdict(low: float, high: float) -> Moved:
    """Whether the ring around a measure shows that the problem moved there.

    Units: the 95 % interval of the ring's rate ratio (`high` may be infinite); one Moved out.
    Raises BadNumbers for an interval that is not one.
    Source: methods, section 11, own rule (2026): no sign only when an increase above 20 % is excluded.

    >>> [displacement_verdict(low, high).value for low, high in ((0.5, 1.1), (0.7, 1.6), (1.1, 2.0))]
    ['inga_tecken', 'gar_inte_att_avgora', 'tecken']
    """
    _interval(low, high)
    if low > 1:
        return Moved.SIGN
    return Moved.NO_SIGN if high <= NEIGHBOUR_INCREASE else Moved.CANNOT_TELL


@dataclass(frozen=True)
class PercentRange:
    """Two whole per cents, the smaller first, to the nearest five; `most` None when there is no upper end."""

    least: int
    most: int | None


def percent_fewer(before: float, low: float, high: float) -> PercentRange | None:
    """How many per cent fewer events, from an interval below 1; None when the counts must be given instead.

    Units: events before, and the interval of the rate ratio; one PercentRange out.
    Raises BadNumbers for a bad count and an interval that is not one.
    Source: methods, section 11, own rule (2026): no per cent when there were fewer than 20 before.

    >>> percent_fewer(40, 0.45, 0.83), percent_fewer(19, 0.45, 0.83)
    (PercentRange(least=15, most=55), None)
    """
    _interval(low, high)
    if whole("before", before) < FEW_BEFORE or high > 1:
        return None
    return PercentRange(_nearest(1 - high), _nearest(1 - low))


def percent_more(before: float, low: float, high: float) -> PercentRange | None:
    """How many per cent more events, from an interval above 1; None when the counts must be given instead.

    Units: events before, and the interval of the rate ratio (`high` may be infinite); one PercentRange out.
    Raises BadNumbers for a bad count and an interval that is not one.
    Source: methods, section 11, own rule (2026).

    >>> percent_more(26, 1.07, 2.98)
    PercentRange(least=5, most=200)
    """
    _interval(low, high)
    if whole("before", before) < FEW_BEFORE or low < 1:
        return None
    return PercentRange(_nearest(low - 1), None if math.isinf(high) else _nearest(high - 1))


def _nearest(share_of: float) -> int:
    return ROUNDING_PERCENT * math.floor(100 * share_of / ROUNDING_PERCENT + 0.5)


def of_ten(p: float) -> int:
    """A probability as so many times out of ten, never none and never all.

    Units: a probability in, 1 to 9 out.
    Raises BadNumbers for a number outside 0 to 1.
    Source: methods, section 11, own rule (2026): natural frequencies, and nothing is certain.

    >>> of_ten(0.91), of_ten(0.998), of_ten(0.0)
    (9, 9, 1)
    """
    return min(9, max(1, math.floor(10 * probability("p", p) + 0.5)))
