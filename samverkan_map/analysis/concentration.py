"""How unevenly events fall over places: few places have most of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from samverkan_map.analysis.checks import counts, share
from samverkan_map.errors import BadNumbers

ROUNDING = 1e-12


@dataclass(frozen=True)
class Gini:
    """0 for equally many everywhere, towards 1 for all at one place; None where it cannot be said.

    `generalised` allows for there being fewer events than places, so that some must be without.
    """

    plain: float | None
    unbiased: float | None
    generalised: float | None
    generalised_unbiased: float | None


def gini(places: Any) -> Gini:
    """How unevenly events fall over places, in four forms.

    Units: events per place, shape (n,); one Gini out, every part None without any event, the unbiased ones None when
    one place, or one event, is all there is.
    Raises BadNumbers for no place and bad counts.
    Source: Gini (1912); Bernasco & Steenbeek (2017) for the generalised form.

    >>> found = gini([5, 2, 1, 0, 0, 0, 0, 0, 0, 0])
    >>> round(found.plain, 2), round(found.generalised, 2), round(found.generalised_unbiased, 3)
    (0.8, 0.75, 0.857)
    """
    x = np.sort(counts("places", places))
    n, events = len(x), float(x.sum())
    if not events:
        return Gini(None, None, None, None)
    plain = 2 * float(np.arange(1, n + 1) @ x) / (n * events) - (n + 1) / n
    general = max(1.0, n / events) * (plain - 1) + 1
    fewest = min(n, events)
    return Gini(
        plain,
        plain * n / (n - 1) if n > 1 else None,
        general,
        general * fewest / (fewest - 1) if fewest > 1 else None,
    )


@dataclass(frozen=True, eq=False)
class Concentration:
    """Places from the one with most events down; `events` are how many the first, the first two, ... have together."""

    events: np.ndarray

    @property
    def total(self) -> int:
        """All events."""
        return int(self.events[-1])

    @property
    def places(self) -> int:
        """All places."""
        return len(self.events)

    @property
    def active(self) -> int:
        """The places with any event."""
        return int((np.diff(self.events, prepend=0) > 0).sum())

    def places_for(self, part: float) -> int | None:
        """The smallest number of places that have this share of the events; None without events. Raises BadNumbers."""
        wanted = self._part(part) * self.total * (1 - ROUNDING)
        return int(np.searchsorted(self.events, wanted)) + 1 if self.total else None

    def share_of_places_for(self, part: float) -> float | None:
        """The same as a share of all places. Raises BadNumbers."""
        found = self.places_for(part)
        return None if found is None else found / self.places

    def share_of_active_for(self, part: float) -> float | None:
        """The same as a share of the places with any event. Raises BadNumbers."""
        found = self.places_for(part)
        return None if found is None else found / self.active

    def events_share_of_top(self, part: float) -> float | None:
        """The share of the events at this share of the places, rounded up to a whole place. Raises BadNumbers."""
        first = math.ceil(self._part(part) * self.places * (1 - ROUNDING))
        return int(self.events[first - 1]) / self.total if self.total else None

    def fewest_if_even(self, part: float) -> int:
        """How many places would have that share if no place had two events: what chance alone must give. Raises
        BadNumbers.
        """
        return min(self.places, math.ceil(self._part(part) * self.total * (1 - ROUNDING)))

    def places_if_even(self, part: float) -> int:
        """How many places would have that share if the events lay as evenly as whole numbers allow; the same as
        `fewest_if_even` while there are no more events than places. Raises BadNumbers.

        >>> place_concentration([9, 2, 0, 0]).places_if_even(0.5)
        2
        """
        wanted = self._part(part) * self.total * (1 - ROUNDING)
        each, fuller = divmod(self.total, self.places)
        if wanted <= fuller * (each + 1):
            return math.ceil(wanted / (each + 1))
        return fuller + math.ceil((wanted - fuller * (each + 1)) / each)

    def events_if_even(self, number: int) -> int:
        """How many events that many places would have between them, the fullest first, if they lay that evenly.

        >>> place_concentration([9, 2, 0, 0]).events_if_even(3)
        9
        """
        each, fuller = divmod(self.total, self.places)
        return number * each + min(number, fuller)

    @staticmethod
    def _part(part: float) -> float:
        return 1.0 if part == 1 else share("part", part)


def place_concentration(places: Any) -> Concentration:
    """The J-curve: how few places have a quarter, half and most of the events.

    Units: events per place, shape (n,); one Concentration out.
    Raises BadNumbers for no place and bad counts.
    Source: Weisburd (2015).

    >>> found = place_concentration([20, 10, 6, 4, 3, 2, 2, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    >>> found.places_for(0.5), found.share_of_places_for(0.8), found.fewest_if_even(0.5)
    (2, 0.2, 20)
    """
    x = counts("places", places)
    if x.sum() > 2**53:
        raise BadNumbers("analysis.errors.too_large", field="places")
    return Concentration(np.cumsum(np.sort(x)[::-1]))
