"""A kept run worked out again: whether it still gives the same numbers, and otherwise what differs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from samverkan_map import access, question
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db.tables import Run
from samverkan_map.errors import BadQuestion
from samverkan_map.hotspots import along
from samverkan_map.hotspots.answering import answer
from samverkan_map.hotspots.found import Hotspots, Spot
from samverkan_map.hotspots.runs import found_in, method_of, question_of, stretches_version
from samverkan_map.hotspots.things import Method, Thing
from samverkan_map.hotspots.written import Answer, as_plain
from samverkan_map.reports import frame as frames
from samverkan_map.vocabulary import Role

Numbered = Spot | Thing
NOT_COMPARED = ("given", "data_version", "effort")


@dataclass(frozen=True)
class Again:
    """The answer `then` and `now`; `pairs` are the numbered places of both that differ in how many reports they hold,
    None for a place that the other answer does not have.

    `same` says that every number is the same, `same_reports` and `same_stretches` that what they come from is.
    """

    then: Answer
    now: Answer
    same_reports: bool
    same_stretches: bool
    same: bool
    pairs: tuple[tuple[Numbered | None, Numbered | None], ...]


def again(session: Session, viewer: Viewer, agreement: Agreement, run: Run, *, today: date) -> Again | None:
    """A run asked again of the reports there are now; None when its question can no longer be asked."""
    then, method = found_in(viewer, run), method_of(run)
    whoever = viewer if not run.parameters.get("coarse") else _seeing_coarsely(viewer)
    reach = run.parameters.get("reach_metres") or None
    squares = run.parameters["cell_metres"] if method in (Method.CELLS, Method.DENSITY) else None
    filters = {name: value for name, value in question_of(run).items() if name not in ("method", "cell", "bandwidth")}
    try:
        asked = question.parse(filters, agreement, today)
        now = answer(
            session, whoever, agreement, asked, today=today, method=method, cell_metres=squares, bandwidth=reach
        )
        beside = along.find(session, whoever, agreement, asked, today=today) if "along" in run.result else None
    except BadQuestion:
        return None
    coarse = whoever is not viewer or access.coarse_position(viewer) is not None
    return Again(
        then=then,
        now=now,
        same_reports=run.data_version == frames.current(session).version,
        same_stretches=run.parameters.get("stretches", "") in ("", stretches_version(session)),
        same=_compared(as_plain(then), run.result, coarse) == _compared(as_plain(now), run.result, coarse)
        and run.result.get("along") == (as_plain(beside) if beside else None),
        pairs=tuple(_pairs(numbered(then), numbered(now))),
    )


def _seeing_coarsely(viewer: Viewer) -> Viewer:
    """The viewer as one who sees what a run was worked out from that was kept by such a one."""
    role = next(role for role in Role if access.coarse_position(replace(viewer, role=role)) is not None)
    return replace(viewer, role=role)


def _compared(plain: Mapping[str, Any], kept: Mapping[str, Any], coarse: bool) -> dict[str, Any]:
    """The numbers of an answer, as far as the run holds them; piles are not told to whoever sees coarsely."""
    found = {name: value for name, value in plain.items() if name in kept and name not in NOT_COMPARED}
    if coarse and "spots" in found:
        found["spots"] = [{**spot, "pile": 0} for spot in found["spots"]]
    return found


def numbered(found: Answer) -> tuple[Numbered, ...]:
    """The numbered places of an answer."""
    return found.spots if isinstance(found, Hotspots) else found.things


def _pairs(then: Iterable[Numbered], now: Iterable[Numbered]) -> Iterable[tuple[Numbered | None, Numbered | None]]:
    """Places that lie on each other and hold another number of reports, those that are gone, and the new ones."""
    left = list(now)
    for old in then:
        one = max(left, key=lambda new: _together(old, new), default=None)
        if one is None or not _together(old, one):
            yield old, None
            continue
        left.remove(one)
        if one.events != old.events:
            yield old, one
    yield from ((None, one) for one in left)


def _together(one: Numbered, other: Numbered) -> float:
    """How much two places have in common, in m2, or in metres for stretches."""
    shared = one.shape.intersection(other.shape)
    return float(shared.area or shared.length)
