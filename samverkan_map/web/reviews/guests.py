"""The link on the phone: a page with a button, the review, and its receipt. No account, no cookie.

Opening the address changes nothing and shows nothing of anybody's answers, because mail programs fetch links; the
button gives a key that is good for two hours. None of it is kept by a browser or a proxy.
"""

from __future__ import annotations

from flask import current_app, g, redirect, render_template, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import rounds
from samverkan_map.rounds import Respondent
from samverkan_map.web.reviews import sheet
from samverkan_map.web.reviews.blueprint import blueprint
from samverkan_map.web.reviews.sheet import Answer, Sheet

KEY_SECONDS = 2 * 3600


@blueprint.get("/omdome/<token>")
def link(token: str) -> AnyResponse:
    """What the link opens: which site, what is asked, and the button."""
    who = rounds.by_token(g.session, token)
    page = render_template(
        "reviews/begin.html",
        round=who.round,
        voice=who.voice,
        invitation=who.invitation,
        standing=who.standing(g.today).value,
        action=url_for("reviews.begin", token=token),
    )
    return sheet.private(page)


@blueprint.post("/omdome/<token>")
def begin(token: str) -> AnyResponse:
    """The button of the link: go on to the review, or to the receipt when there is an answer already."""
    who = rounds.by_token(g.session, token)
    if who.standing(g.today) is not rounds.Standing.OPEN:
        return _back(token)
    assert who.invitation
    rounds.begin(g.session, rounds.guest(who.invitation), who.invitation, today=g.today)
    step = "reviews.receipt" if rounds.answer_of(g.session, who) else "reviews.form"
    return redirect(_address(step, token, who), 303)


@blueprint.get("/omdome/<token>/svara")
def form(token: str) -> AnyResponse:
    """The review: empty, or as it was answered."""
    found = _opened(token)
    return sheet.show_form(found) if found else _back(token)


@blueprint.post("/omdome/<token>/svara")
def take(token: str) -> Answer:
    """Take a review in."""
    found = _opened(token)
    return sheet.take(found) if found else _back(token)


@blueprint.get("/omdome/<token>/kvitto")
def receipt(token: str) -> AnyResponse:
    """The receipt: the own answer beside what others said, and what was promised."""
    found = _opened(token)
    if found is None:
        return _back(token)
    return sheet.show_receipt(found) if found.kept else redirect(found.form)


def _opened(token: str) -> Sheet | None:
    """The sheet of the invited when the link was opened by the button and still stands, otherwise None."""
    who = rounds.by_token(g.session, token)
    try:
        _signer(who).loads(request.args.get("nyckel", ""), max_age=KEY_SECONDS)
    except BadData:
        return None
    if who.standing(g.today) is not rounds.Standing.OPEN:
        return None
    assert who.invitation
    form_address, receipt_address = (_address(step, token, who) for step in ("reviews.form", "reviews.receipt"))
    return Sheet(who, rounds.guest(who.invitation), form_address, receipt_address)


def _back(token: str) -> AnyResponse:
    return redirect(url_for("reviews.link", token=token), 303)


def _address(endpoint: str, token: str, who: Respondent) -> str:
    return url_for(endpoint, token=token, nyckel=_signer(who).dumps(1))


def _signer(who: Respondent) -> URLSafeTimedSerializer:
    assert who.invitation
    return URLSafeTimedSerializer(current_app.extensions["secret"], salt=f"omdome|{who.invitation.token_hash}")
