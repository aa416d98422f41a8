"""Answers made smaller for clients that ask for it.

Pages of somebody with a session as well: the form token in them, the one secret beside words from the address, stands
under another random pad each time (`csrf.token`), so that the length of a compressed page tells nothing about it.
"""

from __future__ import annotations

import gzip
from functools import lru_cache

from flask import Flask, Response, request

from samverkan_map.web.headers import SAME_FOR_ALL

TYPES = frozenset(
    {
        "application/geo+json",
        "application/json",
        "text/html",
        "image/svg+xml",
        "text/css",
        "text/javascript",
        "application/javascript",
    }
)
FEWEST_BYTES = 1000
LEVEL = 5


def register(app: Flask) -> None:
    """Compress what is worth it, after everything else has had its say about the answer."""

    @app.after_request
    def compress(response: Response) -> Response:
        if not _worth_it(response):
            return response
        response.vary.add("Accept-Encoding")
        if not request.accept_encodings["gzip"] or request.method == "HEAD":
            return response
        # A static file is otherwise handed to the server unread.
        response.direct_passthrough = False
        body = response.get_data()
        if len(body) < FEWEST_BYTES:
            return response
        response.set_data(_of_file(body) if request.endpoint in SAME_FOR_ALL else gzip.compress(body, LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        response.headers.pop("Accept-Ranges", None)
        etag, _ = response.get_etag()
        if etag:
            response.set_etag(etag, weak=True)  # the same content in other bytes
        return response


def _worth_it(response: Response) -> bool:
    return response.mimetype in TYPES and response.status_code == 200 and "Content-Encoding" not in response.headers


@lru_cache(maxsize=64)
def _of_file(body: bytes) -> bytes:
    return gzip.compress(body, 9, mtime=0)
