"""Changing what a place is called, what its problem is, why it keeps coming, and when somebody watches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import access, people, places
from samverkan_map.vocabulary import CauseKind, Permission, Phase, WatchKind
from samverkan_map.web import forms
from samverkan_map.web.forms import Compared, Given, Sent
from samverkan_map.web.places.door import ADDRESS_OF, blueprint, enter, look_inside
from samverkan_map.web.texts import choice, label, t

Drawn = AnyResponse | tuple[str, int]
Choices = Mapping[str, Sequence[tuple[Any, str]]]

FIELDS = ("name", "summary", "focus", "type", "forum", "owner_id")


def compared(
    stored: Mapping[str, object], labels: str, choices: Choices, *, many: Sequence[str] = ()
) -> list[Compared]:
    """The stored fields of a form for the conflict page; `labels` is where their names stand among the sentences."""

    def words(name: str) -> Any:
        known = {str(value): text for value, text in choices.get(name, ())}
        return lambda value: known.get(value, value)

    return [
        Compared(name, t(f"{labels}{name}"), forms.as_texts(value), words(name), many=name in many)
        for name, value in stored.items()
    ]


# ---- Name and owner --------------------------------------------------------------------------------------------------


@blueprint.get("/platser/<int:id>/andra")
def edit(id: int) -> str:
    """The form that changes what a place is called and belongs to."""
    place = enter(id, Permission.EDIT_PLACE)
    return _edit_page(id, forms.given("place", str(id), _named(place)), {})


@blueprint.post("/platser/<int:id>/andra")
def take_edit(id: int) -> Drawn:
    """Change a place."""
    enter(id, Permission.EDIT_PLACE)

    def act(sent: Sent) -> str:
        words = read_words(sent)
        sent.done()
        places.edit(g.session, g.viewer, g.agreement, id, **words, today=g.today, version=sent.version())
        return url_for("places.one", id=id)

    def stored() -> tuple[Any, list[Compared]]:
        place = places.get(g.session, g.viewer, id)
        return place, compared(_named(place), "places.field_", choices(place))

    address = url_for("places.edit", id=id)
    return forms.carry_out(forms.Page("place", address, partial(_edit_page, id), str(id), stored), act)


def read_words(sent: Sent) -> dict[str, Any]:
    """What a place is called and belongs to, as a form sent it; what is missing is noted on the form."""
    needs = {"name": "refusals.places.no_name", "type": "places.need_type"}
    words: dict[str, Any] = {name: sent.text(name, need=needs.get(name, "")) for name in FIELDS if name != "owner_id"}
    owners = [str(owner.id) for owner in people.find_organisations(g.session)]
    owner = sent.choice("owner_id", owners, need="places.need_owner")
    return words | {"owner_id": int(owner) if owner in owners else 0}


def _named(place: Any) -> dict[str, object]:
    return {name: getattr(place, name) for name in FIELDS}


def choices(place: Any = None) -> dict[str, list[tuple[Any, str]]]:
    """What may be chosen in the form of a place, by field; the traffic group has its own forum only.

    What only an earlier agreement knew may stay at a place that has it, and nothing else.
    """
    agreement = g.agreement
    own = {name: getattr(place, name, "") for name in ("focus", "type", "forum")}
    forums = [one for one in agreement.forums.values() if one.may_map != "none" and _may_map(one)]
    types = [one for one in agreement.types.values() if one.has_points]
    return {
        "focus": [(one.code, choice(one)) for one in agreement.focus_areas.values() if _holds(one, own["focus"])],
        "type": [(one.code, choice(one)) for one in types if _holds(one, own["type"])],
        "forum": [(one.code, choice(one)) for one in forums if _holds(one, own["forum"])],
        "owner_id": [(one.id, one.name) for one in people.find_organisations(g.session)],
    }


def _holds(one: Any, own: str) -> bool:
    return not one.ended or one.code == own


def _may_map(forum: Any) -> bool:
    return access.sees_work_unpublished(g.viewer) or forum.may_map == "traffic"


def _edit_page(id: int, given: Given, faults: forms.Faults) -> str:
    place = places.get(g.session, g.viewer, id)
    return render_template("places/edit.html", place=place, given=given, faults=faults, choices=choices(place))


# ---- The problem -----------------------------------------------------------------------------------------------------


@blueprint.get("/platser/<int:id>/problem")
def problem(id: int) -> str:
    """The form that defines the problem of this lap, beginning with what the last one said."""
    place = enter(id, Permission.EDIT_PROBLEM)
    return _problem_page(id, forms.given("problem", str(id), _defined(place)), {})


@blueprint.post("/platser/<int:id>/problem")
def take_problem(id: int) -> Drawn:
    """Define the problem of this lap."""
    enter(id, Permission.EDIT_PROBLEM)

    def act(sent: Sent) -> str:
        texts = {name: sent.text(name) for name in places.PARTS if name != "sources"}
        sources = sent.many("sources", g.agreement.sources)
        sent.done()
        places.define(
            g.session, g.viewer, g.agreement, id, **texts, sources=sources, today=g.today, version=sent.version()
        )
        return url_for("places.phase", id=id, phase=ADDRESS_OF[Phase.SCANNING])

    def stored() -> tuple[Any, list[Compared]]:
        place = look_inside(id)
        return place, compared(_defined(place), "places.part_", {"sources": _sources()}, many=("sources",))

    address = url_for("places.problem", id=id)
    return forms.carry_out(forms.Page("problem", address, partial(_problem_page, id), str(id), stored), act)


def _defined(place: Any) -> dict[str, object]:
    found = places.definition_of(place)
    return {name: getattr(found, name) if found else [] if name == "sources" else "" for name in places.PARTS}


def _sources() -> list[tuple[str, str]]:
    return [(code, label(one)) for code, one in g.agreement.sources.items()]


def _problem_page(id: int, given: Given, faults: forms.Faults) -> str:
    place = look_inside(id)
    return render_template("places/problem.html", place=place, given=given, faults=faults, sources=_sources())


# ---- Causes ----------------------------------------------------------------------------------------------------------

CAUSE = ("kind", "what", "evidence", "source")


@blueprint.get("/platser/<int:id>/orsaker/ny")
def add_cause(id: int) -> str:
    """The form of a new cause."""
    enter(id, Permission.EDIT_PROBLEM)
    return _cause_page(id, None, forms.given("cause", f"{id}-ny", {}), {})


@blueprint.post("/platser/<int:id>/orsaker/ny")
def take_new_cause(id: int) -> Drawn:
    """Add a cause."""
    enter(id, Permission.EDIT_PROBLEM)

    def act(sent: Sent) -> str:
        words = _read_cause(sent)
        places.add_cause(g.session, g.viewer, g.agreement, id, **words, today=g.today)
        return url_for("places.phase", id=id, phase=ADDRESS_OF[Phase.ANALYSIS])

    address = url_for("places.add_cause", id=id)
    return forms.carry_out(forms.Page("cause", address, partial(_cause_page, id, None), f"{id}-ny"), act)


@blueprint.get("/platser/<int:id>/orsaker/<int:cause_id>")
def cause(id: int, cause_id: int) -> str:
    """The form that changes a cause."""
    enter(id, Permission.EDIT_PROBLEM)
    found = places.get_cause(g.session, g.viewer, id, cause_id)
    stored = {name: getattr(found, name) for name in CAUSE}
    return _cause_page(id, cause_id, forms.given("cause", f"{id}-{cause_id}", stored), {})


@blueprint.post("/platser/<int:id>/orsaker/<int:cause_id>")
def take_cause(id: int, cause_id: int) -> Drawn:
    """Change a cause."""
    enter(id, Permission.EDIT_PROBLEM)
    places.get_cause(g.session, g.viewer, id, cause_id)

    def act(sent: Sent) -> str:
        words = _read_cause(sent)
        places.edit_cause(
            g.session, g.viewer, g.agreement, id, cause_id, **words, today=g.today, version=sent.version()
        )
        return url_for("places.phase", id=id, phase=ADDRESS_OF[Phase.ANALYSIS])

    def stored() -> tuple[Any, list[Compared]]:
        found = places.get_cause(g.session, g.viewer, id, cause_id)
        words = {name: getattr(found, name) for name in CAUSE}
        return found, compared(words, "places.cause_", {"kind": _kinds(), "source": _sources()})

    address = url_for("places.cause", id=id, cause_id=cause_id)
    draw = partial(_cause_page, id, cause_id)
    return forms.carry_out(forms.Page("cause", address, draw, f"{id}-{cause_id}", stored), act)


def _read_cause(sent: Sent) -> dict[str, Any]:
    kind = sent.choice("kind", list(CauseKind), need="refusals.places.unknown_cause_kind")
    what = sent.text("what", need="refusals.places.no_cause")
    evidence, source = sent.text("evidence"), sent.choice("source", g.agreement.sources)
    sent.done()
    return {"kind": CauseKind(kind), "what": what, "evidence": evidence, "source": source}


def _kinds() -> list[tuple[str, str]]:
    return [(kind.value, t(f"vocabulary.cause_kind.{kind}")) for kind in CauseKind]


def _cause_page(id: int, cause_id: int | None, given: Given, faults: forms.Faults) -> str:
    place = look_inside(id)
    return render_template(
        "places/cause.html",
        place=place,
        cause=cause_id and places.get_cause(g.session, g.viewer, id, cause_id),
        kinds=_kinds(),
        sources=_sources(),
        given=given,
        faults=faults,
    )


@blueprint.get("/platser/<int:id>/orsaker/<int:cause_id>/stryk")
def strike(id: int, cause_id: int) -> str:
    """Ask why a cause is struck."""
    enter(id, Permission.EDIT_PROBLEM)
    return _strike_page(id, cause_id, forms.given("strike", f"{id}-{cause_id}", {}), {})


@blueprint.post("/platser/<int:id>/orsaker/<int:cause_id>/stryk")
def take_strike(id: int, cause_id: int) -> Drawn:
    """Strike a cause."""
    enter(id, Permission.EDIT_PROBLEM)
    places.get_cause(g.session, g.viewer, id, cause_id)

    def act(sent: Sent) -> str:
        note = sent.text("note", need="refusals.places.no_strike_note")
        sent.done()
        places.strike_cause(g.session, g.viewer, id, cause_id, note=note, today=g.today, version=sent.version())
        return url_for("places.phase", id=id, phase=ADDRESS_OF[Phase.ANALYSIS])

    address = url_for("places.strike", id=id, cause_id=cause_id)
    draw = partial(_strike_page, id, cause_id)
    return forms.carry_out(forms.Page("strike", address, draw, f"{id}-{cause_id}"), act)


def _strike_page(id: int, cause_id: int, given: Given, faults: forms.Faults) -> str:
    found = places.get_cause(g.session, g.viewer, id, cause_id)
    return render_template("places/strike.html", place=look_inside(id), cause=found, given=given, faults=faults)


# ---- Hours -----------------------------------------------------------------------------------------------------------


@blueprint.get("/platser/<int:id>/tider")
def hours(id: int) -> str:
    """The form that says when a place is open, staffed and lit."""
    place = enter(id, Permission.EDIT_PROBLEM)
    return _hours_page(id, forms.given("hours", str(id), _hours(place)), {})


@blueprint.post("/platser/<int:id>/tider")
def take_hours(id: int) -> Drawn:
    """Say when a place is open, staffed and lit."""
    enter(id, Permission.EDIT_PROBLEM)

    def act(sent: Sent) -> str:
        texts = {kind: sent.text(kind) for kind in WatchKind}
        sent.done()
        places.set_hours(g.session, g.viewer, id, texts, today=g.today, version=sent.version())
        return url_for("places.one", id=id) + "#tidsmonster"

    def stored() -> tuple[Any, list[Compared]]:
        place = look_inside(id)
        return place, compared(_hours(place), "vocabulary.watch_kind.", {})

    address = url_for("places.hours", id=id)
    return forms.carry_out(forms.Page("hours", address, partial(_hours_page, id), str(id), stored), act)


def _hours(place: Any) -> dict[str, object]:
    return {kind.value: places.hours_in_words(place, kind, g.language) for kind in WatchKind}


def _hours_page(id: int, given: Given, faults: forms.Faults) -> str:
    place = look_inside(id)
    return render_template("places/hours.html", place=place, kinds=list(WatchKind), given=given, faults=faults)
