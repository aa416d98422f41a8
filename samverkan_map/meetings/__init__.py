"""Meetings of a forum: what it has to look at, what it decides, and what becomes of that.

A forum sees what it may have on its map and nothing else, whoever looks.
"""

from __future__ import annotations

from samverkan_map.meetings import screens
from samverkan_map.meetings.agenda import Agenda, Clock, agenda, clock
from samverkan_map.meetings.belonging import belongs
from samverkan_map.meetings.deciding import Ask, to_decide, to_decide_there
from samverkan_map.meetings.decisions import (
    MOST_LETTERS,
    change,
    find,
    forum_of,
    forums,
    get,
    late,
    meeting_days,
    of_place,
    of_stretch,
    write,
)

__all__ = [
    "MOST_LETTERS", "Agenda", "Ask", "Clock", "agenda", "belongs", "change", "clock", "find", "forum_of", "forums",
    "get", "late", "meeting_days", "of_place", "of_stretch", "screens", "to_decide", "to_decide_there", "write",
]  # fmt: skip
