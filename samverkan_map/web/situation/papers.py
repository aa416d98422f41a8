"""What is handed over of a situation picture: papers of the same parts as a page and as a tagged PDF."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from flask import Response, g, render_template

from samverkan_map import situation
from samverkan_map.exchange import pdf
from samverkan_map.exchange.pdf import Document, PrintedSection, PrintedTable
from samverkan_map.situation import Figure, Section, Speaker
from samverkan_map.vocabulary import SituationState
from samverkan_map.web import sessions
from samverkan_map.web.asking import watermark
from samverkan_map.web.situation import pictures
from samverkan_map.web.situation.reading import Shown
from samverkan_map.web.texts import Format, label, t

WEEK_PARTS = 6
"""A table of the week has so many columns on paper; the picture beside it has every hour."""

_WIDTHS = {
    "number": 2, "spot": 12, "change": 6, "ratio": 9, "finding": 9, "measure": 12, "comparison": 6, "where": 11,
    "owner": 10, "status": 6, "when": 9, "follow_up": 11, "place": 12, "phase": 7, "lap": 3, "since": 7,
}  # fmt: skip


@dataclass(frozen=True)
class Paper:
    """A paper: its name in addresses and files, its title, what stands below it, and its parts."""

    name: str
    title: str
    facts: Sequence[str]
    parts: Sequence[PrintedSection]
    contents: bool = False
    size: float = 11
    public: bool = False


def facts(it: Shown) -> list[str]:
    """What every paper says first: which version and period, and whether both parties stand behind it."""
    found = it.found
    period = it.say.period(situation.period_of(found))
    return [t("papers.about", number=t("situation.number", id=found.id), period=period), standing(it)]


def standing(it: Shown) -> str:
    """Whether the version is a draft, waits for approval, or is frozen, with the beginning of its checksum."""
    found = it.found
    if found.state != SituationState.FROZEN:
        return t(f"papers.standing_{found.state}")
    return t("papers.standing_frozen", day=it.say.fmt.date(found.frozen_at.date()), checksum=found.checksum[:12])


def mark(it: Shown) -> str:
    """The word across what is not frozen."""
    return "" if it.found.state == SituationState.FROZEN else t("papers.draft")


def figure_part(it: Shown, figure: Figure, level: int) -> PrintedSection:
    """A figure: what it concludes, its picture, its table, and what it rests on."""
    if figure.empty:
        return PrintedSection(it.title(figure), it.notes(figure), level=level)
    version, _ = it.method(figure)
    return PrintedSection(
        it.title(figure), it.notes(figure), table_of(it.say, figure, it.title(figure)), level,
        pictures.picture_of(it, figure),
        [f"{it.rests(figure)} {t('papers.method_name', name=t(f'papers.method.{figure.method}'), version=version)}"],
    )  # fmt: skip


def table_of(say: Speaker, figure: Figure, caption: str) -> PrintedTable | None:
    """The numbers of a figure; None when there is not a row."""
    if not figure.rows:
        return None
    if figure.columns[1] == "parts":
        return _week_table(say, figure, caption)
    names = list(figure.columns)
    numbers = [at for at, name in enumerate(names) if at and say.is_number(name)]
    widths = [_WIDTHS.get(name) or (4 if at in numbers else 8) for at, name in enumerate(names)]
    rows = [[say.cell(row, name) for name in names] for row in figure.rows]
    return PrintedTable(caption, [say.column(name) for name in names], widths, rows, numbers)


def _week_table(say: Speaker, figure: Figure, caption: str) -> PrintedTable:
    parts = len(figure.rows[0]["parts"])
    together, hours = max(1, parts // WEEK_PARTS), 24 // min(parts, WEEK_PARTS)
    head = [say.column("weekday"), *(f"{at:02d}–{at + hours:02d}" for at in range(0, 24, hours))]
    rows = [
        [say.cell(row, "weekday"), *(
            say.fmt.number(sum(row["parts"][at : at + together])) for at in range(0, parts, together)
        )]
        for row in figure.rows
    ]  # fmt: skip
    return PrintedTable(caption, head, [3, *[2] * (len(head) - 1)], rows, list(range(1, len(head))))


def said(it: Shown, section: Section) -> list[tuple[str, str]]:
    """The words of both parties beside a section, as the version holds them."""
    words = it.document["words"].get(section.code, {})
    return [
        (t("situation.weighing_by", party=label(party)), words[code])
        for code, party in g.agreement.parties.items()
        if words.get(code)
    ]


def method_parts(it: Shown, figures: Iterable[Figure]) -> list[PrintedSection]:
    """How the figures were counted, each method once."""
    used = dict.fromkeys(one.method for one in figures if not one.empty)
    told = [
        PrintedSection(_upper(t(f"papers.method.{name}")), [t(f"situation.card.{name}")], level=2, listed=False)
        for name in used
    ]
    return [PrintedSection(t("situation.method")), *told]


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def approval_part(it: Shown) -> PrintedSection:
    """Who stands behind the version, and how anybody can check that it is the same."""
    fmt, keys, found = Format(g.language), situation.standing_keys(it.found), it.found
    told = []
    for code, party in g.agreement.parties.items():
        key = keys.get(code)
        words = (
            t("situation.approved_by", who=key.who, at=fmt.datetime(key.at)) if key else t("situation.approved_none")
        )
        told.append(f"{label(party)}: {words}.")
    if found.checksum:
        told.append(f"{t('situation.checksum')}: {found.checksum}. {t('situation.checksum_how')}")
    data = it.document["data"]
    day = fmt.date(date.fromisoformat(data["cut_off"]))
    told.append(t("situation.data_words", day=day, count=fmt.number(data["reports"]), version=data["version"]))
    return PrintedSection(t("situation.approval"), told)


def all_figures(it: Shown, sections: Sequence[str] | None = None) -> Iterator[Figure]:
    """The figures of some sections, or of all."""
    for code, made in it.figures.items():
        if sections is None or code in sections:
            yield from made


def conclusions(it: Shown, keys: Iterable[str]) -> list[str]:
    """What some figures conclude, those that there are, in order."""
    found = (it.figure(key) for key in keys)
    return [it.title(one) for one in found if one and not (one.empty and one.key == "unmeasured")]


def rests_on(it: Shown) -> str:
    """What all numbers of a short paper rest on."""
    sources = dict.fromkeys(code for one in all_figures(it) for code in one.sources)
    named = ", ".join(it.say.code("source", code) for code in sources) or t("papers.no_sources")
    held = it.document["counts"].get("unknown", {})
    period = it.say.period(situation.period_of(it.found))
    return t("papers.rests", count=it.say.fmt.number(held.get("total", 0)), period=period, sources=named)


def as_page(it: Shown, paper: Paper, pdf_address: str, csv_address: str = "") -> str:
    """The paper as a page."""
    return render_template(
        "situation/paper.html", it=it, found=it.found, paper=paper, pdf_address=pdf_address, csv_address=csv_address
    )


def as_pdf(it: Shown, paper: Paper) -> Response:
    """The paper as a PDF."""
    headers = {"Content-Disposition": f'inline; filename="{paper.name}-{it.found.id}.pdf"'}
    return Response(pdf_of(it, paper), mimetype="application/pdf", headers=headers)


def pdf_of(it: Shown, paper: Paper) -> bytes:
    """The bytes of the paper as a PDF. A version that is not frozen carries the word for a draft on every page."""
    made = sessions.now()
    first = list(paper.facts)
    if not paper.public:
        first.append(t("meetings.printed", who=g.viewer.name, at=Format(g.language).datetime(made)))
    if trial := watermark():
        first.insert(0, f"{trial}. {t('common.watermark_words')}")
    document = Document(
        title=paper.title, language=g.language, facts=first, sections=paper.parts,
        footer="" if paper.public else t("meetings.working_material"),
        page_words=(t("meetings.page_first"), t("meetings.page_then")),
        mark=mark(it), contents=t("situation.contents") if paper.contents else "", size=paper.size,
    )  # fmt: skip
    return pdf.pdf(document, made_at=made)
