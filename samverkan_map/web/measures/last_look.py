"""The answers of the five steps in words, for the last look before a measure is attached."""

from __future__ import annotations

from typing import Any

from flask import g

from samverkan_map import places
from samverkan_map.translations import LANGUAGES
from samverkan_map.web.forms import Given, read_day
from samverkan_map.web.measures import words
from samverkan_map.web.texts import Format, label, t

Answer = tuple[str, str, str]
"""The field, its label, and what was answered in words."""


def answers(given: Given, here: Any) -> dict[int, list[Answer]]:
    """What was answered, by step."""
    follow = _plan(given) if given.one("follow") != "waive" else [("waiver", given.one("waiver"))]
    found = {1: _where(given, here), 2: _what(given, here), 3: _who(given), 4: follow}
    return {step: [(name, t(f"measures.field_{name}"), text) for name, text in rows] for step, rows in found.items()}


def _where(given: Given, here: Any) -> list[tuple[str, str]]:
    rows = [(name, ", ".join(one.name for one in getattr(here, name))) for name in ("places", "sites")]
    return [row for row in rows if row[1]]


def _what(given: Given, here: Any) -> list[tuple[str, str]]:
    entry = words.entry_of(given.one("catalogue_code"))
    known = {str(cause.id): cause.what for place in here.places for cause in place.causes}

    def word(name: str, table: str) -> str:
        code = given.one(name) or (str(getattr(entry, name)) if entry else "")
        return t(f"vocabulary.{table}.{code}") if code else ""

    return [
        ("catalogue_code", entry.title[g.language] if entry else t("measures.entry_none")),
        ("title", given.one("title") or (entry.title[LANGUAGES[0]] if entry else "")),
        ("summary", given.one("summary")),
        ("mechanism", word("mechanism", "mechanism")),
        ("kind", word("kind", "measure_kind")),
        ("term", word("term", "term")),
        ("works_while_ongoing", _yes(given.one("works_while_ongoing"))),
        ("expected", given.one("expected")),
        ("causes", ", ".join(known[number] for number in given.many("causes") if number in known)),
    ]


def _who(given: Given) -> list[tuple[str, str]]:
    cost, owners = given.one("cost_kronor"), {str(number): name for number, name in words.owners()}
    return [
        ("owner_id", owners.get(given.one("owner_id"), "")),
        ("planned_start", _day(given.one("planned_start"))),
        ("planned_end", _day(given.one("planned_end"))),
        ("cost_kronor", t("measures.kronor", n=cost) if cost else ""),
        ("dose_planned", given.one("dose_planned")),
    ]


def _plan(given: Given) -> list[tuple[str, str]]:
    names = dict(words.types())
    months, area = given.one("window_months"), g.agreement.areas.get(given.one("comparison_area"))
    return [
        ("indicator", given.one("indicator")),
        ("otherwise", _yes(given.one("otherwise"))),
        (
            "types",
            "" if given.one("otherwise") else ", ".join(names[code] for code in given.many("types") if code in names),
        ),
        ("window_months", t("measures.months", n=int(months)) if months.isdecimal() else months),
        ("same_season", _yes(given.one("same_season"))),
        ("comparison", given.one("comparison")),
        ("comparison_place_ids", ", ".join(_places(given))),
        ("comparison_area", label(area) if area else ""),
        ("comparison_reason", given.one("comparison_reason")),
        ("ring_metres", t("measures.metres", n=given.one("ring_metres"))),
        ("chosen_for_height", _yes(given.one("chosen_for_height"))),
        ("due_on", _day(given.one("due_on"))),
    ]


def _day(text: str) -> str:
    try:
        return Format(g.language).date(read_day(text))
    except ValueError:
        return text


def _yes(text: str) -> str:
    return t("measures.yes" if text else "measures.no")


def _places(given: Given) -> list[str]:
    chosen = set(given.many("comparison_place_ids"))
    return [place.name for place in places.find(g.session, g.viewer) if str(place.id) in chosen]
