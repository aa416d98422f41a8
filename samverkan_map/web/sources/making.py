"""The forms that add one figure or one theme, and the page of a row where it can be taken away."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from flask import g, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import access, sources
from samverkan_map.errors import NotFound
from samverkan_map.exchange import checks
from samverkan_map.sources import CRIMES, DIALOGUES, SURVEYS
from samverkan_map.sources.rows import LONGEST_NOTE, LONGEST_ORIGIN
from samverkan_map.vocabulary import Permission
from samverkan_map.web import forms
from samverkan_map.web.forms import Done, Faults, Given, Sent
from samverkan_map.web.sources import words
from samverkan_map.web.sources.blueprint import blueprint
from samverkan_map.web.texts import choice, label

ADDRESSES = {SURVEYS: "matning", CRIMES: "brott", DIALOGUES: "dialog"}
"""What the addresses call each kind."""
KINDS = {address: kind for kind, address in ADDRESSES.items()}
HOME = {SURVEYS: "sources.page", CRIMES: "sources.crimes", DIALOGUES: "sources.dialogues"}

Answer = AnyResponse | tuple[str, int]


@blueprint.get("/kallor/ny/<kind>")
def new(kind: str) -> str:
    """The form that adds one row of a kind."""
    return _new_page(kind, forms.given(f"source_{_kind(kind)}", "", {}), {})


@blueprint.post("/kallor/ny/<kind>")
def take_new(kind: str) -> Answer:
    """Add one row."""
    found = _kind(kind)

    def act(sent: Sent) -> Done:
        given = _READ[found](sent)
        sent.done()
        keep = {SURVEYS: sources.surveys.keep, CRIMES: sources.crimes.keep, DIALOGUES: sources.dialogues.keep}[found]
        keep(g.session, g.viewer, g.agreement, **given, today=g.today)
        return Done(url_for(HOME[found]), f"sources.added_{found}")

    page = forms.Page(f"source_{found}", url_for(".new", kind=kind), partial(_new_page, kind))
    return forms.carry_out(page, act)


@blueprint.get("/kallor/rad/<kind>/<int:id>")
def one(kind: str, id: int) -> str:
    """One row with all that is known of it, and the way to take it away."""
    return _row_page(kind, id, Given({}), {})


@blueprint.post("/kallor/rad/<kind>/<int:id>/stryk")
def take_strike(kind: str, id: int) -> Answer:
    """Take one row away."""
    found = _kind(kind)
    sources.get(g.session, g.viewer, found, id)

    def act(sent: Sent) -> Done:
        sources.strike(g.session, g.viewer, found, id, version=sent.version())
        return Done(url_for(HOME[found]), "sources.struck")

    page = forms.Page("source_row", url_for(".one", kind=kind, id=id), partial(_row_page, kind, id), str(id))
    return forms.carry_out(page, act)


def _kind(address: str) -> str:
    """The kind that an address names, when the municipality has words for it. Raises NotFound, NotAllowed."""
    access.check(g.viewer, Permission.KEEP_SOURCES)
    known = g.agreement.statistics
    there = {SURVEYS: known.asked, CRIMES: known.crimes, DIALOGUES: known.dialogue_sources}
    if address not in KINDS or not there[KINDS[address]]:
        raise NotFound("access.errors.not_found")
    return KINDS[address]


# ---- What stands in a form -------------------------------------------------------------------------------------------


def _survey(sent: Sent) -> dict[str, Any]:
    known = g.agreement.statistics
    return {
        "source": sent.choice("source", known.survey_sources, need="sources.form.need_source"),
        "year": _year(sent),
        "area": sent.choice("area", sources.places(g.agreement), need="sources.form.need_area"),
        "question": sent.choice("question", known.questions, need="sources.form.need_question"),
        "value": _figure(sent, "value", need="sources.errors.no_value"),
        "answers": sent.number("answers", least=1, most=10**7),
        "response_rate": _figure(sent, "response_rate"),
        "origin": sent.text("origin", most=LONGEST_ORIGIN),
        "note": sent.text("note", most=LONGEST_NOTE),
    }


def _crime(sent: Sent) -> dict[str, Any]:
    return {
        "year": _year(sent),
        "category": sent.choice("category", g.agreement.statistics.crimes, need="sources.form.need_category"),
        "count": sent.number("count", need="sources.errors.no_count", most=10**7),
        "origin": sent.text("origin", most=LONGEST_ORIGIN),
    }


def _dialogue(sent: Sent) -> dict[str, Any]:
    return {
        "source": sent.choice("source", g.agreement.statistics.dialogue_sources, need="sources.form.need_source"),
        "held_on": sent.day("held_on", need="sources.form.need_day"),
        "area": sent.choice("area", _dialogue_areas(), need="sources.form.need_area"),
        "type": sent.choice("type", g.agreement.types, need="sources.form.need_type"),
        "mentions": sent.number("mentions", least=1, most=10**7),
        "note": sent.text("note", most=LONGEST_NOTE),
    }


_READ: dict[str, Callable[[Sent], dict[str, Any]]] = {SURVEYS: _survey, CRIMES: _crime, DIALOGUES: _dialogue}


def _year(sent: Sent) -> int | None:
    return sent.number("year", need="sources.form.need_year", most=9999)


def _figure(sent: Sent, name: str, *, need: str = "") -> float | None:
    word = sent.text(name, need=need, most=20).removesuffix("%").strip()
    (value,), faults = checks.numbers([word])
    if faults:
        sent.fault(name, "sources.errors.no_number", value=word)
    return None if np.isnan(value) else float(value)


def _dialogue_areas() -> list[str]:
    return [code for code in (*g.agreement.areas, g.agreement.statistics.whole) if code]


# ---- The pages -------------------------------------------------------------------------------------------------------


def _new_page(kind: str, given: Given, faults: Faults) -> str:
    known, found = g.agreement.statistics, _kind(kind)
    of_kind = {SURVEYS: known.survey_sources, DIALOGUES: known.dialogue_sources}.get(found, ())
    places = _dialogue_areas() if found == DIALOGUES else list(sources.places(g.agreement))
    return render_template(
        "sources/new.html",
        kind=found,
        address=kind,
        home=HOME[found],
        given=given,
        faults=faults,
        of_kind=[(code, words.source_name(code)) for code in of_kind],
        places=[(code, words.area_name(code)) for code in places],
        questions=[(one.code, label(one)) for one in known.questions.values()],
        categories=[(one.code, label(one)) for one in known.crimes.values()],
        types=[(one.code, choice(one)) for one in g.agreement.types.values()],
        fewest=sources.surveys.FEWEST_ANSWERS,
        most_note=LONGEST_NOTE,
        most_origin=LONGEST_ORIGIN,
    )


def _row_page(kind: str, id: int, given: Given, faults: Faults) -> str:
    found = _kind(kind)
    row = sources.get(g.session, g.viewer, found, id)
    return render_template(
        "sources/row.html", kind=found, address=kind, home=HOME[found], row=row, given=given, faults=faults,
        told=_told(found, row),
    )  # fmt: skip


def _told(kind: str, row: Any) -> list[tuple[str, Any]]:
    """Name and value of what a row holds, without what is empty."""
    known = g.agreement.statistics
    if kind == CRIMES:
        found = [("category", label(known.crimes[row.category])), ("year", row.year), ("count", row.count)]
    elif kind == DIALOGUES:
        found = [
            ("source", words.source_name(row.source)), ("held_on", row.held_on), ("area", words.area_name(row.area)),
            ("type", label(g.agreement.types[row.type])), ("mentions", row.mentions), ("note", row.note),
        ]  # fmt: skip
    else:
        few = row.answers is not None and row.answers < sources.surveys.FEWEST_ANSWERS
        found = [
            ("source", words.source_name(row.source)), ("question", label(known.questions[row.question])),
            ("year", row.year), ("area", words.area_name(row.area)), ("value", None if few else row.value),
            ("answers", None if few else row.answers), ("response_rate", row.response_rate), ("note", row.note),
        ]  # fmt: skip
    return [
        (name, value) for name, value in [*found, ("origin", getattr(row, "origin", ""))] if value not in (None, "")
    ]
