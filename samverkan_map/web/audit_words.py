"""A line of the audit log in words: what its codes, counts and dates are called on the page."""

from __future__ import annotations

import json
import re
from typing import Any

from flask import current_app, g

from samverkan_map.translations import catalogue
from samverkan_map.web.formats import FIXED, Day, Format, Moment
from samverkan_map.web.texts import t

_TABLES = {
    "to": ("phase", "measure_status"), "phase": ("phase",), "verdict": ("verdict",), "role": ("role",),
    "before": ("role",), "kind": ("cause_kind", "watch_kind", "report_kind", "organisation_kind"), "layer": ("layer",),
    "next_step": ("next_step",), "status": ("measure_status",), "late": ("permission",),
}  # fmt: skip
"""The tables of the vocabulary in which the value of a detail may stand."""


def who(line: Any) -> str:
    """Who did it: a person's name, or the command line."""
    return t("admin.command_line") if line.who == "kommandorad" else line.who


def what(line: Any) -> str:
    """What it was done to, with its number; nothing where it concerns no single thing."""
    if not line.object_kind:
        return ""
    key = f"admin.objects.{line.object_kind}"
    return f"{t(key) if key in catalogue(g.language) else line.object_kind}{FIXED}{line.object_id}"


def details(line: Any) -> list[tuple[str, str]]:
    """Name and value of every detail of a line."""
    kept = json.loads(line.details)
    if "page" in kept:
        known = _address(kept.pop("page"), kept)
        kept = {"page": known} | kept
    return [(_name(name, line.object_kind), _value(name, value)) for name, value in kept.items()]


def _address(endpoint: str, values: dict[str, Any]) -> str:
    """The address of the page that was read; the values that stand in it are taken out of the details."""
    rule = next(current_app.url_map.iter_rules(endpoint), None) if endpoint in current_app.view_functions else None
    if rule is None:
        return endpoint
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values.pop(found[1], found[1])), rule.rule)


def _name(name: str, object_kind: str) -> str:
    keys = (f"admin.detail.{object_kind}_{name}", f"admin.detail.{name}")
    key = next((key for key in keys if key in catalogue(g.language)), None)
    return t(key) if key else name


def _value(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return t("karta.public_yes" if value else "karta.public_no")
    if isinstance(value, int | float):
        return Format(g.language).number(value)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)):
        return Format(g.language).short(Day.fromisoformat(str(value)))
    if re.fullmatch(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.]*", str(value)):
        return Format(g.language).short_datetime(Moment.fromisoformat(str(value)))
    words = (f"vocabulary.{table}.{value}" for table in _TABLES.get(name, ()))
    key = next((key for key in (*words, f"admin.value.{value}") if key in catalogue(g.language)), None)
    return t(key) if key else str(value)
