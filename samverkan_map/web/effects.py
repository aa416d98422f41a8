"""The follow-up of a measure: what was planned, what happened, whether it moved, and what a person makes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, g, jsonify, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import access, effects, measures, places
from samverkan_map.effects import candidates
from samverkan_map.effects.words import headline, summary
from samverkan_map.errors import NotFound, StepNotAllowed
from samverkan_map.vocabulary import NextStep, Permission, Verdict
from samverkan_map.web import answers, effect_map, effect_page, forms, sessions, speeds, transactions
from samverkan_map.web.effect_page import Told
from samverkan_map.web.forms import Compared, Done, Given, Sent
from samverkan_map.web.texts import label, t

blueprint = Blueprint("effects", __name__)


@dataclass(frozen=True)
class Shown:
    """What the page of a follow-up has to show: the figures or why there are none, and which set they are of."""

    plan: Any
    told: Told | None
    why_not: str
    kept: Any | None
    plan_is_why: bool = False


@blueprint.get("/atgarder/<int:id>/uppfoljning")
def one(id: int) -> str:
    """The follow-up of a measure, with the newest data or as it was kept (`sats`)."""
    measure = measures.get(g.session, g.viewer, id)
    plan = _plan(measure)
    return _page(measure, plan, forms.given("verdict", str(plan.id), _stored(plan)) if plan else Given({}), {})


@blueprint.get("/atgarder/<int:id>/uppfoljning.json")
def data(id: int) -> Response:
    """The same figures as plain values."""
    measure = measures.get(g.session, g.viewer, id)
    plan = _plan(measure)
    if plan is None or not effects.may_see_figures(g.viewer, g.agreement, plan):
        raise NotFound("access.errors.not_found")
    asked, result = effects.card(effects.compute_now(g.session, g.viewer, g.agreement, plan))
    return jsonify(measure=measure.id, asked=asked, result=result)


@blueprint.get("/atgarder/<int:id>/uppfoljning/karta.svg")
def ring_map(id: int) -> Response:
    """The places of a measure with the ring around them and what else goes on there."""
    plan = _plan(measures.get(g.session, g.viewer, id))
    if plan is None or not effects.may_see_figures(g.viewer, g.agreement, plan):
        raise NotFound("access.errors.not_found")
    return Response(effect_map.draw(plan), mimetype="image/svg+xml")


@blueprint.post("/atgarder/<int:id>/uppfoljning/<int:plan>/omdome")
def judge(id: int, plan: int) -> AnyResponse | tuple[str, int]:
    """Write a person's verdict."""
    found = _own(id, plan)
    access.check(g.viewer, Permission.SET_VERDICT, found)

    def act(sent: Sent) -> Done:
        verdict = sent.choice("verdict", Verdict, need="effects.need_verdict")
        note = sent.text("note", need="effects.need_note", most=1000)
        step = sent.choice("next_step", NextStep, need="effects.need_next_step")
        sent.done()
        laps = {place.id: place.lap for place in measures.get(g.session, g.viewer, id).places}
        effects.judge(
            g.session, g.viewer, g.agreement, plan, Verdict(verdict), note=note, next_step=NextStep(step),
            now=sessions.now(), version=sent.version(),
        )  # fmt: skip
        return _judged(url_for("effects.one", id=id, plan=plan), id, laps)

    def draw(given: Given, faults: forms.Faults) -> str:
        measure = measures.get(g.session, g.viewer, id)
        return _page(measure, measures.get_plan(g.session, g.viewer, plan), given, faults)

    address = url_for("effects.one", id=id, plan=plan)
    return forms.carry_out(forms.Page("verdict", address, draw, str(plan), lambda: _compared(plan)), act)


def _judged(address: str, id: int, laps: dict[int, int]) -> Done:
    """Where a verdict leads to, saying which place it sent back."""
    for place in measures.get(g.session, g.viewer, id).places:
        if access.sees(g.viewer, place) and place.lap != laps.get(place.id):
            where = {"name": place.name, "phase": t(f"vocabulary.phase.{place.phase}"), "lap": place.lap}
            return Done(address, "effects.verdict_saved_moved", where)
    return Done(address, "effects.verdict_saved")


def _compared(plan: int) -> tuple[Any, list[Compared]]:
    found = measures.get_plan(g.session, g.viewer, plan)
    stored = _stored(found)
    words: dict[str, Callable[[str], str]] = {
        "verdict": lambda code: t(f"vocabulary.verdict.{code}"),
        "next_step": lambda code: t(f"vocabulary.next_step.{code}"),
        "note": str,
    }
    names = {"verdict": "effects.verdict_words", "note": "effects.motivation", "next_step": "effects.next_step"}
    return found, [Compared(name, t(names[name]), forms.as_texts(stored[name]), words[name]) for name in names]


def _stored(plan: Any) -> dict[str, object]:
    return {"verdict": plan.verdict, "note": plan.note, "next_step": plan.next_step}


def _own(id: int, plan: int) -> Any:
    """The plan, which must be one of this measure."""
    found = measures.get_plan(g.session, g.viewer, plan)
    if found.measure_id != id:
        raise NotFound("refusals.measures.no_such_follow_up")
    return found


def _plan(measure: Any) -> Any | None:
    """The plan that the address names, otherwise the one that is to be followed up next, otherwise the last."""
    number = request.args.get("plan", type=int)
    if number is not None:
        return _own(measure.id, number)
    waiting = [plan for plan in measure.follow_ups if plan.done_on is None]
    return next(iter(waiting), measure.follow_ups[-1] if measure.follow_ups else None)


def _page(measure: Any, plan: Any | None, given: Given, faults: forms.Faults) -> str:
    return render_template(
        "effects/one.html",
        measure=measure,
        plan=plan,
        shown=_shown(plan) if plan and effects.may_see_figures(g.viewer, g.agreement, plan) else None,
        given=given,
        faults=faults,
        verdicts=[(one.value, t(f"vocabulary.verdict.{one}")) for one in Verdict],
        next_steps=[(one.value, t(f"vocabulary.next_step.{one}")) for one in NextStep],
        finding=_summary(plan.effects[-1]) if plan and plan.effects else None,
        judged_on=effects.judged_on(plan) if plan else None,
        summary=_summary,
        speeds=speeds.within(
            measures.drawn(measure), [measure], next((one.stretch_id for one in measure.places), None)
        ),
    )


def _summary(kept: Any) -> str:
    """What a kept set says, without a figure."""
    return summary(effect_page.speaker(), kept.wording, kept.result)


def _shown(plan: Any) -> Shown:
    names = {place.id: place.name for place in places.find(g.session, g.viewer)}
    number = request.args.get("sats", type=int)
    if number is not None:
        kept = next((one for one in plan.effects if one.id == number), None)
        if kept is None:
            raise NotFound("effects.errors.no_such_set")
        return Shown(plan, effect_page.tell(kept.asked, kept.result, names=names), "", kept)
    try:
        answer = effects.compute_now(g.session, g.viewer, g.agreement, plan)
    except StepNotAllowed as refusal:
        plan_is_why = refusal.key == "effects.errors.before_data"
        return Shown(plan, None, answers.sentence(g.language, refusal), None, plan_is_why)
    _keep([answer])
    told = effect_page.tell(*effects.card(answer), names=names)
    return Shown(plan, told, "", None, bool(measures.left_out(g.agreement, plan.types)))


def _keep(shown: Iterable[effects.Answer]) -> None:
    """Keep what is news before it is shown to somebody who may judge by it.

    While somebody else writes for long, the page is shown all the same, and the next one who looks keeps it.
    """
    news = [
        answer.plan.id
        for answer in shown
        if access.may(g.viewer, Permission.SET_VERDICT, answer.plan) and effects.is_news(answer)
    ]
    if not news or request.method not in transactions.SAFE:
        return

    def keep(session: Any) -> None:
        for plan in news:
            effects.keep(session, g.viewer, g.agreement, plan, now=sessions.now())

    if transactions.aside(keep):
        transactions.look_again()


# ---- The comparison --------------------------------------------------------------------------------------------------


@blueprint.get("/atgarder/<int:id>/uppfoljning/<int:plan>/jamforelse")
def comparison(id: int, plan: int) -> str:
    """Every candidate to compare with, its score and what that is made of."""
    found = _own(id, plan)
    access.check(g.viewer, Permission.EDIT_MEASURE, found.measure)
    return _comparison_page(found, forms.given("comparison", str(plan), _stored_comparison(found)), {})


@blueprint.post("/atgarder/<int:id>/uppfoljning/<int:plan>/jamforelse")
def choose(id: int, plan: int) -> AnyResponse | tuple[str, int]:
    """Confirm a comparison, with a reason."""
    found = _own(id, plan)
    access.check(g.viewer, Permission.EDIT_MEASURE, found.measure)

    def act(sent: Sent) -> str:
        chosen = sent.text("candidate", need="effects.need_comparison")
        reason = sent.text("comparison_reason", need="effects.need_reason", most=600)
        kind, _, value = chosen.partition(".")
        if chosen and (kind not in ("plats", "omrade") or (kind == "plats" and not value.isdecimal())):
            sent.fault("candidate", "forms.errors.choice")
        sent.done()
        place_ids, area = ([int(value)], None) if kind == "plats" else ([], value)
        measures.change_comparison(
            g.session, g.viewer, g.agreement, plan, place_ids=place_ids, area=area, reason=reason, today=g.today,
            version=sent.version(),
        )  # fmt: skip
        return url_for("effects.one", id=id, plan=plan)

    def draw(given: Given, faults: forms.Faults) -> str:
        return _comparison_page(measures.get_plan(g.session, g.viewer, plan), given, faults)

    def stored() -> tuple[Any, list[Compared]]:
        plan_now = measures.get_plan(g.session, g.viewer, plan)
        values = {name: forms.as_texts(value) for name, value in _stored_comparison(plan_now).items()}
        names = {"candidate": "effects.choose_comparison", "comparison_reason": "measures.field_comparison_reason"}
        return plan_now, [Compared(name, t(names[name]), values[name], _candidate) for name in names]

    address = url_for("effects.comparison", id=id, plan=plan)
    return forms.carry_out(forms.Page("comparison", address, draw, str(plan), stored), act)


def _candidate(code: str) -> str:
    """A candidate of the comparison by its name; any other text as it is."""
    kind, _, value = code.partition(".")
    if kind == "omrade" and value in g.agreement.areas:
        return label(g.agreement.areas[value])
    return next((one.name for one in places.find(g.session, g.viewer) if code == f"plats.{one.id}"), code)


def _stored_comparison(plan: Any) -> dict[str, object]:
    place = next(iter(plan.comparison_places), None)
    code = f"plats.{place.id}" if place else f"omrade.{plan.comparison_area}" if plan.comparison_area else None
    return {"candidate": code, "comparison_reason": plan.comparison_reason}


def _comparison_page(plan: Any, given: Given, faults: forms.Faults) -> str:
    try:
        found, why_not = candidates.suggest(g.session, g.viewer, g.agreement, plan), ""
    except StepNotAllowed as refusal:
        found, why_not = None, answers.sentence(g.language, refusal)
    return render_template(
        "effects/comparison.html", plan=plan, measure=plan.measure, found=found, why_not=why_not, given=given,
        faults=faults,
    )  # fmt: skip


# ---- All measures ----------------------------------------------------------------------------------------------------


@blueprint.get("/atgarder/effekter")
def listing() -> str:
    """The effects of all measures side by side, with what looking at many does to each."""
    plans = [plan for measure in measures.find(g.session, g.viewer) for plan in measure.follow_ups if plan.types]
    listed = effects.of_many(g.session, g.viewer, g.agreement, plans)
    _keep(answer for _, answer in listed.answers if isinstance(answer, effects.Answer))
    rows = []
    for plan, answer in listed.answers:
        if isinstance(answer, StepNotAllowed):
            rows.append((plan, answers.sentence(g.language, answer), False, False))
        else:
            words = headline(effect_page.speaker(), effects.card(answer)[1])
            rows.append((plan, words, plan.id in listed.stands_out, True))
    return render_template("effects/list.html", rows=rows, chance=listed.good_by_chance)
