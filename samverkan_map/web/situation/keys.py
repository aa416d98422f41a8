"""The two keys of a version: it is closed, approved by both parties, or opened again."""

from __future__ import annotations

from functools import partial

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import access, situation
from samverkan_map.errors import NotAllowed
from samverkan_map.situation.keeping import to_change
from samverkan_map.vocabulary import Permission, SituationState
from samverkan_map.web import forms, sessions
from samverkan_map.web.forms import Done, Faults, Given, Sent
from samverkan_map.web.situation.blueprint import blueprint
from samverkan_map.web.texts import label


@blueprint.get("/<int:id>/las")
def closing(id: int) -> str:
    """Ask once more before a version is closed for approval."""
    return _closing(id, Given({}), {})


@blueprint.post("/<int:id>/las")
def seal(id: int) -> AnyResponse | tuple[str, int]:
    """Close a version for approval."""
    to_change(g.session, g.viewer, id, None)

    def act(sent: Sent) -> Done:
        situation.seal(g.session, g.viewer, g.agreement, id, today=g.today, now=sessions.now(), version=sent.version())
        return Done(url_for("situation.one", id=id, _anchor="godkannande"), "situation.sealed_now")

    return forms.carry_out(
        forms.Page("situation_seal", url_for("situation.closing", id=id), partial(_closing, id), str(id)), act
    )


def _closing(id: int, given: Given, faults: Faults) -> str:
    found = to_change(g.session, g.viewer, id, None)
    lacking = situation.lacking(found.texts)
    return render_template("situation/seal.html", found=found, lacking=lacking, given=given, faults=faults)


@blueprint.post("/<int:id>/oppna")
def reopen(id: int) -> AnyResponse | tuple[str, int]:
    """Open a closed version again."""
    to_change(g.session, g.viewer, id, None)

    def act(sent: Sent) -> Done:
        situation.reopen(g.session, g.viewer, id, now=sessions.now(), version=sent.version())
        return Done(url_for("situation.one", id=id), "situation.reopened_now")

    return forms.carry_out(
        forms.Page("situation_open", url_for("situation.closing", id=id), partial(_closing, id), str(id)), act
    )


@blueprint.get("/<int:id>/godkann")
def approving(id: int) -> str:
    """Ask once more before a party's key is turned."""
    _may_turn(id)
    return _approving(id, Given({}), {})


@blueprint.post("/<int:id>/godkann")
def approve(id: int) -> AnyResponse | tuple[str, int]:
    """Turn a party's key."""
    _may_turn(id)

    def act(sent: Sent) -> Done:
        found = situation.approve(g.session, g.viewer, id, content=request.form.get("content", ""), now=sessions.now())
        frozen = found.state == SituationState.FROZEN
        address = url_for("situation.one", id=id, _anchor="godkannande")
        return Done(address, "situation.frozen_now" if frozen else "situation.approved_now")

    address = url_for("situation.approving", id=id)
    return forms.carry_out(forms.Page("situation_approve", address, partial(_approving, id), str(id)), act)


def _may_turn(id: int) -> None:
    """Raises NotFound, and NotAllowed for whoever is no party, or looks with another role's eyes."""
    situation.get(g.session, g.viewer, id)
    access.check(g.viewer, Permission.APPROVE_SITUATION)
    if g.switched:
        raise NotAllowed("situation.errors.demo")
    if not situation.party_of(g.session, g.viewer):
        raise NotAllowed("situation.errors.no_party")


def _approving(id: int, given: Given, faults: Faults) -> str:
    found = situation.get(g.session, g.viewer, id)
    own = situation.party_of(g.session, g.viewer)
    return render_template(
        "situation/approve.html",
        found=found,
        party=label(g.agreement.parties[own]),
        other_turned=any(party != own for party in situation.standing_keys(found)),
        given=given,
        faults=faults,
    )
