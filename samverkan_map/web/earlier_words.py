"""Earlier texts of a place or a measure in words: what was changed, when, by whom, and what it said before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import g

from samverkan_map import earlier
from samverkan_map.web import audit_words
from samverkan_map.web.texts import label, t

FIELDS = {
    "places": "places.field_", "problem_definitions": "places.part_", "causes": "places.cause_",
    "measures": "measures.field_",
}  # fmt: skip
"""How the keys of the fields' labels begin, per table."""


@dataclass(frozen=True)
class Earlier:
    """One replaced row as its page shows it: its heading, and label and text of each field that was replaced."""

    heading: str
    on: date
    who: str
    texts: list[tuple[str, str]]


def told(obj: Any) -> list[Earlier]:
    """What stood at a place or a measure before, the latest first, as far as the visitor may read it."""
    found = earlier.texts_of(g.session, g.viewer, obj)
    return [
        Earlier(_heading(one), one.on, audit_words.who(one), [_field(one, *pair) for pair in one.texts.items()])
        for one in found
    ]


def _heading(one: Any) -> str:
    table = {"place_phases": "phase", "causes": "cause_kind"}.get(one.part)
    about = t(f"vocabulary.{table}.{one.about}") if table else ""
    return t(f"places.earlier.{one.part}", about=about, lap=one.lap)


def _field(one: Any, name: str, value: Any) -> tuple[str, str]:
    if name == "sources":
        known = g.agreement.sources
        value = ", ".join(label(known[code]) if code in known else code for code in value)
    if one.part not in FIELDS:
        return t("effects.motivation" if one.part == "follow_ups" else "places.found_words").rstrip("?"), value
    return t(f"{FIELDS[one.part]}{name}").rstrip("?"), value
