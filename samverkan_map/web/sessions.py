"""Who is looking: the one cookie, the session behind it, the demo mode, the language."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from flask import Flask, current_app, g, redirect, request
from werkzeug.wrappers import Response

from samverkan_map import access, inbox, meetings, people
from samverkan_map.access import Viewer
from samverkan_map.errors import BadQuestion, NotAllowed
from samverkan_map.translations import LANGUAGES
from samverkan_map.vocabulary import STOCKHOLM, Permission, Role
from samverkan_map.web import transactions
from samverkan_map.web.addresses import local_path
from samverkan_map.web.headers import SAME_FOR_ALL

TOUCH_AFTER = timedelta(minutes=5)
TOUCH_WAIT_SECONDS = 0.1
OWN_ROOMS = ("/konto", "/sprak", "/demo")
"""What is about the visitor's own session is never looked at as somebody else, so that one can come back by it."""


def register(app: Flask, *, demo: bool) -> None:
    """Give every request `g.viewer`, `g.has_tasks`, `g.language`, `g.today`, `g.trial`, `g.demo`, `g.switched` and
    `g.screen_until`.

    Whoever `switched` looks with the eyes of a role of the demo mode, and may be the same person as the one before.
    """
    app.extensions["demo"] = demo
    app.before_request(_begin)
    app.before_request(_identify)
    app.before_request(_carry_on)


def cookie_name() -> str:
    """The one cookie; over https its name binds it to this host."""
    return "__Host-sid" if request.is_secure else "sid"


def set_cookie(response: Response, *, language: str, token: str = "") -> Response:
    """Set the one cookie, after an explicit choice: `<language>` alone, or `<language>.<session>`.

    The language needs nothing kept on the server, so a plain link can change it without breaking the rule that a GET
    changes nothing; the session's own half is 256 random bits.
    """
    value = f"{language}.{token}" if token else language
    response.set_cookie(
        cookie_name(), value, httponly=True, samesite="Lax", secure=request.is_secure, path="/", max_age=None
    )
    return response


def drop_cookie(response: Response) -> Response:
    """Take the cookie away."""
    response.delete_cookie(cookie_name(), path="/", httponly=True, samesite="Lax", secure=request.is_secure)
    return response


def own_half() -> str:
    """The cookie's own half, also of a browser that is not signed in; "" without one."""
    return _read_cookie(request.cookies.get(cookie_name(), ""))[1]


def now() -> datetime:
    """This moment in UTC, without offset as the database keeps it."""
    return datetime.now(UTC).replace(tzinfo=None)


def today() -> date:
    """The local Swedish day."""
    return datetime.now(STOCKHOLM).date()


def trial() -> bool:
    """Whether the database is a trial one, looked up when nobody has needed to know yet."""
    if g.get("trial", False) is None:
        g.trial = False  # An answer that says that the database is gone cannot ask it.
        try:
            with g.database.reading() as session:
                g.trial = access.is_trial(session)
        except Exception as error:
            if current_app.extensions["translate"](error) is None:
                raise
    return g.get("trial", False)


def _begin() -> None:
    g.viewer, g.trial, g.demo, g.visited, g.carried = access.ANONYMOUS, False, False, False, False
    g.unfinished, g.screen_until, g.has_tasks, g.switched = False, None, False, False
    g.today = today()
    g.language, g.token = _read_cookie(request.cookies.get(cookie_name(), ""))


def _read_cookie(value: str) -> tuple[str, str]:
    language, _, token = value[:100].partition(".")
    return (language, token) if language in LANGUAGES else (LANGUAGES[0], "")


def _identify() -> None:
    if request.endpoint in SAME_FOR_ALL or request.endpoint == "health.health":
        return
    demo = current_app.extensions["demo"]
    if demo and request.remote_addr not in ("127.0.0.1", "::1"):
        raise NotAllowed("errors.demo_loopback")
    if demo or g.token or request.method in transactions.SAFE:
        _look_up(demo)
    else:
        # A stranger's form: there is nobody to look up, and hundreds may come at once.
        g.trial = None
    if "som" in request.args:
        _look_as_public(request.args["som"])
    elif _asked_by_public_view():
        g.carried = True
        _look_as_public(Role.PUBLIC)


def _look_up(demo: bool) -> None:
    # A request that changes something must not hold the write lock while it is still being looked at.
    with g.database.reading() as session:
        g.trial = access.is_trial(session)
        visit = people.visit_of(session, g.token, now()) if g.token else None
        screen = None if visit else meetings.screens.shown_by(session, g.token, now=now())
        g.demo = demo and g.trial and screen is None
        g.viewer, g.screen_until = screen or (_viewer(session, visit), None)
        g.has_tasks = inbox.has_tasks(session, g.viewer)
        g.switched = g.demo and (visit is None or visit.viewer.anonymous)
    g.visited = bool(visit or screen)
    required = current_app.extensions["samverkan"].second_step
    g.unfinished = required and visit is not None and access.is_staff(visit.viewer) and not visit.second_step
    if not g.visited:
        g.token = ""
    elif visit and now() - visit.seen_at > TOUCH_AFTER:
        _touch()


def _viewer(session: Any, visit: people.Visit | None) -> Viewer:
    if visit and not visit.viewer.anonymous:
        return visit.viewer
    if not g.demo:
        return access.ANONYMOUS
    return people.example_viewer(session, (visit and visit.demo_role) or Role.PLANNER)


def _look_as_public(role: str) -> None:
    """`som=publik`: the page exactly as somebody sees it who has never signed in, demo switcher and token included.

    Raises BadQuestion for any other role and for anything but looking, NotAllowed for those who may not preview.
    """
    if role != Role.PUBLIC or request.method not in ("GET", "HEAD"):
        raise BadQuestion("errors.only_as_public")
    if not g.viewer.anonymous:
        access.check(g.viewer, Permission.PREVIEW_PUBLIC)
    g.viewer, g.demo, g.visited, g.token, g.has_tasks = access.ANONYMOUS, False, False, "", False


def _asked_by_public_view() -> bool:
    """Whether a page that shows what the public sees asks for this: its map data, pictures, files and links.

    Such a page is the anonymous one byte for byte, so its own addresses cannot say it; the browser does, by the address
    of the page (`Referer`). It can only take rights away.
    """
    asking = urlsplit(request.headers.get("Referer", ""))
    if asking.netloc != request.host or parse_qs(asking.query).get("som") != [Role.PUBLIC]:
        return False
    looks = request.method in ("GET", "HEAD") and not request.path.startswith(OWN_ROOMS)
    return looks and (g.visited if g.viewer.anonymous else access.may(g.viewer, Permission.PREVIEW_PUBLIC))


def _carry_on() -> Response | None:
    """A link followed from a page seen as the public leads to a page seen as the public, and its address says so."""
    page = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
    if not (g.carried and page):
        return None
    values = request.args.to_dict(flat=False) | {"som": [str(Role.PUBLIC)]}
    return redirect(f"{local_path(quote(request.path))}?{urlencode(values, doseq=True)}")


def _touch() -> None:
    # A database that cannot be written to right now is no reason not to show the page.
    with suppress(Exception), g.database.writing(wait=TOUCH_WAIT_SECONDS) as session:
        people.touch(session, g.token, now())
        session.commit()
