"""Days that an address names."""

from __future__ import annotations

from datetime import date

from flask import request

from samverkan_map.errors import BadQuestion
from samverkan_map.web.forms import read_day


def day_asked(name: str) -> date | None:
    """A day of the address, written as people write it. Raises BadQuestion."""
    value = request.args.get(name, "").strip()
    try:
        found = read_day(value) if value else None
    except ValueError:
        found = date.max
    if found and not 1990 <= found.year <= 2100:
        raise BadQuestion("question.errors.malformed", name=name, value=value[:40], example="2026-10-01")
    return found
