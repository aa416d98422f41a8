"""The public version: nothing but what is published by calendar year and sub-area, and how much is being done.

It has no place, no street, no hour and nobody's words. Its numbers are those of the published statistics, hidden ones
hidden in the same way, so that no two public pages can be subtracted from each other.
"""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, g, url_for

from samverkan_map import access, figures, situation
from samverkan_map.exchange.pdf import PrintedPicture, PrintedSection, PrintedTable
from samverkan_map.figures import Line, Year
from samverkan_map.vocabulary import Role, SituationState
from samverkan_map.web import figures as shown_figures
from samverkan_map.web import figures_map
from samverkan_map.web.situation import papers, pictures, reading
from samverkan_map.web.situation.blueprint import blueprint
from samverkan_map.web.situation.papers import Paper
from samverkan_map.web.situation.reading import Shown
from samverkan_map.web.texts import Format, t

TOLD = ("places", "measures")
"""The figures that may be told as they are: counts of what municipality and police do, never of what was reported."""


@blueprint.get("/<int:id>/offentlig")
def public(id: int) -> str:
    """The public version as a page."""
    it = _shown(id)
    return papers.as_page(it, paper(it), url_for("situation.public_pdf", id=id), url_for("figures.csv"))


@blueprint.get("/<int:id>/offentlig.pdf")
def public_pdf(id: int) -> Response:
    """The public version as a PDF."""
    it = _shown(id)
    return papers.as_pdf(it, paper(it))


def _shown(id: int) -> Shown:
    """A version for whoever may read its public version. Raises NotFound."""
    found = situation.get_published(g.session, g.viewer, id)
    return Shown(found, situation.read(found)) if found.document is not None else reading.shown(id)


def paper(it: Shown) -> Paper:
    """What everybody may read, and nothing that hangs on who reads it."""
    parts = [PrintedSection(t("papers.public.doing"), points=papers.conclusions(it, TOLD), small=[_rests(it)])]
    years = _years(it)
    parts += [part for year in years for part in _year_parts(year)]
    if years:
        least = max(table.fewest for one in years for table in one.tables)
        how = [t("figures.how_few", n=least), t("figures.how_held", n=least), t("figures.how_never")]
        parts.append(PrintedSection(t("figures.how"), how))
    else:
        parts.append(PrintedSection(t("figures.heading"), [t("papers.public.no_figures")]))
    facts = [*papers.facts(it), t("papers.public.lead")]
    if it.found.state != SituationState.FROZEN:
        facts.append(t("papers.public.preview"))
    return Paper("offentlig", t("papers.public.title", id=it.found.id), facts, parts, public=True)


def _rests(it: Shown) -> str:
    """What the counts of what is done rest on."""
    made = [one for key in TOLD if (one := it.figure(key)) and not one.empty]
    return " ".join(it.rests(one) for one in made)


def _years(it: Shown) -> list[Year]:
    """The published calendar years that the period touches, as anybody sees them."""
    period = situation.period_of(it.found)
    assert period.start and period.end
    last = situation.last_day(it.found).year
    found = figures.published(g.session, access.ANONYMOUS, g.agreement)
    return [one for one in found if period.start.year <= one.year <= last and one.tables]


def _year_parts(year: Year) -> Iterator[PrintedSection]:
    yield PrintedSection(t("papers.public.year", year=year.year))
    for table in year.tables:
        caption = t("figures.table", kind=t(f"vocabulary.report_kind.{table.kind}"), year=year.year)
        head = [t("figures.type"), *map(shown_figures.area_name, year.areas)]
        rows = [_row(year, line) for line in table.lines]
        printed = PrintedTable(caption, head, [9, *[5] * len(year.areas)], rows, list(range(1, len(head))))
        whole = table.lines[-1]
        total = whole.cells[year.areas[-1]]
        small = t(
            "papers.public.rests", count=shown_figures.told(total, table.fewest), year=year.year,
            day=Format(g.language).date(year.published_on),
        )  # fmt: skip
        yield PrintedSection(caption, table=printed, level=2, picture=_map(year, whole), small=[small])


def _map(year: Year, line: Line) -> PrintedPicture:
    """The sub-areas with the numbers that the table has, hidden ones hidden."""
    code = shown_figures.code_of(line)
    title = t("figures.map_title", line=shown_figures.line_name(line), year=year.year)
    told = [
        f"{shown_figures.area_name(area)} {shown_figures.told(line.cells[area], year.fewest(line))}"
        for area in g.agreement.areas
    ]
    return PrintedPicture(
        f"{year.year}-{code}", figures_map.draw(line, year.fewest(line), title, pictures.SIZE),
        t("papers.chart", title=title, rows="; ".join(told)), pictures.MAP_WIDTH,
        url_for("figures.svg", ar=year.year, visa=code, som=Role.PUBLIC.value),
    )  # fmt: skip


def _row(year: Year, line: Line) -> list[str]:
    cells = [shown_figures.told(line.cells[area], year.fewest(line)) for area in year.areas]
    return [shown_figures.line_name(line), *cells]
