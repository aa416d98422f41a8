"""The language switch, and the role switch of the demo mode."""

from __future__ import annotations

from flask import Blueprint, g, redirect, request
from werkzeug.wrappers import Response

from samverkan_map import people
from samverkan_map.errors import BadQuestion, NotFound
from samverkan_map.translations import LANGUAGES
from samverkan_map.vocabulary import Role
from samverkan_map.web import sessions
from samverkan_map.web.addresses import local_path

blueprint = Blueprint("demo", __name__)


@blueprint.route("/sprak/<language>", methods=["GET", "POST"])
def language(language: str) -> Response:
    """Remember the language in the visitor's own cookie; a link may, since nothing on the server changes."""
    if language not in LANGUAGES:
        raise NotFound("access.errors.not_found")
    response = redirect(local_path(request.values.get("till", "/")), 303)
    return sessions.set_cookie(response, language=language, token=g.token)


@blueprint.post("/demo/roll")
def role() -> Response:
    """See the demo as another role: a new session, which only the demo mode looks at."""
    if not g.demo:
        raise NotFound("access.errors.not_found")
    wanted = request.form.get("role", "")
    if wanted not in set(Role):
        raise BadQuestion("errors.unknown_role", known=", ".join(Role))
    if g.token:
        people.end_session(g.session, g.token)
    token = people.start_session(g.session, demo_role=Role(wanted), now=sessions.now())
    response = redirect(local_path(request.form.get("till", "/")), 303)
    return sessions.set_cookie(response, language=g.language, token=token)
