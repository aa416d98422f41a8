"""The headers of every answer, and the limits of every request."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from werkzeug.exceptions import BadRequest, RequestURITooLarge
from werkzeug.middleware.proxy_fix import ProxyFix

from samverkan_map.exchange import pictures
from samverkan_map.settings import Settings

ORDINARY_BYTES = 64 * 1024
UPLOAD_BYTES = 20 * 1024 * 1024
LONGEST_ADDRESS = 4000
PHOTO_BYTES = pictures.MOST_BYTES + ORDINARY_BYTES
UPLOADS = ("/admin/leveranser", "/trafik/filer")
SAME_FOR_ALL = frozenset({"static", "joined.file", "basemap.layers"})
"""What is the same for every visitor and kept for a year under an address with its content's hash."""
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_PORT = re.compile(r":\d+$")


def register(app: Flask, settings: Settings) -> None:
    """Set size limits, the hosts that are answered to, and the headers of every answer, static files included."""
    app.config.update(
        MAX_CONTENT_LENGTH=ORDINARY_BYTES,
        MAX_FORM_MEMORY_SIZE=ORDINARY_BYTES,
        MAX_FORM_PARTS=60,
        SEND_FILE_MAX_AGE_DEFAULT=0,
    )
    fixed = _fixed(settings)
    answered = {*LOOPBACK, *settings.hosts}
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)  # type: ignore[method-assign]

    @app.before_request
    def check() -> None:
        # Flask's own list of trusted hosts cannot hold an IPv6 address.
        if host_name() not in answered:
            raise BadRequest
        if len(request.full_path) > LONGEST_ADDRESS:
            raise RequestURITooLarge
        if (most := _largest(request.path)) > ORDINARY_BYTES:
            request.max_content_length = most
            # The parser holds a piece of the file and what was left of the one before: more than one piece of 64 kB.
            request.max_form_memory_size = 8 * ORDINARY_BYTES

    @app.after_request
    def add(response: Response) -> Response:
        for name, value in fixed.items():
            # A picture has a policy of its own, which lets it do nothing at all.
            response.headers.setdefault(name, value)
        if request.endpoint in SAME_FOR_ALL:
            _cache_static(response)
        else:
            _cache_page(response)
        return response


def _largest(path: str) -> int:
    """How many bytes may be sent to an address."""
    if path.startswith(UPLOADS):
        return UPLOAD_BYTES
    return PHOTO_BYTES if path.startswith("/r/") and path.endswith("/bild") else ORDINARY_BYTES


def host_name() -> str:
    """The host that was asked for, without its port."""
    return _PORT.sub("", request.host)


def content_policy(basemap: str) -> str:
    """The content policy; pictures may come from the tile server when an administrator configured one.

    >>> content_policy("xyz:https://{s}.tiles.example.org/{z}/{x}/{y}.png").split("; ")[3]
    "img-src 'self' https://*.tiles.example.org"
    """
    tiles = " ".join(["'self'", *_tile_hosts(basemap)])
    # A vector base map is drawn on a canvas in the browser and shown as pictures made there.
    pictures = f"{tiles} blob:" if basemap.startswith("pmtiles:") else tiles
    return "; ".join(
        (
            "default-src 'none'", "script-src 'self'", "style-src 'self'", f"img-src {pictures}",
            f"connect-src {tiles}", "font-src 'self'", "form-action 'self'", "base-uri 'none'", "object-src 'none'",
            "frame-ancestors 'none'",
        )
    )  # fmt: skip


def _tile_hosts(basemap: str) -> list[str]:
    kind, _, template = basemap.partition(":")
    if kind != "xyz":
        return []
    address = urlsplit(template)
    host = address.netloc.replace("{s}", "*")
    # A host that is not one could smuggle further words into the policy.
    plain = host and all(letter.isalnum() or letter in "*.-:" for letter in host)
    return [f"{address.scheme}://{host}"] if plain and address.scheme in ("http", "https") else []


def _fixed(settings: Settings) -> dict[str, str]:
    foreign_tiles = bool(_tile_hosts(settings.basemap))
    return {
        "Content-Security-Policy": content_policy(settings.basemap),
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
        # Public tile servers turn away requests without a Referer; they get the origin, never the question.
        "Referrer-Policy": "strict-origin-when-cross-origin" if foreign_tiles else "same-origin",
        "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


def _cache_static(response: Response) -> None:
    if response.status_code < 400 and "v" in request.args:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    elif response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"


def _cache_page(response: Response) -> None:
    viewer = g.get("viewer")
    public = viewer is not None and viewer.anonymous and not g.get("demo") and not g.get("visited")
    # What a page seen as the public has asked for stands under the same address as what its visitor sees otherwise.
    if public and not g.get("carried") and response.status_code == 200 and request.method in ("GET", "HEAD"):
        response.headers.setdefault("Cache-Control", "public, max-age=60")
        response.vary.add("Cookie")
    else:
        response.headers["Cache-Control"] = "no-store"
