"""What every template can say: sentences, labels, dates, numbers, addresses."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask, current_app, g, request, url_for

from samverkan_map import access, translations
from samverkan_map.agreement import Agreement
from samverkan_map.catalogue import Catalogue
from samverkan_map.formats import Format
from samverkan_map.vocabulary import Role
from samverkan_map.web import csrf, joined, sessions

NO_PAGES = frozenset({"provider.leave", "provider.come_back"})
"""Addresses that nobody comes back to: what stands in them is good once."""


def register(app: Flask, agreement: Agreement, catalogue: Catalogue) -> None:
    """Give every request `g.agreement` as it is that day and `g.catalogue`, and every template its words."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        t=t, label=label, choice=choice, asset=asset, joined=joined.address, url_with=url_with, csrf_token=csrf.token,
        may=may, roles=tuple(Role),
    )  # fmt: skip

    @app.before_request
    def hand_over() -> None:
        g.agreement, g.catalogue = agreement.at(sessions.today()), catalogue

    @app.context_processor
    def words() -> dict[str, Any]:
        language = g.get("language", translations.LANGUAGES[0])
        return {
            "viewer": g.get("viewer", access.ANONYMOUS),
            "agreement": g.get("agreement", agreement),
            "language": language,
            "fmt": Format(language),
            # What people wrote here is Swedish; on an English page an ear must be told. Without quotes: it is escaped.
            "in_swedish": "" if language == "sv" else " lang=sv",
            "demo": g.get("demo", False),
            "provider": current_app.extensions["samverkan"].provider,
            "trial": sessions.trial(),
        }


def t(key: str, **fields: object) -> str:
    """The sentence `key` in the visitor's language."""
    return translations.text(g.get("language", translations.LANGUAGES[0]), key, **fields)


def label(named: Any) -> str:
    """The label of something of the agreement in the visitor's language."""
    return named.label[g.get("language", translations.LANGUAGES[0])]


def choice(named: Any) -> str:
    """The label of something that may be chosen; what only an earlier agreement knew says so, and what it is now."""
    if not named.ended:
        return label(named)
    now = g.agreement.types.get(named.called_now)
    key = "common.ended_now" if now else "common.ended"
    return t(key, name=label(named), year=named.ended, now=label(now) if now else "")


def may(action: str, obj: Any = None) -> bool:
    """Whether the visitor may do the action, with `obj` when it depends on the object."""
    return access.may(g.get("viewer", access.ANONYMOUS), action, obj)


def url_with(**changes: object) -> str:
    """The current address with some query values changed; None takes one away. `som` and `klart` are not carried on."""
    asked = request.args.to_dict(flat=False) if request.url_rule and request.endpoint not in NO_PAGES else {}
    values = {name: found for name, found in asked.items() if name not in ("som", "klart")}
    values |= {name: [] if value is None else [str(value)] for name, value in changes.items()}
    query = urlencode(values, doseq=True)
    return f"{_page_path()}?{query}" if query else _page_path()


def _page_path() -> str:
    """The path of this page, or the start page where this answers something that is no page to come back to."""
    # An unknown address is never repeated on the page that says so.
    if request.url_rule is None or request.endpoint in NO_PAGES:
        return "/"
    twins = (rule for rule in current_app.url_map.iter_rules() if rule.rule == request.url_rule.rule)
    return quote(request.path) if any("GET" in (rule.methods or ()) for rule in twins) else "/"


def asset(name: str) -> str:
    """The address of a static file, with its content's hash so that it can be kept for a year."""
    # A page names the file of symbols a hundred times.
    known = g.setdefault("assets", {})
    if name not in known:
        path = Path(current_app.static_folder or "") / name
        known[name] = url_for("static", filename=name, v=_content_hash(path))
    return known[name]


def _content_hash(path: Path) -> str:
    return _hash_at(path, path.stat().st_mtime_ns)


@cache
def _hash_at(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
