"""What a meeting reads: the same headings, sentences and tables as a page and as a PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import Response, g

from samverkan_map.exchange import pdf
from samverkan_map.exchange.pdf import Document, PrintedSection, PrintedTable
from samverkan_map.web import sessions
from samverkan_map.web.asking import watermark
from samverkan_map.web.texts import Format, t


@dataclass(frozen=True)
class Cell:
    """What stands in a table: words, on the page perhaps a link, and whether it is something to be uneasy about."""

    words: str
    address: str = ""
    uneasy: bool = False
    swedish: bool = False
    """Whether the words are somebody's own, which are Swedish whatever language the page has."""


@dataclass(frozen=True)
class Part:
    """A part of a paper: its heading, sentences, and a table where there is something to show."""

    key: str
    heading: str
    sentences: Sequence[str] = ()
    head: Sequence[str] = ()
    widths: Sequence[int] = ()
    rows: Sequence[Sequence[Cell]] = field(default_factory=list)
    whole: str = ""
    """The address of all rows, where these are only the first."""


@dataclass(frozen=True)
class Paper:
    """A paper for a meeting: its title, what it is about, and its parts."""

    title: str
    facts: Sequence[str]
    parts: Sequence[Part]


def as_pdf(paper: Paper, name: str) -> Response:
    """The paper as a PDF: who printed it and when, and that it is not to be spread."""
    made = sessions.now()
    fmt = Format(g.language)
    printed = t("meetings.printed", who=g.viewer.name, at=fmt.datetime(made))
    facts = [*paper.facts, printed]
    if mark := watermark():
        facts.insert(0, f"{mark}. {t('common.watermark_words')}")
    document = Document(
        title=paper.title,
        language=g.language,
        facts=facts,
        sections=[_printed(part) for part in paper.parts],
        footer=t("meetings.working_material"),
        page_words=(t("meetings.page_first"), t("meetings.page_then")),
    )
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return Response(pdf.pdf(document, made_at=made), mimetype="application/pdf", headers=headers)


def _printed(part: Part) -> PrintedSection:
    rows = [[cell.words for cell in row] for row in part.rows]
    table = PrintedTable(part.heading, part.head, part.widths, rows) if rows else None
    return PrintedSection(part.heading, part.sentences, table)
