"""Who speaks: answers in words, the same on the page, on the command line and in files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as Day
from typing import ClassVar, Protocol

from samverkan_map.agreement import Agreement
from samverkan_map.translations import text


class Format(Protocol):
    """How dates and numbers are written."""

    def date(self, day: Day | None) -> str:
        """A day in words."""

    def range(self, first: Day | None, last: Day | None) -> str:
        """Two days in words."""

    def months(self, first: Day, last: Day) -> str:
        """Some months in words."""

    def number(self, value: float | None, decimals: int = 0) -> str:
        """A number with the language's separators."""


@dataclass(frozen=True)
class Speaker:
    """Whose words: the language, the municipality's own labels, and how dates and numbers are written.

    `noun` is the file that the sentences stand in.
    """

    language: str
    agreement: Agreement
    fmt: Format
    noun: ClassVar[str]

    def __call__(self, key: str, **fields: object) -> str:
        """The sentence of a key of the noun."""
        return text(self.language, f"{self.noun}.{key}", **fields)
