"""What somebody has typed is not lost: drafts that outlive a session, and forms that are carried out only once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from samverkan_map import screening
from samverkan_map.access import Viewer
from samverkan_map.db.tables import Draft, HandledForm
from samverkan_map.errors import BadValue

KEYS_KEPT = timedelta(days=2)
DRAFTS_KEPT = timedelta(days=90)
MOST_CHARACTERS = 40_000

Fields = Mapping[str, list[str]]


@dataclass(frozen=True)
class SavedDraft:
    """A draft as it was saved."""

    fields: Fields
    saved_at: datetime


def save_draft(
    session: Session, person_id: int, form: str, object_id: str, fields: Fields, *, now: datetime
) -> SavedDraft:
    """Keep what somebody has typed in a form; one draft per person, form and object.

    Raises BadValue for what may not be written, as the form itself would, and for more than 40,000 characters.
    """
    if sum(len(text) for texts in fields.values() for text in texts) > MOST_CHARACTERS:
        raise BadValue("forms.errors.draft_too_long", field="draft")
    for name, texts in fields.items():
        for text in texts:
            screening.screen(text, field=name)
    session.execute(delete(Draft).where(Draft.saved_at < now - DRAFTS_KEPT))
    draft = _draft(session, person_id, form, object_id)
    if draft is None:
        draft = Draft(person_id=person_id, form=form, object_id=object_id)
        session.add(draft)
    draft.fields, draft.saved_at = dict(fields), now
    session.flush()
    return SavedDraft(draft.fields, draft.saved_at)


def draft_of(session: Session, person_id: int | None, form: str, object_id: str) -> SavedDraft | None:
    """The draft of a person for a form of an object, or None."""
    found = None if person_id is None else _draft(session, person_id, form, object_id)
    return None if found is None else SavedDraft(found.fields, found.saved_at)


@dataclass(frozen=True)
class OwnDraft:
    """A draft in a list of somebody's own: the form and what it belongs to, when it was saved, and what is in it."""

    form: str
    object_id: str
    saved_at: datetime
    fields: Fields


def own_drafts(session: Session, viewer: Viewer) -> list[OwnDraft]:
    """All drafts of the viewer, the newest first."""
    if viewer.person_id is None:
        return []
    rows = session.scalars(select(Draft).where(Draft.person_id == viewer.person_id).order_by(Draft.saved_at.desc()))
    return [OwnDraft(row.form, row.object_id, row.saved_at, row.fields) for row in rows]


def drop_draft(session: Session, person_id: int | None, form: str, object_id: str) -> None:
    """Throw a draft away, when there is one."""
    session.execute(delete(Draft).where(Draft.person_id == person_id, Draft.form == form, Draft.object_id == object_id))


def _draft(session: Session, person_id: int, form: str, object_id: str) -> Draft | None:
    question = select(Draft).where(Draft.person_id == person_id, Draft.form == form, Draft.object_id == object_id)
    return session.scalars(question).one_or_none()


def begin_form(session: Session, person_id: int | None, key: str, *, now: datetime) -> str | None:
    """Claim a form by the key it brought. The address it led to when it was carried out before, otherwise None.

    A second copy sent at the same moment waits here until the first is through.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = {"key": _key(person_id, key), "address": "", "at": now}
    claim = insert(HandledForm).values(**row).on_conflict_do_nothing(index_elements=["key"]).returning(HandledForm.key)
    if session.scalar(claim) is None:
        return session.scalar(select(HandledForm.address).where(HandledForm.key == row["key"]))
    session.execute(delete(HandledForm).where(HandledForm.at < now - KEYS_KEPT))
    return None


def end_form(session: Session, person_id: int | None, key: str, address: str) -> None:
    """Note where a form that was carried out led to."""
    session.execute(update(HandledForm).where(HandledForm.key == _key(person_id, key)).values(address=address))


def _key(person_id: int | None, key: str) -> str:
    return hashlib.sha256(f"{person_id}|{key}".encode()).hexdigest()
