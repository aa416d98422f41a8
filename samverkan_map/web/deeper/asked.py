"""What the deeper pages read from the address besides the filters, and what their forms offer."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import g, request

from samverkan_map import access, hotspots
from samverkan_map.agreement import ProblemType
from samverkan_map.errors import BadQuestion
from samverkan_map.question import Question
from samverkan_map.vocabulary import ReportKind
from samverkan_map.web.hotspots import speaker
from samverkan_map.web.texts import t


def cell_metres(usual: int) -> int:
    """The side of the squares that the address asks for. Raises BadQuestion."""
    value = request.args.get("cell", "").strip()
    if not value:
        return usual
    if not (value.isascii() and value.isdecimal() and len(value) <= 5):
        raise BadQuestion("question.errors.malformed", name="cell", value=value[:40], example="250")
    hotspots.check_cell(int(value))
    return int(value)


def chosen(name: str, allowed: list[str], usual: str) -> str:
    """One of some codes. Raises BadQuestion."""
    value = request.args.get(name, "").strip()
    if value and value not in allowed:
        known = ", ".join(allowed)
        raise BadQuestion("question.errors.unknown", name=name, value=value[:40], allowed=known)
    return value or usual


def week() -> date | None:
    """The Monday of the week that the address asks for as 2026-W47; None for the newest. Raises BadQuestion."""
    value = request.args.get("week", "").strip()
    if not value:
        return None
    try:
        year, number = value.upper().split("-W")
        if not (year.isascii() and number.isascii() and year.isdecimal() and number.isdecimal() and len(value) <= 8):
            raise ValueError(value)
        found = date.fromisocalendar(int(year), int(number), 1)
    except ValueError as error:
        raise BadQuestion("question.errors.malformed", name="week", value=value[:40], example="2026-W47") from error
    if not 1970 <= found.year <= 2200:
        raise BadQuestion("question.errors.malformed", name="week", value=value[:40], example="2026-W47")
    return found


def week_code(day: date) -> str:
    """A week as the address writes it."""
    year, number, _ = day.isocalendar()
    return f"{year}-W{number:02d}"


def offered(asked: Question) -> dict[str, Any]:
    """What every form of a deeper page offers: kinds and types that the visitor sees, and how periods are told."""
    visible = access.visible_kinds(g.viewer)
    kinds = [kind for kind in ReportKind if kind in visible and kind is not ReportKind.STRENGTH]
    wanted = set(asked.kinds) or {ReportKind.PROBLEM, ReportKind.TRAFFIC}
    shown = wanted & visible
    types: list[ProblemType] = [one for one in g.agreement.types.values() if one.kind in shown and one.rows]
    return {
        "question": asked, "kinds": kinds, "types": types, "coarse": access.coarse_time(g.viewer),
        "period_words": speaker().period, "cells": hotspots.CELLS,
    }  # fmt: skip


def place(area: str, near: str) -> str:
    """Where something is: the sub-area and the name nearest to it."""
    say = speaker()
    name = say.label(g.agreement.areas, area) if area else t("hotspots.title_nowhere")
    return t("hotspots.title_near", area=name, near=near) if near else name


def query(asked: Question, **more: object) -> dict[str, str]:
    """The filters of the page, and what it reads besides, as its files are asked for."""
    return asked.as_args(page=None, **more)
