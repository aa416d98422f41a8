"""The four phases of a place as pages, and the forms that move it: forward, back, closed, published."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import access, places
from samverkan_map.vocabulary import Permission, Phase, StepBackReason
from samverkan_map.web import forms
from samverkan_map.web.forms import Compared, Done, Given, Sent
from samverkan_map.web.measures import follow_up_state
from samverkan_map.web.places.cards import measures_of
from samverkan_map.web.places.door import ADDRESS_OF, blueprint, enter, look_inside, named_phase
from samverkan_map.web.publishing import Publishing
from samverkan_map.web.texts import t

Drawn = AnyResponse | tuple[str, int]


@blueprint.get("/platser/<int:id>/steg/<phase>")
def phase(id: int, phase: str) -> str:
    """One phase of a place: what it needs, what was found, and the way on and back."""
    place, chosen = look_inside(id), named_phase(phase)
    stored = {"note": places.phase_of(place, chosen).note}
    return _phase_page(id, chosen, forms.given("phase_note", f"{id}-{phase}", stored), {})


@blueprint.post("/platser/<int:id>/steg/<phase>")
def take_phase(id: int, phase: str) -> Drawn:
    """Write what was found in a phase."""
    chosen = named_phase(phase)
    enter(id, Permission.EDIT_PROBLEM)

    def act(sent: Sent) -> str:
        note = sent.text("note")
        sent.done()
        places.describe(g.session, g.viewer, id, chosen, note, today=g.today, version=sent.version())
        return url_for("places.phase", id=id, phase=phase)

    def compared() -> tuple[Any, list[Compared]]:
        place = look_inside(id)
        return place, [Compared("note", t("places.found_here"), forms.as_texts(places.phase_of(place, chosen).note))]

    address = url_for("places.phase", id=id, phase=phase)
    draw = partial(_phase_page, id, chosen)
    return forms.carry_out(forms.Page("phase_note", address, draw, f"{id}-{phase}", compared), act)


def _phase_page(id: int, chosen: Phase, given: Given, faults: forms.Faults) -> str:
    place = look_inside(id)
    return render_template(
        "places/phase.html",
        place=place,
        phase=chosen,
        track=[places.state_of(place, one) for one in Phase],
        state=places.state_of(place, chosen),
        address_of=ADDRESS_OF,
        here=chosen == place.phase,
        definition=places.definition_of(place),
        older=[found for found in place.definitions if found is not places.definition_of(place)],
        causes=places.standing_causes(place),
        struck=[cause for cause in place.causes if cause.struck_on],
        measures=measures_of(place),
        notes=[one for one in place.phases if one.phase == chosen and one.note and one.lap != place.lap],
        follow_up_state=lambda measure: follow_up_state(measure, g.today),
        may_work=access.may(g.viewer, Permission.EDIT_PROBLEM, place),
        may_step=access.may(g.viewer, Permission.STEP_PLACE, place),
        given=given,
        faults=faults,
    )


# ---- Forward and closed ----------------------------------------------------------------------------------------------


@blueprint.get("/platser/<int:id>/vidare")
def forward(id: int) -> str:
    """Ask for what the phase lacks before the place goes on, or is closed."""
    enter(id, Permission.STEP_PLACE)
    return _forward_page(id, forms.given("forward", str(id), {}), {})


@blueprint.post("/platser/<int:id>/vidare")
def take_forward(id: int) -> Drawn:
    """Move a place one phase forward, or close one in uppföljning."""
    enter(id, Permission.STEP_PLACE)

    def act(sent: Sent) -> Done:
        if not _still(sent, id):
            return arrived(id, already=True)
        to = sent.choice("to", [*Phase, "closed"], need="places.need_phase")
        how = {"note": sent.text("note"), "anyway": sent.yes("anyway"), "version": _version(sent), "today": g.today}
        sent.done()
        if to == "closed":
            places.close(g.session, g.viewer, id, **how)
        else:
            places.step(g.session, g.viewer, id, Phase(to), **how)
        return arrived(id)

    address = url_for("places.forward", id=id)
    return forms.carry_out(forms.Page("forward", address, partial(_forward_page, id), str(id)), act)


def stands(place: Any) -> str:
    """Where a place stands on its way, as a form that moves it carries it: phase, lap, and whether it is closed."""
    return f"{place.phase}.{place.lap}{'.closed' if place.closed_on else ''}"


def _still(sent: Sent, id: int) -> bool:
    """Whether the place stands where the page that was sent showed it; without a word about that, by its version."""
    return sent.text("stands") in ("", stands(places.get(g.session, g.viewer, id)))


def _version(sent: Sent) -> int | None:
    """A page that says where the place stood needs no version: other changes are no matter for a step."""
    return None if sent.text("stands") else sent.version()


def arrived(id: int, *, already: bool = False) -> Done:
    """The card of a place that was moved, saying where it is now."""
    place = places.get(g.session, g.viewer, id)
    address = url_for("places.one", id=id)
    if place.closed_on:
        return Done(address, "places.already_closed" if already else "places.now_closed")
    where = {"phase": t(f"vocabulary.phase.{place.phase}"), "lap": place.lap}
    return Done(address, "places.already_moved" if already else "places.moved", where)


def _forward_page(id: int, given: Given, faults: forms.Faults) -> str:
    place = look_inside(id)
    now = Phase(place.phase)
    to = "closed" if now is Phase.ASSESSMENT else list(Phase)[now.number].value
    return render_template(
        "places/forward.html",
        place=place,
        phase=now,
        to=to,
        stands=stands(place),
        missing=places.needs(place, now),
        before_done=places.state_of(place, now).missing,
        address_of=ADDRESS_OF,
        given=given,
        faults=faults,
    )


# ---- Back ------------------------------------------------------------------------------------------------------------


@blueprint.get("/platser/<int:id>/tillbaka")
def back(id: int) -> str:
    """Ask why a place goes back, and to where."""
    place = enter(id, Permission.STEP_PLACE)
    choices = _earlier(place)
    stored = {"to": choices[-1].value if choices else ""}
    return _back_page(id, forms.given("back", str(id), stored), {})


@blueprint.post("/platser/<int:id>/tillbaka")
def take_back(id: int) -> Drawn:
    """Move a place back to an earlier phase, or open a closed one again."""
    enter(id, Permission.STEP_PLACE)

    def act(sent: Sent) -> Done:
        if not _still(sent, id):
            return arrived(id, already=True)
        to = sent.choice("to", list(Phase), need="places.need_phase")
        reason = sent.choice("reason", list(StepBackReason), need="refusals.places.no_reason")
        note, version = sent.text("note"), _version(sent)
        if reason == StepBackReason.OTHER and not note:
            sent.fault("note", "refusals.places.no_note")
        sent.done()
        places.step(
            g.session, g.viewer, id, Phase(to), today=g.today, reason=StepBackReason(reason), note=note, version=version
        )
        return arrived(id)

    address = url_for("places.back", id=id)
    return forms.carry_out(forms.Page("back", address, partial(_back_page, id), str(id)), act)


def _earlier(place: Any) -> list[Phase]:
    """The phases a place may go back to; a closed one also to the one it is in."""
    now = Phase(place.phase)
    return [one for one in Phase if now.is_back(one) or (place.closed_on and one is now)]


def _back_page(id: int, given: Given, faults: forms.Faults) -> str:
    place = look_inside(id)
    choices = [(one.value, t(f"vocabulary.phase.{one}")) for one in _earlier(place)]
    reasons = [(one.value, t(f"vocabulary.step_back_reason.because_{one}")) for one in StepBackReason]
    return render_template(
        "places/back.html", place=place, choices=choices, reasons=reasons, stands=stands(place), given=given,
        faults=faults,
    )  # fmt: skip


# ---- Published -------------------------------------------------------------------------------------------------------


def _why_never(kind: Any) -> str:
    return t("refusals.places.never_public", value=kind.label) if kind.never_public else ""


PUBLIC = Publishing(
    "places", "name", look_inside,
    lambda id, version: places.publish(g.session, g.viewer, g.agreement, id, today=g.today, version=version),
    lambda id, version: places.unpublish(g.session, g.viewer, id, today=g.today, version=version),
    lambda place: _why_never(g.agreement.types[place.type]),
)  # fmt: skip


@blueprint.get("/platser/<int:id>/publicera")
def publish(id: int) -> str:
    """Ask once more before a place is shown to the public."""
    return PUBLIC.page(id)


@blueprint.post("/platser/<int:id>/publicera")
def take_publish(id: int) -> AnyResponse | tuple[str, int]:
    """Show a place to the public."""
    return PUBLIC.take(id)


@blueprint.get("/platser/<int:id>/avpublicera")
def unpublish(id: int) -> str:
    """Ask once more before a place is taken back from the public."""
    return PUBLIC.page(id, back=True)


@blueprint.post("/platser/<int:id>/avpublicera")
def take_unpublish(id: int) -> AnyResponse | tuple[str, int]:
    """Take a place back from the public."""
    return PUBLIC.take(id, back=True)
