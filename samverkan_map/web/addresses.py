"""Addresses that came from outside."""

from __future__ import annotations

from urllib.parse import urlsplit


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
