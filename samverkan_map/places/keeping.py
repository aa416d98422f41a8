"""Keeping places: find one, make one, change what it is called and where it is, show it to the public."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from samverkan_map import access, earlier, geometry, screening
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement, Named
from samverkan_map.db import engine
from samverkan_map.db.tables import Measure, Organisation, PhaseMove, Place, PlacePhase, Stretch
from samverkan_map.errors import BadValue, Conflict, NotFound
from samverkan_map.vocabulary import Permission, Phase, PhaseStatus

FARTHEST_METRES = 2000
STATED = (Place.phases, Place.moves, Place.definitions, Place.causes, Place.owner)
"""What the state of a place is read from, besides its measures."""


def find(session: Session, viewer: Viewer) -> list[Place]:
    """All places the viewer may see, those changed last first."""
    statement = (
        select(Place)
        .options(*(selectinload(one) for one in STATED), selectinload(Place.measures).selectinload(Measure.follow_ups))
        .order_by(Place.updated_on.desc(), Place.id)
    )
    return [place for place in session.scalars(statement) if access.sees(viewer, place)]


def get(session: Session, viewer: Viewer, place_id: int) -> Place:
    """One place. Raises NotFound when there is none that the viewer may see."""
    place = session.get(Place, place_id)
    if place is None or not access.sees(viewer, place):
        raise NotFound("refusals.places.not_found")
    return place


def create(
    session: Session,
    actor: Viewer,
    agreement: Agreement,
    *,
    name: str,
    focus: str,
    type: str,
    forum: str,
    summary: str,
    owner_id: int,
    shape: BaseGeometry,
    today: date,
    stretch_id: int | None = None,
) -> Place:
    """Make a place out of a point, a stretch or an area (`shape` in EPSG:3006). It begins in kartläggning, unpublished.

    Raises BadValue (names, codes, owner, shape outside the municipality, personal data in a text), NotAllowed.
    """
    _check_words(agreement, name=name, summary=summary, focus=focus, type=type, forum=forum)
    _check_owner(session, owner_id)
    _check_stretch(session, stretch_id)
    place = Place(
        name=name.strip(),
        focus=focus,
        type=type,
        forum=forum,
        summary=summary.strip(),
        owner_id=owner_id,
        stretch_id=stretch_id,
        opened_on=today,
        updated_on=today,
        phase=Phase.SCANNING,
    )
    _set_shape(agreement, place, shape)
    place.phases = [PlacePhase(lap=1, phase=Phase.SCANNING, status=PhaseStatus.INCOMPLETE)]
    place.moves = [
        PhaseMove(on=today, lap=1, from_phase=None, to_phase=Phase.SCANNING, back=False, note="", who=actor.name)
    ]
    session.add(place)
    session.flush()
    access.gate(session, actor, Permission.EDIT_PLACE, place, made="place")
    return place


def edit(
    session: Session,
    actor: Viewer,
    agreement: Agreement,
    place_id: int,
    *,
    name: str,
    focus: str,
    type: str,
    forum: str,
    summary: str,
    owner_id: int,
    today: date,
    version: int | None = None,
    shape: BaseGeometry | None = None,
) -> Place:
    """Change what a place is called, belongs to and looks like; without a `shape` it stays where it is.

    Raises NotFound, BadValue (as `create`), Conflict when the place changed since `version`, NotAllowed.
    """
    place = get(session, actor, place_id)
    access.check(actor, Permission.EDIT_PLACE, place)
    same_version(place, version)
    _check_words(agreement, name=name, summary=summary, focus=focus, type=type, forum=forum, place=place)
    _check_owner(session, owner_id)
    if place.published:
        _check_public(agreement, type)
    place.name, place.summary, place.owner_id = name.strip(), summary.strip(), owner_id
    place.focus, place.type, place.forum = focus, type, forum
    if shape is not None:
        _set_shape(agreement, place, shape)
    earlier.keep(session, place, who=actor.name, on=today)
    told = access.changed(place)
    engine.mark_changed(place, today)
    session.flush()
    # What the actor may edit must still be so afterwards: nobody hands a place to a forum of others.
    access.gate(session, actor, Permission.EDIT_PLACE, place, **told)
    return place


def redraw(
    session: Session,
    actor: Viewer,
    agreement: Agreement,
    place_id: int,
    shape: BaseGeometry,
    *,
    today: date,
    version: int | None = None,
    stretch_id: int | None = None,
) -> Place:
    """Draw a place anew (`shape` in EPSG:3006); its reports are from now on those of the new shape.

    Raises NotFound, BadValue (as `create`), Conflict, NotAllowed.
    """
    place = get(session, actor, place_id)
    access.gate(session, actor, Permission.EDIT_PLACE, place, shape=shape.geom_type)
    same_version(place, version)
    _check_stretch(session, stretch_id)
    _set_shape(agreement, place, shape)
    place.stretch_id = stretch_id
    engine.mark_changed(place, today)
    session.flush()
    return place


def _set_shape(agreement: Agreement, place: Place, shape: BaseGeometry) -> None:
    sound = geometry.repair(shape).geometry
    corners = shapely.get_coordinates(sound)
    if (agreement.distance_outside(corners[:, 0], corners[:, 1]) > FARTHEST_METRES).any():
        raise BadValue("refusals.places.outside", field="geometry")
    middle = sound.representative_point()
    place.geom = engine.stored(sound)
    place.area = agreement.area_of([middle.x], [middle.y])[0]


def _check_words(
    agreement: Agreement, *, name: str, summary: str, focus: str, type: str, forum: str, place: Place | None = None
) -> None:
    if not name.strip():
        raise BadValue("refusals.places.no_name", field="name")
    if focus not in agreement.focus_areas:
        raise BadValue("refusals.places.unknown_focus", field="focus", value=focus)
    if type not in agreement.types or focus not in agreement.types[type].focus:
        raise BadValue("refusals.places.unknown_type", field="type", value=type)
    if not agreement.types[type].has_points:
        # A place on the map would show where what may be told per sub-area only was.
        raise BadValue("refusals.places.area_type", field="type", value=type)
    if agreement.forums.get(forum) is None or agreement.forums[forum].may_map == "none":
        raise BadValue("refusals.places.unknown_forum", field="forum", value=forum)
    if agreement.forums[forum].may_map == "traffic" and agreement.types[type].kind not in access.TRAFFIC_KINDS:
        raise BadValue("refusals.places.not_traffic", field="forum")
    _check_in_force(agreement, place, focus=focus, type=type, forum=forum)
    for field, text in (("name", name), ("summary", summary)):
        screening.screen(text, field=field)


def _check_in_force(agreement: Agreement, place: Place | None, **codes: str) -> None:
    """What only an earlier agreement knew may stay at a place that has it, and comes to no other."""
    known: dict[str, Mapping[str, Named]] = {
        "focus": agreement.focus_areas, "type": agreement.types, "forum": agreement.forums,
    }  # fmt: skip
    for field, code in codes.items():
        one = known[field][code]
        if one.ended and (place is None or getattr(place, field) != code):
            raise BadValue("refusals.places.ended", field=field, value=one.label, year=one.ended)


def _check_public(agreement: Agreement, type: str) -> None:
    if agreement.types[type].never_public:
        raise BadValue("refusals.places.never_public", field="type", value=agreement.types[type].label)


def _check_owner(session: Session, owner_id: int) -> None:
    if session.get(Organisation, owner_id) is None:
        raise BadValue("refusals.places.unknown_owner", field="owner_id")


def _check_stretch(session: Session, stretch_id: int | None) -> None:
    if stretch_id is not None and session.get(Stretch, stretch_id) is None:
        raise BadValue("refusals.places.unknown_stretch", field="stretch_id")


def publish(
    session: Session, actor: Viewer, agreement: Agreement, place_id: int, *, today: date, version: int | None = None
) -> Place:
    """Show a place (name, what is done) to the public.

    Raises NotFound, BadValue (a type that is never public), Conflict, NotAllowed.
    """
    place = get(session, actor, place_id)
    access.gate(session, actor, Permission.PUBLISH, place)
    same_version(place, version)
    _check_public(agreement, place.type)
    place.published = True
    engine.mark_changed(place, today)
    session.flush()
    return place


def unpublish(session: Session, actor: Viewer, place_id: int, *, today: date, version: int | None = None) -> Place:
    """Take a place back from the public; its measures that are published stay so. Raises as `publish`."""
    place = get(session, actor, place_id)
    access.gate(session, actor, Permission.PUBLISH, place, taken_back=True)
    same_version(place, version)
    place.published = False
    engine.mark_changed(place, today)
    session.flush()
    return place


def same_version(place: Place, version: int | None) -> None:
    """Raises Conflict when the place changed since somebody read it at `version` (None: not asked)."""
    if version is not None and place.version != version:
        raise Conflict("refusals.places.changed")


def shape_of(place: Place) -> BaseGeometry:
    """The point, line or area of a place in EPSG:3006."""
    return engine.shape(place.geom)
