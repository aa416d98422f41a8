"""The second step of signing in: the code after the password, and getting, renewing and taking away one's own."""

from __future__ import annotations

import io
from typing import Any

import segno
from flask import Blueprint, Response, current_app, g, redirect, render_template, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import people
from samverkan_map.errors import BadValue, Refusal, SignInNeeded
from samverkan_map.web import answers, saying, sessions, transactions
from samverkan_map.web.addresses import local_path

blueprint = Blueprint("second_step", __name__, url_prefix="/konto/tvasteg")

MINUTES = 5
Refused = tuple[str, int, dict[str, str]]


def asked(person: Any, destination: str) -> str:
    """The form for the code, after a right password: who it was is signed into it, and nobody is signed in yet."""
    return _ask(_signer().dumps([person.id, person.password_hash[-16:]]), destination)


def _ask(pending: str, destination: str, error: str = "") -> str:
    return render_template("konto/kod.html", pending=pending, destination=destination, error=error)


@blueprint.post("/logga-in")
def take() -> AnyResponse | Refused:
    """Check the code and sign in; the counters of tries are kept also when the answer is no."""
    destination, pending = local_path(request.form.get("till", "/")), request.form.get("pending", "")
    transactions.keep()
    person = _pending(pending)
    if person is None:
        return redirect(url_for("account.sign_in", till=destination), 303)
    try:
        people.take_second_step(g.session, person, request.form.get("code", ""), **_how())
    except Refusal as refusal:
        return _ask(pending, destination, answers.sentence(g.language, refusal)), *_status(refusal)
    return start(person.id, destination)


def start(person_id: int, destination: str) -> AnyResponse:
    """Begin a new session and go on."""
    if g.token:
        people.end_session(g.session, g.token)
    token = people.start_session(g.session, person_id=person_id, now=sessions.now())
    return sessions.set_cookie(redirect(destination, 303), language=g.language, token=token)


def _pending(given: str) -> Any:
    """Whose password was given a moment ago; nobody when that is long ago, forged, or no longer the password."""
    try:
        person_id, password = _signer().loads(given, max_age=MINUTES * 60)
    except BadData:
        return None
    return people.waiting_for_code(g.session, person_id, password)


@blueprint.get("")
def page() -> str:
    """Whether one signs in with a second step, and what can be changed about it."""
    return _page({})


def _page(errors: dict[str, str]) -> str:
    step = people.own_step(g.session, g.viewer)
    return render_template("konto/tvasteg.html", step=step, errors=errors, required=g.unfinished)


@blueprint.post("/borja")
def begin() -> AnyResponse | tuple[str, int]:
    """Make a secret for a phone."""
    try:
        people.begin_second_step(
            g.session, g.viewer, password=request.form.get("password", ""), now=sessions.now()
        )  # fmt: skip
    except BadValue as refusal:
        return _page({"password": answers.sentence(g.language, refusal)}), 422
    return redirect(url_for("second_step.new"), 303)


@blueprint.get("/ny")
def new() -> str:
    """The secret for the phone, and the field for its first code."""
    return _new({})


def _new(errors: dict[str, str]) -> str:
    secret, _ = people.new_secret(g.session, g.viewer, key=_key())
    return render_template("konto/tvasteg-ny.html", secret=secret, errors=errors)


@blueprint.get("/ny.svg")
def picture() -> Response:
    """The secret as a picture that a phone reads; as little to be had later as the secret itself."""
    _, address = people.new_secret(g.session, g.viewer, key=_key())
    drawn = io.BytesIO()
    segno.make(address, micro=False).save(drawn, kind="svg", scale=4, border=4, light="#ffffff", xmldecl=False)
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


@blueprint.post("/ny")
def confirm() -> AnyResponse | tuple[str, int]:
    """Let it count, show the recovery codes once, and go on in a new session."""
    try:
        codes = people.confirm_second_step(
            g.session, g.viewer, request.form.get("code", ""), key=_key(), now=sessions.now()
        )
    except BadValue as refusal:
        return _new({"code": answers.sentence(g.language, refusal)}), 422
    g.unfinished = False
    # Before the page is drawn: its forms carry a token of the session that they will be sent in.
    g.token = people.start_session(g.session, person_id=g.viewer.person_id, now=sessions.now())
    return sessions.set_cookie(Response(_codes(codes), mimetype="text/html"), language=g.language, token=g.token)


@blueprint.post("/koder")
def renew() -> str | Refused:
    """Show new recovery codes once, for a code."""
    transactions.keep()
    try:
        return _codes(people.renew_codes(g.session, g.viewer, request.form.get("code", ""), **_how()))
    except Refusal as refusal:
        return _page({"code": answers.sentence(g.language, refusal)}), *_status(refusal)


@blueprint.post("/av")
def remove() -> AnyResponse | Refused:
    """Take one's own second step away, for a code."""
    transactions.keep()
    try:
        people.remove_second_step(g.session, g.viewer, request.form.get("code", ""), **_how())
    except Refusal as refusal:
        return _page({"code": answers.sentence(g.language, refusal)}), *_status(refusal)
    return saying.go(url_for("second_step.page"), "account.step_removed")


def _codes(codes: list[str]) -> str:
    return render_template("konto/tvasteg-koder.html", codes=codes)


def _status(refusal: Refusal) -> tuple[int, dict[str, str]]:
    seconds = refusal.fields.get("seconds")
    # One's own page says 422: 401 would tell the browser that nobody is signed in.
    status = 422 if isinstance(refusal, SignInNeeded) and not g.viewer.anonymous else answers.status_of(refusal)
    return status, {"Retry-After": str(seconds)} if seconds else {}


def _how() -> dict[str, Any]:
    return {"address": request.remote_addr or "", "secret": _key(), "now": sessions.now()}


def _key() -> str:
    return current_app.extensions["secret"]


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(_key(), salt="second-step")
