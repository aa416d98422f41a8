"""The whole situation picture as a PDF; its original is the page. And the picture of each figure by itself."""

from __future__ import annotations

from flask import Response

from samverkan_map.errors import NotFound
from samverkan_map.exchange.pdf import PrintedSection
from samverkan_map.situation.sections import QUICK
from samverkan_map.web.situation import papers, pictures
from samverkan_map.web.situation.blueprint import blueprint
from samverkan_map.web.situation.papers import Paper
from samverkan_map.web.situation.reading import Shown, shown
from samverkan_map.web.texts import t


@blueprint.get("/<int:id>.pdf")
def pdf(id: int) -> Response:
    """A version with all figures, tables and words."""
    it = shown(id)
    return papers.as_pdf(it, paper(it))


def paper(it: Shown) -> Paper:
    """All that the page of a version says."""
    parts = []
    for chapter, sections in it.chapters():
        parts.append(PrintedSection(t(f"vocabulary.situation_chapter.{chapter}")))
        for section in sections:
            parts.append(PrintedSection(t(f"situation.section.{section.code}"), level=2))
            parts += [papers.figure_part(it, one, 3) for one in it.figures.get(section.code, ())]
            if said := papers.said(it, section):
                parts.append(PrintedSection(t("situation.weighing"), level=3, said=said))
    parts += [papers.approval_part(it), *papers.method_parts(it, papers.all_figures(it))]
    facts = [*papers.facts(it), t("situation.law_note")]
    return Paper("lagesbild", t("situation.number", id=it.found.id), facts, parts, contents=True)


@blueprint.get("/<int:id>/bild/<name>.svg")
def picture(id: int, name: str) -> Response:
    """The picture of one figure. Raises NotFound."""
    it = shown(id, QUICK)
    figure = next((one for one in papers.all_figures(it) if pictures.name_of(one) == name), None)
    made = figure and pictures.picture_of(it, figure)
    if not made:
        raise NotFound("situation.errors.not_found")
    return Response(made.svg, mimetype="image/svg+xml")
