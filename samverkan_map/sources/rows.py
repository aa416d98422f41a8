"""What the three kinds of row have in common: how one is checked, added alone, and taken away."""

from __future__ import annotations

import math
import re
from collections.abc import Container
from datetime import date
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from samverkan_map import access, screening
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement, Area, Region
from samverkan_map.db.tables import CrimeCount, DialogueTheme, SurveyValue
from samverkan_map.errors import BadValue, Conflict, NotFound
from samverkan_map.formats import Format
from samverkan_map.translations import LANGUAGES
from samverkan_map.vocabulary import Permission

SURVEYS, CRIMES, DIALOGUES = "surveys", "crimes", "dialogues"
KINDS = (SURVEYS, CRIMES, DIALOGUES)
TABLES: dict[str, Any] = {
    SURVEYS: SurveyValue, CRIMES: CrimeCount, DIALOGUES: DialogueTheme,
}  # fmt: skip
KEYS = {
    SurveyValue: ("source", "year", "area", "question"),
    CrimeCount: ("year", "category"),
    DialogueTheme: ("source", "held_on", "area", "type"),
}
"""What makes a row the same row; nothing else may differ between two of them."""

VALUES = {SurveyValue: ("value", "answers", "response_rate"), CrimeCount: ("count",), DialogueTheme: ("mentions",)}
"""What a row says: two rows of one key that differ in it contradict each other."""

FIRST_YEAR = 1950
MOST = 10_000_000
LONGEST_NOTE, LONGEST_ORIGIN = 300, 400
CLOSE = 1e-9

Row = SurveyValue | CrimeCount | DialogueTheme
_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.ASCII)


def places(agreement: Agreement) -> dict[str, Area | Region]:
    """All that a survey may tell of: the sub-areas, then what is wider."""
    return {**agreement.areas, **agreement.statistics.regions}


def key_of(row: Row) -> tuple[Any, ...]:
    """What makes a row the same row as another."""
    return tuple(getattr(row, name) for name in KEYS[type(row)])


def is_same(one: Row, other: Row) -> bool:
    """Whether two rows of one key say the same."""
    for name in VALUES[type(one)]:
        first, second = getattr(one, name), getattr(other, name)
        if (first is None) != (second is None) or (first is not None and abs(first - second) > CLOSE):
            return False
    return True


def year(found: int, today: date) -> int:
    """A year that has come. Raises BadValue."""
    if not FIRST_YEAR <= found <= today.year:
        raise BadValue("sources.errors.year", field="year", value=found, first=FIRST_YEAR, last=today.year)
    return found


def one_of(field: str, code: str, known: Container[str]) -> str:
    """A code that is known. Raises BadValue."""
    if code not in known:
        raise BadValue(f"sources.errors.unknown_{field}", field=field, value=code[:60], nearest="")
    return code


def count(field: str, found: float | None, least: int = 0) -> int | None:
    """A whole number of persons or crimes, or None. Raises BadValue."""
    if found is None:
        return None
    if not math.isfinite(found) or found != math.floor(found) or not least <= found <= MOST:
        raise BadValue("sources.errors.not_whole", field=field, least=least)
    return int(found)


def percent(field: str, found: float | None) -> float | None:
    """Per cent, or None. Raises BadValue."""
    if found is not None and not 0 <= found <= 100:
        raise BadValue("sources.errors.percent", field=field, value=written(found))
    return found


def written(value: float) -> dict[str, str]:
    """A number as a sentence in each language writes it.

    >>> written(6.5)
    {'sv': '6,5', 'en': '6.5'}
    """
    digits = next((places for places in range(3) if abs(value - round(value, places)) < CLOSE), 2)
    return {language: Format(language).number(value, digits) for language in LANGUAGES}


def note(words: str) -> str:
    """A short text that points at nobody. Raises BadValue."""
    return _text("note", " ".join(words.split()), LONGEST_NOTE)


def origin(words: str) -> str:
    """The address where a figure was published, or "". Raises BadValue."""
    words = words.strip()
    if words and not _ADDRESS.fullmatch(words):
        raise BadValue("sources.errors.origin", field="origin")
    return _text("origin", words, LONGEST_ORIGIN)


def _text(field: str, words: str, most: int) -> str:
    if len(words) > most:
        raise BadValue("sources.errors.too_long", field=field, most=most)
    screening.screen(words, field=field)
    return words


def add(session: Session, actor: Viewer, row: Row) -> Row:
    """Store one row. Raises BadValue when one of its key is there already, NotAllowed."""
    access.check(actor, Permission.KEEP_SOURCES)
    # The table itself says whether it is there: of two who add it at once one is told so.
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise BadValue("sources.errors.there_already", field="form") from error
    access.gate(session, actor, Permission.KEEP_SOURCES, row, act="added")
    return row


def get(session: Session, viewer: Viewer, kind: str, number: int) -> Row:
    """One row, for those who keep them. Raises NotFound, NotAllowed."""
    access.check(viewer, Permission.KEEP_SOURCES)
    found = session.get(TABLES[kind], number) if kind in TABLES else None
    if found is None:
        raise NotFound("sources.errors.not_found")
    return found


def strike(session: Session, actor: Viewer, kind: str, number: int, *, version: int) -> None:
    """Take one row away. Raises NotFound, Conflict when it changed since `version`, NotAllowed."""
    get(session, actor, kind, number)
    found = session.get_one(TABLES[kind], number, with_for_update=True, populate_existing=True)
    if found.version != version:
        raise Conflict("sources.errors.changed")
    access.gate(session, actor, Permission.KEEP_SOURCES, found, act="struck")
    session.delete(found)
    session.flush()
