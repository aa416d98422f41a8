"""Whether the service is well, for monitoring."""

from __future__ import annotations

from flask import Blueprint, Response, g, jsonify

from samverkan_map import __version__, access

blueprint = Blueprint("health", __name__)


@blueprint.get("/halsa")
def health() -> Response:
    """`{"status": "ok", ...}`, or 503 with the sentence why not."""
    trial = access.is_trial(g.session)
    kind = "embedded" if g.database.embedded else "postgis"
    response = jsonify(status="ok", version=__version__, database=kind, trial=trial)
    response.headers["Cache-Control"] = "no-store"
    return response
