"""What the sender of a letter is told by its code, and how long answers take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import Session

from samverkan_map import access, codes, traffic
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db.tables import Letter
from samverkan_map.errors import NotFound
from samverkan_map.inbox import finding, keys, photos
from samverkan_map.traffic import Standing
from samverkan_map.vocabulary import Answer, LetterStatus, Permission, Recipient, Role

FEWEST_ANSWERS = 5
"""Of fewer answers no middle is told."""

MOST_ANSWERS = 500
LOOKED_BACK = timedelta(days=365)


@dataclass(frozen=True)
class Followed:
    """How far a letter has come. `place` is only given when it is published; `standing` for traffic on a stretch."""

    code: str
    type: str
    came_on: date
    read_by: date
    status: LetterStatus
    place_id: int | None
    place: str
    sent_to: Recipient | None
    sent_on: date | None
    answer: Answer | None
    answer_words: str
    answered_on: date | None
    standing: Standing | None
    photos: int
    """How many pictures came with it."""
    takes_photo: bool
    wants_reply: bool
    """Whether an address was left with it."""


def follow(session: Session, viewer: Viewer, agreement: Agreement, code: str, *, today: date) -> Followed:
    """What became of the letter with this code.

    Raises NotFound, the same for a code that never was, was mistyped or is gone; NotAllowed.
    """
    access.check(viewer, Permission.FOLLOW_REPORT)
    plain = codes.read(code)
    found = session.scalars(select(Letter).where(Letter.code_hash == keys.hashed(plain))).first() if plain else None
    if found is None:
        raise NotFound("inbox.errors.no_code")
    letter = session.get_one(Letter, found.same_as_id) if found.same_as_id else found
    place = finding.place_of(session, letter)
    age = finding.age_of(found, today)
    return Followed(
        code=codes.well_written(plain),
        type=found.type,
        came_on=age.came_on,
        read_by=age.read_by,
        status=LetterStatus(letter.status),
        place_id=place.id if place and place.published else None,
        place=place.name if place and place.published else "",
        sent_to=Recipient(letter.sent_to) if letter.sent_to else None,
        sent_on=_day(letter.sent_at),
        answer=Answer(letter.answer) if letter.answer else None,
        answer_words=letter.answer_words,
        answered_on=_day(letter.answered_at),
        standing=_standing(session, agreement, letter, today),
        photos=len(found.photos),
        takes_photo=photos.takes(agreement, found),
        wants_reply=found.contact is not None,
    )


def _day(moment: datetime | None) -> date | None:
    return finding.local_day(moment) if moment else None


def _standing(session: Session, agreement: Agreement, letter: Letter, today: date) -> Standing | None:
    if letter.report_id is None or letter.type not in agreement.traffic.speed_types:
        return None
    # Whoever answers a reporter sees complaints; what is told of them holds no count.
    answering = Viewer(None, "", Role.COORDINATOR)
    return traffic.standing_of(session, answering, agreement, letter.report_id, today=today)


def median_days(session: Session, *, now: datetime) -> int | None:
    """How many days it took to answer half of the reports of the last year that are answered, of at most 500; None of
    fewer than five."""
    answered = (Letter.status == LetterStatus.ANSWERED.value, Letter.received_at > now - LOOKED_BACK)
    question = select(Letter.received_at, Letter.answered_at).where(*answered)
    newest = session.execute(question.order_by(Letter.received_at.desc()).limit(MOST_ANSWERS))
    days = [(answered - came).days for came, answered in newest if answered]
    return round(median(days)) if len(days) >= FEWEST_ANSWERS else None
