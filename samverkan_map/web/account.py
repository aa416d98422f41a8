"""Signing in and out, and one's own account."""

from __future__ import annotations

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from samverkan_map import people
from samverkan_map.errors import BadValue, Refusal
from samverkan_map.web import answers, drafts, saying, second_step, sessions, transactions
from samverkan_map.web.addresses import local_path

blueprint = Blueprint("account", __name__)


@blueprint.get("/konto/logga-in")
def sign_in() -> str:
    """The form."""
    return form(destination=local_path(request.args.get("till", "/")))


@blueprint.post("/konto/logga-in")
def take_sign_in() -> Response | tuple[str, int, dict[str, str]]:
    """Check user name and password; the counters of failed tries are kept also when the answer is no."""
    destination = local_path(request.form.get("till", "/"))
    transactions.keep()
    try:
        person = people.sign_in(
            g.session,
            request.form.get("username", ""),
            request.form.get("password", ""),
            address=request.remote_addr or "",
            secret=current_app.extensions["secret"],
            now=sessions.now(),
        )
    except Refusal as refusal:
        seconds = refusal.fields.get("seconds")
        headers = {"Retry-After": str(seconds)} if seconds else {}
        return form(destination=destination, refusal=refusal), answers.status_of(refusal), headers
    if people.enrolled(g.session, person.id):
        return second_step.asked(person, destination), 200, {}
    return second_step.start(person.id, destination)


def form(*, destination: str, refusal: Refusal | None = None) -> str:
    """The page for signing in, with what was wrong."""
    error = answers.sentence(g.language, refusal) if refusal else ""
    username = request.form.get("username", "")[:100]
    return render_template("konto/logga-in.html", destination=destination, error=error, username=username)


@blueprint.post("/konto/logga-ut")
def sign_out() -> Response:
    """End the session on the server, take the cookie away and clear what the browser kept."""
    to = "/"
    if g.viewer.person_id and current_app.extensions["samverkan"].provider:
        person = people.get(g.session, g.viewer, g.viewer.person_id)
        to = url_for("provider.signed_out") if person.connected_at else to
    if g.token:
        people.end_session(g.session, g.token)
    response = sessions.drop_cookie(redirect(to, 303))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@blueprint.get("/konto")
def account() -> str:
    """Name, role, organisation, and where one is signed in."""
    # In demo mode a role may be nobody's: then there is no account behind it.
    person = people.get(g.session, g.viewer, g.viewer.person_id) if g.viewer.person_id else None
    open_sessions = people.own_sessions(g.session, g.viewer, g.token) if person else []
    return render_template(
        "konto/konto.html",
        person=person,
        has_step=person is not None and people.enrolled(g.session, person.id),
        has_password=person is not None and people.has_password(person),
        open_sessions=open_sessions,
        only_shown=g.demo and not any(one.current for one in open_sessions),
        drafts=drafts.own(),
    )


@blueprint.post("/konto/avsluta")
def end_session() -> Response:
    """End one of one's own sessions."""
    people.end_own(g.session, g.viewer, request.form.get("session", ""))
    return saying.go(url_for("account.account"), "account.session_ended")


@blueprint.get("/konto/losenord")
def password() -> str:
    """The form for a new password."""
    return render_template("konto/losenord.html", errors={})


@blueprint.post("/konto/losenord")
def take_password() -> Response | tuple[str, int]:
    """Change one's own password; all own sessions end, so one signs in with the new one."""
    old, new = request.form.get("old", ""), request.form.get("new", "")
    try:
        people.change_password(g.session, g.viewer, old=old, new=new)
    except BadValue as refusal:
        errors = {refusal.fields["field"]: answers.sentence(g.language, refusal)}
        return render_template("konto/losenord.html", errors=errors), 422
    return sessions.drop_cookie(redirect(url_for("account.sign_in"), 303))
