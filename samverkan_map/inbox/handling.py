"""Handling a letter: taken up as a report, linked to a place, sent on, answered, or hidden as unusable."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from samverkan_map import access, places, reports, screening
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db import engine
from samverkan_map.db.tables import Letter
from samverkan_map.errors import BadValue, Conflict
from samverkan_map.inbox import assigning, finding, photos, replying
from samverkan_map.inbox.photos import Folder
from samverkan_map.inbox.sending import Where
from samverkan_map.vocabulary import Answer, LetterStatus, Permission, Precision, Recipient, Unusable

LONGEST_ANSWER = 600


def take_up(
    session: Session,
    actor: Viewer,
    agreement: Agreement,
    letter_id: int,
    *,
    now: datetime,
    version: int | None = None,
    type: str | None = None,
) -> Letter:
    """Take a letter up, so that it counts as a report of its type, or of another `type` that it turned out to be about.

    The place that it is linked to stays, and so does its handler if that one may handle the type.
    Raises NotFound, BadValue (a type that has no position), Conflict when it changed since `version`, NotAllowed.
    """
    letter = _entered(session, actor, letter_id, version)
    wanted = type or letter.type
    if wanted not in agreement.types or not agreement.types[wanted].has_points:
        raise BadValue("inbox.errors.need_type", field="type")
    place = finding.place_of(session, letter)
    if letter.report_id is not None and wanted != letter.type:
        reports.take_one_back(session, actor, letter.report_id, about=letter)
        letter.report_id = None
    letter.type = wanted
    if letter.report_id is None:
        taken = _observation(agreement, letter)
        letter.report_id = reports.take_one(session, actor, agreement, taken, now=now, about=letter)
        if place is not None:
            session.refresh(place, ["picked"])
            today = finding.local_day(now)
            places.pick(session, actor, place.id, [letter.report_id], True, today=today)
    if letter.status in (LetterStatus.NEW, LetterStatus.HIDDEN):
        letter.status, letter.unusable = LetterStatus.TAKEN_UP.value, None
        replying.note(letter, now)
    _read(letter, now)
    session.flush()
    access.gate(session, actor, Permission.HANDLE_REPORTS, letter, act="taken_up", type=wanted)
    assigning.let_go_of(agreement, letter)
    session.flush()
    return letter


def link(
    session: Session,
    actor: Viewer,
    agreement: Agreement,
    letter_id: int,
    place_id: int,
    *,
    today: date,
    now: datetime,
    version: int | None = None,
) -> Letter:
    """Say that a letter is about a place: its report belongs there, and no longer to a place it was linked to before.

    Raises NotFound, Conflict, NotAllowed.
    """
    letter = take_up(session, actor, agreement, letter_id, now=now, version=version)
    assert letter.report_id is not None
    before = finding.place_of(session, letter)
    if before is not None and before.id != place_id:
        places.pick(session, actor, before.id, [letter.report_id], None, today=today)
    places.pick(session, actor, place_id, [letter.report_id], True, today=today)
    access.gate(session, actor, Permission.HANDLE_REPORTS, letter, act="linked", place=place_id)
    return letter


def send_on(
    session: Session,
    actor: Viewer,
    agreement: Agreement,
    letter_id: int,
    to: Recipient,
    *,
    now: datetime,
    version: int | None = None,
) -> Letter:
    """Note that a letter was sent on to whoever keeps the road or mends faults; the sender is told to whom.

    Raises NotFound, Conflict, NotAllowed.
    """
    letter = take_up(session, actor, agreement, letter_id, now=now, version=version)
    letter.sent_to, letter.sent_at = Recipient(to).value, now
    replying.note(letter, now)
    session.flush()
    access.gate(session, actor, Permission.HANDLE_REPORTS, letter, act="sent_on", to=letter.sent_to)
    return letter


def answer(
    session: Session,
    actor: Viewer,
    agreement: Agreement,
    letter_id: int,
    sentence: Answer,
    words: str = "",
    *,
    now: datetime,
    version: int | None = None,
) -> Letter:
    """Answer a letter with one of the sentences, and words of one's own; the sender reads both.

    Raises NotFound, BadValue (words too long, or that may not be written), Conflict, NotAllowed.
    """
    words = words.strip()
    if len(words) > LONGEST_ANSWER:
        raise BadValue("forms.errors.too_long", field="answer_words", most=LONGEST_ANSWER)
    screening.screen(words, field="answer_words")
    letter = take_up(session, actor, agreement, letter_id, now=now, version=version)
    letter.answer, letter.answer_words = Answer(sentence).value, words
    letter.status, letter.answered_at = LetterStatus.ANSWERED.value, letter.answered_at or now
    replying.note(letter, now)
    session.flush()
    access.gate(session, actor, Permission.HANDLE_REPORTS, letter, act="answered", answer=letter.answer)
    return letter


def hide(
    session: Session,
    actor: Viewer,
    letter_id: int,
    why: Unusable,
    *,
    now: datetime,
    pictures: Folder | None = None,
    version: int | None = None,
) -> Letter:
    """Hide a letter that cannot be used; it counts in nothing, and can be taken back.

    Its pictures, which lie in `pictures` when it may have any, are taken away for good, and of one about persons the
    words too. Raises NotFound, Conflict, NotAllowed.
    """
    letter = _entered(session, actor, letter_id, version)
    if letter.report_id is not None:
        reports.take_one_back(session, actor, letter.report_id, about=letter)
        letter.report_id = None
    letter.status, letter.unusable = LetterStatus.HIDDEN.value, Unusable(why).value
    if why is Unusable.PERSONS:
        for one in (letter, *letter.same):
            one.words = None
    if pictures is not None:
        for one in (letter, *letter.same):
            photos.drop_all(one, pictures)
    _read(letter, now)
    replying.note(letter, now)
    session.flush()
    access.gate(session, actor, Permission.HANDLE_REPORTS, letter, act="hidden", why=letter.unusable)
    return letter


def reopen(session: Session, actor: Viewer, letter_id: int, *, now: datetime, version: int | None = None) -> Letter:
    """Take a hidden letter back into the inbox, as one that nobody has read. Raises NotFound, Conflict, NotAllowed."""
    letter = _entered(session, actor, letter_id, version)
    if letter.status != LetterStatus.HIDDEN:
        raise Conflict("inbox.errors.changed")
    letter.status, letter.unusable, letter.read_at = LetterStatus.NEW.value, None, None
    replying.note(letter, now)
    session.flush()
    access.gate(session, actor, Permission.HANDLE_REPORTS, letter, act="reopened")
    return letter


def _entered(session: Session, actor: Viewer, letter_id: int, version: int | None) -> Letter:
    letter = finding.get(session, actor, letter_id)
    if version is not None and letter.version != version:
        raise Conflict("inbox.errors.changed")
    return letter


def _read(letter: Letter, now: datetime) -> None:
    letter.read_at = letter.read_at or now


def _observation(agreement: Agreement, letter: Letter) -> reports.Observation:
    where = Where(engine.shape(letter.geom), letter.place_name or "", Precision(letter.precision))
    return reports.Observation(
        source=agreement.report_source,
        ref=f"inkorg-{letter.id}",
        type=letter.type,
        reported_at=letter.received_at,
        place_name=where.place_name,
        precision=where.precision,
        point=where.middle,
        description=letter.words or "",
    )
