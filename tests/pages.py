"""What a browser does with a page: follow where a form leads to, and send the fields that stand on it."""

import html
import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit


def landed(answer):
    """Where a form led to, without what is said there."""
    parts = urlsplit(answer.location or "")
    kept = [pair for pair in parse_qsl(parts.query) if pair[0] != "klart"]
    return urlunsplit(parts._replace(query=urlencode(kept)))


def hidden_fields(page):
    """The hidden fields of a page, as lists."""
    found = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page):
        if name not in ("csrf_token", "till"):
            found.setdefault(name, []).append(html.unescape(value))
    return found
