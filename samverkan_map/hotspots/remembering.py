"""Answers kept beside the reports that they were worked out from, and gone with them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from samverkan_map.reports.frame import Frame

KEPT = 64

Answer = TypeVar("Answer")


def remembered(frame: Frame, key: Hashable, make: Callable[[], Answer]) -> Answer:
    """The answer kept under a key, or a new one, which then is."""
    found: Any = frame.kept.get(key)
    if found is None:
        found = frame.kept[key] = make()
        while len(frame.kept) > KEPT:
            frame.kept.popitem(last=False)
    return found
