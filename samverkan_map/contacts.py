"""Where contact data stand: one list, for whoever asks what is kept about them, for erasing it, and for disposal.

A new table with contact data is one more `Store` in `STORES`; nothing else has to know of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from samverkan_map import access, mailing
from samverkan_map.access import Viewer
from samverkan_map.db import engine
from samverkan_map.db.tables import AccountProposal, AuditLine, Base, Draft, LetterContact, Person, Review
from samverkan_map.errors import Conflict, NotFound
from samverkan_map.people import disconnect, end_all, forget_all_steps, nobodys_password
from samverkan_map.vocabulary import Permission

GONE = "borttaget-"
LONGEST_OPEN = timedelta(days=365)
"""So long after it came in the purpose of a sender's address is over, also when nobody has answered."""

SIGNATURES = ("who", "entered_by", "confirmed_by")
"""The columns in which a table says by name who did something."""


@dataclass(frozen=True)
class Store:
    """A table with contact data: whose row it is, what is told of it, when its purpose is over, how it is erased.

    `proposed_days` is how long after that the municipality may want to keep it.
    """

    table: type[Any]
    is_of: Callable[[str], ColumnElement[bool]]
    over_since: Callable[[datetime], ColumnElement[bool]]
    proposed_days: int
    tell: Callable[[Session, Any], Mapping[str, object]]
    erase: Callable[[Session, Any], None]

    @property
    def code(self) -> str:
        """The table's name, by which commands and the log call it."""
        return str(self.table.__tablename__)


def _is_account_of(words: str) -> ColumnElement[bool]:
    return or_(Person.username == words.lower(), func.lower(Person.name) == words.lower())


def _closed_before(moment: datetime) -> ColumnElement[bool]:
    return (Person.disabled_at < moment) & ~Person.username.startswith(GONE)


def _tell_account(session: Session, person: Person) -> Mapping[str, object]:
    def number(table: Any) -> int:
        return session.scalar(select(func.count()).where(table.person_id == person.id)) or 0

    return {
        "username": person.username, "name": person.name, "role": person.role,
        "organisation": person.organisation.name if person.organisation else None,
        "provider_name": person.provider_name, "provider_subject": person.provider_subject,
        "created_at": person.created_at, "disabled_at": person.disabled_at, "drafts": number(Draft),
        "reviews": number(Review), "log_lines": number(AuditLine),
    }  # fmt: skip


def _erase_account(session: Session, person: Person) -> None:
    """Leave a row without a name: the log and what was decided go on pointing at it."""
    if person.disabled_at is None:
        raise Conflict("contacts.errors.open_account", name=person.username)
    end_all(session, person.id)
    forget_all_steps(session, person.id)
    for table in (Draft, AccountProposal):
        session.execute(delete(table).where(table.person_id == person.id))
    _forget_name(session, person.name)
    person.username, person.name = f"{GONE}{person.id}", "–"
    person.password_hash = nobodys_password()
    disconnect(person)
    session.flush()


def _forget_name(session: Session, name: str) -> None:
    """Take a name away where a table says who did something, all but the log."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if column.name in SIGNATURES and table is not AuditLine.__table__:
                session.execute(update(table).where(column == name).values({column: "–"}))


def _is_address(words: str) -> ColumnElement[bool]:
    return func.lower(LetterContact.address) == (mailing.plain_address(words) or words).lower()


def _answered_before(moment: datetime) -> ColumnElement[bool]:
    # A letter that is never answered shall not keep its sender's address for ever.
    forgotten = and_(LetterContact.closed_at.is_(None), LetterContact.came_at < moment - LONGEST_OPEN)
    return or_(LetterContact.closed_at < moment, forgotten)


def _tell_address(_: Session, contact: LetterContact) -> Mapping[str, object]:
    return {
        "address": contact.address, "letter": contact.letter_id, "came_at": contact.came_at,
        "told_at": contact.told_at, "closed_at": contact.closed_at,
    }  # fmt: skip


def _erase_address(session: Session, contact: LetterContact) -> None:
    session.delete(contact)
    session.flush()


STORES = (
    Store(Person, _is_account_of, _closed_before, 365, _tell_account, _erase_account),
    Store(LetterContact, _is_address, _answered_before, 90, _tell_address, _erase_address),
)


def find(session: Session, actor: Viewer, words: str) -> list[tuple[str, int, Mapping[str, object]]]:
    """All that stands about somebody by the words they give (a user name, a name, an address): store, number, fields.

    Reading is logged, without the words. Raises NotAllowed.
    """
    access.check(actor, Permission.SEE_CONTACT)
    words, found = " ".join(words.split()), []
    for store in STORES:
        for row in session.scalars(select(store.table).where(store.is_of(words)).order_by(store.table.id)):
            access.gate(session, actor, Permission.SEE_CONTACT, row)
            found.append((store.code, row.id, store.tell(session, row)))
    return found


def erase(session: Session, actor: Viewer, code: str, number: int) -> None:
    """Take the contact data of one row away for good, as somebody has asked; what the log says stays there.

    Raises NotFound, NotAllowed, Conflict for an account that is still open.
    """
    store = next((store for store in STORES if store.code == code), None)
    row = session.get(store.table, number) if store else None
    if store is None or row is None:
        raise NotFound("contacts.errors.unknown", store=code, number=number)
    access.gate(session, actor, Permission.DISPOSE, row, asked_for=True)
    engine.overwrite_what_goes(session)
    store.erase(session, row)
