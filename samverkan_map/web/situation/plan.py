"""The action plan of a situation picture: places and measures with owner, days and follow-up."""

from __future__ import annotations

from flask import Response, url_for

from samverkan_map.exchange.pdf import PrintedSection
from samverkan_map.situation.sections import BY_CODE
from samverkan_map.web.situation import papers
from samverkan_map.web.situation.blueprint import blueprint
from samverkan_map.web.situation.papers import Paper
from samverkan_map.web.situation.reading import Shown, shown, tables_csv
from samverkan_map.web.texts import t

SECTIONS = ("plan", "work", "effects")


@blueprint.get("/<int:id>/atgardsplan")
def plan(id: int) -> str:
    """The action plan as a page."""
    it = shown(id)
    files = [url_for(f"situation.plan_{ending}", id=id) for ending in ("pdf", "csv")]
    return papers.as_page(it, paper(it), *files)


@blueprint.get("/<int:id>/atgardsplan.pdf")
def plan_pdf(id: int) -> Response:
    """The action plan as a PDF."""
    it = shown(id)
    return papers.as_pdf(it, paper(it))


@blueprint.get("/<int:id>/atgardsplan.csv")
def plan_csv(id: int) -> Response:
    """The tables of the action plan."""
    return tables_csv(shown(id), f"atgardsplan-{id}.csv", SECTIONS)


def paper(it: Shown) -> Paper:
    """The measures, and what is known of the places and of what the measures did."""
    parts = []
    for code in SECTIONS:
        heading = t(f"situation.section.{code}")
        made = it.figures.get(code)
        lacking = [] if made else [t("papers.plan.lacking")]
        parts.append(PrintedSection(heading, lacking, said=papers.said(it, BY_CODE[code])))
        parts += [papers.figure_part(it, one, 2) for one in made or ()]
    parts += [papers.approval_part(it), *papers.method_parts(it, papers.all_figures(it, SECTIONS))]
    first, last = it.document["agreement"]
    title = t("papers.plan.title", first=first, last=last)
    return Paper("atgardsplan", title, papers.facts(it), parts)
