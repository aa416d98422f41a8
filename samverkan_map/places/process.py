"""The way kartläggning → analys → åtgärder → uppföljning: what a phase needs, forward, back, closed, opened again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from samverkan_map import access, earlier, screening
from samverkan_map.access import Viewer
from samverkan_map.db import engine
from samverkan_map.db.tables import PhaseMove, Place, PlacePhase
from samverkan_map.errors import BadValue, StepNotAllowed
from samverkan_map.places import problem
from samverkan_map.places.causes import standing_causes
from samverkan_map.places.keeping import get, same_version
from samverkan_map.vocabulary import MeasureStatus, Missing, Permission, Phase, PhaseStatus, StepBackReason


@dataclass(frozen=True)
class PhaseState:
    """How far a place has come in a phase: the status in words, what it lacks, its lap and what was found there.

    `reached` says whether the place has been in the phase at all; something may be done there before it is.
    """

    phase: Phase
    status: PhaseStatus
    missing: tuple[Missing, ...]
    lap: int
    note: str
    reached: bool


def needs(place: Place, phase: Phase) -> list[Missing]:
    """What the phase of a place still lacks before the next one; nothing when it has all."""
    return list(_LACKS[Phase(phase)](place))


def _no_definition(place: Place) -> Iterator[Missing]:
    found = problem.definition_of(place)
    for part in problem.PARTS:
        if found is None or not getattr(found, part):
            yield Missing(part)


def _no_cause(place: Place) -> Iterator[Missing]:
    if not any(cause.evidence and cause.source for cause in standing_causes(place)):
        yield Missing.CAUSE


def _no_measure(place: Place) -> Iterator[Missing]:
    alive = (one for one in place.measures if one.status != MeasureStatus.CANCELLED)
    if not any(one.owner_id and one.planned_start for one in alive):
        yield Missing.MEASURE


def _none_begun(place: Place) -> list[Missing]:
    """What keeps åtgärder from being done although one may go on: so far everything is only planned."""
    return [] if any(one.started_on for one in place.measures) else [Missing.BEGUN]


def _no_verdict(place: Place) -> Iterator[Missing]:
    """A verdict of this lap counts. That nobody will follow a measure up is no verdict: the place goes on without."""
    if not _judged(place):
        yield Missing.VERDICT


def _judged(place: Place) -> bool:
    since = lap_began(place, place.lap)
    judged = [found.done_on for one in place.measures for found in one.follow_ups if found.verdict and found.done_on]
    return any(day >= since for day in judged)


def _alive(place: Place) -> bool:
    return any(one.status != MeasureStatus.CANCELLED for one in place.measures)


_LACKS = {
    Phase.SCANNING: _no_definition,
    Phase.ANALYSIS: _no_cause,
    Phase.RESPONSE: _no_measure,
    Phase.ASSESSMENT: _no_verdict,
}
_HAS_SOME = {
    Phase.SCANNING: lambda place: bool(place.definitions),
    Phase.ANALYSIS: lambda place: bool(standing_causes(place)),
    Phase.RESPONSE: _alive,
    Phase.ASSESSMENT: _judged,
}
"""What makes a phase begun that the place has not come to yet."""


def lap_began(place: Place, lap: int) -> date:
    """The day a lap of the place began."""
    return next((move.on for move in laps(place) if move.lap == lap), place.opened_on)


def state_of(place: Place, phase: Phase) -> PhaseState:
    """How far a place has come in a phase, with what it lacks.

    The state follows what is done, wherever the place stands: a phase is done when nothing is missing, also the one the
    place is in, and begun when something is done there before its turn. A measure that is only planned lets the place
    go on, and åtgärder is done when one has begun. A phase that was stepped back to stays opened again
    until it is left forward, and one that was done in an earlier lap stays so until this lap comes to it.
    """
    stored = phase_of(place, phase)
    reached = stored.status != PhaseStatus.NOT_STARTED
    earlier = stored.lap < place.lap and Phase(place.phase).number < phase.number
    missing: tuple[Missing, ...] = ()
    if not reached and not _HAS_SOME[phase](place):
        status = PhaseStatus.NOT_STARTED
    elif earlier and stored.status == PhaseStatus.DONE:
        status = PhaseStatus.DONE
    else:
        missing = tuple(needs(place, phase))
        if phase is Phase.RESPONSE and not missing:
            missing = tuple(_none_begun(place))
        status = PhaseStatus.INCOMPLETE if missing else PhaseStatus.DONE
        if stored.status == PhaseStatus.REOPENED:
            status = PhaseStatus.REOPENED
    return PhaseState(phase, status, missing, stored.lap, stored.note, reached)


def phase_of(place: Place, phase: Phase) -> PlacePhase:
    """A phase as it is stored, in the newest lap that reached it; not begun when none did."""
    reached = [found for found in place.phases if found.phase == phase]
    return max(reached, key=lambda found: found.lap, default=_begun(place.lap, phase, PhaseStatus.NOT_STARTED))


def step(
    session: Session,
    actor: Viewer,
    place_id: int,
    to: Phase,
    *,
    today: date,
    reason: StepBackReason | None = None,
    note: str = "",
    anyway: bool = False,
    version: int | None = None,
) -> Place:
    """Move a place one phase forward, or back to any earlier phase with a reason. A step back begins a new lap.

    Forward needs what `needs` says; `anyway` with a note goes on without, and the move keeps what was missing. A closed
    place is opened again by a step back, also to uppföljning itself.
    Raises NotFound, StepNotAllowed (naming all that is missing), BadValue (no reason or note where one is due, personal
    data in the note), Conflict when the place changed since `version`, NotAllowed.
    """
    place = get(session, actor, place_id)
    access.gate(session, actor, Permission.STEP_PLACE, place, to=to, anyway=anyway)
    same_version(place, version)
    screening.screen(note, field="note")
    now, to, note = Phase(place.phase), Phase(to), note.strip()
    if now.is_back(to) or (place.closed_on and to is now):
        _back(place, now, to, reason, note, today=today, who=actor.name)
    elif now.is_forward(to) and not place.closed_on:
        _forward(place, now, to, note, anyway=anyway, today=today, who=actor.name)
    else:
        raise StepNotAllowed("refusals.places.step", from_phase=now, to_phase=to)
    engine.mark_changed(place, today)
    session.flush()
    return place


def _back(
    place: Place, now: Phase, to: Phase, reason: StepBackReason | None, note: str, *, today: date, who: str
) -> None:
    if reason is None:
        raise BadValue("refusals.places.no_reason", field="reason")
    reason = StepBackReason(reason)
    if reason is StepBackReason.OTHER and not note:
        raise BadValue("refusals.places.no_note", field="note")
    place.lap += 1
    place.closed_on = None
    place.phase = to
    place.phases.append(_begun(place.lap, to, PhaseStatus.REOPENED))
    place.moves.append(_move(place, now, to, back=True, reason=reason, note=note, on=today, who=who))


def _forward(place: Place, now: Phase, to: Phase, note: str, *, anyway: bool, today: date, who: str) -> None:
    missing = _accepted(place, now, note, anyway=anyway)
    phase_of(place, now).status = PhaseStatus.INCOMPLETE if missing else PhaseStatus.DONE
    _enter(place, to)
    place.phase = to
    place.moves.append(_move(place, now, to, note=note, missing=missing, on=today, who=who))


def _accepted(place: Place, phase: Phase, note: str, *, anyway: bool) -> list[str]:
    """What the phase lacks, which somebody has said why to do without."""
    missing = needs(place, phase)
    if missing and not anyway:
        raise StepNotAllowed("refusals.places.missing", phase=phase, missing=missing)
    if missing and not note:
        raise BadValue("refusals.places.no_note_anyway", field="note", missing=missing)
    return [one.value for one in missing]


def _move(place: Place, now: Phase, to: Phase, *, on: date, who: str, **words: object) -> PhaseMove:
    kept = {"back": False, "reason": None, "note": "", "missing": []} | words
    return PhaseMove(lap=place.lap, from_phase=now, to_phase=to, on=on, who=who, **kept)


def _begun(lap: int, phase: Phase, status: PhaseStatus = PhaseStatus.INCOMPLETE) -> PlacePhase:
    return PlacePhase(lap=lap, phase=phase, status=status, note="")


def _enter(place: Place, phase: Phase) -> None:
    if all((done.lap, done.phase) != (place.lap, phase) for done in place.phases):
        earlier = any(done.phase == phase for done in place.phases)
        place.phases.append(_begun(place.lap, phase, PhaseStatus.REOPENED if earlier else PhaseStatus.INCOMPLETE))


def describe(
    session: Session, actor: Viewer, place_id: int, phase: Phase, note: str, *, today: date, version: int | None = None
) -> Place:
    """Write what was found in a phase the place has reached.

    Raises NotFound, StepNotAllowed, BadValue (personal data), Conflict, NotAllowed.
    """
    place = get(session, actor, place_id)
    access.gate(session, actor, Permission.EDIT_PROBLEM, place, phase=phase)
    same_version(place, version)
    screening.screen(note, field="note")
    found = phase_of(place, phase)
    if found not in place.phases:
        raise StepNotAllowed("refusals.places.not_reached", phase=phase)
    found.note = note.strip()
    earlier.keep(session, found, who=actor.name, on=today)
    engine.mark_changed(place, today)
    session.flush()
    return place


def close(
    session: Session,
    actor: Viewer,
    place_id: int,
    *,
    today: date,
    note: str = "",
    anyway: bool = False,
    version: int | None = None,
) -> Place:
    """Close a place whose follow-up has a verdict, or `anyway` with a note.

    Raises NotFound, StepNotAllowed, BadValue (no note, personal data), Conflict, NotAllowed.
    """
    place = get(session, actor, place_id)
    access.gate(session, actor, Permission.STEP_PLACE, place, to="closed", anyway=anyway)
    same_version(place, version)
    screening.screen(note, field="note")
    now, note = Phase(place.phase), note.strip()
    if now is not Phase.ASSESSMENT or place.closed_on:
        raise StepNotAllowed("refusals.places.close", from_phase=now)
    missing = _accepted(place, now, note, anyway=anyway)
    phase_of(place, now).status = PhaseStatus.INCOMPLETE if missing else PhaseStatus.DONE
    place.moves.append(_move(place, now, now, note=note, missing=missing, on=today, who=actor.name))
    place.closed_on = today
    engine.mark_changed(place, today)
    session.flush()
    return place


def end(session: Session, actor: Viewer, place_id: int, *, note: str, today: date) -> Place:
    """Close a place where it stands, in whatever phase, because an agreement has run out; the note says why.

    Raises NotFound, StepNotAllowed (closed already), BadValue (personal data), NotAllowed.
    """
    place = get(session, actor, place_id)
    access.gate(session, actor, Permission.STEP_PLACE, place, to="closed")
    screening.screen(note, field="note")
    now = Phase(place.phase)
    if place.closed_on:
        raise StepNotAllowed("refusals.places.close", from_phase=now)
    missing = [one.value for one in needs(place, now)]
    place.moves.append(_move(place, now, now, note=note.strip(), missing=missing, on=today, who=actor.name))
    place.closed_on = today
    engine.mark_changed(place, today)
    session.flush()
    return place


def laps(place: Place) -> Sequence[PhaseMove]:
    """Every step of the place in order: the first is its beginning, one that stays where it is closed the place."""
    return sorted(place.moves, key=lambda move: move.id or 0)


def closes(move: PhaseMove) -> bool:
    """Whether a move closed the place: it goes forward to where the place was."""
    return not move.back and move.from_phase == move.to_phase
