"""Places and their way kartläggning → analys → åtgärder → uppföljning, back too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from samverkan_map import access, geometry, screening
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db import engine
from samverkan_map.db.tables import PhaseMove, Place, PlacePhase
from samverkan_map.errors import BadValue, Conflict, NotFound, StepNotAllowed
from samverkan_map.vocabulary import Permission, Phase, PhaseStatus, StepBackReason

FARTHEST_METRES = 2000


def find(session: Session, viewer: Viewer) -> list[Place]:
    """All places the viewer may see, those changed last first."""
    statement = (
        select(Place)
        .options(selectinload(Place.phases), selectinload(Place.measures), selectinload(Place.owner))
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

    Raises BadValue (names, codes, shape outside the municipality, personal data in a text), NotAllowed.
    """
    _check_words(agreement, name=name, summary=summary, focus=focus, type=type, forum=forum)
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
    place.phases = [_begun(1, Phase.SCANNING)]
    place.moves = [
        PhaseMove(on=today, lap=1, from_phase=None, to_phase=Phase.SCANNING, back=False, note="", who=actor.name)
    ]
    session.add(place)
    session.flush()
    access.gate(session, actor, Permission.EDIT_PLACE, place)
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
    access.gate(session, actor, Permission.EDIT_PLACE, place)
    _same_version(place, version)
    _check_words(agreement, name=name, summary=summary, focus=focus, type=type, forum=forum)
    if place.published:
        _check_public(agreement, type)
    place.name, place.summary, place.owner_id = name.strip(), summary.strip(), owner_id
    place.focus, place.type, place.forum = focus, type, forum
    if shape is not None:
        _set_shape(agreement, place, shape)
    engine.mark_changed(place, today)
    session.flush()
    # What the actor may edit must still be so afterwards: nobody hands a place to a forum of others.
    access.gate(session, actor, Permission.EDIT_PLACE, place)
    return place


def _set_shape(agreement: Agreement, place: Place, shape: BaseGeometry) -> None:
    sound = geometry.repair(shape).geometry
    middle = sound.representative_point()
    if agreement.distance_outside([middle.x], [middle.y])[0] > FARTHEST_METRES:
        raise BadValue("refusals.places.outside", field="geometry")
    place.geom = engine.stored(sound)
    place.area = agreement.area_of([middle.x], [middle.y])[0]


def _check_words(agreement: Agreement, *, name: str, summary: str, focus: str, type: str, forum: str) -> None:
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
    for field, text in (("name", name), ("summary", summary)):
        screening.screen(text, field=field)


def _check_public(agreement: Agreement, type: str) -> None:
    if agreement.types[type].never_public:
        raise BadValue("refusals.places.never_public", field="type", value=type)


def _begun(lap: int, phase: Phase, status: PhaseStatus = PhaseStatus.INCOMPLETE) -> PlacePhase:
    return PlacePhase(lap=lap, phase=phase, status=status)


def step(
    session: Session,
    actor: Viewer,
    place_id: int,
    to: Phase,
    *,
    today: date,
    reason: StepBackReason | None = None,
    note: str = "",
    version: int | None = None,
) -> Place:
    """Move a place one phase forward, or back to any earlier phase with a reason. A step back begins a new lap.

    Raises NotFound, StepNotAllowed, BadValue (a step back without reason, personal data in the note), Conflict when the
    place changed since `version`, NotAllowed.
    """
    place = get(session, actor, place_id)
    access.gate(session, actor, Permission.STEP_PLACE, place, to=to)
    _same_version(place, version)
    screening.screen(note)
    now = Phase(place.phase)
    back = now.is_back(to)
    if place.closed_on or not (back or now.is_forward(to)):
        raise StepNotAllowed("refusals.places.step", from_phase=now, to_phase=to)
    if back and reason is None:
        raise BadValue("refusals.places.no_reason", field="reason")
    if back:
        place.lap += 1
        place.phases.append(_begun(place.lap, to, PhaseStatus.REOPENED))
    else:
        phase_of(place, now).status = PhaseStatus.DONE
        _enter(place, to)
    place.moves.append(
        PhaseMove(
            on=today, lap=place.lap, from_phase=now, to_phase=to, back=back, reason=reason, note=note, who=actor.name
        )
    )
    place.phase = to
    engine.mark_changed(place, today)
    session.flush()
    return place


def _enter(place: Place, phase: Phase) -> None:
    if all((done.lap, done.phase) != (place.lap, phase) for done in place.phases):
        earlier = any(done.phase == phase for done in place.phases)
        place.phases.append(_begun(place.lap, phase, PhaseStatus.REOPENED if earlier else PhaseStatus.INCOMPLETE))


def phase_of(place: Place, phase: Phase) -> PlacePhase:
    """How far the place has come in a phase, in its newest lap that reached it; not begun when none did."""
    reached = [found for found in place.phases if found.phase == phase]
    return max(reached, key=lambda found: found.lap, default=_begun(place.lap, phase, PhaseStatus.NOT_STARTED))


def describe(
    session: Session, actor: Viewer, place_id: int, phase: Phase, note: str, *, today: date, version: int | None = None
) -> Place:
    """Write what was found in a phase the place has reached.

    Raises NotFound, StepNotAllowed, BadValue (personal data), Conflict, NotAllowed.
    """
    place = get(session, actor, place_id)
    access.gate(session, actor, Permission.EDIT_PROBLEM, place, phase=phase)
    _same_version(place, version)
    screening.screen(note)
    found = phase_of(place, phase)
    if found not in place.phases:
        raise StepNotAllowed("refusals.places.not_reached", phase=phase)
    found.note = note.strip()
    engine.mark_changed(place, today)
    session.flush()
    return place


def close(session: Session, actor: Viewer, place_id: int, *, today: date, version: int | None = None) -> Place:
    """Close a place whose follow-up is done. Raises NotFound, StepNotAllowed, Conflict, NotAllowed."""
    place = get(session, actor, place_id)
    access.gate(session, actor, Permission.STEP_PLACE, place, to="closed")
    _same_version(place, version)
    if place.phase != Phase.ASSESSMENT:
        raise StepNotAllowed("refusals.places.close", from_phase=place.phase)
    phase_of(place, Phase.ASSESSMENT).status = PhaseStatus.DONE
    place.closed_on = place.updated_on = today
    session.flush()
    return place


def publish(
    session: Session, actor: Viewer, agreement: Agreement, place_id: int, *, today: date, version: int | None = None
) -> Place:
    """Show a place (name, what is done) to the public.

    Raises NotFound, BadValue (a type that is never public), Conflict, NotAllowed.
    """
    place = get(session, actor, place_id)
    access.gate(session, actor, Permission.PUBLISH, place)
    _same_version(place, version)
    _check_public(agreement, place.type)
    place.published, place.updated_on = True, today
    session.flush()
    return place


def _same_version(place: Place, version: int | None) -> None:
    if version is not None and place.version != version:
        raise Conflict("refusals.places.changed")


def shape_of(place: Place) -> BaseGeometry:
    """The point, line or area of a place in EPSG:3006."""
    return engine.shape(place.geom)


def laps(place: Place) -> Sequence[PhaseMove]:
    """Every step of the place in order, the first being its beginning."""
    return sorted(place.moves, key=lambda move: move.id)
