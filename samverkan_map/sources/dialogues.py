"""What was said in dialogues, as coded themes with source, day and sub-area; never who said it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db.tables import DialogueTheme
from samverkan_map.errors import BadValue
from samverkan_map.sources import rows
from samverkan_map.vocabulary import Period, Permission


def checked(
    agreement: Agreement,
    *,
    source: str,
    held_on: date,
    area: str,
    type: str,
    mentions: float | None = None,
    note: str = "",
    today: date,
) -> DialogueTheme:
    """One theme of one dialogue, checked and not stored yet.

    Raises BadValue naming the field: unknown source, area or type, a day to come, a number that is none, a note that
    points at a person.
    """
    known = agreement.statistics
    rows.one_of("source", source, known.dialogue_sources)
    rows.one_of("area", area, {*agreement.areas, known.whole} - {""})
    rows.one_of("type", type, agreement.types)
    if not held_on.year >= rows.FIRST_YEAR or held_on > today:
        raise BadValue("sources.errors.day", field="held_on", value=held_on.isoformat())
    number = rows.count("mentions", mentions, least=1)
    return DialogueTheme(
        source=source, held_on=held_on, area=area, type=type, mentions=number, note=rows.note(note)
    )  # fmt: skip


def keep(session: Session, actor: Viewer, agreement: Agreement, **given) -> DialogueTheme:
    """Store one theme; what is given is what `checked` takes. Raises BadValue, NotAllowed."""
    found = checked(agreement, **given)
    rows.add(session, actor, found)
    return found


def find(session: Session, viewer: Viewer, agreement: Agreement, period: Period | None = None) -> list[DialogueTheme]:
    """The themes of a period, latest first; the traffic group's are those of traffic. Raises NotAllowed."""
    access.check(viewer, Permission.SEE_DIALOGUES)
    kinds = access.visible_kinds(viewer)
    question = select(DialogueTheme).order_by(DialogueTheme.held_on.desc(), DialogueTheme.area, DialogueTheme.id)
    if period and period.start:
        question = question.where(DialogueTheme.held_on >= period.start)
    if period and period.end:
        question = question.where(DialogueTheme.held_on < period.end)
    return [
        one
        for one in session.scalars(question)
        if one.type in agreement.types and agreement.types[one.type].kind in kinds
    ]
