"""The catalogue of measures: what can be done, how it is meant to work, and what is known about it.

The general entries belong to no municipality and stand in `catalogue/measures.toml` beside the municipality's folder.
A municipality adds entries of its own, or rewords some, in `measures.toml` in its folder: there an entry with a known
code needs to hold only what differs. A fault in either file is one sentence when they are loaded.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from samverkan_map.errors import NotFound, SetUpTrouble
from samverkan_map.settings import ROOT
from samverkan_map.translations import LANGUAGES
from samverkan_map.vocabulary import Evidence, MeasureKind, Mechanism, Term

COSTS = (1, 2, 3)
"""The cost classes, from cheap to dear; what each means in kronor is told by `catalogue.cost_<class>`."""

LATEST_EFFECT_MONTHS = 60

_CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_YEAR = re.compile(r"\b(19|20)\d\d\b")
_FILE = "measures.toml"

Word = TypeVar("Word", bound=StrEnum)
Text = dict[str, str]


@dataclass(frozen=True)
class CatalogueEntry:
    """One kind of measure. Texts are by language; `counts` are words that a municipality's problem types may know.

    `effect_after_months` is the usual time until an effect can show, `cost` a class of COSTS, `dose` what is counted as
    delivered, `indicator` what to follow, and `sources` the works that `evidence_note` leans on, each with its year.
    """

    code: str
    title: Text
    description: Text
    mechanism: Mechanism
    kind: MeasureKind
    term: Term
    effect_after_months: int
    cost: int
    dose: Text
    indicator: Text
    counts: tuple[str, ...]
    evidence: Evidence
    evidence_note: Text
    sources: tuple[str, ...]


FIELDS = tuple(one.name for one in fields(CatalogueEntry))
"""What an entry of the file holds: all of it, and nothing else."""


@dataclass(frozen=True)
class Catalogue:
    """The entries in the order of the files."""

    entries: tuple[CatalogueEntry, ...]

    def __len__(self) -> int:
        return len(self.entries)

    def get(self, code: str) -> CatalogueEntry:
        """The entry with a code. Raises NotFound."""
        for entry in self.entries:
            if entry.code == code:
                return entry
        raise NotFound("catalogue.errors.not_found", code=code)

    def find(self, *, mechanism: Mechanism | None = None, evidence: Evidence | None = None) -> Catalogue:
        """The part of the catalogue with a mechanism, an evidence level, or both; None means any."""
        return Catalogue(
            tuple(
                entry
                for entry in self.entries
                if mechanism in (None, entry.mechanism) and evidence in (None, entry.evidence)
            )
        )

    def by_mechanism(self) -> dict[Mechanism, list[CatalogueEntry]]:
        """The entries of each mechanism that has any, in the order of the vocabulary."""
        found = {mechanism: list(self.find(mechanism=mechanism).entries) for mechanism in Mechanism}
        return {mechanism: entries for mechanism, entries in found.items() if entries}


@cache
def load(municipality: Path) -> Catalogue:
    """The catalogue as it is read in the municipality with this folder, once per process.

    A catalogue beside the folder is used before the program's own. Raises SetUpTrouble with one sentence that names
    file, entry and field for the first fault.
    """
    beside = municipality.parent / "catalogue" / _FILE
    general = beside if beside.exists() else ROOT / "data" / "catalogue" / _FILE
    values = {code: (general, row) for code, row in _rows(general)}
    own = municipality / _FILE
    for code, row in _rows(own) if own.exists() else ():
        values[code] = (own, _merged(values[code][1], row) if code in values else row)
    return Catalogue(tuple(_Reading(path, code, row).entry() for code, (path, row) in values.items()))


def _merged(general: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """The general values with the municipality's own over them; of a text, one language may be replaced alone."""
    both = {name for name in own if isinstance(own[name], dict) and isinstance(general.get(name), dict)}
    return {**general, **own, **{name: {**general[name], **own[name]} for name in both}}


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """(code, values) of each `[[measures]]` of a file."""
    seen: set[str] = set()
    for number, row in enumerate(_tables(path), 1):
        code = row.get("code") if isinstance(row, dict) else None
        if not isinstance(code, str) or not _CODE.fullmatch(code):
            _refuse("code", path, f"[[measures]] {number}", "code", value=code)
        if code in seen:
            _refuse("twice", path, code, "code")
        seen.add(code)
        yield code, row


def _tables(path: Path) -> Iterable[Any]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("measures")
    except FileNotFoundError as error:
        raise SetUpTrouble("catalogue.errors.missing_file", file=path) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SetUpTrouble("catalogue.errors.unreadable", file=path, reason=error) from error
    if not isinstance(tables, list) or not tables:
        raise SetUpTrouble("catalogue.errors.empty", file=path)
    return tables


def _refuse(key: str, path: Path, entry: str, field: str, **more: object) -> NoReturn:
    raise SetUpTrouble(f"catalogue.errors.{key}", file=path, entry=entry, name=field, **more)


@dataclass(frozen=True)
class _Reading:
    """The values of one entry while they are read, which know where they stand."""

    path: Path
    code: str
    row: dict[str, Any]

    def entry(self) -> CatalogueEntry:
        for name in self.row:
            if name not in FIELDS:
                self.refuse("unknown_field", name, known=", ".join(FIELDS))
        return CatalogueEntry(
            code=self.code,
            title=self.text("title"),
            description=self.text("description"),
            mechanism=self.word("mechanism", Mechanism),
            kind=self.word("kind", MeasureKind),
            term=self.word("term", Term),
            effect_after_months=self.number("effect_after_months", range(LATEST_EFFECT_MONTHS + 1)),
            cost=self.number("cost", COSTS),
            dose=self.text("dose"),
            indicator=self.text("indicator"),
            counts=self.texts("counts"),
            evidence=self.word("evidence", Evidence),
            evidence_note=self.text("evidence_note"),
            sources=self.dated("sources"),
        )

    def refuse(self, key: str, name: str, **more: object) -> NoReturn:
        _refuse(key, self.path, self.code, name, **more)

    def text(self, name: str) -> Text:
        value = self.row.get(name)
        words = value if isinstance(value, dict) else {}
        for language in LANGUAGES:
            if not isinstance(words.get(language), str) or not words[language].strip():
                self.refuse("missing", f"{name}.{language}")
        for language in words:
            if language not in LANGUAGES:
                self.refuse("unknown_field", f"{name}.{language}", known=", ".join(LANGUAGES))
        return {language: words[language].strip() for language in LANGUAGES}

    def word(self, name: str, kind: type[Word]) -> Word:
        value = self.row.get(name)
        if not isinstance(value, str) or value not in set(kind):
            self.refuse("unknown_value", name, value=value, known=", ".join(kind))
        return kind(value)

    def number(self, name: str, allowed: range | tuple[int, ...]) -> int:
        value = self.row.get(name)
        # In Python True is 1, and in TOML it is no number.
        if not isinstance(value, int) or isinstance(value, bool) or value not in allowed:
            self.refuse("number", name, value=value, least=allowed[0], most=allowed[-1])
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.row.get(name)
        if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
            self.refuse("list", name)
        return tuple(one.strip() for one in value)

    def dated(self, name: str) -> tuple[str, ...]:
        found = self.texts(name)
        if not found or not all(_YEAR.search(one) for one in found):
            self.refuse("source", name)
        return found
