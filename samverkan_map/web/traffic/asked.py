"""What every page of stretches asks: the question and the comparison of the address, the list, and the work on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import g, request
from shapely.geometry.base import BaseGeometry

from samverkan_map import measures, places, traffic
from samverkan_map.access import Viewer
from samverkan_map.errors import BadQuestion
from samverkan_map.question import Question
from samverkan_map.traffic import COMPARISONS, Ranking, Row, Wanted
from samverkan_map.vocabulary import Mechanism, Phase
from samverkan_map.web.asking import ask
from samverkan_map.web.speeds import ON_METRES, works_from


def asked_here(*own: str) -> Question:
    """The question of the address; it knows the orders of the list, and what is compared with. Raises BadQuestion.

    `own` names what else a page reads from the address.
    """
    return ask(own=("compare", *own), sorts=traffic.SORTS)


def comparison() -> str:
    """What the period is compared with. Raises BadQuestion."""
    found = request.args.get("compare", "") or COMPARISONS[0]
    if found not in COMPARISONS:
        raise BadQuestion("question.errors.unknown", name="compare", value=found[:40], allowed=", ".join(COMPARISONS))
    return found


def rank(asked: Question, viewer: Viewer | None = None) -> Ranking:
    """The list for a question, as the visitor may see it, or somebody else."""
    return traffic.rank(g.session, viewer or g.viewer, g.agreement, asked, comparison=comparison(), today=g.today)


@dataclass(frozen=True)
class Work:
    """What is worked with on each stretch that has something: the places, and the measures there.

    `meant` holds of the measures those that are about the stretch: a place at a corner touches the side street too, and
    a hump there says nothing about that one.
    """

    places: dict[int, list[Any]]
    measures: dict[int, list[Any]]
    meant: dict[int, list[Any]]

    def phase(self, stretch_id: int) -> str:
        """The phase of the open place on a stretch that has come farthest, or nothing."""
        open_ones = [place for place in self.places.get(stretch_id, ()) if not place.closed_on]
        return max((place.phase for place in open_ones), key=lambda phase: Phase(phase).number, default="")

    def begun(self) -> dict[int, date]:
        """When the last traffic measure meant for each stretch began to work."""
        known = {
            number: [day for one in of_traffic(those) if (day := works_from(one))]
            for number, those in self.meant.items()
        }
        return {number: max(days) for number, days in known.items() if days}


def of_traffic(done: Iterable[Any]) -> list[Any]:
    """The measures among some that are meant to change the traffic."""
    return [one for one in done if one.mechanism == Mechanism.TRAFFIC]


def work_on(ranking: Ranking, viewer: Viewer | None = None) -> Work:
    """What the visitor, or somebody else, may see of places and measures on the stretches."""
    viewer = viewer or g.viewer
    seen = places.find(g.session, viewer)
    named = [[place.stretch_id] if place.stretch_id else [] for place in seen]
    at = dict(zip([place.id for place in seen], _lie_on(ranking, map(places.shape_of, seen), named), strict=True))
    known = measures.find(g.session, viewer)
    drawn = [one for one in known if one.own_geometry]
    own = dict(zip([one.id for one in drawn], _lie_on(ranking, map(measures.drawn, drawn)), strict=True))
    work = Work(defaultdict(list), defaultdict(list), defaultdict(list))
    for place in seen:
        for number in at[place.id].on:
            work.places[number].append(place)
    for one in known:
        found = [own[one.id]] if one.own_geometry else [at[place.id] for place in one.places if place.id in at]
        for number in dict.fromkeys(number for spot in found for number in spot.on):
            work.measures[number].append(one)
        for number in dict.fromkeys(spot.along for spot in found if spot.along):
            work.meant[number].append(one)
    return work


@dataclass(frozen=True)
class _Spot:
    """The stretches that something lies on, and the one of them that it is about."""

    on: list[int]
    along: int | None


def _lie_on(ranking: Ranking, shapes: Iterable[BaseGeometry], named: Sequence[list[int]] = ()) -> list[_Spot]:
    """Where some shapes lie: on what they touch, and about what they name or else have most of the length of."""
    shapes, roads = list(shapes), ranking.roads
    found = []
    for at, touched in enumerate(roads.touched_by(shapes, ON_METRES)):
        said = named[at] if named else []
        along = said[0] if said else roads.longest_in(touched, shapes[at].buffer(ON_METRES)) if touched else None
        found.append(_Spot(list(dict.fromkeys([*said, *touched])), along))
    return found


def rows_of(ranking: Ranking, asked: Question, work: Work) -> list[Row]:
    """The rows that a question means, also by the phase of a place on them."""
    rows = traffic.narrowed(ranking, asked)
    if not (asked.phases or asked.statuses):
        return rows
    return [row for row in rows if any(_fits(place, asked) for place in work.places.get(row.road.id, ()))]


def _fits(place: Any, asked: Question) -> bool:
    status = places.phase_of(place, Phase(place.phase)).status
    return (not asked.phases or place.phase in asked.phases) and (not asked.statuses or status in asked.statuses)


def wanted(ranking: Ranking, rows: list[Row], work: Work) -> list[Wanted]:
    """The measuring queue of some rows."""
    begun = work.begun()
    asked = [row for row in rows if row.speed_complaints or row.severe or row.road.id in begun]
    return traffic.queue(
        g.agreement.traffic,
        ((row.road, row.speed_complaints, row.severe) for row in asked),
        ranking.felt,
        measures=begun,
        today=g.today,
    )
