"""A tagged PDF (PDF/UA-1) of headings, sentences and tables, set by Typst.

What people wrote goes in as data and never as markup: Typst reads it as JSON and prints strings as they stand.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

LONGEST_WORD = 24
_NO_BREAK_IN = re.compile(rf"(\S{{{LONGEST_WORD}}})(?=\S)")
_PLAIN = re.compile(r"[^\n\x20-\x7e\xa0-\u017f\u2013\u2014\u2018-\u201d\u2022\u2026\u2030\u2212\u200b]")
UNKNOWN = "?"


@dataclass(frozen=True)
class PrintedTable:
    """A table: what it is called, its column headings, how wide each is against the others, and its rows."""

    caption: str
    head: Sequence[str]
    widths: Sequence[int]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class PrintedSection:
    """A part with a heading: sentences, and perhaps a table."""

    heading: str
    sentences: Sequence[str]
    table: PrintedTable | None = None


@dataclass(frozen=True)
class Document:
    """What is printed. `facts` stand below the title, `footer` and the number of the page on every page.

    `page_words` are what stands before the number of the page and between it and the number of pages.
    """

    title: str
    language: str
    facts: Sequence[str]
    sections: Sequence[PrintedSection]
    footer: str
    page_words: tuple[str, str]


def pdf(document: Document, *, made_at: datetime) -> bytes:
    """The document as a PDF, dated `made_at` (UTC). Signs that the fonts of Typst do not have become question marks."""
    # 80 MB of machine code that only this needs.
    import typst

    def made(clean) -> bytes:
        data = json.dumps(_cleaned(asdict(document), clean))
        return typst.compile(
            _layout(), sys_inputs={"data": data}, pdf_standards=["ua-1"], ignore_system_fonts=True,
            timestamp=made_at.replace(microsecond=0, tzinfo=UTC),
        )  # fmt: skip

    try:
        return made(printable)
    except typst.TypstError:
        return made(plain)


@cache
def _layout() -> bytes:
    return (Path(__file__).parent / "document.typ").read_bytes()


def _cleaned(value, clean):
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {key: _cleaned(one, clean) for key, one in value.items()}
    return [_cleaned(one, clean) for one in value] if isinstance(value, list | tuple) else value


def printable(text: str) -> str:
    """A text without signs that are no signs, and with places to break words that are longer than a column.

    >>> printable("a\\x00b\\u202ec")
    'abc'
    """
    kept = "".join(sign for sign in text if sign == "\n" or unicodedata.category(sign)[0] != "C")
    return _NO_BREAK_IN.sub("\\1\N{ZERO WIDTH SPACE}", kept)


def plain(text: str) -> str:
    """A text with a question mark for each sign beyond those that Swedish and its neighbours are written with.

    >>> plain("Skåne 😀")
    'Skåne ?'
    """
    return _PLAIN.sub(UNKNOWN, printable(text))
