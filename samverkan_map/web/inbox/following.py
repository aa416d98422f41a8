"""Following a report by its code: the receipt, and what has become of it since."""

from __future__ import annotations

from typing import Any

from flask import Response, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import codes, contacts, disposal, inbox
from samverkan_map.errors import NotFound
from samverkan_map.exchange import pictures
from samverkan_map.web import answers, sessions
from samverkan_map.web.forms import Faults, Given
from samverkan_map.web.inbox.blueprint import blueprint
from samverkan_map.web.texts import t

LONGEST_CODE = 60


@blueprint.get("/r")
def ask_code() -> str:
    """The form that asks for a code."""
    return _ask({}, "")


@blueprint.post("/r")
def take_code() -> AnyResponse | tuple[str, int]:
    """Lead to the page of a code; what is none comes into no address, which a log on the way may keep."""
    given = request.form.get("nummer", "").strip()[:LONGEST_CODE]
    if not (code := codes.read(given)):
        return _ask({"nummer": t("inbox.errors.no_code")}, given), 422
    return redirect(url_for("inbox.receipt", code=codes.well_written(code)), 303)


@blueprint.get("/r/<code>")
def receipt(code: str) -> Response:
    """What became of the report with this code; a wrong one is answered as one that is gone."""
    return drawn(code, {})


def drawn(code: str, faults: Faults) -> Response:
    """The page of a code, with what was wrong with a picture that was sent from it."""
    try:
        found = inbox.follow(g.session, g.viewer, g.agreement, code[:LONGEST_CODE], today=g.today)
    except NotFound as no:
        return _private(make_response(_ask({"nummer": answers.sentence(g.language, no)}, ""), 404))
    page = render_template(
        "inbox/receipt.html",
        found=found,
        new=request.args.get("ny") == "1",
        faults=faults,
        most_megabytes=pictures.MOST_BYTES // 1024 // 1024,
        median=inbox.median_days(g.session, now=sessions.now()),
        goes=told_when_it_goes(g.session) if found.wants_reply else "",
    )
    return _private(make_response(page))


def told_when_it_goes(session: Any) -> str:
    """What a sender is told of how long an address is kept: what is decided, or that nothing is."""
    days = disposal.decided_days(session, "letter_contacts")
    if days is None:
        return t("inbox.reply_goes_undecided")
    return t("inbox.reply_goes", days=days, most=days + contacts.LONGEST_OPEN.days)


def _ask(faults: Faults, code: str) -> str:
    return render_template("inbox/code.html", faults=faults, given=Given({"nummer": [code]}))


def _private(response: Response) -> Response:
    """The page of one report is kept nowhere on its way and found by no search engine."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
