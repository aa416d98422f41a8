"""A screen in the room: letting one, the code that opens it once, and closing it.

Opening an address opens nothing, since mail programs fetch links; the code is typed in, or its button pressed on the
computer of whoever let the screen, who is then signed out there.
"""

from __future__ import annotations

from flask import Response, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import codes, meetings, people
from samverkan_map.errors import NotFound
from samverkan_map.meetings.screens import SHOWN, TO_OPEN
from samverkan_map.web import answers, saying, sessions
from samverkan_map.web.forms import Faults, Given
from samverkan_map.web.meetings.blueprint import blueprint

LONGEST_CODE = 60


@blueprint.get("/moten/<forum>/skarm")
def screens(forum: str) -> AnyResponse:
    """The screens of a forum, and the button that lets another one."""
    return _page(forum)


@blueprint.post("/moten/<forum>/skarm")
def let_screen(forum: str) -> AnyResponse:
    """Let a screen, and show its code, which no other page can show again."""
    made = meetings.screens.let(g.session, g.viewer, g.agreement, forum, now=sessions.now())
    return _page(forum, made.code)


@blueprint.post("/moten/<forum>/skarm/<int:id>/stang")
def close_screen(forum: str, id: int) -> AnyResponse:
    """Close a screen, or take its code back."""
    meetings.screens.forum_with_screen(g.viewer, g.agreement, forum)
    meetings.screens.close(g.session, g.viewer, id, forum=forum, now=sessions.now())
    return saying.go(url_for("meetings.screens", forum=forum), "meetings.screen_closed")


@blueprint.get("/skarm")
def ask_code() -> AnyResponse:
    """The form on the computer of the projector."""
    return _private(_ask({}, ""))


@blueprint.post("/skarm")
def take_code() -> AnyResponse:
    """Open a screen by its code; whoever was signed in on this computer no longer is."""
    given = request.form.get("nummer", "").strip()[:LONGEST_CODE]
    try:
        token = meetings.screens.open_by(g.session, given, now=sessions.now())
    except NotFound as no:
        return _private(_ask({"nummer": answers.sentence(g.language, no)}, given), 422)
    if g.token:
        people.end_session(g.session, g.token)
    return sessions.set_cookie(redirect(url_for("meetings.projected"), 303), language=g.language, token=token)


@blueprint.post("/skarm/stang")
def close_own() -> AnyResponse:
    """Close the screen from itself."""
    meetings.screens.close_own(g.session, g.viewer, g.token, now=sessions.now())
    return sessions.drop_cookie(redirect(url_for("meetings.ask_code"), 303))


def _page(forum: str, code: str = "") -> Response:
    found = meetings.screens.forum_with_screen(g.viewer, g.agreement, forum)
    page = render_template(
        "meetings/screens.html",
        forum=found,
        code=codes.well_written(code),
        screens=meetings.screens.find(g.session, g.viewer, found, now=sessions.now()),
        address=url_for("meetings.ask_code", _external=True),
        minutes=TO_OPEN.seconds // 60,
        hours=SHOWN.seconds // 3600,
        to_open=TO_OPEN,
        shown=SHOWN,
    )
    return _private(page)


def _ask(faults: Faults, code: str) -> str:
    return render_template("meetings/screen_code.html", faults=faults, given=Given({"nummer": [code]}))


def _private(page: str, status: int = 200) -> Response:
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response
