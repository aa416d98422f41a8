"""Telling the sender of a letter by e-mail what became of it: noted with the change, sent after it is kept.

The message is written when it is sent, of how the letter stands then, so that several changes in a row are one message.
What cannot be sent costs nothing else: it stays due, or says why it did not arrive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, or_, select, update
from sqlalchemy.orm import Session

from samverkan_map import access, codes, mailing
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db import engine
from samverkan_map.db.tables import Letter, LetterContact
from samverkan_map.errors import BadValue, Conflict, NotFound
from samverkan_map.inbox import finding, keys
from samverkan_map.translations import text
from samverkan_map.vocabulary import Answer, LetterStatus, Permission, Recipient

AGAIN_AFTER = timedelta(minutes=10)
"""So long after somebody began to send a message it may be begun anew: that process is gone, or the server was."""

_TOLD = (LetterStatus.TAKEN_UP, LetterStatus.ANSWERED, LetterStatus.HIDDEN)
_CLOSED = (LetterStatus.ANSWERED, LetterStatus.HIDDEN)


@dataclass(frozen=True)
class Message:
    """What is to be sent: to which address, from whom, with what words; `due_at` is the change it tells of."""

    contact_id: int
    due_at: datetime
    address: str
    name: str
    subject: str
    words: str


def checked(address: str) -> str:
    """An address as it is kept; "" for none. Raises BadValue."""
    if not address.strip():
        return ""
    if not (plain := mailing.plain_address(address)):
        raise BadValue("inbox.errors.address", field="epost")
    return plain


def keep(
    session: Session, letter_id: int, address: str, language: str, now: datetime, *, same_as_id: int | None
) -> None:
    """Keep where the sender of a new letter wants its answer, and in which language.

    When the earlier one with the very same words has been handled already, there is something to tell at once.
    """
    values = {"letter_id": letter_id, "address": address, "language": language, "came_at": now}
    status = session.scalar(select(Letter.status).where(Letter.id == same_as_id)) if same_as_id else LetterStatus.NEW
    session.execute(insert(LetterContact).values(values | _moments(status, now)))


def _moments(status: str | None, now: datetime) -> dict[str, datetime | None]:
    return {"closed_at": now if status in _CLOSED else None, "due_at": now if status in _TOLD else None}


def note(letter: Letter, now: datetime) -> None:
    """Note that those who sent a letter, with the very same words too, are to be told how it stands now."""
    for contact in of_letter(letter):
        for name, moment in _moments(letter.status, now).items():
            setattr(contact, name, moment)
        contact.tried_at, contact.failed = None, None


def of_letter(letter: Letter) -> list[LetterContact]:
    """Those who want an answer to a letter or to one with the very same words; the addresses are not read."""
    return [one.contact for one in (letter, *letter.same) if one.contact is not None]


def try_again(session: Session, actor: Viewer, letter_id: int, *, now: datetime) -> Letter:
    """Have what did not arrive sent once more. Raises NotFound, Conflict when nothing failed, NotAllowed."""
    letter = finding.get(session, actor, letter_id)
    failed = [one for one in of_letter(letter) if one.failed]
    if not failed:
        raise Conflict("inbox.errors.changed")
    for contact in failed:
        contact.due_at, contact.tried_at, contact.failed = now, None, None
    session.flush()
    access.gate(session, actor, Permission.HANDLE_REPORTS, letter, act="reply_again", count=len(failed))
    return letter


def forget(session: Session, actor: Viewer, code: str) -> None:
    """Take away the address that was left with the letter of this code, as its sender asks.

    Raises NotFound, NotAllowed.
    """
    access.check(actor, Permission.FOLLOW_REPORT)
    plain = codes.read(code)
    letter = session.scalars(select(Letter).where(Letter.code_hash == keys.hashed(plain))).first() if plain else None
    if letter is None or letter.contact is None:
        raise NotFound("inbox.errors.no_code")
    engine.overwrite_what_goes(session)
    session.delete(letter.contact)
    session.flush()
    access.gate(session, actor, Permission.SEND_REPORT, letter, act="contact_removed")


# ---- Sending ---------------------------------------------------------------------------------------------------------


def due(session: Session, now: datetime) -> Sequence[int]:
    """The numbers of those to be told something now, who has waited longest first."""
    question = select(LetterContact.id).where(*_is_due(now))
    return session.scalars(question.order_by(LetterContact.due_at, LetterContact.id)).all()


def _is_due(now: datetime) -> tuple:
    tried = LetterContact.tried_at
    return LetterContact.due_at.is_not(None), or_(tried.is_(None), tried <= now - AGAIN_AFTER)


def begin(session: Session, agreement: Agreement, contact_id: int, *, address: str, now: datetime) -> Message | None:
    """The message to somebody, from now on nobody else's to send; None when there is nothing to tell any more.

    `address` is where the map is found. The caller commits, sends, and then calls `ended`.
    """
    mine = update(LetterContact).where(LetterContact.id == contact_id, *_is_due(now)).values(tried_at=now)
    if session.scalar(mine.returning(LetterContact.id)) is None:
        return None
    contact = session.get_one(LetterContact, contact_id, populate_existing=True)
    assert contact.due_at
    name = text(contact.language, "common.site")
    subject = text(contact.language, "inbox.mail_subject", municipality=agreement.name)
    words = _words(session, agreement, contact, address)
    return Message(contact.id, contact.due_at, contact.address, name, subject, words)


def ended(session: Session, message: Message, *, trouble: str, now: datetime) -> None:
    """Note that a message was sent, or with which `trouble` not. What lies in the address is not tried again by itself.

    A change that came meanwhile stays due.
    """
    contact = session.get(LetterContact, message.contact_id)
    if contact is None:
        return
    contact.failed = trouble or None
    if contact.due_at == message.due_at and trouble in ("", mailing.REFUSED):
        contact.due_at = None
    if not trouble:
        contact.told_at, contact.tried_at = now, None


def _words(session: Session, agreement: Agreement, contact: LetterContact, address: str) -> str:
    letter = finding.first_of(session, contact.letter)

    def say(key: str, **fields: object) -> str:
        return text(contact.language, f"inbox.{key}", **fields)

    lines = [say("mail_about", date=finding.local_day(contact.came_at)), say(f"status_{letter.status}")]
    if letter.sent_to:
        lines.append(say("mail_sent_to", to=Recipient(letter.sent_to)))
    if letter.answer and letter.status == LetterStatus.ANSWERED:
        lines.append(text(contact.language, f"vocabulary.answer.{Answer(letter.answer)}"))
        lines.append(letter.answer_words)
    lines.append(say("mail_follow", address=f"{address}/r"))
    lines.append(say("mail_end", municipality=agreement.name))
    return "\n\n".join(line for line in lines if line) + "\n"
