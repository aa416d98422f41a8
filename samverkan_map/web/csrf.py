"""No other page can make a visitor's browser change anything here.

The token needs no cookie of its own, so that public pages can set none: it is signed, lasts half a day and belongs to
the session, or for a visitor without one to nobody in particular, which is why the origin is looked at as well.
"""

from __future__ import annotations

import hashlib
import hmac
import time

from flask import Flask, current_app, g, request

from samverkan_map.errors import NotAllowed
from samverkan_map.web.transactions import SAFE

HOURS = 12


def register(app: Flask) -> None:
    """Check every request that changes something."""
    app.before_request(_protect)


def token() -> str:
    """The token for a form on this page; the same for an hour, so that equal pages are equal byte for byte."""
    return _signed(int(time.time()) // 3600)


def _signed(hour: int) -> str:
    binding = hashlib.sha256(g.get("token", "").encode()).hexdigest()
    signature = hmac.new(current_app.extensions["secret"].encode(), f"{binding}|{hour}".encode(), hashlib.sha256)
    return f"{hour}.{signature.hexdigest()}"


def _protect() -> None:
    if request.method in SAFE or request.url_rule is None:
        return
    if not _from_here() or not _valid(request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")):
        raise NotAllowed("errors.form_too_old")


def _from_here() -> bool:
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    return origin is None or origin == request.host_url.rstrip("/")


def _valid(given: str) -> bool:
    hour = given.partition(".")[0]
    if not (hour.isascii() and hour.isdigit() and len(hour) < 10):
        return False
    age = int(time.time()) // 3600 - int(hour)
    return 0 <= age <= HOURS and hmac.compare_digest(given.encode(), _signed(int(hour)).encode())
