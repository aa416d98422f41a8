"""A person's own drafts in words: which form, of what, when it was saved, and where to go on with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g, url_for

from samverkan_map import measures, meetings, people, places, sites, traffic
from samverkan_map.errors import Refusal
from samverkan_map.people import OwnDraft
from samverkan_map.web.texts import t

Found = tuple[str, str]
"""What a draft belongs to, by its name, and the address of its form."""


@dataclass(frozen=True)
class Told:
    """One line of the list. Without an address what it belongs to can no longer be opened."""

    draft: OwnDraft
    what: str
    where: str
    address: str
    saved_at: datetime


def own() -> list[Told]:
    """All drafts of the visitor, the newest first."""
    return [_told(draft) for draft in people.own_drafts(g.session, g.viewer) if draft.form in FORMS]


def _told(draft: OwnDraft) -> Told:
    try:
        where, address = FORMS[draft.form](*draft.object_id.split("-"))
    except (Refusal, ValueError, TypeError):
        where, address = "", ""
    return Told(draft, t(f"account.draft_of_{draft.form}"), where, address, draft.saved_at)


def _of_place(endpoint: str) -> Callable[..., Found]:
    return lambda id: (_place(id).name, url_for(endpoint, id=int(id)))


def _place(id: str) -> Any:
    return places.get(g.session, g.viewer, int(id))


def _of_cause(endpoint: str) -> Callable[..., Found]:
    def find(id: str, cause: str) -> Found:
        name = _place(id).name
        if cause == "ny":
            return name, url_for("places.add_cause", id=int(id))
        return name, url_for(endpoint, id=int(id), cause_id=int(cause))

    return find


def _phase(id: str, phase: str) -> Found:
    return _place(id).name, url_for("places.phase", id=int(id), phase=phase)


def _new_place(name: str = "") -> Found:
    return "", url_for("places.new", utkast=name or None)


def _of_measure(changed: str, new: str = "") -> Callable[..., Found]:
    def find(id: str, number: str = "") -> Found:
        title = measures.get(g.session, g.viewer, int(id)).title
        return title, url_for(changed, id=int(id), number=int(number)) if number else url_for(new, id=int(id))

    return find


def _new_measure(kind: str = "", id: str = "") -> Found:
    if kind == "plats":
        return _place(id).name, url_for("measures.new", plats=int(id))
    if kind == "platsutveckling":
        return sites.get(g.session, g.viewer, int(id)).name, url_for("measures.new", platsutveckling=int(id))
    return "", url_for("measures.new")


def _of_plan(endpoint: str) -> Callable[..., Found]:
    def find(id: str) -> Found:
        measure = measures.get_plan(g.session, g.viewer, int(id)).measure
        return measure.title, url_for(endpoint, id=measure.id, plan=int(id))

    return find


def _decision(id: str) -> Found:
    found = meetings.get(g.session, g.viewer, int(id))
    about: Any = found.place or found.stretch
    return about.name, url_for("meetings.change", forum=found.forum, id=found.id)


def _new_decision(place: str, stretch: str, *forum: str) -> Found:
    """What the decision is about stands as in the address of its form, with dots: `0` for nothing, `3.7` for two."""
    about = {"plats": place.replace(".", ","), "stracka": stretch.replace(".", ",")}
    named: dict[str, Any] = {name: numbers for name, numbers in about.items() if numbers != "0"}
    first = {name: numbers.partition(",")[0] for name, numbers in named.items()}
    name = (
        _place(first["plats"]).name
        if "plats" in first
        else traffic.get(g.session, g.viewer, int(first.get("stracka", 0))).name
    )
    return name, url_for("meetings.new", forum="-".join(forum), **named)


FORMS: Mapping[str, Callable[..., Found]] = {
    "new_place": _new_place,
    "place": _of_place("places.edit"),
    "redraw": _of_place("places.redraw"),
    "problem": _of_place("places.problem"),
    "hours": _of_place("places.hours"),
    "cause": _of_cause("places.cause"),
    "phase_note": _phase,
    "measure_new": _new_measure,
    "measure": _of_measure("", "measures.edit"),
    "measure_redraw": _of_measure("", "measures.redraw"),
    "measure_waiver": _of_measure("", "measures.waiver"),
    "measure_plan": _of_measure("measures.plan", "measures.new_plan"),
    "measure_part": _of_measure("measures.part", "measures.new_part"),
    "measure_promise": _of_measure("measures.promise", "measures.new_promise"),
    "verdict": _of_plan("effects.one"),
    "decision": _decision,
    "decision_new": _new_decision,
}
"""The forms that keep drafts, as `draft_attributes` of their templates names them."""
