"""What others promised to a measure, in kind or money, and whether they kept it."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.db import engine
from samverkan_map.db.tables import Measure, Organisation, Promise
from samverkan_map.errors import BadValue, NotFound
from samverkan_map.measures.attaching import MOST_KRONOR
from samverkan_map.measures.finding import same_version, screen_all, to_change
from samverkan_map.vocabulary import OrganisationKind, Permission


def get_promise(session: Session, viewer: Viewer, promise_id: int) -> Promise:
    """One promise. Raises NotFound when there is none that the viewer may see."""
    found = session.get(Promise, promise_id)
    if found is None or not access.sees(viewer, found.measure):
        raise NotFound("refusals.measures.no_such_promise")
    return found


def shown_promises(viewer: Viewer, measure: Measure) -> list[Promise]:
    """The promises of a measure that the viewer may see: the public those of the two parties only."""
    parties = (OrganisationKind.MUNICIPALITY, OrganisationKind.POLICE)
    return [one for one in measure.promises if not viewer.anonymous or one.organisation.kind in parties]


def promise(
    session: Session,
    actor: Viewer,
    measure_id: int,
    *,
    organisation_id: int,
    what: str,
    kronor: int | None = None,
    due_on: date | None = None,
    today: date,
    version: int | None = None,
) -> Promise:
    """Write down what an organisation promises: a party, a business, a property owner or an association.

    Raises NotFound, BadValue naming the field, Conflict, NotAllowed.
    """
    measure = to_change(session, actor, measure_id, version, Permission.OFFER_CONTRIBUTION, made="promise")
    found = Promise()
    _put(session, found, organisation_id, what, kronor, due_on)
    measure.promises.append(found)
    engine.mark_changed(measure, today)
    session.flush()
    return found


def change_promise(
    session: Session,
    actor: Viewer,
    promise_id: int,
    *,
    organisation_id: int,
    what: str,
    kronor: int | None = None,
    due_on: date | None = None,
    today: date,
    version: int | None = None,
) -> Promise:
    """Change what was promised. Raises NotFound, BadValue naming the field, Conflict, NotAllowed."""
    found = get_promise(session, actor, promise_id)
    access.check(actor, Permission.OFFER_CONTRIBUTION, found.measure)
    same_version(found, version)
    with session.no_autoflush:
        _put(session, found, organisation_id, what, kronor, due_on)
        told = access.changed(found)
    engine.mark_changed(found.measure, today)
    session.flush()
    to_change(session, actor, found.measure_id, None, Permission.OFFER_CONTRIBUTION, promise=found.id, **told)
    return found


def keep(
    session: Session,
    actor: Viewer,
    promise_id: int,
    kept: bool | None,
    *,
    note: str = "",
    today: date,
    version: int | None = None,
) -> Promise:
    """Say whether a promise was kept (None: not known yet). One that was not kept needs a note that says what happened.

    Raises NotFound, BadValue naming the field, Conflict, NotAllowed.
    """
    found = get_promise(session, actor, promise_id)
    measure = to_change(session, actor, found.measure_id, None, kept=kept)
    same_version(found, version)
    screen_all(note=note)
    if kept is False and not note.strip():
        raise BadValue("refusals.measures.no_promise_note", field="note")
    found.kept, found.note = kept, note.strip()
    engine.mark_changed(measure, today)
    session.flush()
    return found


def _put(
    session: Session, found: Promise, organisation_id: int, what: str, kronor: int | None, due_on: date | None
) -> None:
    organisation = session.get(Organisation, organisation_id)
    if organisation is None:
        raise BadValue("refusals.measures.unknown_organisation", field="organisation_id")
    if not what.strip():
        raise BadValue("refusals.measures.no_promise", field="what")
    if not 0 <= (kronor or 0) <= MOST_KRONOR:
        raise BadValue("refusals.measures.cost", field="kronor")
    screen_all(what=what)
    found.organisation, found.what, found.kronor, found.due_on = organisation, what.strip(), kronor, due_on
