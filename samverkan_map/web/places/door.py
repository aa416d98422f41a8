"""Who comes in to a place's pages, and what the pages have in common."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g

from samverkan_map import access, places
from samverkan_map.errors import NotFound
from samverkan_map.vocabulary import Permission, Phase

blueprint = Blueprint("places", __name__)

PHASES = {
    "kartlaggning": Phase.SCANNING,
    "analys": Phase.ANALYSIS,
    "atgarder": Phase.RESPONSE,
    "uppfoljning": Phase.ASSESSMENT,
}
"""The phases as the address spells them."""

ADDRESS_OF = {phase: name for name, phase in PHASES.items()}


def enter(id: int, permission: Permission) -> Any:
    """The place, for somebody who may do this with it. Raises NotFound, NotAllowed, SignInNeeded."""
    place = places.get(g.session, g.viewer, id)
    access.check(g.viewer, permission, place)
    return place


def look_inside(id: int) -> Any:
    """The place, for somebody who may read what is worked out about it. Raises NotFound."""
    place = places.get(g.session, g.viewer, id)
    if not access.sees_inside(g.viewer, place):
        raise NotFound("access.errors.not_found")
    return place


def named_phase(name: str) -> Phase:
    """The phase an address names. Raises NotFound."""
    if name not in PHASES:
        raise NotFound("access.errors.not_found")
    return PHASES[name]


def states(place: Any) -> list[Any]:
    """How far the place has come in each of its four phases."""
    return [places.state_of(place, phase) for phase in Phase]
