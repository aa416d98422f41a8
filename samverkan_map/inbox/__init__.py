"""What residents report: sent in without an account, followed by a code, read and answered by the coordinator.

A letter counts in nothing until somebody here has taken it up; then it is a report as any other, of a source of its
own (`report_source` of the agreement). Nobody but those who handle letters can tell that there is one.
"""

from __future__ import annotations

from samverkan_map.inbox.assigning import assign, assignable
from samverkan_map.inbox.finding import (
    Age,
    age_of,
    by_code,
    counts,
    find,
    first_of,
    get,
    has_tasks,
    near_places,
    place_of,
    shape_of,
    unsent,
    words_of,
)
from samverkan_map.inbox.following import Followed, follow, median_days
from samverkan_map.inbox.handling import answer, hide, link, reopen, send_on, take_up
from samverkan_map.inbox.photos import Folder
from samverkan_map.inbox.replying import Message, forget, try_again
from samverkan_map.inbox.sending import LONGEST, Where, area_of, check_where, near_published, send

__all__ = [
    "LONGEST", "Age", "Folder", "Followed", "Message", "Where", "age_of", "answer", "area_of", "assign",
    "assignable", "by_code", "check_where", "counts", "find", "first_of", "follow", "forget", "get", "has_tasks",
    "hide", "link", "median_days", "near_places", "near_published", "place_of", "reopen", "send", "send_on",
    "shape_of", "take_up", "try_again", "unsent", "words_of",
]  # fmt: skip
