"""A line of the audit log in words: what its codes, counts and dates are called on the page."""

from __future__ import annotations

import json
import re
from typing import Any

from flask import current_app, g

from samverkan_map import access, people
from samverkan_map.formats import FIXED, Day, Format, Moment
from samverkan_map.translations import catalogue
from samverkan_map.web.texts import label, t

_TABLES = {
    "to": ("phase", "measure_status", "recipient"), "answer": ("answer",), "why": ("unusable",),
    "phase": ("phase",), "verdict": ("verdict",), "role": ("role",),
    "before": ("role",), "layer": ("layer",), "next_step": ("next_step",),
    "status": ("measure_status", "decision_status"),
    "kind": ("cause_kind", "watch_kind", "report_kind", "organisation_kind", "measure_kind"),
    "mechanism": ("mechanism",), "proposal": ("proposal_kind",), "term": ("term",), "late": ("permission",),
}  # fmt: skip
"""The tables of the vocabulary in which the value of a detail may stand."""


def who(line: Any) -> str:
    """Who did it: a person's name, the command line, or a screen in a meeting."""
    name, _, number = line.who.partition(":")
    if name == access.SCREEN and number:
        return t("admin.screen", n=number)
    return t("admin.command_line") if line.who == access.COMMAND_LINE else line.who


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


def changes(line: Any) -> list[str]:
    """What was changed in short, for the log of a place or a measure: fields with what they were and are, and texts."""
    kept = json.loads(line.details)
    names = [name.removesuffix("_to") for name in kept if name.endswith("_to") and f"{name[:-3]}_from" in kept]
    told = [
        t(
            "admin.log_from_to",
            name=_field(name),
            old=_short(name, kept[f"{name}_from"]),
            new=_short(name, kept[f"{name}_to"]),
        )
        for name in names
    ]
    told += [t("admin.log_text", name=_field(name)) for name in str(kept.get("changed") or "").split(",") if name]
    rest = {name: value for name, value in kept.items() if name != "changed" and not _is_pair(name, names)}
    return [
        t("admin.log_detail", name=_name(name, line.object_kind), value=_value(name, value))
        for name, value in rest.items()
    ] + told


def _is_pair(name: str, names: list[str]) -> bool:
    return any(name in (f"{one}_from", f"{one}_to") for one in names)


def _field(name: str) -> str:
    keys = (f"admin.field.{name}", f"measures.field_{name}", f"places.field_{name}", f"places.part_{name}")
    key = next((key for key in keys if key in catalogue(g.language)), None)
    return t(key).rstrip("?") if key else name


def _short(name: str, value: Any) -> str:
    if value is None or value == "":
        return t("forms.empty")
    if name in ("owner_id", "organisation_id"):
        return next((one.name for one in people.find_organisations(g.session) if one.id == value), str(value))
    known = {"focus": g.agreement.focus_areas, "type": g.agreement.types, "forum": g.agreement.forums,
             "source": g.agreement.sources}.get(name, {})  # fmt: skip
    return label(known[value]) if value in known else _value(name, value)


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
    if name in ("type", "area"):
        known = getattr(g.agreement, f"{name}s")
        return label(known[value]) if value in known else str(value or "")
    if isinstance(value, int | float):
        return Format(g.language).number(value)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)):
        return Format(g.language).short(Day.fromisoformat(str(value)))
    if re.fullmatch(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.]*", str(value)):
        return Format(g.language).short_datetime(Moment.fromisoformat(str(value)))
    words = (f"vocabulary.{table}.{value}" for table in _TABLES.get(name, ()))
    key = next(
        (
            key
            for key in (*words, f"admin.value.{name}_{value}", f"admin.value.{value}")
            if key in catalogue(g.language)
        ),
        None,
    )
    return t(key) if key else str(value)
