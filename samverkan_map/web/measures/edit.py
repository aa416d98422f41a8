"""The form that changes a measure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import access, measures, places, sites
from samverkan_map.vocabulary import Permission
from samverkan_map.web import forms
from samverkan_map.web.forms import Faults, Given, Sent
from samverkan_map.web.measures import reading, words
from samverkan_map.web.measures.blueprint import blueprint
from samverkan_map.web.measures.comparing import compared
from samverkan_map.web.texts import t

FIELDS = (*reading.WHAT, *reading.WHERE, *reading.WHO, "dose_delivered", "started_on", "ended_on")


@blueprint.get("/atgarder/<int:id>/andra")
def edit(id: int) -> str:
    """The form that changes what a measure is, where, when and why."""
    return _page(id, forms.given("measure", str(id), _stored(editable(id))), {})


@blueprint.post("/atgarder/<int:id>/andra")
def take_edit(id: int) -> AnyResponse | tuple[str, int]:
    """Change a measure."""
    editable(id)

    def act(sent: Sent) -> str:
        given = reading.what(sent) | reading.who(sent) | reading.where(sent)
        given["dose_delivered"] = sent.text("dose_delivered", most=200)
        given |= {name: sent.day(name) for name in ("started_on", "ended_on")}
        sent.done()
        measures.edit(g.session, g.viewer, g.agreement, id, **given, today=g.today, version=sent.version())
        return url_for("measures.one", id=id)

    address = url_for("measures.edit", id=id)
    draw = lambda given, faults: _page(id, given, faults)  # noqa: E731
    return forms.carry_out(forms.Page("measure", address, draw, str(id), lambda: _compared(id)), act)


def editable(id: int) -> Any:
    """A measure that the visitor may change. Raises NotFound, NotAllowed."""
    measure = measures.get(g.session, g.viewer, id)
    access.check(g.viewer, Permission.EDIT_MEASURE, measure)
    return measure


def _page(id: int, given: Given, faults: Faults) -> str:
    measure = measures.get(g.session, g.viewer, id)
    return render_template(
        "measures/edit.html", measure=measure, given=given, faults=faults, **words.word_choices(), **_choices(measure)
    )


def _stored(measure: Any) -> dict[str, object]:
    lists = {name: [one.id for one in getattr(measure, name)] for name in ("places", "sites", "causes")}
    plain = {name: getattr(measure, name) for name in FIELDS if name not in lists}
    return plain | lists


def _choices(measure: Any) -> dict[str, list[tuple[Any, str]]]:
    here = places.find(g.session, g.viewer)
    at = {place.id for place in measure.places}
    return {
        "place_choices": sorted([(one.id, one.name) for one in here], key=lambda one: (one[0] not in at, one[1])),
        "site_choices": [(one.id, one.name) for one in sites.find(g.session, g.viewer)],
        "cause_choices": cause_choices([place for place in here if place.id in at], measure.causes),
        "entries": [(one.code, one.title[g.language]) for one in g.catalogue.entries],
        "owners": words.owners(),
    }


def cause_choices(here: Sequence[Any], chosen: Sequence[Any] = ()) -> list[tuple[int, str]]:
    """The causes of some places that are not struck, and those already chosen, each with kind and place."""
    return [
        (cause.id, _cause_words(cause, place, many=len(here) > 1))
        for place in here
        for cause in place.causes
        if cause.struck_on is None or cause in chosen
    ]


def _cause_words(cause: Any, place: Any, *, many: bool) -> str:
    words = t("measures.cause", kind=t(f"vocabulary.cause_kind.{cause.kind}"), what=cause.what)
    return f"{words} ({place.name})" if many else words


def _compared(id: int) -> tuple[Any, list[forms.Compared]]:
    measure = measures.get(g.session, g.viewer, id)
    found, known = _choices(measure), words.word_choices()
    choices = {
        "places": found["place_choices"], "sites": found["site_choices"], "causes": found["cause_choices"],
        "catalogue_code": found["entries"], "owner_id": found["owners"], "mechanism": known["mechanisms"],
        "kind": known["kinds"], "term": known["terms"],
    }  # fmt: skip
    return measure, compared(FIELDS, _stored(measure), choices)
