"""Printed papers: tagged, titled, in their language, and never broken or steered by what somebody wrote."""

import re
import zlib
from datetime import datetime

import pytest

from samverkan_map.exchange import pdf
from samverkan_map.exchange.pdf import Document, PrintedSection, PrintedTable

NOW = datetime(2026, 11, 23, 12, 0, 0, 5)
HOSTILE = (
    '#import "/etc/passwd"; #read("/etc/passwd") #panic("x")', "$x$ *b* _i_ `r` \\ @ref <lab> [x] ]) //", "😀 日本",
    "a\x00b\u202ec\ud800", "x" * 5000, "", "rad\nrad", "{{ 7*7 }}", "مرحبا", "Ж\ufffe",
)  # fmt: skip


def a_paper(word="Ängavägen", title="Dagordning", language="sv"):
    table = PrintedTable("Platser", ["Plats", "Klart"], [3, 1], [[word, "1 mars"]] * 60)
    sections = [PrintedSection("Nya platser", [word], table), PrintedSection("Tomt", [word])]
    return Document(title, language, [word], sections, "Arbetsmaterial – får inte spridas.", ("Sida ", " av "))


def streams(body):
    """Everything in the file, unpacked."""
    packed = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", body, re.S)
    found = [body]
    for one in packed:
        try:
            found.append(zlib.decompress(one))
        except zlib.error:
            found.append(one)
    return b"\n".join(found)


def test_a_paper_is_tagged_has_title_language_headings_and_table_headers():
    body = pdf.pdf(a_paper(), made_at=NOW)
    whole = streams(body)
    assert body.startswith(b"%PDF-1.7")
    for part in (
        b"/Lang(sv)",
        b"/MarkInfo",
        b"/StructTreeRoot",
        b"pdfuaid:part",
        b"Dagordning",
        b"/DisplayDocTitle true",
    ):
        assert part in whole, part
    for tag in (b"/H1", b"/Table", b"/THead", b"/TH", b"/TD"):
        assert re.search(rb"/S ?" + tag + rb"\b", whole), tag
    assert len(re.findall(rb"/Type ?/Page\b", whole)) == 2
    assert b"/Lang(en)" in streams(pdf.pdf(a_paper(language="en"), made_at=NOW))


@pytest.mark.parametrize("word", HOSTILE)
def test_what_somebody_wrote_is_printed_and_never_carried_out(word):
    assert pdf.pdf(a_paper(word, title=f"Dagordning {word}"), made_at=NOW).startswith(b"%PDF")


def test_the_same_paper_gives_the_same_file():
    assert pdf.pdf(a_paper(), made_at=NOW) == pdf.pdf(a_paper(), made_at=NOW)
