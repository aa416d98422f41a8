"""The yearly follow-up for each recipient of the agreement: the sections that it gets, and what to decide on."""

from __future__ import annotations

from flask import Response, g, url_for

from samverkan_map.agreement import Recipient
from samverkan_map.errors import NotFound
from samverkan_map.exchange.pdf import PrintedSection
from samverkan_map.situation import SECTIONS
from samverkan_map.vocabulary import SituationOutcome
from samverkan_map.web.situation import papers
from samverkan_map.web.situation.blueprint import blueprint
from samverkan_map.web.situation.papers import Paper
from samverkan_map.web.situation.reading import Shown, shown, tables_csv
from samverkan_map.web.texts import label, t


@blueprint.get("/<int:id>/uppfoljning/<recipient>")
def follow_up(id: int, recipient: str) -> str:
    """The yearly follow-up as a page."""
    it = shown(id)
    paper = paper_for(it, recipient_of(recipient))
    files = [url_for(f"situation.follow_up_{ending}", id=id, recipient=recipient) for ending in ("pdf", "csv")]
    return papers.as_page(it, paper, *files)


@blueprint.get("/<int:id>/uppfoljning/<recipient>.pdf")
def follow_up_pdf(id: int, recipient: str) -> Response:
    """The yearly follow-up as a PDF."""
    it = shown(id)
    return papers.as_pdf(it, paper_for(it, recipient_of(recipient)))


@blueprint.get("/<int:id>/uppfoljning/<recipient>.csv")
def follow_up_csv(id: int, recipient: str) -> Response:
    """The tables of the yearly follow-up."""
    it = shown(id)
    return tables_csv(it, f"uppfoljning-{recipient}-{id}.csv", sections_of(recipient_of(recipient)))


def recipient_of(code: str) -> Recipient:
    """A recipient of the agreement. Raises NotFound."""
    found = g.agreement.recipients.get(code)
    if found is None:
        raise NotFound("papers.errors.no_recipient")
    return found


def sections_of(recipient: Recipient) -> tuple[str, ...]:
    """The sections that a recipient gets."""
    return recipient.sections or tuple(section.code for section in SECTIONS)


def paper_for(it: Shown, recipient: Recipient) -> Paper:
    """What a recipient reads."""
    name, wanted = label(recipient), sections_of(recipient)
    first, last = it.document["agreement"]
    demand = t("papers.follow_up.demand", first=first, last=last, recipient=name)
    shown_ones = [section for section in SECTIONS if section.code in wanted]
    told = [one.key for section in shown_ones for one in it.figures.get(section.code, ())]
    parts = [
        PrintedSection(t("papers.most_important"), points=papers.conclusions(it, told), small=[papers.rests_on(it)]),
        PrintedSection(t("papers.follow_up.decide"), points=_to_decide(it)),
    ]
    for section in shown_ones:
        parts.append(PrintedSection(t(f"situation.section.{section.code}"), said=papers.said(it, section)))
        parts += [papers.figure_part(it, one, 2) for one in it.figures.get(section.code, ())]
    parts += [papers.approval_part(it), *papers.method_parts(it, papers.all_figures(it, wanted))]
    title, facts = t("papers.follow_up.title", recipient=name), [demand, *papers.facts(it)]
    return Paper(f"uppfoljning-{recipient.code}", title, facts, parts, contents=True)


def _to_decide(it: Shown) -> list[str]:
    """What the follow-up must not hide: what was not followed up, what went back, and which sources are silent."""
    held, counts = it.document["counts"].get("work", {}), it.document["counts"].get("unknown", {})
    names = {"overdue": "late", "never": "never", "waived": "waived", "back": "back"}
    found = [t(f"papers.follow_up.{words}", n=held[name]) for name, words in names.items() if held.get(name)]
    if not held.get("overdue") and not held.get("never"):
        found.insert(0, t("papers.follow_up.nothing"))
    if silent := [it.say.code("source", code) for code, number in counts.get("sources", {}).items() if not number]:
        found.append(t("papers.follow_up.silent", sources=", ".join(silent)))
    if it.found.outcome == SituationOutcome.NO_REVISION:
        found.append(t("papers.follow_up.no_revision"))
    return found
