"""The versions of the situation picture: begun, written in by both parties, and found again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from samverkan_map import access, screening
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db.tables import Organisation, Person, Situation, SituationEarlier, SituationText
from samverkan_map.errors import BadValue, Conflict, NotFound, StepNotAllowed
from samverkan_map.situation.asked import check_period
from samverkan_map.situation.sections import BY_CODE, SECTIONS
from samverkan_map.vocabulary import Period, Permission, SituationChapter, SituationOutcome, SituationState

EDIT = Permission.EDIT_SITUATION
LONGEST = 4000


def find(session: Session, viewer: Viewer) -> list[Situation]:
    """All versions, the newest first. Raises NotAllowed."""
    access.check(viewer, EDIT)
    return list(session.scalars(select(Situation).order_by(Situation.id.desc())))


def get(session: Session, viewer: Viewer, number: int) -> Situation:
    """One version. Raises NotFound, NotAllowed."""
    access.check(viewer, EDIT)
    found = session.get(Situation, number)
    if found is None:
        raise NotFound("situation.errors.not_found")
    return found


def frozen(session: Session, viewer: Viewer) -> list[Situation]:
    """The frozen versions, the newest first. Raises NotAllowed."""
    return [one for one in find(session, viewer) if one.state == SituationState.FROZEN]


def period_of(one: Situation) -> Period:
    """The period of a version."""
    return Period(one.start_on, one.end_on)


def last_day(one: Situation) -> date:
    """The last day of a version's period."""
    return one.end_on - timedelta(days=1)


def begin(
    session: Session, actor: Viewer, agreement: Agreement, *, start_on: date, end_on: date, today: date
) -> Situation:
    """Begin a version for whole months `[start_on, end_on)` within the agreement. It is held against the newest frozen.

    Raises BadValue (period), StepNotAllowed (another one is being written), NotAllowed.
    """
    check_period(agreement, Period(start_on, end_on), today)
    there = find(session, actor)
    if any(one.state != SituationState.FROZEN for one in there):
        raise StepNotAllowed("situation.errors.one_at_a_time")
    made = Situation(start_on=start_on, end_on=end_on, begun_on=today, earlier_id=there[0].id if there else None)
    made.texts = [
        SituationText(section=section.code, party=party, organisation_id=_organisation_of(session, party))
        for section in SECTIONS
        for party in agreement.parties
    ]
    session.add(made)
    session.flush()
    access.gate(session, actor, EDIT, made, start_on=start_on, end_on=end_on)
    return made


def _organisation_of(session: Session, party: str) -> int | None:
    """The organisation that is a party: the first of its kind."""
    return session.scalar(select(Organisation.id).where(Organisation.kind == party).order_by(Organisation.id).limit(1))


def change(
    session: Session, actor: Viewer, agreement: Agreement, number: int, *, start_on: date, end_on: date,
    outcome: SituationOutcome, today: date, now: datetime, version: int | None = None,
) -> Situation:  # fmt: skip
    """Change the period and the outcome of a version.

    Raises NotFound, BadValue (period, nothing to keep), StepNotAllowed (frozen), Conflict, NotAllowed.
    """
    found = to_change(session, actor, number, version)
    check_period(agreement, Period(start_on, end_on), today)
    if outcome is SituationOutcome.NO_REVISION and found.earlier_id is None:
        raise BadValue("situation.errors.nothing_to_keep", field="outcome")
    found.start_on, found.end_on, found.outcome = start_on, end_on, outcome.value
    access.gate(session, actor, EDIT, found, **access.changed(found))
    open_again(found, now=now)
    session.flush()
    return found


def to_change(session: Session, actor: Viewer, number: int, version: int | None) -> Situation:
    """A version that the coordinator may change as a whole, as the form showed it.

    Raises NotFound, NotAllowed, StepNotAllowed when it is frozen, Conflict.
    """
    found = get(session, actor, number)
    access.check(actor, EDIT, found)
    not_frozen(found)
    if version is not None and found.version != version:
        raise Conflict("situation.errors.changed")
    return found


def not_frozen(found: Situation) -> None:
    """Raises StepNotAllowed for a version that is frozen."""
    if found.state == SituationState.FROZEN:
        raise StepNotAllowed("situation.errors.frozen")


def text_of(session: Session, viewer: Viewer, number: int, section: str, party: str) -> SituationText:
    """What a party writes beside a section. Raises NotFound, NotAllowed."""
    found = get(session, viewer, number)
    one = next((one for one in found.texts if (one.section, one.party) == (section, party)), None)
    if one is None and section in BY_CODE:
        one = _added(found, section, party)
    if one is None:
        raise NotFound("situation.errors.not_found")
    return one


def _added(found: Situation, section: str, party: str) -> SituationText | None:
    """The place for a text of a section that came into the program after the version was begun."""
    like = next((one for one in found.texts if one.party == party), None)
    if like is None or found.state == SituationState.FROZEN:
        return None
    return SituationText(section=section, party=party, organisation_id=like.organisation_id, text="", version=1)


def write(
    session: Session, actor: Viewer, number: int, section: str, party: str, *, text: str, now: datetime,
    version: int | None = None,
) -> SituationText:  # fmt: skip
    """Write a party's words beside a section; what stood there is kept. A version closed for approval opens again.

    Raises NotFound, BadValue (personal data, too long), StepNotAllowed (frozen), Conflict, NotAllowed.
    """
    one = text_of(session, actor, number, section, party)
    access.check(actor, EDIT, one)
    situation = one.situation or get(session, actor, number)
    not_frozen(situation)
    if version is not None and one.version != version:
        raise Conflict("situation.errors.changed")
    if len(text) > LONGEST:
        raise BadValue("forms.errors.too_long", field="text", most=LONGEST)
    screening.screen(text, field="text")
    if text.strip() == one.text:
        return one
    if one.situation is None:
        situation.texts.append(one)
        session.flush()
    if one.text:
        one.earlier.append(SituationEarlier(at=now, who=actor.name, text=one.text))
    one.text = text.strip()
    access.gate(session, actor, EDIT, one, section=section, party=party)
    open_again(situation, now=now)
    session.flush()
    return one


def open_again(found: Situation, *, now: datetime) -> bool:
    """Back to a draft, because what was to be approved is no longer what it says: approvals given are void."""
    if found.state != SituationState.SEALED:
        return False
    found.state = SituationState.DRAFT.value
    found.document = found.checksum = found.sealed_at = None
    for approval in found.approvals:
        approval.void_at = approval.void_at or now
    return True


def may_write(viewer: Viewer, one: SituationText) -> bool:
    """Whether the viewer may write a text now."""
    return access.may(viewer, EDIT, one)


def organisation_kind(session: Session, viewer: Viewer) -> str:
    """The kind of the organisation that somebody belongs to now; "" for none."""
    if viewer.person_id is None:
        return ""
    statement = (
        select(Organisation.kind)
        .join(Person, Person.organisation_id == Organisation.id)
        .where(Person.id == viewer.person_id, Person.disabled_at.is_(None))
    )
    return session.scalar(statement) or ""


def lacking(texts: Sequence[SituationText]) -> list[SituationChapter]:
    """The chapters beside which nobody has written anything yet."""
    written = {BY_CODE[one.section].chapter for one in texts if one.text and one.section in BY_CODE}
    return [chapter for chapter in SituationChapter if chapter not in written]
