"""The catalogue of measures as a page: what can be done, grouped by how it is meant to work, and what is known."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, TypeVar

from flask import Blueprint, Response, g, render_template, request

from samverkan_map.agreement import ProblemType
from samverkan_map.catalogue import COSTS, Catalogue, CatalogueEntry
from samverkan_map.errors import BadQuestion
from samverkan_map.exchange import writers
from samverkan_map.vocabulary import Evidence, Mechanism
from samverkan_map.web.asking import csv_download
from samverkan_map.web.texts import t

blueprint = Blueprint("catalogue", __name__)

COLUMNS = (
    "code", "title", "description", "mechanism", "mechanism_label", "kind", "term", "effect_after_months", "cost",
    "dose", "indicator", "evidence", "evidence_label", "evidence_note", "sources",
)  # fmt: skip

LONGEST_ECHO = 40

Word = TypeVar("Word", bound=StrEnum)


@blueprint.get("/atgarder/katalog")
def page() -> str:
    """The entries that the choice of mechanism and evidence leaves."""
    mechanism, evidence = _chosen("mechanism", Mechanism), _chosen("evidence", Evidence)
    found = g.catalogue.find(mechanism=mechanism, evidence=evidence)
    return render_template(
        "catalogue/page.html",
        groups=found.by_mechanism(),
        total=len(found),
        chosen={"mechanism": mechanism, "evidence": evidence},
        mechanisms=list(Mechanism),
        levels=list(Evidence),
        costs=COSTS,
        types_of=types_of,
    )


@blueprint.get("/atgarder/katalog.csv")
def csv() -> Response:
    """The same entries as a file. It is no invented material, so it carries no watermark."""
    found: Catalogue = g.catalogue.find(
        mechanism=_chosen("mechanism", Mechanism), evidence=_chosen("evidence", Evidence)
    )
    return csv_download(writers.csv_rows(COLUMNS, map(_row, found.entries)), "atgardskatalog.csv")


def types_of(entry: CatalogueEntry) -> list[ProblemType]:
    """The municipality's own problem types that the words of an entry mean, each once; a word it does not use is left
    out."""
    known = (g.agreement.type_of(word) for word in entry.counts)
    return list({found.code: found for found in known if found}.values())


def _chosen(name: str, kind: type[Word]) -> Word | None:
    value = request.args.get(name)
    if not value:
        return None
    if value not in set(kind):
        echo = value if len(value) <= LONGEST_ECHO else value[:LONGEST_ECHO] + "…"
        raise BadQuestion("question.errors.unknown", name=name, value=echo, allowed=", ".join(kind))
    return kind(value)


def _row(entry: CatalogueEntry) -> dict[str, Any]:
    return {
        "code": entry.code,
        "title": entry.title[g.language],
        "description": entry.description[g.language],
        "mechanism": entry.mechanism.value,
        "mechanism_label": t(f"vocabulary.mechanism.{entry.mechanism}"),
        "kind": t(f"vocabulary.measure_kind.{entry.kind}"),
        "term": t(f"vocabulary.term.{entry.term}"),
        "effect_after_months": entry.effect_after_months,
        "cost": t(f"catalogue.cost_{entry.cost}"),
        "dose": entry.dose[g.language],
        "indicator": entry.indicator[g.language],
        "evidence": entry.evidence.value,
        "evidence_label": t(f"vocabulary.evidence.{entry.evidence}"),
        "evidence_note": entry.evidence_note[g.language],
        "sources": "; ".join(entry.sources),
    }
