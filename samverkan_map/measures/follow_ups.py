"""How it will be seen whether a measure works: planned before it starts, later changes kept, or openly left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from samverkan_map import access, earlier, places, screening
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db import engine
from samverkan_map.db.tables import FollowUp, Measure, Place
from samverkan_map.errors import BadValue, Conflict, NotFound
from samverkan_map.measures.finding import same_version, screen_all, to_change
from samverkan_map.measures.together import left_out
from samverkan_map.vocabulary import Permission, ReportKind, Verdict

WINDOW_MONTHS = range(1, 37)
RING_METRES = range(1001)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is counted (`types` are codes of the agreement), how long, against what, how far around, and when.

    No types at all: the indicator is measured in another way than by reports.
    """

    indicator: str
    window_months: int
    due_on: date
    types: Sequence[str] = ()
    same_season: bool = True
    comparison: str = ""
    comparison_place_ids: Sequence[int] = ()
    comparison_area: str | None = None
    comparison_reason: str = ""
    ring_metres: int = 200
    chosen_for_height: bool = False


TEXTS = ("indicator", "comparison", "comparison_reason")
STORED = tuple(one.name for one in fields(Plan) if one.name != "comparison_place_ids")


def plan_follow_up(
    session: Session,
    actor: Viewer,
    agreement: Agreement,
    measure_id: int,
    *,
    today: date,
    version: int | None = None,
    **plan: Any,
) -> FollowUp:
    """Say before a measure starts how it will be followed up; the keywords are the fields of `Plan`.

    A measure that was not to be followed up is so from now on. Raises NotFound, BadValue naming the field, Conflict,
    NotAllowed.
    """
    measure = to_change(session, actor, measure_id, version, made="plan")
    wanted, compared = _checked(session, actor, agreement, measure, Plan(**plan))
    found = FollowUp(measure=measure, comparison_places=compared, changes=[], **_stored(wanted))
    measure.waiver = ""
    earlier.keep(session, measure, who=actor.name, on=today)
    session.add(found)
    engine.mark_changed(measure, today)
    session.flush()
    return found


def change_plan(
    session: Session,
    actor: Viewer,
    agreement: Agreement,
    follow_up_id: int,
    *,
    today: date,
    version: int | None = None,
    **plan: Any,
) -> FollowUp:
    """Change a plan. Once the measure has started, what the plan was is kept and shown with day and who.

    Raises NotFound, BadValue naming the field, Conflict, NotAllowed.
    """
    found = get_plan(session, actor, follow_up_id)
    access.check(actor, Permission.EDIT_MEASURE, found.measure)
    same_version(found, version)
    wanted, compared = _checked(session, actor, agreement, found.measure, Plan(**plan))
    before = as_json(plan_of(found))
    for name, value in _stored(wanted).items():
        setattr(found, name, value)
    found.comparison_places = compared
    changed = {name: value for name, value in before.items() if as_json(wanted)[name] != value}
    if changed and found.measure.started_on:
        found.changes = [*found.changes, {"on": today.isoformat(), "who": actor.name, "before": changed}]
    told = access.changed(found)
    engine.mark_changed(found.measure, today)
    session.flush()
    to_change(session, actor, found.measure_id, None, Permission.EDIT_MEASURE, plan=found.id, **told)
    return found


def change_comparison(
    session: Session,
    actor: Viewer,
    agreement: Agreement,
    follow_up_id: int,
    *,
    place_ids: Sequence[int] = (),
    area: str | None = None,
    reason: str,
    today: date,
    version: int | None = None,
) -> FollowUp:
    """Compare with other places or a whole sub-area, and say why; the rest of the plan stays.

    Raises as `change_plan`.
    """
    stored = plan_of(get_plan(session, actor, follow_up_id))
    chosen = replace(stored, comparison_place_ids=place_ids, comparison_area=area, comparison_reason=reason)
    values = {one.name: getattr(chosen, one.name) for one in fields(Plan)}
    return change_plan(session, actor, agreement, follow_up_id, today=today, version=version, **values)


def get_plan(session: Session, viewer: Viewer, follow_up_id: int) -> FollowUp:
    """One follow-up. Raises NotFound when there is none that the viewer may see."""
    found = session.get(FollowUp, follow_up_id)
    if found is None or not access.sees(viewer, found):
        raise NotFound("refusals.measures.no_such_follow_up")
    return found


def plan_of(found: FollowUp) -> Plan:
    """The plan of a follow-up as it stands."""
    stored = {name: getattr(found, name) for name in STORED}
    return Plan(**stored, comparison_place_ids=[place.id for place in found.comparison_places])


def as_json(plan: Plan) -> dict[str, Any]:
    """The fields of a plan as they are kept in `changes`: days as text, lists sorted."""
    values = {one.name: getattr(plan, one.name) for one in fields(plan)}
    sets = {name: sorted(values[name]) for name in ("types", "comparison_place_ids")}
    return values | sets | {"due_on": plan.due_on.isoformat()}


def _stored(plan: Plan) -> dict[str, Any]:
    return {name: getattr(plan, name) for name in STORED}


def _checked(
    session: Session, actor: Viewer, agreement: Agreement, measure: Measure, plan: Plan
) -> tuple[Plan, list[Place]]:
    """The plan as it is stored, and the places it compares with. Raises BadValue naming the field."""
    words = {name: getattr(plan, name).strip() for name in TEXTS}
    plan = replace(plan, **words, types=list(dict.fromkeys(plan.types)))
    screen_all(**words)
    _check_numbers(measure, plan)
    _check_codes(agreement, plan)
    compared = _comparison(session, actor, plan.comparison_place_ids)
    if (compared or plan.comparison_area) and not plan.comparison_reason:
        raise BadValue("refusals.measures.no_comparison_reason", field="comparison_reason")
    check_apart(measure, compared, plan.ring_metres)
    return plan, compared


def _check_numbers(measure: Measure, plan: Plan) -> None:
    if not plan.indicator:
        raise BadValue("refusals.measures.no_indicator", field="indicator")
    if plan.window_months not in WINDOW_MONTHS:
        raise BadValue("refusals.measures.window", field="window_months")
    if plan.ring_metres not in RING_METRES:
        raise BadValue("refusals.measures.ring", field="ring_metres", most=RING_METRES[-1])
    if plan.due_on < measure.planned_start:
        raise BadValue("refusals.measures.due_too_early", field="due_on")


def _check_codes(agreement: Agreement, plan: Plan) -> None:
    for code in plan.types:
        if code not in agreement.types or not agreement.types[code].rows:
            raise BadValue("refusals.measures.unknown_type", field="types", value=code)
        if agreement.types[code].kind is ReportKind.STRENGTH:
            raise BadValue("refusals.measures.no_event", field="types", name=agreement.types[code].label)
    if left_out(agreement, plan.types):
        raise BadValue("refusals.measures.accidents_added", field="types")
    if plan.comparison_area and plan.comparison_area not in agreement.areas:
        raise BadValue("refusals.measures.unknown_area", field="comparison_area", value=plan.comparison_area)


def _comparison(session: Session, actor: Viewer, place_ids: Sequence[int]) -> list[Place]:
    try:
        return [places.get(session, actor, number) for number in dict.fromkeys(place_ids)]
    except NotFound as error:
        raise BadValue("refusals.measures.unknown_comparison", field="comparison_place_ids") from error


def check_apart(measure: Measure, compared: Sequence[Place], ring_metres: int) -> None:
    """Raises BadValue when a comparison place lies where the measure works, or within the ring around it."""
    geoms = [measure.geom, *(place.geom for place in measure.places), *(site.geom for site in measure.sites)]
    far_enough([engine.shape(geom) for geom in geoms], compared, ring_metres)


def far_enough(treated: Sequence[BaseGeometry], compared: Sequence[Place], ring_metres: int) -> None:
    """Raises BadValue when a comparison place lies within the ring around one of the shapes (EPSG:3006)."""
    for place in compared:
        metres = min(shapely.distance(engine.shape(place.geom), shape) for shape in treated)
        if metres <= ring_metres:
            raise BadValue(
                "refusals.measures.comparison_overlaps",
                field="comparison_place_ids", name=place.name, metres=round(metres), ring=ring_metres,
            )  # fmt: skip


def waive(
    session: Session, actor: Viewer, measure_id: int, reason: str, *, today: date, version: int | None = None
) -> Measure:
    """State openly that a measure is not followed up, and why. Raises NotFound, BadValue, Conflict, NotAllowed."""
    measure = to_change(session, actor, measure_id, version, waived=True)
    if not reason.strip():
        raise BadValue("refusals.measures.no_waiver", field="waiver")
    if measure.follow_ups:
        raise BadValue("refusals.measures.planned_already", field="waiver")
    screening.screen(reason, field="waiver")
    measure.waiver = reason.strip()
    earlier.keep(session, measure, who=actor.name, on=today)
    engine.mark_changed(measure, today)
    session.flush()
    return measure


def set_verdict(
    session: Session,
    actor: Viewer,
    follow_up_id: int,
    verdict: Verdict,
    *,
    note: str,
    today: date,
    version: int | None = None,
) -> FollowUp:
    """Write a person's verdict of a follow-up: helped, cannot tell, did not help, and why.

    Raises NotFound, BadValue (no motivation, personal data), Conflict, NotAllowed.
    """
    found = get_plan(session, actor, follow_up_id)
    access.gate(session, actor, Permission.SET_VERDICT, found, verdict=verdict)
    if version is not None and found.version != version:
        raise Conflict("refusals.measures.changed")
    if not note.strip():
        raise BadValue("refusals.measures.no_motivation", field="note")
    screening.screen(note, field="note")
    found.verdict, found.note, found.done_on = verdict, note.strip(), today
    earlier.keep(session, found, who=actor.name, on=today)
    session.flush()
    return found
