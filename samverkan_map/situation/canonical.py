"""Data as one text that is the same everywhere, and its checksum.

Two databases, two machines and ten years later the same data must give the same bytes: keys in order, no blanks, and
numbers rounded to six digits that count.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from datetime import date
from typing import Any

DIGITS = 6


def plain(value: Any) -> Any:
    """The value as JSON holds it: days as texts, numbers rounded, what has no end or is no number as None.

    >>> plain({"a": 1.23456789, "b": (2.0, float("inf")), "c": date(2026, 1, 2)})
    {'a': 1.23457, 'b': [2, None], 'c': '2026-01-02'}
    """
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, float):
        return _rounded(value)
    return value.isoformat() if isinstance(value, date) else value


def _rounded(value: float) -> float | int | None:
    if not math.isfinite(value):
        return None
    found = float(f"{value:.{DIGITS - 1}e}")
    # A whole number is written as one: some databases and languages give it back as one anyway.
    return int(found) if found.is_integer() else found


def written(value: Any) -> str:
    """The one text of some data.

    >>> written({"b": 1.0, "a": ["å", None]})
    '{"a":["å",null],"b":1}'
    """
    return json.dumps(plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def read_again(value: Any) -> Any:
    """Some data as it would be read from its one text: in the order in which it is found again."""
    return json.loads(written(value))


def checksum(text: str) -> str:
    """SHA-256 of a text in UTF-8, as anybody can work it out from the file.

    >>> checksum("")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(text.encode()).hexdigest()
