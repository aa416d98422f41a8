"""Signing in by way of the municipality's own service: the browser is sent there, and comes back with a code.

What it comes back with fits only the browser that was sent away: `state`, nonce and the verifier of the code are all
worked out from that browser's cookie and the server's own key, so nothing is kept here in between.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import secrets
from typing import Any

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from samverkan_map import people, provider
from samverkan_map.errors import NotFound, ProviderTrouble, Refusal, SignInNeeded
from samverkan_map.settings import Provider
from samverkan_map.web import account, answers, second_step, sessions, transactions
from samverkan_map.web.addresses import local_path

ROOM = "/konto/inloggningstjanst"
"""Whoever asks here may wait for the service; the server lets others work meanwhile."""

blueprint = Blueprint("provider", __name__, url_prefix=ROOM)

MINUTES = 10
LONGEST_DESTINATION = 1000
_log = logging.getLogger("samverkan")
Answer = Response | tuple[str, int, dict[str, str]]


@blueprint.get("")
def leave() -> Answer:
    """Send the browser to the service. It is a link, because our own policy lets no form lead away from here."""
    chosen = _chosen()
    destination = local_path(request.args.get("till", "/")[:LONGEST_DESTINATION])
    browser = g.token or secrets.token_urlsafe(32)
    state = _signer(browser).dumps([secrets.token_urlsafe(16), destination])
    try:
        address = provider.way_there(chosen, _question(state, browser))
    except ProviderTrouble as trouble:
        return _refused(trouble, destination)
    return sessions.set_cookie(redirect(address, 303), language=g.language, token=browser)


@blueprint.get("/svar")
def come_back() -> Answer:
    """Take the service's answer, and begin a new session.

    The service can only send a browser by a GET, so this one writes, in a transaction of its own and after the service
    has been waited for; it does so only for an answer to this browser's own question.
    """
    chosen, browser = _chosen(), sessions.own_half()
    try:
        _, destination = _signer(browser).loads(request.args.get("state", ""), max_age=MINUTES * 60)
    except BadData:
        return _refused(SignInNeeded("provider.errors.not_asked"), "/")
    if request.args.get("error"):
        return _refused(SignInNeeded("provider.errors.stopped", name=chosen.name), destination)
    how = {"address": request.remote_addr or "", "secret": current_app.extensions["secret"], "now": sessions.now()}
    try:
        known = _known(chosen, browser, how)
        person, waits = transactions.together(lambda session: _let_in(session, known, how))
    except SignInNeeded as no:
        transactions.together(lambda session: people.count_failure(session, **how))
        return _refused(no, destination)
    except Refusal as no:
        return _refused(no, destination)
    if waits:
        # The page says who has come this far: it is nobody else's, although nobody is signed in yet.
        return second_step.asked(person, destination), 200, {"Cache-Control": "no-store"}
    token = transactions.together(lambda session: _begun(session, person.id, known.two_steps))
    return sessions.set_cookie(redirect(destination, 303), language=g.language, token=token)


@blueprint.get("/ut")
def signed_out() -> Response | str:
    """After signing out here: the service may still know this browser, and would let whoever sits down next in.

    The way there is a link, because our own policy lets no form lead away from here.
    """
    chosen = _chosen()
    if g.token and g.viewer.person_id:
        return redirect(url_for("account.account"), 303)
    try:
        address = provider.way_out(chosen, request.url_root)
    except ProviderTrouble as trouble:
        _log.error(json.dumps({"result": "trouble", "key": trouble.key, "why": trouble.fields["why"]}))
        address = ""
    return render_template("konto/utloggad.html", address=address)


def _chosen() -> Provider:
    if (chosen := current_app.extensions["samverkan"].provider) is None:
        raise NotFound("access.errors.not_found")
    return chosen


def _known(chosen: Provider, browser: str, how: dict[str, Any]) -> provider.Known:
    """Whom the service says has come. Raises SignInNeeded, TooManyTries, ProviderTrouble."""
    people.check_tries(g.session, **how)
    g.session.rollback()
    if request.args.get("iss", chosen.issuer) != chosen.issuer:
        raise SignInNeeded("provider.errors.not_asked")
    return provider.who_came(chosen, _question(request.args["state"], browser), request.args.get("code", ""))


def _let_in(session: Any, known: provider.Known, how: dict[str, Any]) -> tuple[Any, bool]:
    return people.let_in(session, known, required=current_app.extensions["samverkan"].second_step, **how)


def _begun(session: Any, person_id: int, two_steps: bool) -> str:
    if g.token:
        people.end_session(session, g.token)
    return people.start_session(session, person_id=person_id, two_steps=two_steps, now=sessions.now())


def _question(state: str, browser: str) -> provider.Question:
    back = url_for("provider.come_back", _external=True)
    return provider.Question(state, _secret("nonce", state, browser), _secret("verifier", state, browser), back)


def _secret(kind: str, state: str, browser: str) -> str:
    digest = hmac.digest(current_app.extensions["secret"].encode(), f"{kind}|{browser}|{state}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _signer(browser: str) -> URLSafeTimedSerializer:
    binding = hashlib.sha256(browser.encode()).hexdigest()
    return URLSafeTimedSerializer(current_app.extensions["secret"], salt=f"provider|{binding}")


def _refused(no: Refusal, destination: str) -> tuple[str, int, dict[str, str]]:
    """The page for signing in, with one sentence; a password works as before."""
    if isinstance(no, ProviderTrouble):
        _log.error(json.dumps({"result": "trouble", "key": no.key, "why": no.fields["why"]}))
    seconds = no.fields.get("seconds")
    headers = {"Retry-After": str(seconds)} if seconds else {}
    return account.form(destination=destination, refusal=no), answers.status_of(no), headers
