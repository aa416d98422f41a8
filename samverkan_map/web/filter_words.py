"""What is wrong with the filters of an address, in the words the filters have on the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import g, request

from samverkan_map import question
from samverkan_map.errors import BadQuestion
from samverkan_map.translations import catalogue
from samverkan_map.web.texts import label, t, url_with

LONGEST_NAME = 40
MOST_EXPLAINED = 12
"""So many allowed codes stand with their labels; a longer list would drown the sentence."""


@dataclass(frozen=True)
class Fault:
    """One filter that cannot be answered: its sentence, its label, and the same address without it."""

    sentence: str
    name: str
    without: str


def faults(first: BadQuestion) -> list[Fault]:
    """The fault that was met, and every other one of the same address."""
    return [Fault(sentence(one), named_as(name), url_with(**{name: None, "page": None})) for name, one in _all(first)]


def without_all(first: BadQuestion) -> str:
    """The same address without any filter that cannot be answered."""
    return url_with(**{name: None for name, _ in _all(first)} | {"page": None})


def _all(first: BadQuestion) -> list[tuple[str, BadQuestion]]:
    own, sorts = g.get("own_filters", ()), g.get("own_sorts", question.SORTS)
    others = question.faults(request.args, g.agreement, g.today, public=g.viewer.anonymous, own=own, sorts=sorts)
    found: dict[str, BadQuestion] = {}
    for one in (first, *others):
        found.setdefault(str(one.fields["name"]), one)
    return list(found.items())


def sentence(fault: BadQuestion) -> str:
    """What a fault says, with labels beside the codes of the address."""
    fields = dict(fault.fields)
    if "name" in fields:
        name = str(fields["name"])
        if "allowed" in fields:
            about = "" if fault.key in _ABOUT_NAMES else name
            fields["allowed"] = ", ".join(_explained(about, str(fields["allowed"]).split(", ")))
        fields["name"] = named_as(name)
    return t(fault.key, **fields)


_ABOUT_NAMES = ("question.errors.unknown_name", "question.errors.not_public")
"""The faults whose allowed words are filters, not values of one."""


def named_as(name: str) -> str:
    """A filter by its label, with its name in the address beside: `Veckodag (weekday)`."""
    known = name in (*question.NAMES, *g.get("own_filters", ()))
    return f"{t(f'question.names.{name}')} ({name})" if known else f"”{name[:LONGEST_NAME]}”"


def _explained(about: str, codes: list[str]) -> Iterator[str]:
    """The codes of the filter `about`, or of the filters themselves for "", each with its label when they are few."""
    if len(codes) > MOST_EXPLAINED and about:
        yield from codes
        return
    for code in codes:
        words = _label(about, code)
        yield f"{code} ({words})" if words else code


def _label(about: str, code: str) -> str:
    own = {"focus": "focus_areas", "type": "types", "area": "areas", "source": "sources"}
    if about in own:
        found = getattr(g.agreement, own[about]).get(code)
        return label(found) if found else ""
    tables = {
        "": "question.names.", "kind": "vocabulary.report_kind.", "phase": "vocabulary.phase.", "sort": "karta.sort_",
        "status": "vocabulary.phase_status.", "state": "vocabulary.measure_status.",
        "mechanism": "vocabulary.mechanism.", "keeper": "vocabulary.keeper.", "layer": "vocabulary.layer.",
    }  # fmt: skip
    key = tables.get(about, "?") + code
    return t(key) if key in catalogue(g.language) else ""
