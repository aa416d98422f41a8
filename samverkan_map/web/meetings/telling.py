"""What may be told with guests in the room: counts from five up, and what is done or decided in a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import g

from samverkan_map import access
from samverkan_map.vocabulary import MeasureStatus, Period
from samverkan_map.web import periods
from samverkan_map.web.texts import Format, t
from samverkan_map.web.traffic.words import PUBLIC_LEAST

MOST_SHOWN = 2
"""So many measures are shown, and the newest decision; the page of the stretch or place has all of them."""

MOST_LETTERS = {"title": 60, "decision": 90}
"""Longer texts are cut, so that nobody has to scroll in front of the meeting."""

AT_WORK = (MeasureStatus.PLANNED, MeasureStatus.ONGOING)


def leaves(count: int) -> bool:
    """Whether a count may leave the house."""
    return count >= PUBLIC_LEAST


def counted(key: str, count: int) -> str:
    """A count as it may leave the house; `key` has a twin with `_few` for those that may not."""
    shown = Format(g.language).number(count)
    return t(key, n=count, shown=shown) if leaves(count) else t(f"{key}_few", n=PUBLIC_LEAST)


def over(period: Period) -> str:
    """How long a period is, in whole months where it is that; its days stand below the map."""
    start, end = period.start, period.end
    if not (start and end) or start.day != 1 or end.day != 1:
        return periods.words(period)
    return t("meetings.in_months", n=12 * (end.year - start.year) + end.month - start.month)


def at_work(done: Sequence[Any]) -> list[Any]:
    """The traffic measures among some that are planned or under way."""
    return [one for one in done if access.is_traffic(one) and one.status in AT_WORK]


def measure(one: Any) -> str:
    """A measure in a line: what, who, and until or from when."""
    fmt = Format(g.language)
    end = one.planned_end
    key = "meetings.measure_until" if end else "meetings.measure_from"
    day = fmt.month(end or one.started_on or one.planned_start)
    status = t(f"vocabulary.measure_status.{one.status}")
    return t(key, status=status, title=shortened(one.title, MOST_LETTERS["title"]), owner=one.owner.name, date=day)


def newest(decisions: Sequence[Any]) -> str:
    """The newest of the forum of traffic's own decisions in a line, or nothing."""
    own = [one for one in decisions if access.is_traffic(one)]
    if not own:
        return ""
    found = max(own, key=lambda one: (one.held_on, one.id))
    status = t(f"vocabulary.decision_status.{found.status}")
    day = Format(g.language).short(found.held_on)
    return t("meetings.decided_one", date=day, text=shortened(found.text, MOST_LETTERS["decision"]), status=status)


def shortened(text: str, most: int) -> str:
    """A text as long as a line or two of a projector, cut between two words.

    >>> shortened("Farthinder", 20), shortened("Gupp vid två korsningar", 12)
    ('Farthinder', 'Gupp vid…')
    """
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    return (cut.rpartition(" ")[0] or cut) + "…"
