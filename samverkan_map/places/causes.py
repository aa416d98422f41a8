"""Why the problem of a place keeps coming: contributing causes, each with what supports it."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from samverkan_map import access, earlier, screening
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db import engine
from samverkan_map.db.tables import Cause, Place
from samverkan_map.errors import BadValue, Conflict, NotFound, StepNotAllowed
from samverkan_map.places.keeping import get, same_version
from samverkan_map.vocabulary import CauseKind, Permission


def standing_causes(place: Place) -> list[Cause]:
    """The causes that nobody has struck, in the order of the kinds."""
    kinds = list(CauseKind)
    standing = [one for one in place.causes if one.struck_on is None]
    return sorted(standing, key=lambda one: (kinds.index(CauseKind(one.kind)), one.id))


def get_cause(session: Session, viewer: Viewer, place_id: int, cause_id: int) -> Cause:
    """One cause of a place, struck or not. Raises NotFound when the viewer may not read causes of the place."""
    place = get(session, viewer, place_id)
    found = session.get(Cause, cause_id)
    if found is None or found.place_id != place.id or not access.sees(viewer, found):
        raise NotFound("refusals.places.no_such_cause")
    return found


def add_cause(
    session: Session,
    actor: Viewer,
    agreement: Agreement,
    place_id: int,
    *,
    kind: CauseKind,
    what: str,
    evidence: str,
    source: str | None,
    today: date,
    version: int | None = None,
) -> Cause:
    """Add a contributing cause to a place, in its present lap. Without evidence it is a guess and lets nothing go on.

    Raises NotFound, BadValue (unknown kind or source, no words, personal data in a text), Conflict when the place
    changed since `version`, NotAllowed.
    """
    place = get(session, actor, place_id)
    access.check(actor, Permission.EDIT_PROBLEM, place)
    same_version(place, version)
    words = _checked(agreement, kind=kind, what=what, evidence=evidence, source=source)
    found = Cause(place=place, lap=place.lap, added_on=today, struck_note="", **words)
    session.add(found)
    engine.mark_changed(place, today)
    session.flush()
    access.gate(session, actor, Permission.EDIT_PROBLEM, found, kind=found.kind)
    return found


def edit_cause(
    session: Session,
    actor: Viewer,
    agreement: Agreement,
    place_id: int,
    cause_id: int,
    *,
    kind: CauseKind,
    what: str,
    evidence: str,
    source: str | None,
    today: date,
    version: int | None = None,
) -> Cause:
    """Change what a cause says.

    Raises NotFound, StepNotAllowed for a struck one, BadValue (as `add_cause`), Conflict when the cause changed since
    its own `version`, NotAllowed.
    """
    found = _standing(session, actor, place_id, cause_id, version)
    access.check(actor, Permission.EDIT_PROBLEM, found)
    for name, words in _checked(agreement, kind=kind, what=what, evidence=evidence, source=source).items():
        setattr(found, name, words)
    earlier.keep(session, found, who=actor.name, on=today)
    told = {"kind": found.kind} | access.changed(found)
    engine.mark_changed(found.place, today)
    session.flush()
    access.gate(session, actor, Permission.EDIT_PROBLEM, found, **told)
    return found


def strike_cause(
    session: Session,
    actor: Viewer,
    place_id: int,
    cause_id: int,
    *,
    note: str,
    today: date,
    version: int | None = None,
) -> Cause:
    """Strike a cause that turned out not to be one. It stays readable with the note that says why.

    Raises NotFound, StepNotAllowed for one that is struck, BadValue (no note, personal data), Conflict when the cause
    changed since its own `version`, NotAllowed.
    """
    found = _standing(session, actor, place_id, cause_id, version)
    access.gate(session, actor, Permission.EDIT_PROBLEM, found, struck=True)
    screening.screen(note, field="note")
    if not note.strip():
        raise BadValue("refusals.places.no_strike_note", field="note")
    found.struck_on, found.struck_note = today, note.strip()
    engine.mark_changed(found.place, today)
    session.flush()
    return found


def _standing(session: Session, actor: Viewer, place_id: int, cause_id: int, version: int | None) -> Cause:
    found = get_cause(session, actor, place_id, cause_id)
    if version is not None and found.version != version:
        raise Conflict("refusals.places.cause_changed")
    if found.struck_on is not None:
        raise StepNotAllowed("refusals.places.struck")
    return found


def _checked(agreement: Agreement, *, kind: str, what: str, evidence: str, source: str | None) -> dict[str, str | None]:
    if kind not in set(CauseKind):
        raise BadValue("refusals.places.unknown_cause_kind", field="kind")
    if not what.strip():
        raise BadValue("refusals.places.no_cause", field="what")
    if source and source not in agreement.sources:
        raise BadValue("refusals.places.unknown_source", field="source", value=source[:40])
    for field, text in (("what", what), ("evidence", evidence)):
        screening.screen(text, field=field)
    return {"kind": str(kind), "what": what.strip(), "evidence": evidence.strip(), "source": source or None}
