"""Files of surveys, reported crime and themes of dialogues: read row by row, refused with reasons, stored whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.agreement.names import plain
from samverkan_map.agreement.statistics import by_word
from samverkan_map.db.tables import SurveyValue
from samverkan_map.errors import BadValue, Conflict
from samverkan_map.exchange import checks
from samverkan_map.exchange.columns import CRIME_COLUMNS, DIALOGUE_COLUMNS, SURVEY_COLUMNS
from samverkan_map.exchange.table import Table
from samverkan_map.reports.deliveries import Preview
from samverkan_map.reports.row_by_row import Row, delivery, keeps, rows_of, start, store
from samverkan_map.sources import crimes, dialogues, rows, surveys
from samverkan_map.sources.rows import CRIMES, DIALOGUES, SURVEYS, TABLES, is_same, key_of
from samverkan_map.vocabulary import Permission

COLUMNS: dict[str, Mapping[str, tuple[str, ...]]] = {
    SURVEYS: SURVEY_COLUMNS, CRIMES: CRIME_COLUMNS, DIALOGUES: DIALOGUE_COLUMNS,
}  # fmt: skip
NEEDED = {
    SURVEYS: ("year", "area", "question", "value"), CRIMES: ("category",), DIALOGUES: ("held_on", "area", "type"),
}  # fmt: skip
LONG = ("year", "count")
"""What a file of crimes needs besides when it has no column per year."""

_YEAR = re.compile(r"(?:19|20)\d\d", re.ASCII)
_ANSWERS = re.compile(r"(\d[\d \u00a0]*) (?:respondents|svarande|svar)\b")
_RATE = re.compile(r"(?:response rate|svarsfrekvens(?:en)?)\D{0,12}?(\d+(?:[.,]\d+)?) ?%")


@dataclass(frozen=True)
class Intake:
    """How a file is to be taken in; `source` is that of rows that name none."""

    source: str = ""
    partial: bool = False
    dry_run: bool = False


@dataclass(frozen=True)
class _Reading:
    """What reading a row needs beside the row: known words, the table's year columns, whose file it is."""

    agreement: Agreement
    source: str
    years: Mapping[int, int]
    today: date
    words: Mapping[str, Mapping[str, str]]

    def code(self, field: str, word: str) -> str:
        """The code that a word means. Raises BadValue, which names the nearest word that is known."""
        known = self.words[field]
        written = plain(word)
        if written in known:
            return known[written]
        near = get_close_matches(written, known, n=1, cutoff=0.75)
        if near:
            raise BadValue(f"sources.errors.unknown_{field}_near", field=field, value=word[:60], nearest=known[near[0]])
        raise BadValue(f"sources.errors.unknown_{field}", field=field, value=word[:60])


def year_columns(table: Table) -> dict[int, int]:
    """Year -> place in the header, for a table with a column per year.

    A column that is one of ours is none of them.
    """
    used = set(table.mapped.values())
    return {
        int(name): place for place, name in enumerate(table.header) if _YEAR.fullmatch(name) and name not in used
    }  # fmt: skip


def needed(kind: str, table: Table) -> dict[str, bool]:
    """The columns that a file of a kind must have, and whether this one has them."""
    names = NEEDED[kind] + (LONG if kind == CRIMES and not year_columns(table) else ())
    return {name: name in table.mapped for name in names}


def take_in(
    session: Session,
    actor: Viewer,
    agreement: Agreement,
    kind: str,
    table: Table,
    how: Intake,
    *,
    file_hash: str,
    now: datetime,
) -> Preview:
    """Take in a table of one kind and say what became of every row.

    A row that is there already with the same figures is known; one with other figures is refused, and so is a row that
    stands twice. Raises NotAllowed, BadFile (a needed column that is missing), BadValue (an unknown
    source), Conflict when somebody else added the same in the same moment.
    """
    if kind == CRIMES:
        table.ignored = [name for name in table.ignored if name not in set(map(str, year_columns(table)))]
    preview = start(actor, Permission.KEEP_SOURCES, table, needed(kind, table))
    reading = _reading(agreement, kind, table, how, now.date(), preview)
    taken = _Taken({key_of(one): one for one in session.scalars(select(TABLES[kind]))})
    for row in rows_of(table, preview):
        try:
            if taken.take(row.number, list(_READ[kind](reading, row))):
                preview.accepted += 1
            else:
                preview.known += 1
        except BadValue as refusal:
            preview.refused.append(row.refused(refusal.key, refusal.fields))
    preview.refused.sort(key=lambda one: one.row_number)
    _note(preview, kind, table, taken)
    if keeps(how, preview):
        arrived = delivery(actor, kind, table.path, preview, file_hash, now, source=reading.source)
        try:
            with session.begin_nested():
                store(session, actor, Permission.KEEP_SOURCES, arrived, list(taken.new.values()), preview)
        except IntegrityError as error:
            raise Conflict("sources.errors.meanwhile") from error
    return preview


class _Taken:
    """The rows that are there and those that this file adds."""

    def __init__(self, there: dict[tuple[Any, ...], rows.Row]) -> None:
        self.there = there
        self.new: dict[tuple[Any, ...], rows.Row] = {}
        self.numbers: dict[tuple[Any, ...], int] = {}

    def take(self, number: int, found: list[rows.Row]) -> bool:
        """Add what one row of the file holds; False when all of it was known. Raises BadValue, and adds nothing."""
        fresh = {}
        for one in found:
            key = key_of(one)
            if key in self.numbers or key in fresh:
                raise BadValue("sources.errors.twice", field="form", row=self.numbers.get(key, number))
            if key not in self.there:
                fresh[key] = one
            elif not is_same(one, self.there[key]):
                raise BadValue("sources.errors.there_otherwise", field="form")
        self.new |= fresh
        self.numbers |= dict.fromkeys(map(key_of, found), number)
        return bool(fresh)


def _reading(agreement: Agreement, kind: str, table: Table, how: Intake, today: date, preview: Preview) -> _Reading:
    known = agreement.statistics
    allowed = {
        SURVEYS: known.survey_sources, CRIMES: (known.crime_source,), DIALOGUES: known.dialogue_sources,
    }[kind]  # fmt: skip
    if how.source and how.source not in allowed:
        raise BadValue(
            "sources.errors.not_such_source", field="source", value=how.source[:60], allowed=", ".join(allowed)
        )
    source = how.source or next(iter(allowed), "")
    if source and "source" not in table.mapped:
        preview.note("sources.notes.source", source=source)
    labels = {plain(word): code for code in allowed for word in (code, *agreement.sources[code].label.values())}
    types = {
        plain(word): one.code
        for one in agreement.types.values()
        for word in (*one.words, *one.label.values(), one.code)
    }
    words = {
        "area": by_word(rows.places(agreement)), "question": by_word(known.questions),
        "category": by_word(known.crimes), "source": labels, "type": types,
    }  # fmt: skip
    return _Reading(agreement, source, year_columns(table) if kind == CRIMES else {}, today, words)


def _note(preview: Preview, kind: str, table: Table, taken: _Taken) -> None:
    if kind == CRIMES:
        preview.note("sources.notes.overlap")
        if years := sorted(year_columns(table)):
            preview.note("sources.notes.year_columns", years=", ".join(map(str, years)))
    uncounted = sum(isinstance(one, SurveyValue) and one.answers is None for one in taken.new.values())
    if kind == SURVEYS and uncounted:
        preview.note("sources.notes.uncounted", n=uncounted)


# ---- One row of each kind ------------------------------------------------------------------------------------------


def _survey(reading: _Reading, row: Row) -> Iterator[rows.Row]:
    note = row.values.get("note", "")
    yield surveys.checked(
        reading.agreement,
        source=_source(reading, row),
        year=_year(row.values["year"]),
        area=reading.code("area", row.values["area"]),
        question=reading.code("question", row.values["question"]),
        value=_needed("value", row.values["value"]),
        answers=_number("answers", row.values.get("answers") or _said(_ANSWERS, note)),
        response_rate=_number("response_rate", row.values.get("response_rate") or _said(_RATE, note)),
        origin=row.values.get("origin", ""),
        note=note,
        today=reading.today,
    )


def _crimes(reading: _Reading, row: Row) -> Iterator[rows.Row]:
    category = reading.code("category", row.values["category"])
    if reading.years:
        given = {year: row.original[place].strip() for year, place in reading.years.items()}
    else:
        given = {_year(row.values["year"]): row.values["count"]}
    # A dash or nothing at all is no count; a zero is written as one.
    told = {year: word for year, word in given.items() if word not in ("", "-", "–", "..")}
    if not told:
        raise BadValue("sources.errors.no_count", field="count")
    for year, word in told.items():
        yield crimes.checked(
            reading.agreement, year=year, category=category, count=_needed("count", word),
            origin=row.values.get("origin", ""), today=reading.today,
        )  # fmt: skip


def _dialogue(reading: _Reading, row: Row) -> Iterator[rows.Row]:
    yield dialogues.checked(
        reading.agreement,
        source=_source(reading, row),
        held_on=_day(row.values["held_on"]),
        area=reading.code("area", row.values["area"]),
        type=reading.code("type", row.values["type"]),
        mentions=_number("mentions", row.values.get("mentions", "")),
        note=row.values.get("note", ""),
        today=reading.today,
    )


_READ: dict[str, Callable[[_Reading, Row], Iterator[rows.Row]]] = {
    SURVEYS: _survey, CRIMES: _crimes, DIALOGUES: _dialogue,
}  # fmt: skip


def _source(reading: _Reading, row: Row) -> str:
    word = row.values.get("source", "")
    return reading.code("source", word) if word else reading.source


def _year(word: str) -> int:
    if not _YEAR.fullmatch(word):
        raise BadValue("sources.errors.no_year", field="year", value=word[:40])
    return int(word)


def _day(word: str) -> date:
    found, faults = checks.times([word])
    if faults or found[0] is None:
        raise BadValue("sources.errors.no_day", field="held_on", value=word[:40])
    return found[0].first.date()


def _number(field: str, word: str) -> float | None:
    (value,), faults = checks.numbers([word.removesuffix("%").strip()])
    if faults:
        raise BadValue("sources.errors.no_number", field=field, value=word[:40])
    return None if np.isnan(value) else float(value)


def _needed(field: str, word: str) -> float:
    found = _number(field, word)
    if found is None:
        raise BadValue(f"sources.errors.no_{field}", field=field)
    return found


def _said(pattern: re.Pattern[str], note: str) -> str:
    """A number that stands in the words of a row and in no column of its own."""
    found = pattern.search(note)
    return found[1] if found else ""
