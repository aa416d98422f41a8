"""The way from a page to the same page as the public sees it: one link in the frame of every page."""

from __future__ import annotations

from typing import Any

from flask import Flask, g, request, url_for

from samverkan_map import access, question
from samverkan_map.vocabulary import Permission, Role
from samverkan_map.web import gatekeeper
from samverkan_map.web.sessions import OWN_ROOMS

Way = tuple[str, str]
"""An address, or "" where the public has no such page, and the key of what is said."""


def register(app: Flask) -> None:
    """Give every template `public_view`."""
    app.jinja_env.globals.update(public_view=way)


def way() -> Way | None:
    """Where this page is shown as the public sees it; None for whoever is the public or may not look so.

    Filters that the public does not have are left out, so that the link never leads to a no.
    """
    if g.viewer.anonymous or request.url_rule is None or not access.may(g.viewer, Permission.PREVIEW_PUBLIC):
        return None
    own_room = request.path.startswith(OWN_ROOMS)
    if own_room or request.method != "GET" or not gatekeeper.lets_in(access.ANONYMOUS):
        return "", "common.not_public"
    filters = {name: value for name, value in request.args.items() if name in question.PUBLIC_NAMES}
    values: dict[str, Any] = (request.view_args or {}) | filters | {"som": str(Role.PUBLIC)}
    address = url_for(str(request.endpoint), **values)
    return address, "common.as_public"
