"""What every template can say: sentences, labels, dates, numbers, addresses."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from babel import dates, numbers
from flask import Flask, current_app, g, request, url_for

from samverkan_map import access, translations
from samverkan_map.agreement import Agreement
from samverkan_map.catalogue import Catalogue
from samverkan_map.vocabulary import Role
from samverkan_map.web import csrf, joined
from samverkan_map.web.sessions import STOCKHOLM


def register(app: Flask, agreement: Agreement, catalogue: Catalogue) -> None:
    """Give every request `g.agreement` and `g.catalogue`, and every template its words."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        t=t, label=label, asset=asset, joined=joined.address, url_with=url_with, csrf_token=csrf.token, may=may,
        roles=tuple(Role),
    )  # fmt: skip

    @app.before_request
    def hand_over() -> None:
        g.agreement, g.catalogue = agreement, catalogue

    @app.context_processor
    def words() -> dict[str, Any]:
        language = g.get("language", translations.LANGUAGES[0])
        return {
            "viewer": g.get("viewer", access.ANONYMOUS),
            "agreement": agreement,
            "language": language,
            "fmt": Format(language),
            "demo": g.get("demo", False),
            "trial": g.get("trial", False),
        }


def t(key: str, **fields: object) -> str:
    """The sentence `key` in the visitor's language."""
    return translations.text(g.get("language", translations.LANGUAGES[0]), key, **fields)


def label(named: Any) -> str:
    """The label of something of the agreement in the visitor's language."""
    return named.label[g.get("language", translations.LANGUAGES[0])]


def may(action: str, obj: Any = None) -> bool:
    """Whether the visitor may do the action, with `obj` when it depends on the object."""
    return access.may(g.get("viewer", access.ANONYMOUS), action, obj)


class Format:
    """Dates and numbers as they are written in one language.

    >>> Format("sv").date(date(2025, 11, 3))
    '3 november 2025'
    >>> Format("sv").short(date(2025, 11, 3)).replace(chr(160), " ")
    '3 nov. 2025'
    >>> Format("sv").month(date(2025, 11, 3))
    'november 2025'
    >>> Format("sv").datetime(datetime(2025, 7, 1, 12, 5))
    '1 juli 2025 14:05'
    >>> Format("sv").number(1234.5, 1).replace(chr(160), " ")
    '1 234,5'
    """

    def __init__(self, language: str) -> None:
        self.language = "en_GB" if language == "en" else language

    def short(self, day: date | None) -> str:
        """A day in few letters, for tables; nothing for None."""
        return dates.format_date(day, "d MMM y", locale=self.language).replace(" ", "\u00a0") if day else ""

    def month(self, day: date | None) -> str:
        """The month of a day in words; nothing for None."""
        return dates.format_date(day, "MMMM y", locale=self.language) if day else ""

    def date(self, day: date | None) -> str:
        """A day in words; nothing for None."""
        return dates.format_date(day, "d MMMM y", locale=self.language) if day else ""

    def datetime(self, moment: datetime | None) -> str:
        """A moment, given in UTC, in words as a Swedish clock shows it; nothing for None."""
        if moment is None:
            return ""
        local = moment.replace(tzinfo=UTC).astimezone(STOCKHOLM)
        return dates.format_datetime(local, "d MMMM y HH:mm", locale=self.language)

    def number(self, value: float | None, decimals: int = 0) -> str:
        """A number with the language's separators; nothing for None."""
        if value is None:
            return ""
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        return numbers.format_decimal(value, format=pattern, locale=self.language)


def url_with(**changes: object) -> str:
    """The current address with some query values changed; None takes one away. `som` is never carried on."""
    asked = request.args.to_dict(flat=False) if request.url_rule else {}
    values = {name: found for name, found in asked.items() if name != "som"}
    values |= {name: [] if value is None else [str(value)] for name, value in changes.items()}
    query = urlencode(values, doseq=True)
    return f"{_page_path()}?{query}" if query else _page_path()


def _page_path() -> str:
    """The path of this page, or the start page where this answers something that is no page to come back to."""
    # An unknown address is never repeated on the page that says so.
    if request.url_rule is None:
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
