"""What is open when an agreement runs out, and what is proposed for it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from samverkan_map import access, measures, places
from samverkan_map.access import Viewer
from samverkan_map.db.tables import Measure, Place
from samverkan_map.vocabulary import EndReason, MeasureStatus, Permission, Phase

CARRY, CLOSE = "carry", "close"


@dataclass(frozen=True)
class Line:
    """An open place or measure, with what is proposed for it: carried over when work is left."""

    key: str
    row: Place | Measure
    left: bool
    reasons: tuple[EndReason, ...]
    """Why it may be closed, the likeliest first."""

    @property
    def is_place(self) -> bool:
        """Whether it is a place and no measure."""
        return isinstance(self.row, Place)


@dataclass(frozen=True)
class Work:
    """All that is open. `waiting` are finished measures whose follow-up is not done: they go on by themselves.

    `sign` is a short name for exactly this: another as soon as somebody changes, opens or closes one of them.
    """

    places: tuple[Line, ...]
    measures: tuple[Line, ...]
    waiting: tuple[Measure, ...]
    sign: str

    @property
    def lines(self) -> tuple[Line, ...]:
        """Places and measures, the places first."""
        return (*self.places, *self.measures)


def open_work(session: Session, viewer: Viewer) -> Work:
    """The places that are not closed and the measures that are planned or go on. Raises NotAllowed."""
    access.check(viewer, Permission.START_PERIOD)
    here = [place for place in places.find(session, viewer) if place.closed_on is None]
    every = measures.find(session, viewer)
    going = [one for one in every if one.status in (MeasureStatus.PLANNED, MeasureStatus.ONGOING)]
    found = tuple(_of_place(place) for place in sorted(here, key=lambda place: (place.name, place.id)))
    done = {line.row.id for line in found if not line.left}
    begun = tuple(_of_measure(one, done) for one in sorted(going, key=lambda one: (one.title, one.id)))
    waiting = tuple(one for one in every if one.status == MeasureStatus.DONE and _awaits(one))
    return Work(found, begun, waiting, _sign((*found, *begun)))


def _sign(lines: Iterable[Line]) -> str:
    told = " ".join(sorted(f"{line.key}.{line.row.version}" for line in lines))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _of_place(place: Place) -> Line:
    """A place that is in uppföljning with a verdict has no work left."""
    left = Phase(place.phase) is not Phase.ASSESSMENT or bool(places.needs(place, Phase.ASSESSMENT))
    return Line(f"place-{place.id}", place, left, _likeliest(EndReason, not left, EndReason.FINISHED))


def _of_measure(measure: Measure, done: set[int]) -> Line:
    """A measure whose places all are closed, or have no work left, has none either."""
    over = [place.closed_on is not None or place.id in done for place in measure.places]
    left = bool(measure.sites) or not over or not all(over)
    ongoing = measure.status == MeasureStatus.ONGOING
    may = [one for one in EndReason if ongoing or one is not EndReason.FINISHED]
    return Line(f"measure-{measure.id}", measure, left, _likeliest(may, ongoing and not left, EndReason.FINISHED))


def _likeliest(reasons: Iterable[EndReason], first: bool, one: EndReason) -> tuple[EndReason, ...]:
    return tuple(sorted(reasons, key=lambda reason: (reason is one) != first))


def _awaits(measure: Measure) -> bool:
    return not measure.waiver and any(plan.done_on is None for plan in measure.follow_ups)
