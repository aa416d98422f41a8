"""A site's own address for reviewing it: police and staff signed in, a business by its invitation, anybody without an
account.

Without an account the button gives a key that is good for two hours. It is the only thing by which the answer is found
again, and stands in the address: no cookie is set.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

from flask import current_app, g, redirect, render_template, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import rounds, sites
from samverkan_map.vocabulary import Voice
from samverkan_map.web.forms import Sent
from samverkan_map.web.reviews import sheet
from samverkan_map.web.reviews.blueprint import blueprint
from samverkan_map.web.reviews.guests import KEY_SECONDS
from samverkan_map.web.reviews.sheet import Answer, Sheet

QUICKEST_SECONDS = 3
"""Nobody answers faster than this."""


@blueprint.get("/platsutveckling/<int:id>/omdome")
def ask(id: int) -> str:
    """Which site, what is asked, and the button; without an open round only the words that say so."""
    site, found = _asked(id)
    who = _known(found) if found else None
    return render_template(
        "reviews/begin.html",
        site=site,
        round=found,
        voice=who.voice if who else Voice.PUBLIC,
        invitation=who.invitation if who else None,
        standing=who.standing(g.today).value if who else "open" if found else "none",
        answered=bool(who and rounds.answer_of(g.session, who)),
        action=url_for("reviews.ask_begin", id=id),
    )


@blueprint.post("/platsutveckling/<int:id>/omdome")
def ask_begin(id: int) -> AnyResponse:
    """The button: go on to the review, or to the receipt when somebody signed in has answered already."""
    _, found = _asked(id)
    if found is None:
        return _back(id)
    who = _known(found)
    if who is None:
        return redirect(url_for("reviews.own_form", id=id, nyckel=_signer(found).dumps(secrets.token_urlsafe(16))), 303)
    step = "reviews.own_receipt" if rounds.answer_of(g.session, who) else "reviews.own_form"
    return redirect(url_for(step, id=id), 303)


@blueprint.get("/platsutveckling/<int:id>/omdome/svara")
def own_form(id: int) -> AnyResponse:
    """The review: empty, or as it was answered."""
    found = _opened(id)
    return sheet.show_form(found[0]) if found else _back(id)


@blueprint.post("/platsutveckling/<int:id>/omdome/svara")
def take_own(id: int) -> Answer:
    """Take a review in."""
    found = _opened(id)
    if found is None:
        return _back(id)
    own, seconds = found

    def check(sent: Sent) -> None:
        if seconds is not None and seconds < QUICKEST_SECONDS and own.kept is None:
            sent.fault("form", "rounds.too_fast")

    return sheet.take(own, check)


@blueprint.get("/platsutveckling/<int:id>/omdome/kvitto")
def own_receipt(id: int) -> AnyResponse:
    """The receipt: the own answer beside what others said, and what was promised."""
    found = _opened(id)
    if found is None:
        return _back(id)
    return sheet.show_receipt(found[0]) if found[0].kept else redirect(found[0].form)


def _asked(id: int) -> tuple[Any, Any]:
    """The site, and its open round or None."""
    return sites.get(g.session, g.viewer, id), rounds.current(g.session, id, g.today)


def _known(found: Any) -> rounds.Respondent | None:
    """Whoever is signed in as somebody who answers; None without an account."""
    return None if g.viewer.anonymous else rounds.signed_in(g.viewer, found)


def _opened(id: int) -> tuple[Sheet, float | None] | None:
    """The visitor's sheet while the round is open, and for how many seconds it has been when there is no account."""
    _, found = _asked(id)
    if found is None:
        return None
    who, key, seconds = _known(found), None, None
    if who is None:
        key = request.args.get("nyckel", "")
        try:
            word, opened = _signer(found).loads(key, max_age=KEY_SECONDS, return_timestamp=True)
        except BadData:
            return None
        who, seconds = rounds.anybody(found, str(word)), (datetime.now(UTC) - opened).total_seconds()
    if who.standing(g.today) is not rounds.Standing.OPEN:
        return None
    form_address, receipt_address = (url_for(f"reviews.own_{step}", id=id, nyckel=key) for step in ("form", "receipt"))
    return Sheet(who, g.viewer, form_address, receipt_address), seconds


def _back(id: int) -> AnyResponse:
    return redirect(url_for("reviews.ask", id=id, som=request.args.get("som")), 303)


def _signer(found: Any) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.extensions["secret"], salt=f"omdome-alla|{found.id}")
