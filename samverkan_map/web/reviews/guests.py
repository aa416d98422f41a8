"""The link on the phone: a page with a button, the review, and its receipt. No account, no cookie.

Opening the address changes nothing and shows nothing of anybody's answers, because mail programs fetch links; the
button gives a key that is good for two hours. None of it is kept by a browser or a proxy.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, current_app, g, make_response, redirect, render_template, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import rounds, sites
from samverkan_map.vocabulary import DayPart, Dimension
from samverkan_map.web import forms
from samverkan_map.web.forms import Faults, Given, Sent
from samverkan_map.web.reviews.blueprint import blueprint

KEY_SECONDS = 2 * 3600
LONGEST = 300

Answer = AnyResponse | tuple[str, int]


@blueprint.get("/omdome/<token>")
def link(token: str) -> AnyResponse:
    """What the link opens: which site, what is asked, and the button."""
    invitation, standing = rounds.by_token(g.session, token, g.today)
    return _private(render_template("reviews/begin.html", invitation=invitation, standing=standing, token=token))


@blueprint.post("/omdome/<token>")
def begin(token: str) -> AnyResponse:
    """The button of the link: go on to the review, or to the receipt when there is an answer already."""
    invitation, standing = rounds.by_token(g.session, token, g.today)
    if standing is not rounds.Standing.OPEN:
        return _back(token)
    rounds.begin(g.session, rounds.guest(invitation), invitation, today=g.today)
    step = "reviews.receipt" if invitation.review else "reviews.form"
    return redirect(_address(step, token, invitation), 303)


@blueprint.get("/omdome/<token>/svara")
def form(token: str) -> AnyResponse:
    """The review: empty, or as it was answered."""
    invitation = _opened(token)
    return _private(_draw(token, invitation, _stored(invitation), {})) if invitation else _back(token)


@blueprint.post("/omdome/<token>/svara")
def take(token: str) -> Answer:
    """Take a review in."""
    invitation = _opened(token)
    if invitation is None:
        return _back(token)

    def act(sent: Sent) -> str:
        words = _read(sent)
        sent.done()
        rounds.answer(g.session, rounds.guest(invitation), invitation, **words, today=g.today)
        return _address("reviews.receipt", token, invitation)

    # A step keeps no key of the form, which would need a person: the same answer twice is one answer anyway.
    page = forms.Page("omdome", "", partial(_draw, token, invitation), is_step=True)
    return forms.carry_out(page, act)


@blueprint.get("/omdome/<token>/kvitto")
def receipt(token: str) -> AnyResponse:
    """The receipt: the own answer beside what others said, and what was promised."""
    invitation = _opened(token)
    if invitation is None:
        return _back(token)
    if invitation.review is None:
        return redirect(_address("reviews.form", token, invitation))
    found = rounds.receipt(rounds.guest(invitation), invitation)
    return _private(
        render_template(
            "reviews/receipt.html",
            invitation=invitation,
            found=found,
            fewest=sites.FEWEST_FOR_PARTNERS,
            rows=[(part, found.own.get(part), found.others[part], found.answers[part]) for part in DayPart],
            change=_address("reviews.form", token, invitation),
        )
    )


def _opened(token: str) -> Any:
    """The invitation when its link was opened by the button and still stands, otherwise None."""
    invitation, standing = rounds.by_token(g.session, token, g.today)
    try:
        _signer(invitation).loads(request.args.get("nyckel", ""), max_age=KEY_SECONDS)
    except BadData:
        return None
    return invitation if standing is rounds.Standing.OPEN else None


def _back(token: str) -> AnyResponse:
    return redirect(url_for("reviews.link", token=token), 303)


def _address(endpoint: str, token: str, invitation: Any) -> str:
    return url_for(endpoint, token=token, nyckel=_signer(invitation).dumps(1))


def _signer(invitation: Any) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.extensions["secret"], salt=f"omdome|{invitation.token_hash}")


def _private(page: str) -> Response:
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _stored(invitation: Any) -> Given:
    kept = invitation.review
    if kept is None:
        return Given({}, version="0")
    values = {name: getattr(kept, name) for name in ("strengths", "improve", "good", "idea", "contribution")}
    values |= {f"score_{part}": score for part, score in kept.scores.items()}
    return Given({name: forms.as_texts(value) for name, value in values.items()}, version=str(kept.version))


def _read(sent: Sent) -> dict[str, Any]:
    scores = {part: sent.choice(f"score_{part}", "12345") for part in DayPart}
    return {
        "scores": {part.value: int(score) for part, score in scores.items() if score},
        "strengths": sent.many("strengths", Dimension),
        "improve": sent.many("improve", sites.IMPROVEMENTS),
        **{name: sent.text(name, most=LONGEST) for name in ("good", "idea", "contribution")},
        "version": sent.version(),
    }


def _draw(token: str, invitation: Any, given: Given, faults: Faults) -> str:
    return render_template(
        "reviews/form.html",
        invitation=invitation,
        action=_address("reviews.take", token, invitation),
        spare=f"omdome:{invitation.id}:{given.version or (invitation.review.version if invitation.review else 0)}",
        version=invitation.review.version if invitation.review else 0,
        parts=list(DayPart),
        dimensions=list(Dimension),
        wishes=sites.IMPROVEMENTS,
        longest=LONGEST,
        given=given,
        faults=faults,
    )
