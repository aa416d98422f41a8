"""What each rule disposes of: one condition that finds the rows, for trying and for doing, and how they go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, delete, or_, select, update
from sqlalchemy.orm import Session

from samverkan_map import contacts, people, reports
from samverkan_map.access import Viewer
from samverkan_map.db.tables import (
    AuditLine,
    EarlierText,
    Invitation,
    Letter,
    LetterPhoto,
    Person,
    Report,
    Review,
    Round,
)

YEAR = 365
EPOCH = datetime(1970, 1, 1)

Condition = ColumnElement[bool]
Disposing = Callable[[Session, Viewer, Condition, datetime], None]
"""Takes away what the condition finds, in whose name and now."""


@dataclass(frozen=True)
class Rule:
    """A rule: the rows of `table` that are due before a moment, how they go, and the number of days proposed."""

    code: str
    table: type[Any]
    proposed_days: int
    is_due: Callable[[datetime], Condition]
    dispose: Disposing


def _is_unused(before: datetime) -> Condition:
    """Open accounts that the log knows nothing of since then: no sign-in, and nothing done with them."""
    about = (AuditLine.object_kind == Person.__tablename__) & (AuditLine.object_id == cast(Person.id, String))
    lately = select(AuditLine.id).where(about, AuditLine.at >= before)
    return and_(Person.disabled_at.is_(None), Person.created_at < before, ~Person.example, ~lately.exists())


def _close(session: Session, actor: Viewer, due: Condition, now: datetime) -> None:
    for person in session.scalars(select(Person).where(due)).all():
        people.disable(session, actor, person.id, version=person.version, now=now)


def _has_old_words(before: datetime) -> Condition:
    return and_(Report.description.is_not(None), Report.day < (before - EPOCH).days)


def _leave_coded_report(session: Session, _: Viewer, due: Condition, __: datetime) -> None:
    session.execute(update(Report).where(due).values(description=None))


def _is_old_report(before: datetime) -> Condition:
    return Report.day < (before - EPOCH).days


def _remove_reports(session: Session, _: Viewer, due: Condition, __: datetime) -> None:
    reports.dispose(session, due)


def _is_old_photo(before: datetime) -> Condition:
    return LetterPhoto.came_at < before


def _remove_photos(session: Session, _: Viewer, due: Condition, __: datetime) -> None:
    # Their files go by the sweep of the folder: nothing names them any more.
    session.execute(delete(LetterPhoto).where(due))


def _is_old_letter(before: datetime) -> Condition:
    return Letter.received_at < before


def _remove_letters(session: Session, _: Viewer, due: Condition, __: datetime) -> None:
    session.execute(delete(Letter).where(due))


def _has_old_letter(before: datetime) -> Condition:
    words = or_(Letter.words.is_not(None), Letter.words_hash.is_not(None), Letter.answer_words != "")
    return and_(words, Letter.received_at < before)


def _leave_coded_letter(session: Session, _: Viewer, due: Condition, __: datetime) -> None:
    gone = {"words": None, "words_hash": None, "answer_words": "", "version": Letter.version + 1}
    session.execute(update(Letter).where(due).values(gone))


def _tells_whose(before: datetime) -> Condition:
    """Answers that still say whose they are, of no round that was open since: an open one may be answered again."""
    told = or_(
        Review.person_id.is_not(None), Review.organisation_id.is_not(None), Review.good != "", Review.idea != "",
        Review.contribution != "", Review.key_hash.is_not(None),
    )  # fmt: skip
    day = before.date()
    open_since = and_(Round.closes_on >= day, or_(Round.closed_on.is_(None), Round.closed_on >= day))
    lately = select(Round.id).where(Round.id == Review.round_id, open_since)
    return and_(told, Review.on < day, ~lately.exists())


def _leave_scores(session: Session, _: Viewer, due: Condition, __: datetime) -> None:
    """Keep scores, strengths and wishes; the measure that an offer became would tell whose they are."""
    answers = select(Review.id).where(due)
    session.execute(update(Invitation).where(Invitation.review_id.in_(answers)).values(review_id=None))
    whose = dict.fromkeys(("person_id", "organisation_id", "measure_id", "key_hash"))
    words = dict.fromkeys(("good", "idea", "contribution"), "")
    session.execute(update(Review).where(due).values({**whose, **words, "version": Review.version + 1}))


def _is_old_text(before: datetime) -> Condition:
    return EarlierText.on < before.date()


def _remove_texts(session: Session, _: Viewer, due: Condition, __: datetime) -> None:
    session.execute(delete(EarlierText).where(due))


def _of_store(store: contacts.Store) -> Rule:
    def erase(session: Session, _: Viewer, due: Condition, __: datetime) -> None:
        for row in session.scalars(select(store.table).where(due)).all():
            store.erase(session, row)

    return Rule(store.code, store.table, store.proposed_days, store.over_since, erase)


RULES = (
    Rule("unused_accounts", Person, YEAR // 2, _is_unused, _close),
    *map(_of_store, contacts.STORES),
    Rule("report_words", Report, 2 * YEAR, _has_old_words, _leave_coded_report),
    Rule("letter_words", Letter, 2 * YEAR, _has_old_letter, _leave_coded_letter),
    Rule("letter_photos", LetterPhoto, 2 * YEAR, _is_old_photo, _remove_photos),
    Rule("reviews", Review, 3 * YEAR, _tells_whose, _leave_scores),
    Rule("earlier_texts", EarlierText, 2 * YEAR, _is_old_text, _remove_texts),
    Rule("reports", Report, 10 * YEAR, _is_old_report, _remove_reports),
    Rule("letters", Letter, 10 * YEAR, _is_old_letter, _remove_letters),
)
