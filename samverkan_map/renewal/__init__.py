"""A new agreement's period starts from the old one: what runs out, what is carried over, what is closed and why.

Nothing is moved or copied: a place and a measure go on with all their history. What is not carried over is closed.
"""

from samverkan_map.renewal.coming import Change, before, changes, check_may_start, closing_of, coming, find
from samverkan_map.renewal.open_work import CARRY, CLOSE, Line, Work, open_work
from samverkan_map.renewal.starting import Choice, check, start, usual

__all__ = [
    "CARRY", "CLOSE", "Change", "Choice", "Line", "Work", "before", "changes", "check", "check_may_start", "closing_of",
    "coming", "find", "open_work", "start", "usual",
]  # fmt: skip
