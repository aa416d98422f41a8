"""Did it work? The effect of a measure, computed from its stored plan, and kept as a dated set that never changes."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from samverkan_map import access, measures, places
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.analysis import effects as analysis
from samverkan_map.analysis.effects import Finding
from samverkan_map.analysis.false_discovery import benjamini_hochberg, good_by_chance
from samverkan_map.db.tables import Effect, FollowUp, Measure
from samverkan_map.effects import grounds
from samverkan_map.effects.asked import Asked, Caution, Known, ask
from samverkan_map.effects.computing import METHOD, Grounds, Result, Steps, as_json, compute
from samverkan_map.effects.counting import Ground, counts_per_square, tally
from samverkan_map.effects.words import summary_key
from samverkan_map.errors import BadValue, NotFound, StepNotAllowed
from samverkan_map.reports import frame as frames
from samverkan_map.reports.frame import Frame
from samverkan_map.reports.located import counted
from samverkan_map.vocabulary import NextStep, Permission, Phase, StepBackReason, Verdict


@dataclass(frozen=True)
class Answer:
    """What was asked, which types are counted, on which ground, from which reports, what the figures are worked out
    from, and the figures."""

    plan: FollowUp
    types: list[str]
    asked: Asked
    ground: Ground
    data_version: str
    known: Known
    grounds: Grounds
    result: Result


def may_see_figures(viewer: Viewer, agreement: Agreement, plan: FollowUp) -> bool:
    """Whether the viewer may see counts at a place: those who see single reports of every kind that is counted."""
    kinds = access.visible_kinds(viewer)
    return bool(kinds) and all(code in agreement.types and agreement.types[code].kind in kinds for code in plan.types)


def compute_now(session: Session, viewer: Viewer, agreement: Agreement, plan: FollowUp) -> Answer:
    """The effect of a plan from the reports there are now.

    Raises NotFound for a viewer who may not see the figures, StepNotAllowed when nothing can be counted (not started,
    not in place, nothing to count, too early, no days before).
    """
    if not may_see_figures(viewer, agreement, plan):
        raise NotFound("refusals.measures.no_such_follow_up")
    frame = frames.current(session)
    known = grounds.known_days(frame, agreement)
    neighbours = grounds.neighbours(session, plan.measure)
    asked = ask(plan, neighbours, known)
    assert known
    ground = grounds.ground(session, plan, asked)
    types = measures.counted_together(agreement, plan.types)
    mask = counted(frame, agreement, types)
    cautions = (*asked.cautions, *_apart(agreement, plan), *grounds.cautions(frame, mask, plan, asked))
    asked = replace(asked, cautions=cautions)
    counted_days = tally(frame, mask, ground)
    rests_on = Grounds(
        asked,
        counted_days,
        compared=bool(ground.comparison or ground.comparison_area),
        named=plan.comparison,
        ringed=bool(ground.ring_metres),
        steps=_steps(plan.measure, neighbours, asked),
        months=grounds.whole_months(known),
        comparable=_comparable(frame, mask, ground, asked),
        stated_height=plan.chosen_for_height,
    )
    return Answer(plan, types, asked, ground, frame.version, known, rests_on, compute(rests_on))


def _apart(agreement: Agreement, plan: FollowUp) -> list[Caution]:
    """A plan from before accidents were kept apart is followed up without them, and that is said."""
    found = measures.left_out(agreement, plan.types)
    return [("accidents_apart", {"types": sorted(found)})] if found else []


@dataclass(frozen=True)
class Drawn:
    """What is counted as shapes (EPSG:3006): the places with their reach, the ring, and places of other measures.

    `ring_cut` when other measures took part of the ring; all of it leaves no ring.
    """

    treated: list[BaseGeometry]
    ring: list[BaseGeometry]
    foreign: list[BaseGeometry]
    ring_cut: bool = False


def zones_of(session: Session, viewer: Viewer, agreement: Agreement, plan: FollowUp, *, others: bool = True) -> Drawn:
    """The zones of a plan for a map, the ring cut half-way to other measures at work in its windows.

    `others=False` draws it without them, for a plan whose windows are not known yet.
    Raises NotFound for a viewer who may not see the figures, StepNotAllowed as `compute_now`.
    """
    if not may_see_figures(viewer, agreement, plan):
        raise NotFound("refusals.measures.no_such_follow_up")
    spots = grounds.of_measure(session, plan.measure)
    foreign: tuple[BaseGeometry, ...] = ()
    if others:
        known = grounds.known_days(frames.current(session), agreement)
        asked = ask(plan, grounds.neighbours(session, plan.measure), known)
        foreign = grounds.ground(session, plan, asked).foreign
    treated = [shapely.buffer(spot.shape, max(spot.reach, 0.1)) for spot in spots]
    if not plan.ring_metres:
        return Drawn(treated, [], list(foreign))
    together = shapely.union_all(treated)
    theirs = [shapely.buffer(shape, max(places.reach_of(shape), 0.1)) for shape in foreign]
    whole, cut = (
        analysis.without(analysis.ring_shapes(sites, 0, plan.ring_metres)[0].catchment, together)
        for sites in ([together], [together, *theirs])
    )
    return Drawn(treated, [] if cut.is_empty else [cut], list(foreign), cut.area < _SEEN_AS_WHOLE * whole.area)


_SEEN_AS_WHOLE = 0.995


def _steps(measure: Measure, neighbours: list[Measure], asked: Asked) -> Steps:
    """When each package of measures at the places was in place."""
    all_of_them = [measure, *neighbours]
    found = []
    for package in analysis.packages([one.started_on or asked.started for one in all_of_them]):
        ends = [_in_place(all_of_them[index]) for index in package]
        found.append((max(ends), 0 in package, tuple(all_of_them[index].title for index in sorted(package))))
    days = tuple(asked.in_place if own else day for day, own, _ in found)
    own_index = next(index for index, (_, own, _) in enumerate(found) if own)
    return Steps(days, own_index, tuple(titles for _, _, titles in found))


def _in_place(measure: Measure) -> date:
    works_at_once = measure.works_while_ongoing or measure.ended_on is None
    day = measure.started_on if works_at_once else measure.ended_on
    assert day
    return day


def _comparable(frame: Frame, mask: np.ndarray, ground: Ground, asked: Asked) -> np.ndarray:
    """Counts before in all squares of the municipality as large as the treated places, where people report at all."""
    return counts_per_square(frame, mask, grounds.side_of(ground.treated), asked.before)


# ---- Kept sets -------------------------------------------------------------------------------------------------------


def keep(session: Session, actor: Viewer, agreement: Agreement, follow_up_id: int, *, now: datetime) -> Effect:
    """Compute the effect of a plan and keep it as a dated set, unless the newest one says the same.

    Raises NotFound, StepNotAllowed (as `compute_now`), NotAllowed.
    """
    plan = measures.get_plan(session, actor, follow_up_id)
    answer = compute_now(session, actor, agreement, plan)
    access.check(actor, Permission.SET_VERDICT, plan)
    if not is_news(answer):
        return plan.effects[-1]
    access.gate(session, actor, Permission.SET_VERDICT, plan, kept=answer.data_version)
    asked, result = card(answer)
    made = Effect(
        at=now,
        who=actor.name,
        data_version=answer.data_version,
        wording=answer.result.finding.value,
        asked=asked,
        result=result,
    )
    plan.effects.append(made)
    session.flush()
    return made


_NEVER_THE_SAME = ("data_version", "reports")
"""What each delivery changes, also one that has nothing to do with the measure."""


def is_news(answer: Answer) -> bool:
    """Whether the newest kept set of the plan says something else, or there is none."""
    if not answer.plan.effects:
        return True
    newest = answer.plan.effects[-1]
    asked, result = card(answer)
    return (_lasting(asked), result) != (_lasting(newest.asked), newest.result)


def _lasting(asked: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if name not in _NEVER_THE_SAME}


def judged_on(plan: FollowUp) -> Effect | None:
    """The kept set that the verdict was given on: the newest one of that day. None without a verdict or a set."""
    return next((one for one in reversed(plan.effects) if plan.done_on and one.at.date() <= plan.done_on), None)


def card(answer: Answer) -> tuple[dict[str, Any], dict[str, Any]]:
    """What was asked and what came out as plain values, as they are kept: all it takes to compute them again."""
    return as_json(_asked(answer)), as_json(answer.result)


def _asked(answer: Answer) -> dict[str, object]:
    plan, asked = answer.plan, answer.asked
    return {
        "method": METHOD,
        "data_version": answer.data_version,
        "measure": plan.measure_id,
        "places": sorted(place.id for place in plan.measure.places),
        "sites": sorted(site.id for site in plan.measure.sites),
        "types": sorted(answer.types),
        "before": [asked.before.start, asked.before.end],
        "after": [asked.after.start, asked.after.end],
        "same_season": asked.same_season,
        "days": asked.days,
        "wanted_days": asked.wanted_days,
        "installation": [asked.started, asked.in_place],
        "package": list(asked.package),
        "others": list(asked.others),
        "comparison_places": sorted(place.id for place in plan.comparison_places),
        "comparison_area": plan.comparison_area,
        "comparison_reason": plan.comparison_reason,
        "ring_metres": plan.ring_metres,
        "ring_cut": grounds.cuts_ring(answer.ground),
        "chosen_for_height": plan.chosen_for_height,
        "reports": [answer.known.first, answer.known.end],
        "plan_changes": len(plan.changes),
    }


def judge(
    session: Session,
    actor: Viewer,
    agreement: Agreement,
    follow_up_id: int,
    verdict: Verdict,
    *,
    note: str,
    next_step: NextStep,
    now: datetime,
    version: int | None = None,
) -> FollowUp:
    """Write a person's verdict, keep the figures it was made on, and take the next step.

    Going back to analysis steps every place of the measure back, as a measure that failed. Raises NotFound, BadValue,
    StepNotAllowed, Conflict, NotAllowed.
    """
    today = now.date()
    if next_step not in set(NextStep):
        raise BadValue("effects.errors.no_next_step", field="next_step")
    found = measures.set_verdict(session, actor, follow_up_id, verdict, note=note, today=today, version=version)
    found.next_step = next_step
    if may_see_figures(actor, agreement, found) and found.types:
        with suppress(StepNotAllowed):  # a person may judge where nothing can be counted, and the page says that
            keep(session, actor, agreement, follow_up_id, now=now)
    if next_step is NextStep.BACK_TO_ANALYSIS:
        for place in found.measure.places:
            if Phase(place.phase).is_back(Phase.ANALYSIS) and place.closed_on is None:
                why = StepBackReason.MEASURE_FAILED
                places.step(session, actor, place.id, Phase.ANALYSIS, today=today, reason=why, note=note)
    session.flush()
    return found


def last_finding(session: Session, viewer: Viewer, agreement: Agreement, measure: Measure) -> str | None:
    """The key of what the last follow-up that can be computed finds: today, or as kept for who sees no figures."""
    for plan in reversed(measure.follow_ups):
        if may_see_figures(viewer, agreement, plan):
            with suppress(StepNotAllowed):
                result = card(compute_now(session, viewer, agreement, plan))[1]
                return summary_key(result["finding"], result)
        elif plan.effects:
            return summary_key(plan.effects[-1].wording, plan.effects[-1].result)
    return None


# ---- Many measures ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Listed:
    """The effects of many measures, and what looking at many does to each: who stands out, how many would by chance."""

    answers: list[tuple[FollowUp, Answer | StepNotAllowed]]
    stands_out: set[int]
    good_by_chance: float


def of_many(session: Session, viewer: Viewer, agreement: Agreement, plans: Iterable[FollowUp]) -> Listed:
    """The effect of each plan, or the no that says why there is none; those the viewer may not see are left out."""
    answers: list[tuple[FollowUp, Answer | StepNotAllowed]] = []
    for plan in plans:
        if may_see_figures(viewer, agreement, plan):
            try:
                answers.append((plan, compute_now(session, viewer, agreement, plan)))
            except StepNotAllowed as refusal:
                answers.append((plan, refusal))
    told = [(plan.id, answer.result) for plan, answer in answers if isinstance(answer, Answer)]
    found = benjamini_hochberg([result.p for _, result in told]).found.tolist() if told else []
    clear = (Finding.CLEAR_DECREASE, Finding.CLEAR_INCREASE)
    stands_out = {number for (number, result), yes in zip(told, found, strict=True) if yes and result.finding in clear}
    return Listed(answers, stands_out, good_by_chance(len(told)) if told else 0.0)
