"""What becomes of a frozen version: it is presented to the recipients of the agreement, and its public version is
published."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db.tables import Situation, SituationPresentation
from samverkan_map.errors import BadValue, NotFound, StepNotAllowed
from samverkan_map.situation import keeping
from samverkan_map.vocabulary import Permission, SituationState


def present(
    session: Session, actor: Viewer, agreement: Agreement, number: int, *, recipient: str, on: date, today: date
) -> SituationPresentation:
    """Note that a frozen version was presented to a recipient on a day.

    Raises NotFound, StepNotAllowed (not frozen), BadValue (no such recipient, a day to come or before it was frozen,
    noted already), NotAllowed.
    """
    found = keeping.get(session, actor, number)
    access.check(actor, Permission.PRESENT_SITUATION)
    _frozen(found)
    assert found.frozen_at and found.checksum
    if recipient not in agreement.recipients:
        raise BadValue("papers.errors.no_recipient", field="recipient")
    if not found.frozen_at.date() <= on <= today:
        raise BadValue("papers.errors.presented_when", field="presented_on", first=found.frozen_at.date(), last=today)
    if any((one.recipient, one.presented_on) == (recipient, on) for one in found.presentations):
        raise BadValue("papers.errors.presented_already", field="presented_on")
    made = SituationPresentation(recipient=recipient, presented_on=on, who=actor.name, checksum=found.checksum)
    found.presentations.append(made)
    session.flush()
    access.gate(
        session, actor, Permission.PRESENT_SITUATION, made, recipient=recipient, presented_on=on, picture=number
    )
    return made


def publish(session: Session, actor: Viewer, number: int, *, today: date) -> Situation:
    """Publish the public version of a frozen one.

    Raises NotFound, StepNotAllowed (not frozen, published already), NotAllowed.
    """
    found = keeping.get(session, actor, number)
    access.check(actor, Permission.PUBLISH_SITUATION)
    _frozen(found)
    if found.published_on:
        raise StepNotAllowed("papers.errors.published_already")
    found.published_on = today
    access.gate(session, actor, Permission.PUBLISH_SITUATION, found, content=found.checksum)
    session.flush()
    return found


def published(session: Session) -> list[Situation]:
    """The versions whose public version is published, the newest first."""
    asked = select(Situation).where(Situation.published_on.is_not(None)).order_by(Situation.id.desc())
    return list(session.scalars(asked))


def get_published(session: Session, viewer: Viewer, number: int) -> Situation:
    """A version whose public version the viewer may read: a published one, or any for those who write it.

    Raises NotFound.
    """
    found = session.get(Situation, number)
    if found is None or not (found.published_on or access.may(viewer, keeping.EDIT)):
        raise NotFound("situation.errors.not_found")
    return found


def _frozen(found: Situation) -> None:
    if found.state != SituationState.FROZEN:
        raise StepNotAllowed("papers.errors.not_frozen")
