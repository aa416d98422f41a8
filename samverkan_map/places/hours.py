"""When somebody or something watches over a place, and the hours with problems when nobody does.

Hours are written as people write them on a door, "mån-fre 10-18, lör 10-15", and kept as spans per weekday. A span that
goes past midnight belongs to the day it begins on and ends after 24.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.db import engine
from samverkan_map.db.tables import Place, PlaceHours
from samverkan_map.places import door_hours
from samverkan_map.places.keeping import get, same_version
from samverkan_map.vocabulary import Permission, WatchKind

WATCHERS = (WatchKind.OPENING, WatchKind.STAFFED)
"""What counts as somebody being there; light alone does not watch."""

WEEK = 168
LONG_NIGHT = 12
BUSY = 1.5
"""An hour has problems from so many times the events of an average hour on."""

MOST_OF = 0.8
WATCHED = 0.5
"""An hour of which at least this share is watched counts as watched."""


def set_hours(
    session: Session,
    actor: Viewer,
    place_id: int,
    texts: Mapping[WatchKind, str],
    *,
    today: date,
    version: int | None = None,
) -> Place:
    """Say when a place is open, staffed and lit, as one text each; an empty one takes the hours away.

    Raises NotFound, BadValue (hours that cannot be read; the field is the kind), Conflict when the place changed since
    `version`, NotAllowed.
    """
    place = get(session, actor, place_id)
    access.gate(session, actor, Permission.EDIT_PROBLEM, place, hours=len(texts))
    same_version(place, version)
    kept = {one.kind: one for one in place.hours}
    for kind, text in texts.items():
        spans = door_hours.read(text, field=WatchKind(kind))
        if not spans and kind in kept:
            place.hours.remove(kept[kind])
        elif kind in kept:
            kept[kind].spans = spans
        elif spans:
            place.hours.append(PlaceHours(kind=kind, spans=spans))
    engine.mark_changed(place, today)
    session.flush()
    return place


def hours_in_words(place: Place, kind: WatchKind, language: str = "sv") -> str:
    """The hours of one kind as they are written on a door; empty when none are known."""
    return next((door_hours.write(one.spans, language) for one in place.hours if one.kind == kind), "")


@dataclass(frozen=True, eq=False)
class Gap:
    """The hours with problems when nobody is there: `hours` bool (7, 24) from Monday, `share` of all events, the runs.

    A run is its first hour of the week and how many hours it lasts; it may go past midnight and over Sunday night.
    `main` are the fewest runs that hold four fifths of those events.
    """

    hours: np.ndarray
    share: float
    runs: tuple[tuple[int, int], ...]
    main: tuple[tuple[int, int], ...]


def gap(place: Place, weights: np.ndarray) -> Gap | None:
    """The hours with problems when nobody is there, or None when nobody has said when somebody is.

    `weights` are events by hour of the week, shape (7, 24) from Monday. An hour has problems when it has at least one
    and a half times what the hours of the week have on average.

    >>> kiosk = Place(hours=[PlaceHours(kind="opening", spans=door_hours.read("8-18", field="opening"))])
    >>> events = np.zeros((7, 24))
    >>> events[4, 17:23] = 2
    >>> found = gap(kiosk, events)
    >>> found.runs, round(found.share, 2)
    (((114, 5),), 0.83)
    """
    spans = [one.spans for one in place.hours if one.kind in WATCHERS]
    if not spans:
        return None
    free = 1 - watched(spans)
    events = np.asarray(weights, float).reshape(WEEK)
    total = float(events.sum())
    problems = events >= max(BUSY * total / WEEK, 1e-9)
    alone = problems & (free > 1 - WATCHED)
    share = float((events * free).sum()) / total if total else 0.0
    runs = _runs(alone)
    return Gap(alone.reshape(7, 24), share, tuple(runs), tuple(_main(runs, events)))


def _main(runs: list[tuple[int, int]], events: np.ndarray) -> list[tuple[int, int]]:
    held = {run: float(np.roll(events, -run[0])[: run[1]].sum()) for run in runs}
    chosen: list[tuple[int, int]] = []
    for run in sorted(runs, key=lambda one: -held[one]):
        if sum(held[one] for one in chosen) < MOST_OF * sum(held.values()):
            chosen.append(run)
    return sorted(chosen)


def watched(spans: Iterable[Mapping[str, Any]]) -> np.ndarray:
    """The share, 0-1, of each of the 168 hours from Monday 00 that some spans cover.

    >>> found = watched([{"6": [[22.5, 26]]}])
    >>> found[[166, 167, 0, 1, 2]].tolist()
    [0.5, 1.0, 1.0, 1.0, 0.0]
    """
    halves = np.zeros(WEEK * 60, bool)
    for one in spans:
        for day, runs in one.items():
            for start, end in runs:
                minutes = np.arange(round((int(day) * 24 + start) * 60), round((int(day) * 24 + end) * 60))
                halves[minutes % len(halves)] = True
    return halves.reshape(WEEK, 60).mean(axis=1)


def _runs(hours: np.ndarray) -> list[tuple[int, int]]:
    """The unbroken runs of true hours as (first, length), one that goes over Sunday night in one piece."""
    if hours.all():
        return [(0, WEEK)]
    starts = np.flatnonzero(hours & ~np.roll(hours, 1))
    found = []
    for start in starts.tolist():
        later = np.roll(hours, -start)
        found.append((start, int(np.argmin(later))))
    return found


def runs_in_words(runs: Iterable[tuple[int, int]], language: str = "sv") -> str:
    """Runs of hours of the week in words, those at the same time on several days together.

    >>> runs_in_words([(20, 3), (44, 3), (116, 6), (159, 19)])
    'mån–tis 20–23, fre 20–02, sön 15 – mån 10'
    """
    short: dict[tuple[int, int], list[int]] = {}
    long = []
    for first, length in runs:
        day, hour = divmod(first, 24)
        if hour + length <= 24 or length <= LONG_NIGHT:
            short.setdefault((hour, hour + length), []).append(day)
        else:
            long.append((first, length))
    spans: dict[str, list[list[float]]] = {}
    for (start, end), days in sorted(short.items()):
        for day in days:
            spans.setdefault(str(day), []).append([start, end])
    words = [door_hours.write(spans, language)] if spans else []
    return ", ".join([*words, *(_long(first, length, language) for first, length in long)])


def _long(first: int, length: int, language: str) -> str:
    names = door_hours.NAMES[language]
    (day, hour), (last, end) = divmod(first, 24), divmod((first + length) % WEEK, 24)
    return f"{names[day]} {hour:02d} – {names[last]} {end:02d}"
