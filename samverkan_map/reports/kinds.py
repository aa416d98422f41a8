"""The words by which a file may say what kind of report a row is: our codes, their labels, and what people write."""

from __future__ import annotations

from functools import cache
from typing import Any

from samverkan_map.agreement import ProblemType
from samverkan_map.exchange.columns import plain
from samverkan_map.translations import LANGUAGES, text
from samverkan_map.vocabulary import ReportKind

_WRITTEN = {
    ReportKind.PROBLEM: (),
    ReportKind.TRAFFIC: ("trafik", "klagomål", "complaint"),
    ReportKind.ACCIDENT: ("olycka",),
    ReportKind.STRENGTH: ("styrka", "trygg plats", "idé"),
}


def kind_of(word: str) -> ReportKind | None:
    """The kind a word means; None for a word that means none.

    >>> [kind_of(word) for word in ("traffic", "Klagomål", "OLYCKA", "drake")]
    [<ReportKind.TRAFFIC: 'traffic'>, <ReportKind.TRAFFIC: 'traffic'>, <ReportKind.ACCIDENT: 'accident'>, None]
    """
    return _by_word().get(plain(word))


@cache
def _by_word() -> dict[str, ReportKind]:
    found: dict[str, ReportKind] = {}
    for kind in ReportKind:
        labels = (text(language, f"vocabulary.report_kind.{kind}") for language in LANGUAGES)
        found |= {plain(word): kind for word in (kind.value, *labels, *_WRITTEN[kind])}
    return found


def misfit(found: ProblemType, word: str) -> tuple[str, dict[str, Any]] | None:
    """Why a row of this type cannot be of the kind that its word says; None when it can, or when it says nothing."""
    kind = kind_of(word)
    if not word or kind == found.kind:
        return None
    if kind is None:
        return "unknown_kind", {"value": word[:40], "allowed": ", ".join(ReportKind)}
    return "kind_differs", {"value": word[:40], "type": found.code, "kind": found.kind.value}
