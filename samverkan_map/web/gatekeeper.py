"""Every address has its row in grants.toml; who asks is compared with it before the page begins."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask, g, request

from samverkan_map import access
from samverkan_map.errors import NotFound, SecondStepNeeded, SetUpTrouble, SignInNeeded
from samverkan_map.vocabulary import Layer, Permission
from samverkan_map.web import answers, reading_log

OPEN = frozenset({Permission.VISIT, Permission.OWN_ACCOUNT})
"""What somebody who must have a second step, and has none yet, comes to all the same."""


def register(app: Flask) -> None:
    """Ask the table before each view; `g.action` is the action under which the visitor came in."""
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
    if g.unfinished and not OPEN.intersection(needs):
        raise SecondStepNeeded("people.errors.step_needed")
    for permission in needs:
        if access.may(g.viewer, permission):
            g.action = permission
            reading_log.note(permission, **{name: str(value) for name, value in (request.view_args or {}).items()})
            return
    if g.viewer.anonymous and answers.wanted() == "html":
        # That there is such a page is no secret, and somebody whose session has run out must be told what to do.
        raise SignInNeeded("access.errors.sign_in")
    raise access.refusal(g.viewer, needs[-1])


def lets_in(viewer: access.Viewer) -> bool:
    """Whether somebody may come to the address that is asked for, whoever asks."""
    rule = request.url_rule
    return rule is not None and any(access.may(viewer, permission) for permission in _needs(rule.rule))


def _needs(rule: str) -> tuple[Permission, ...]:
    method = "GET" if request.method == "HEAD" else request.method
    cases = access.route_rows()[f"{method} {rule}"]
    layer = (request.view_args or {}).get("layer")
    if layer is None:
        return cases["others"]
    if layer not in set(Layer):
        raise NotFound("access.errors.not_found")
    return cases["reports" if Layer(layer).kind else "others"]
