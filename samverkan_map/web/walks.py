"""Safety walks on a phone: the walk, a point noted on the way, and the end at which the points begin to count.

A page works without scripts; with them (`walk.js`) points wait in the tab while there is no network.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, g, render_template, url_for
from werkzeug.wrappers import Response

from samverkan_map import access, geometry, walks
from samverkan_map.errors import BadValue, NotFound
from samverkan_map.inbox import Where
from samverkan_map.question import NO_LAYER
from samverkan_map.vocabulary import Permission, ReportKind
from samverkan_map.web import drawing, forms, reading_log, sessions
from samverkan_map.web.forms import Done, Faults, Given, Sent
from samverkan_map.web.inbox import locating
from samverkan_map.web.texts import label

blueprint = Blueprint("walks", __name__, url_prefix="/vandringar")

AROUND_METRES = 250

Drawn = Response | tuple[str, int]


@blueprint.get("")
def page() -> str:
    """The walks, and the form that begins one."""
    return _list_page(Given({"walked_on": [g.today.isoformat()]}), {})


@blueprint.post("")
def take_walk() -> Drawn:
    """Begin a walk."""

    def act(sent: Sent) -> Done:
        title = sent.text("title", need="walks.errors.need_title", most=walks.LONGEST_TITLE)
        day = sent.day("walked_on", need="walks.errors.need_day")
        sent.done()
        assert day
        walk = walks.begin(g.session, g.viewer, title=title, walked_on=day, today=g.today)
        return Done(url_for("walks.one", id=walk.id), "walks.begun")

    return forms.carry_out(forms.Page("walk", url_for("walks.page"), _list_page), act)


@blueprint.get("/<int:id>")
def one(id: int) -> str:
    """A walk with its points, and the form for the next one while it goes on."""
    walk = walks.get(g.session, g.viewer, id)
    if read := sum(bool(walks.words_of(g.viewer, point)) for point in walk.points):
        reading_log.note_words(walk=id, count=read)
    return _one_page(id, Given({}), {})


@blueprint.post("/<int:id>/punkt")
def take_point(id: int) -> Drawn:
    """Note a point."""

    def act(sent: Sent) -> Done:
        where = _located(sent)
        choice = sent.choice("vad", g.agreement.report_choices, need="walks.errors.need_what")
        words = sent.text("text", most=walks.LONGEST)
        sent.done()
        assert where
        walks.note(g.session, g.viewer, g.agreement, id, choice=choice, where=where, words=words, now=sessions.now())
        return Done(url_for("walks.one", id=id), "walks.noted")

    return _act(id, "walk_point", act)


@blueprint.post("/<int:id>/punkt/<int:point>/ta-bort")
def take_strike(id: int, point: int) -> Drawn:
    """Take a point away."""

    def act(_sent: Sent) -> Done:
        walks.strike(g.session, g.viewer, id, point)
        return Done(url_for("walks.one", id=id), "walks.struck")

    return _act(id, "walk_strike", act)


@blueprint.post("/<int:id>/avsluta")
def take_end(id: int) -> Drawn:
    """End a walk."""

    def act(_sent: Sent) -> Done:
        walks.end(g.session, g.viewer, g.agreement, id, now=sessions.now())
        return Done(url_for("walks.one", id=id), "walks.was_ended")

    return _act(id, "walk_end", act)


def _act(id: int, name: str, act: Callable[[Sent], Done]) -> Drawn:
    walks.get(g.session, g.viewer, id)
    return forms.carry_out(forms.Page(name, url_for("walks.one", id=id), partial(_one_page, id), str(id)), act)


def _located(sent: Sent) -> Where | None:
    """Where a point is: the name that was written, or what was pointed at."""
    if written := sent.text("plats", most=200):
        found = locating.matches(g.agreement, written)
        if len(found) == 1:
            return locating.of_entry(g.agreement, found[0])
        names = ", ".join(f"{entry.name}, {label(g.agreement.areas[entry.area])}" for entry in found if entry.area)
        sent.fault("plats", "walks.errors.several" if found else "inbox.errors.unknown_place", names=names)
    elif pointed := sent.text("geometry", most=6000):
        try:
            return locating.of_shape(g.agreement, pointed)
        except BadValue as refusal:
            sent.fault("plats", refusal.key, **refusal.fields)
    else:
        sent.fault("plats", "walks.errors.need_where")
    return None


# ---- What stands on the pages ----------------------------------------------------------------------------------------


def _list_page(given: Given, faults: Faults) -> str:
    if not g.agreement.walk_source:
        raise NotFound("access.errors.not_found")
    found = [(walk, *_counted(walk)) for walk in walks.find(g.session, g.viewer)]
    return render_template("walks/page.html", walks=found, given=given, faults=faults, today=g.today)


def _counted(walk: Any) -> tuple[int, int]:
    """How many unsafe and how many safe points a walk has."""
    safe = sum(walks.is_safe(g.agreement, point) for point in walk.points)
    return len(walk.points) - safe, safe


def _one_page(id: int, given: Given, faults: Faults) -> str:
    walk = walks.get(g.session, g.viewer, id)
    unsafe, safe = _counted(walk)
    return render_template(
        "walks/one.html",
        walk=walk,
        unsafe=unsafe,
        safe=safe,
        points=[_told(point) for point in walk.points],
        choices=_choices(),
        mine=g.viewer.person_id is not None and walk.leader_id == g.viewer.person_id,
        reads_words=access.may(g.viewer, Permission.SEE_RAW_TEXT) or any(
            access.may(g.viewer, Permission.SEE_RAW_TEXT, point) for point in walk.points
        ),
        given=given,
        faults=faults,
        **(_map(walk) if walk.ended_at is None else {}),
    )  # fmt: skip


def _told(point: Any) -> dict[str, Any]:
    kind = g.agreement.types[point.type].kind if point.type in g.agreement.types else None
    return {
        "id": point.id,
        "safe": walks.is_safe(g.agreement, point),
        "what": label(g.agreement.types[point.type]) if kind else point.type,
        "where": locating.in_words(g.agreement, walks.where_of(point), point.area),
        "words": walks.words_of(g.viewer, point),
        "noted_at": point.noted_at,
        "on_map": url_for("karta.page", objekt=f"{kind}.{point.report_id}") if point.report_id else "",
    }


def _choices() -> list[tuple[bool, list[tuple[str, str]]]]:
    """What a point may be: the unsafe ones, and the safe ones."""
    found: dict[bool, list[tuple[str, str]]] = {False: [], True: []}
    for code, one in g.agreement.report_choices.items():
        found[g.agreement.types[one.type].kind is ReportKind.STRENGTH].append((code, label(one)))
    return list(found.items())


def _map(walk: Any) -> dict[str, Any]:
    """The map to point on, beginning where the last point was noted."""
    last = next((shape for point in reversed(walk.points) if (shape := walks.where_of(point).shape) is not None), None)
    seen = None if last is None else _around(last)
    context = drawing.bare_context(seen)
    # Whoever notes what is felt here should not be led by what others have reported.
    return context | {"map_query": context["map_query"] | {"layer": NO_LAYER}}


def _around(shape: Any) -> Any:
    return geometry.transform(shape.buffer(AROUND_METRES), geometry.METRIC, geometry.DEGREES).bounds
