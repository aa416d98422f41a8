"""Every address has its row in grants.toml; who asks is compared with it before the page begins."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from flask import Flask, current_app, g, request

from samverkan_map import access
from samverkan_map.errors import NotFound, SetUpTrouble, SignInNeeded
from samverkan_map.vocabulary import Layer, Permission
from samverkan_map.web import answers
from samverkan_map.web.transactions import SAFE


def register(app: Flask) -> None:
    """Ask the table before each view; `g.action` is the action under which the visitor came in."""
    app.extensions["read_lines"] = {}
    app.before_request(_let_in)


def check_rows(app: Flask) -> None:
    """Raises SetUpTrouble when an address has no row or a row no address."""
    access.grants()
    routes, rows = set(_routes(app)), set(access.route_rows())
    for route in sorted(routes - rows):
        raise SetUpTrouble("access.errors.route_without_row", route=route)
    for route in sorted(rows - routes):
        raise SetUpTrouble("access.errors.row_without_route", route=route)


def _routes(app: Flask) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            yield f"{method} {rule.rule}"


def _let_in() -> None:
    if request.url_rule is None or request.method == "OPTIONS":
        return
    needs = _needs(request.url_rule.rule)
    for permission in needs:
        if access.may(g.viewer, permission):
            g.action = permission
            _log_reading(permission)
            return
    if g.viewer.anonymous and answers.wanted() == "html":
        # That there is such a page is no secret, and somebody whose session has run out must be told what to do.
        raise SignInNeeded("access.errors.sign_in")
    raise access.refusal(g.viewer, needs[-1])


def _needs(rule: str) -> tuple[Permission, ...]:
    method = "GET" if request.method == "HEAD" else request.method
    cases = access.route_rows()[f"{method} {rule}"]
    layer = (request.view_args or {}).get("layer")
    if layer is None:
        return cases["others"]
    if layer not in set(Layer):
        raise NotFound("access.errors.not_found")
    return cases["reports" if Layer(layer).kind else "others"]


def _log_reading(permission: Permission) -> None:
    """Record the reading of protected rows, in a transaction of its own so that the page itself takes no write lock."""
    wanted = access.grants()[permission].read_logged
    if wanted == "no" or request.method not in SAFE:
        return
    object_of_reading = {name: str(value) for name, value in (request.view_args or {}).items()}
    if wanted == "hourly" and not _first_this_hour(permission, object_of_reading):
        return
    with g.database.writing() as session:
        access.gate(session, g.viewer, permission, page=request.endpoint, **object_of_reading)
        session.commit()


def _first_this_hour(permission: Permission, object_of_reading: dict[str, str]) -> bool:
    lines = current_app.extensions["read_lines"]
    hour = f"{datetime.now(UTC):%Y-%m-%d %H}"
    if lines.get("hour") != hour:
        lines.clear()
        lines["hour"] = hour
    key = (g.viewer, permission, request.endpoint, *object_of_reading.items())
    return lines.setdefault(key, object_of_reading) is object_of_reading
