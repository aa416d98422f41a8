"""What was done, said on the page that follows: signed into its address, for one person and for two minutes.

No cookie and nothing on the server: a public page stays without either, and nobody can put words on a page with a link.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode, urlsplit, urlunsplit

from flask import Flask, current_app, g, redirect, request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from samverkan_map.web.texts import t

NAME = "klart"
SECONDS = 120

Sentence = tuple[str, Mapping[str, object]]
"""The key of a sentence, and its fields."""


def register(app: Flask) -> None:
    """Let every page say what was done."""
    app.jinja_env.globals.update(said=said)


def with_words(address: str, sentences: Iterable[Sentence]) -> str:
    """The address of a page that says the sentences."""
    parts = urlsplit(address)
    query = urlencode({NAME: _signer().dumps([[key, dict(fields)] for key, fields in sentences])})
    return urlunsplit(parts._replace(query=f"{parts.query}&{query}" if parts.query else query))


def go(address: str, key: str) -> Response:
    """Lead to a page that says the sentence of a key."""
    return redirect(with_words(address, [(key, {})]), 303)


def said() -> str:
    """What the address says was done, in words; nothing for somebody else, later, or for an address made by hand."""
    if g.get("viewer") is None or g.viewer.anonymous or not request.args.get(NAME):
        return ""
    try:
        sentences = _signer().loads(request.args[NAME], max_age=SECONDS)
    except BadData:
        return ""
    return " ".join(t(key, **fields) for key, fields in sentences)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.extensions["secret"], salt=f"said|{g.viewer.person_id}")
