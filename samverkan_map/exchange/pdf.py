"""A tagged PDF (PDF/UA-1) of headings, sentences, pictures and tables, set by Typst.

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
from typing import Any

LONGEST_WORD = 24
_NO_BREAK_IN = re.compile(rf"(\S{{{LONGEST_WORD}}})(?=\S)")
_PLAIN = re.compile(
    r"[^\n\x20-\x7e\xa0-\u017f\u2013\u2014\u2018-\u201d\u2022\u2026\u2030\u2192\u2212\u221e\u25b2\u25bc\u25cf\u200b]"
)
UNKNOWN = "?"


@dataclass(frozen=True)
class PrintedTable:
    """A table: what it is called, its column headings, how wide each is against the others, and its rows.

    `numbers` are the places of the columns that stand to the right.
    """

    caption: str
    head: Sequence[str]
    widths: Sequence[int]
    rows: Sequence[Sequence[str]]
    numbers: Sequence[int] = ()


@dataclass(frozen=True)
class PrintedPicture:
    """A picture as SVG with a `name`, what it shows for whoever does not see it, and how much of the width it takes
    (per cent). `address` is where a page finds it, when not among the pictures of its situation picture."""

    name: str
    svg: str
    words: str
    width: int = 100
    address: str = ""


@dataclass(frozen=True)
class PrintedSection:
    """A part with a heading: sentences, a list of `points`, perhaps a picture and a table, and what they rest on
    (`small`).

    `said` are somebody's own words, each below who said them. Levels must not be skipped. Only what is `listed` stands
    in the list of contents.
    """

    heading: str
    sentences: Sequence[str] = ()
    table: PrintedTable | None = None
    level: int = 1
    picture: PrintedPicture | None = None
    small: Sequence[str] = ()
    said: Sequence[tuple[str, str]] = ()
    listed: bool = True
    points: Sequence[str] = ()


@dataclass(frozen=True)
class Document:
    """What is printed. `facts` stand below the title, `footer` and the number of the page on every page.

    `page_words` are what stands before the number of the page and between it and the number of pages. `mark` is a word
    across every page, such as that it is a draft; `contents` the heading of a list of the parts, "" for none. `size` is
    that of the text in points.
    """

    title: str
    language: str
    facts: Sequence[str]
    sections: Sequence[PrintedSection]
    footer: str
    page_words: tuple[str, str]
    mark: str = ""
    contents: str = ""
    size: float = 11


def pdf(document: Document, *, made_at: datetime) -> bytes:
    """The document as a PDF, dated `made_at` (UTC). Signs that the fonts of Typst do not have become question marks."""
    # 80 MB of machine code that only this needs.
    import typst

    pictures = [one.picture for one in document.sections if one.picture]

    def made(clean) -> bytes:
        data = json.dumps(_cleaned(_without_pictures(document), clean))
        files = {f"{at}.svg": clean(one.svg, breaks=False).encode() for at, one in enumerate(pictures)}
        # The types of the package do not know yet that several files may be given.
        return typst.compile(  # type: ignore[call-overload]
            {"main.typ": _layout(), **files}, sys_inputs={"data": data}, pdf_standards=["ua-1"],
            ignore_system_fonts=True, timestamp=made_at.replace(microsecond=0, tzinfo=UTC),
        )  # fmt: skip

    try:
        return made(printable)
    except typst.TypstError:
        return made(plain)


@cache
def _layout() -> bytes:
    return (Path(__file__).parent / "document.typ").read_bytes()


def _without_pictures(document: Document) -> dict[str, Any]:
    """The document as plain values; pictures are files beside it, named by their number."""
    found = asdict(document)
    drawn = [one["picture"] for one in found["sections"] if one["picture"]]
    for at, one in enumerate(drawn):
        one["svg"] = f"{at}.svg"
    return found


def _cleaned(value, clean):
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {key: _cleaned(one, clean) for key, one in value.items()}
    return [_cleaned(one, clean) for one in value] if isinstance(value, list | tuple) else value


def printable(text: str, *, breaks: bool = True) -> str:
    """A text without signs that are no signs, and where `breaks` with places to break words longer than a column.

    >>> printable("a\\x00b\\u202ec")
    'abc'
    """
    kept = "".join(sign for sign in text if sign == "\n" or unicodedata.category(sign)[0] != "C")
    return _NO_BREAK_IN.sub("\\1\N{ZERO WIDTH SPACE}", kept) if breaks else kept


def plain(text: str, *, breaks: bool = True) -> str:
    """A text with a question mark for each sign beyond those that Swedish and its neighbours are written with.

    >>> plain("Skåne 😀")
    'Skåne ?'
    """
    return _PLAIN.sub(UNKNOWN, printable(text, breaks=breaks))
