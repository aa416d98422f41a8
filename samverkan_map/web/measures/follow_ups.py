"""The forms that plan a follow-up, change it, or say openly that there will be none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import access, measures, places
from samverkan_map.effects import candidates
from samverkan_map.errors import NotFound, StepNotAllowed
from samverkan_map.web import forms
from samverkan_map.web.catalogue import types_of
from samverkan_map.web.forms import Compared, Faults, Given, Sent
from samverkan_map.web.measures import reading, words
from samverkan_map.web.measures.blueprint import blueprint
from samverkan_map.web.measures.comparing import Belonging, compared
from samverkan_map.web.measures.edit import editable
from samverkan_map.web.texts import Format, label, t

USUAL_MONTHS = 12
USUAL_RING = 200


@blueprint.get("/atgarder/<int:id>/plan/ny")
def new_plan(id: int) -> str:
    """The form that plans a follow-up."""
    measure = editable(id)
    given = forms.given("measure_plan", str(id), suggested(measure, measure.catalogue_code))
    return _page(measure, None, given, {})


@blueprint.post("/atgarder/<int:id>/plan/ny")
def take_plan(id: int) -> AnyResponse | tuple[str, int]:
    """Plan a follow-up."""
    measure = editable(id)

    def act(sent: Sent) -> None:
        plan = reading.plan(sent)
        sent.done()
        measures.plan_follow_up(g.session, g.viewer, g.agreement, id, **plan, today=g.today)

    return _carry_out(measure, None, act, None, "measures.new_plan", id=id)


@blueprint.get("/atgarder/<int:id>/plan/<int:number>")
def plan(id: int, number: int) -> str:
    """The form that changes a plan."""
    found = _plan(id, number)
    return _page(found.measure, found, forms.given("measure_plan", f"{id}-{number}", _stored(found)), {})


@blueprint.post("/atgarder/<int:id>/plan/<int:number>")
def take_changed_plan(id: int, number: int) -> AnyResponse | tuple[str, int]:
    """Change a plan."""
    found = _plan(id, number)

    def act(sent: Sent) -> None:
        wanted = reading.plan(sent)
        sent.done()
        measures.change_plan(g.session, g.viewer, g.agreement, number, **wanted, today=g.today, version=sent.version())

    def stored() -> tuple[Any, list[Compared]]:
        again = _plan(id, number)
        return Belonging(id, again.version), _compared(_stored(again))

    return _carry_out(found.measure, found, act, stored, "measures.plan", id=id, number=number)


def _carry_out(
    measure: Any,
    found: Any,
    act: Callable[[Sent], None],
    stored: Callable[[], tuple[Any, list[Compared]]] | None,
    endpoint: str,
    **numbers: Any,
) -> AnyResponse | tuple[str, int]:
    address = url_for(endpoint, **numbers)
    object_id = "-".join(str(number) for number in numbers.values())
    again = lambda given, faults: _page(*_now(measure.id, found and found.id), given, faults)  # noqa: E731
    page = forms.Page("measure_plan", address, again, object_id, stored)
    if "count" in request.form:
        return again(forms.sent_back(request.form), {}), 200

    def carried(sent: Sent) -> str:
        act(sent)
        return url_for("measures.one", id=measure.id)

    return forms.carry_out(page, carried)


def _now(id: int, number: int | None) -> tuple[Any, Any]:
    return measures.get(g.session, g.viewer, id), measures.get_plan(g.session, g.viewer, number) if number else None


def _plan(id: int, number: int) -> Any:
    found = measures.get_plan(g.session, g.viewer, number)
    if found.measure_id != id:
        raise NotFound("refusals.measures.no_such_follow_up")
    editable(id)
    return found


def _stored(found: Any) -> dict[str, object]:
    plan = measures.plan_of(found)
    return {name: getattr(plan, name) for name in reading.PLAN} | {"otherwise": not plan.types}


def suggested(at: Any, code: str | None) -> dict[str, object]:
    """What a new plan begins with: indicator and types from the catalogue, a year, and when that year is over.

    `at` has `places`, `planned_start` and `planned_end`.
    """
    entry = words.entry_of(code)
    told = [one.code for one in types_of(entry) if words.countable(one)] if entry else []
    here = sorted({one.type for one in at.places if words.countable(g.agreement.types[one.type])})
    start = at.planned_end or at.planned_start
    return {
        "indicator": entry.indicator[g.language] if entry else "",
        "types": measures.counted_together(g.agreement, told or here),
        "window_months": USUAL_MONTHS,
        "same_season": True,
        "ring_metres": USUAL_RING,
        "due_on": measures.months_after(start, USUAL_MONTHS) if start else None,
    }


def _page(measure: Any, found: Any, given: Given, faults: Faults) -> str:
    return render_template(
        "measures/plan.html",
        measure=measure,
        plan=found,
        given=given,
        faults=faults,
        detectable=detectable_of(given, [*measure.places, *measure.sites], measure.started_on or measure.planned_start),
        **plan_choices(
            {place.id for place in measure.places}, {place.type for place in measure.places}, _imagined(measure, given)
        ),
    )


def _imagined(measure: Any, given: Given) -> Any:
    if not measure.places and not measure.sites:
        return None
    ring = given.one("ring_metres")
    return measures.imagine(
        measure.places,
        measure.sites,
        start=measure.started_on or measure.planned_start,
        types=[code for code in given.many("types") if code in g.agreement.types],
        ring_metres=int(ring) if ring.isdecimal() and len(ring) < 5 else USUAL_RING,
    )


def detectable_of(given: Given, at: list[Any], start: Any) -> words.Detectable | None:
    """What could be seen with the types and months that stand in the form, at the places."""
    if given.one("otherwise"):
        return None
    months = given.one("window_months")
    number = int(months) if months.isdecimal() and len(months) < 4 else None
    return words.detectable(at, type_codes=given.many("types"), start=start, months=number)


def plan_choices(at: set[int], types: set[str], measure: Any = None) -> dict[str, Any]:
    """The choices of a plan: types of report, other places and sub-areas, each with how alike it was before `measure`.

    The most alike come first; where that cannot be told, places of the same type.
    """
    scores = _scores(measure)
    others = [place for place in places.find(g.session, g.viewer) if place.id not in at]
    others.sort(key=lambda place: (-scores.get(place.id, (-1, ""))[0], place.type not in types, place.name))
    place_words = ((one.id, f"{one.name} – {label(g.agreement.types[one.type])}") for one in others)
    area_words = ((code, label(one)) for code, one in g.agreement.areas.items())
    return {
        "type_choices": words.types(),
        "comparison_choices": [(code, text + scores.get(code, (0, ""))[1]) for code, text in place_words],
        "area_choices": [(code, text + scores.get(code, (0, ""))[1]) for code, text in area_words],
        "scored": bool(scores),
    }


def _scores(measure: Any) -> dict[int | str, tuple[float, str]]:
    """Per place or sub-area how alike it was before the measure, and that in words; nothing where it cannot be told."""
    if measure is None or not access.visible_kinds(g.viewer):
        return {}
    try:
        found = candidates.suggest(g.session, g.viewer, g.agreement, measure.follow_ups[0]).candidates
    except StepNotAllowed:
        return {}
    return {one.place.id if one.place else str(one.area): _score(one) for one in found}


def _score(one: Any) -> tuple[float, str]:
    if one.too_near:
        return -1.0, t("measures.candidate_near")
    score = one.similarity.score
    if score is None:
        return -0.5, ""
    return score, t("measures.candidate_score", score=Format(g.language).number(score, 2))


def _compared(stored: Mapping[str, object]) -> list[Compared]:
    known = plan_choices(set(), set())
    choices = {
        "types": known["type_choices"], "comparison_place_ids": known["comparison_choices"],
        "comparison_area": known["area_choices"],
    }  # fmt: skip
    return compared(reading.PLAN, stored, choices)


# ---- Without a follow-up ---------------------------------------------------------------------------------------------


@blueprint.get("/atgarder/<int:id>/utan-uppfoljning")
def waiver(id: int) -> str:
    """The form that says openly why a measure is not followed up."""
    measure = editable(id)
    return _waiver_page(id, forms.given("measure_waiver", str(id), {"waiver": measure.waiver}), {})


@blueprint.post("/atgarder/<int:id>/utan-uppfoljning")
def take_waiver(id: int) -> AnyResponse | tuple[str, int]:
    """Say openly why a measure is not followed up."""
    editable(id)

    def act(sent: Sent) -> str:
        reason = sent.text("waiver", need="refusals.measures.no_waiver", most=600)
        sent.done()
        measures.waive(g.session, g.viewer, id, reason, today=g.today, version=sent.version())
        return url_for("measures.one", id=id)

    def stored() -> tuple[Any, list[Compared]]:
        measure = measures.get(g.session, g.viewer, id)
        return measure, compared(("waiver",), {"waiver": measure.waiver}, {})

    draw = lambda given, faults: _waiver_page(id, given, faults)  # noqa: E731
    address = url_for("measures.waiver", id=id)
    return forms.carry_out(forms.Page("measure_waiver", address, draw, str(id), stored), act)


def _waiver_page(id: int, given: Given, faults: Faults) -> str:
    measure = measures.get(g.session, g.viewer, id)
    return render_template("measures/waiver.html", measure=measure, given=given, faults=faults)
