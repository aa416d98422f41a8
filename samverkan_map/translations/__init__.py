"""Sentences for people, in Swedish and English.

One TOML file per noun and language; a key reads `noun.name`. The two languages hold the same keys with the same
fields, by test. A key whose value is a table with `one` and `other` follows the plural rule of its language for `n`.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date

LANGUAGES = ("sv", "en")


def text(language: str, key: str, **fields: object) -> str:
    """The sentence `key` in `language` with `fields` put in.

    Words of the vocabulary and labels by language stand there in the language, and days as they are written in a text.
    Raises KeyError for a key that no file holds.

    >>> text("sv", "common.skip_to_content")
    'Hoppa till innehållet'
    """
    value = catalogue(language)[key]
    if isinstance(value, dict):
        value = value[Locale(language).plural_form(fields["n"])]  # type: ignore[arg-type]
    return value.format(**{name: _in_words(language, field) for name, field in fields.items()}) if fields else value


def _in_words(language: str, field: object) -> object:
    if isinstance(field, dict) and language in field:
        return field[language]
    if isinstance(field, list | tuple):
        return ", ".join(str(_in_words(language, one)) for one in field)
    if isinstance(field, date) and not isinstance(field, datetime):
        return format_date(field, "d MMMM y", locale=language).replace(" ", "\N{NO-BREAK SPACE}")
    if not isinstance(field, StrEnum):
        return field
    table = re.sub(r"(?<!^)(?=[A-Z])", "_", type(field).__name__).lower()
    return catalogue(language).get(f"vocabulary.{table}.{field.value}", field.value)


@cache
def catalogue(language: str) -> dict[str, str | dict[str, str]]:
    """All sentences of one language by key."""
    found: dict[str, str | dict[str, str]] = {}
    for path in sorted((Path(__file__).parent / language).glob("*.toml")):
        _flatten(path.stem, tomllib.loads(path.read_text(encoding="utf-8")), found)
    return found


def _flatten(prefix: str, values: dict, found: dict) -> None:
    for name, value in values.items():
        if isinstance(value, dict) and "other" not in value:
            _flatten(f"{prefix}.{name}", value, found)
        else:
            found[f"{prefix}.{name}"] = value
