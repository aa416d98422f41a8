"""The example's safety walks: begun, noted point by point and ended, as whoever leads one does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any, Protocol

from sqlalchemy.orm import Session

from samverkan_map import inbox, walks
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.demo.material import read
from samverkan_map.demo.spots import Ground
from samverkan_map.vocabulary import Precision, Role

BEGINS, BETWEEN = time(17), timedelta(minutes=12)


class Told(Protocol):
    """What the walks need of the story that they are part of."""

    session: Session
    agreement: Agreement
    ground: Ground
    viewers: dict[Role, Viewer]

    def day(self, ago: int) -> date:
        """The day that is so many days of the material before the last."""


def points() -> int:
    """How many points come to count as reports."""
    return sum(len(one["points"]) for one in read("walks")["walks"])


def acts(story: Told) -> Iterator[tuple[date, Callable[[], None]]]:
    """The walks with their days."""
    for one in read("walks")["walks"]:
        yield story.day(one["ago"]), partial(_walk, story, one)


def _walk(story: Told, one: Mapping[str, Any]) -> None:
    leader, day = story.viewers[Role.COORDINATOR], story.day(one["ago"])
    walk = walks.begin(story.session, leader, title=one["title"], walked_on=day, today=day)
    at = datetime.combine(day, BEGINS)
    for point in one["points"]:
        at += BETWEEN
        where = inbox.Where(story.ground.shape(point).centroid, point["spot"], Precision.POINT)
        walks.note(
            story.session, leader, story.agreement, walk.id, choice=point["choice"], where=where,
            words=point.get("words", ""), now=at,
        )  # fmt: skip
    walks.end(story.session, leader, story.agreement, walk.id, now=at + BETWEEN)
