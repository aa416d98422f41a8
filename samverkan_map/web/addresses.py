"""Addresses that came from outside."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from werkzeug.routing import IntegerConverter

LARGEST_NUMBER = 2**31 - 1
"""The largest number that a row can have in every database."""


class Number(IntegerConverter):
    """The number of a row in an address; what no row can have is no address."""

    def __init__(self, map: Any, *args: Any, **options: Any) -> None:
        super().__init__(map, *args, **({"max": LARGEST_NUMBER} | options))


def local_path(address: str) -> str:
    """The address when it stays on this site, otherwise the start page.

    >>> [local_path(address) for address in ("/trafik?page=2", "//evil.example", "https:evil.example", "//[")]
    ['/trafik?page=2', '/', '/', '/']
    """
    # Browsers read a backslash as a slash and skip control characters.
    if not address.startswith("/") or address.startswith("//") or "\\" in address or not address.isprintable():
        return "/"
    try:
        parts = urlsplit(address)
    except ValueError:
        return "/"
    return "/" if parts.scheme or parts.netloc else address
