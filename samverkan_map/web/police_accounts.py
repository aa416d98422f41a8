"""Accounts of the police: a coordinator proposes, another police user confirms."""

from __future__ import annotations

from flask import Blueprint, g, render_template, request, url_for
from werkzeug.wrappers import Response

from samverkan_map import people
from samverkan_map.errors import BadValue
from samverkan_map.web import saying, sessions
from samverkan_map.web.admin import field_errors, version

blueprint = Blueprint("police_accounts", __name__)


@blueprint.get("/admin/polisen")
def proposals() -> str:
    """What waits for the police, and the form for a new account of theirs."""
    return _proposals({})


def _proposals(errors: dict[str, str]) -> str:
    return render_template(
        "admin/police.html",
        proposals=people.open_proposals(g.session, g.viewer, now=sessions.now()),
        organisations=[one for one in people.find_organisations(g.session) if one.kind == "police"],
        errors=errors,
        given=request.form,
    )


@blueprint.post("/admin/polisen")
def propose_new() -> Response | tuple[str, int]:
    """Propose a new account."""
    form = request.form
    try:
        people.propose_new_police(
            g.session, g.viewer, username=form.get("username", ""), name=form.get("name", ""),
            organisation=form.get("organisation") or None, now=sessions.now(),
        )  # fmt: skip
    except BadValue as refusal:
        return _proposals(field_errors(refusal)), 422
    return _proposed()


@blueprint.post("/admin/personer/<int:id>/forslag")
def propose(id: int) -> Response:
    """Propose a change of an account that makes it or takes it over as one of the police."""
    kind, _, role = request.form.get("kind", "").partition(":")
    people.propose_change(g.session, g.viewer, id, kind=kind, role=role, version=version(), now=sessions.now())
    return _proposed()


def _proposed() -> Response:
    return saying.go(url_for("police_accounts.proposals"), "admin.done_proposed")


@blueprint.post("/admin/polisen/<int:id>/dra-tillbaka")
def withdraw(id: int) -> Response:
    """Take a proposal back."""
    people.withdraw_proposal(g.session, g.viewer, id, now=sessions.now())
    return saying.go(url_for("police_accounts.proposals"), "admin.done_withdrawn")


@blueprint.get("/konto/forslag")
def to_confirm() -> str:
    """What waits for another police user to say yes or no."""
    return render_template(
        "konto/forslag.html", proposals=people.open_proposals(g.session, g.viewer, now=sessions.now())
    )


@blueprint.post("/konto/forslag/<int:id>/bekrafta")
def confirm(id: int) -> str:
    """Confirm a proposal, and show the account's new password this once."""
    person, password = people.confirm_proposal(g.session, g.viewer, id, now=sessions.now())
    return render_template("konto/forslag-klart.html", person=person, password=password)


@blueprint.post("/konto/forslag/<int:id>/neka")
def refuse(id: int) -> Response:
    """Say no to a proposal."""
    people.refuse_proposal(g.session, g.viewer, id, now=sessions.now())
    return saying.go(url_for("police_accounts.to_confirm"), "admin.done_refused")
