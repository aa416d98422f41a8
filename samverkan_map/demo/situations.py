"""The example's situation pictures: one that both parties have frozen, and one that is being written."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, Protocol

from sqlalchemy.orm import Session

from samverkan_map import situation
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.demo.material import read
from samverkan_map.vocabulary import Role, add_months

MONTHS = 12


class Told(Protocol):
    """What the pictures need of the story that they are part of."""

    session: Session
    agreement: Agreement
    viewers: dict[Role, Viewer]
    until: date


def make(story: Told) -> None:
    """Freeze a picture of the year before the last one, and begin that of the last, as far as the agreement reaches."""
    end = min(story.until.replace(day=1), date(story.agreement.end_year + 1, 1, 1))
    middle, first = add_months(end, -MONTHS), add_months(end, -2 * MONTHS)
    if first.year < story.agreement.start_year:
        return
    frozen = _begin(story, first, middle, read("situation")["words"])
    coordinator, now = story.viewers[Role.COORDINATOR], datetime.combine(story.until, time(4))
    situation.seal(story.session, coordinator, story.agreement, frozen, today=story.until, now=now)
    content = situation.get(story.session, coordinator, frozen).checksum or ""
    for role in (Role.COORDINATOR, Role.POLICE):
        situation.approve(story.session, story.viewers[role], frozen, content=content, now=now)
    _begin(story, middle, end, read("situation")["second"])


def _begin(story: Told, start: date, end: date, words: list[dict[str, Any]]) -> int:
    actor, now = story.viewers[Role.COORDINATOR], datetime.combine(story.until, time(3))
    made = situation.begin(story.session, actor, story.agreement, start_on=start, end_on=end, today=story.until)
    for one in words:
        writer = story.viewers[Role.POLICE] if one["party"] == "police" else actor
        situation.write(story.session, writer, made.id, one["section"], one["party"], text=one["text"], now=now)
    return made.id
