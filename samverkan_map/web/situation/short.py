"""The situation picture in short: a summary on one page, and a page in easy words."""

from __future__ import annotations

from flask import Response, g, url_for

from samverkan_map import situation
from samverkan_map.exchange.pdf import PrintedSection
from samverkan_map.vocabulary import SituationChapter, SituationState
from samverkan_map.web.situation import papers, pictures
from samverkan_map.web.situation.blueprint import blueprint
from samverkan_map.web.situation.papers import Paper
from samverkan_map.web.situation.reading import Shown, shown
from samverkan_map.web.texts import t

CHAPTERS = {
    SituationChapter.EXTENT: ("development", "types", "areas", "hotspots"),
    SituationChapter.CONSEQUENCES: ("accidents", "unsafe"),
    SituationChapter.OTHER: ("ledger", "liked"),
    SituationChapter.ANALYSIS: ("places", "measures", "effects"),
    SituationChapter.UNKNOWN: ("lacking", "sources"),
}
"""Which figures a summary tells of, by the first part of their keys; those that are by focus area for each of them."""
SUMMARY_MAP = 57
"""Per cent of the width, so that everything has room on one page."""
SUMMARY_SIZE, EASY_SIZE = 10, 13.5


@blueprint.get("/<int:id>/sammanfattning")
def summary(id: int) -> str:
    """The summary as a page."""
    it = shown(id)
    return papers.as_page(it, summary_of(it), url_for("situation.summary_pdf", id=id))


@blueprint.get("/<int:id>/sammanfattning.pdf")
def summary_pdf(id: int) -> Response:
    """The summary as a PDF."""
    it = shown(id)
    return papers.as_pdf(it, summary_of(it))


def summary_of(it: Shown) -> Paper:
    """What the most important figures conclude, under the headings of the law, and where."""
    keys = [one.key for one in papers.all_figures(it)]
    parts, spots = [], it.figure("hotspots")
    for chapter, kinds in CHAPTERS.items():
        wanted = [key for kind in kinds for key in keys if key.partition(".")[0] == kind]
        heading = t(f"vocabulary.situation_chapter.{chapter}")
        drawn = pictures.picture_of(it, spots, SUMMARY_MAP) if spots and "hotspots" in kinds else None
        parts.append(PrintedSection(heading, points=papers.conclusions(it, wanted), picture=drawn))
    parts[-1] = PrintedSection(parts[-1].heading, points=parts[-1].points, small=[papers.rests_on(it)])
    return Paper(
        "sammanfattning", t("papers.summary.title", id=it.found.id), papers.facts(it), parts, size=SUMMARY_SIZE
    )


@blueprint.get("/<int:id>/latt-svenska")
def easy(id: int) -> str:
    """The page in easy words."""
    it = shown(id)
    return papers.as_page(it, easy_of(it), url_for("situation.easy_pdf", id=id))


@blueprint.get("/<int:id>/latt-svenska.pdf")
def easy_pdf(id: int) -> Response:
    """The page in easy words as a PDF."""
    it = shown(id)
    return papers.as_pdf(it, easy_of(it))


def easy_of(it: Shown) -> Paper:
    """The picture in short sentences and common words."""
    period = it.say.period(situation.period_of(it.found))
    facts = [
        t("papers.easy.intro", municipality=g.agreement.name),
        t("papers.easy.made"),
        t("papers.easy.period", period=period),
    ]
    if it.found.state != SituationState.FROZEN:
        facts.append(t("papers.easy.draft"))
    parts = [
        PrintedSection(t("papers.easy.reported"), _reported(it)),
        PrintedSection(t("papers.easy.where"), _where(it)),
        PrintedSection(t("papers.easy.harm"), [_counted(it, "accidents", "no_accidents")]),
        PrintedSection(t("papers.easy.work"), [
            _counted(it, "places", "no_places"), t("papers.easy.measure"), _counted(it, "measures", "no_measures"),
        ]),
        PrintedSection(t("papers.easy.unknown"), [t("papers.easy.reports"), t("papers.easy.more")]),
        PrintedSection(
            t("papers.easy.tell"), [t("papers.easy.tell_112"), t("papers.easy.tell_11414"), t("papers.easy.tell_map")],
            small=[papers.rests_on(it)],
        ),
    ]  # fmt: skip
    return Paper("latt-svenska", t("papers.easy.title", id=it.found.id), facts, parts, size=EASY_SIZE)


def _reported(it: Shown) -> list[str]:
    """For each focus area how much, whether it changed, and what most is about."""
    told = []
    for focus in it.document["focus_areas"]:
        named = it.say.code("focus", focus)
        total, types = it.figure(f"development.{focus}"), it.figure(f"types.{focus}")
        if total is None or total.empty:
            told.append(t("papers.easy.no_reports", focus=named))
            continue
        said = [t("papers.easy.count", n=total.n, focus=named, count=it.say.fmt.number(total.n))]
        change = total.title[0].partition(".")[2]
        if change != "alone":
            said.append(t(f"papers.easy.change.{change}"))
        if types and types.rows:
            most = it.say.code("type", types.rows[0]["type"])
            said.append(t("papers.easy.most", type=most[:1].lower() + most[1:]))
        told.append(" ".join(said))
    return told


def _where(it: Shown) -> list[str]:
    told = []
    for focus in it.document["focus_areas"]:
        areas, named = it.figure(f"areas.{focus}"), it.say.code("focus", focus)
        if areas is None or areas.empty:
            told.append(t("papers.easy.no_reports", focus=named))
        else:
            told.append(t("papers.easy.area", focus=named, area=it.say.code("area", areas.rows[0]["area"])))
    return told


def _counted(it: Shown, key: str, nothing: str) -> str:
    """How many of something, as its figure has it."""
    figure = it.figure(key)
    if figure is None or figure.empty:
        return t(f"papers.easy.{nothing}")
    return t(f"papers.easy.{key}", **figure.title[1])
