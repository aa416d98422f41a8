"""No other page can make a visitor's browser change anything here.

The token needs no cookie of its own, so that public pages can set none: it is signed, lasts half a day and belongs to
the session, or for a visitor without one to nobody in particular, which is why the origin is looked at as well.

A session's token stands in each page under another random pad: pages are sent compressed, and the length of such a page
would otherwise tell an eavesdropper, guess by guess, what the token is.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time

from flask import Flask, current_app, g, request

from samverkan_map.errors import NotAllowed
from samverkan_map.web.transactions import SAFE

HOURS = 12
PAD_BYTES = 32


def register(app: Flask) -> None:
    """Check every request that changes something."""
    app.before_request(_protect)


def token() -> str:
    """The token for a form on this page; without a session the same for an hour, so that equal pages are equal."""
    hour = int(time.time()) // 3600
    signature = _signature(hour)
    if not g.get("token"):
        return f"{hour}.{signature.hex()}"
    pad = g.setdefault("form_pad", secrets.token_bytes(PAD_BYTES))
    return f"{hour}.{pad.hex()}{_under(pad, signature).hex()}"


def _signature(hour: int) -> bytes:
    binding = hashlib.sha256(g.get("token", "").encode()).hexdigest()
    return hmac.digest(current_app.extensions["secret"].encode(), f"{binding}|{hour}".encode(), "sha256")


def _under(pad: bytes, signature: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(pad, signature, strict=True))


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
    hour, _, rest = given.partition(".")
    if not (hour.isascii() and hour.isdigit() and len(hour) < 10):
        return False
    try:
        signature = bytes.fromhex(rest)
    except ValueError:
        return False
    if len(signature) == 2 * PAD_BYTES:
        signature = _under(signature[:PAD_BYTES], signature[PAD_BYTES:])
    age = int(time.time()) // 3600 - int(hour)
    return 0 <= age <= HOURS and hmac.compare_digest(signature, _signature(int(hour)))
