"""The whole of a situation picture as data: what was asked, what was counted, by which methods, what was written, and
the figures that follow from the counts.

Everything but the figures is frozen as it is; the figures are worked out again from the rest whenever somebody asks.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any

from samverkan_map.agreement import Agreement
from samverkan_map.agreement.words import Named
from samverkan_map.analysis.clock import FEW_EVENTS
from samverkan_map.analysis.effects.verdict import FEW_TOGETHER
from samverkan_map.effects.computing import METHOD as EFFECT_METHOD
from samverkan_map.hotspots import LEAST_EVENTS
from samverkan_map.hotspots.comparing import ALPHA
from samverkan_map.hotspots.finding import LEAST_IN_SPOT
from samverkan_map.sites import FEWEST_FOR_PARTNERS
from samverkan_map.situation.asked import CELL_METRES, Facts, Gathering, Spans, read_period, write_period
from samverkan_map.situation.canonical import plain, read_again
from samverkan_map.situation.figure import Figure
from samverkan_map.situation.sections import BY_CODE, SECTIONS
from samverkan_map.sources.surveys import FEWEST_ANSWERS

FORMAT = 1
"""Raised when a document is laid out otherwise."""

METHODS: dict[str, dict[str, Any]] = {
    "change": {"version": "2026-11-27.2", "alpha": ALPHA, "few": FEW_TOGETHER},
    "hotspots": {"version": "2026-11-27", "alpha": ALPHA, "cell": CELL_METRES, "least": LEAST_EVENTS,
                 "in_spot": LEAST_IN_SPOT},
    "concentration": {"version": "2026-11-27.2", "cell": CELL_METRES},
    "times": {"version": "2026-11-27", "few": FEW_EVENTS},
    "ledger": {"version": "2026-11-27.2"},
    "reviews": {"version": "2026-11-27.3", "least": FEWEST_FOR_PARTNERS},
    "surveys": {"version": "2026-11-27.2", "least": FEWEST_ANSWERS},
    "crimes": {"version": "2026-11-27.2"},
    "dialogues": {"version": "2026-11-27.2"},
    "places": {"version": "2026-11-27.3"},
    "measures": {"version": "2026-11-27"},
    "plan": {"version": "2026-11-27"},
    "effects": {"version": EFFECT_METHOD},
    "unknown": {"version": "2026-11-27.2"},
}  # fmt: skip
"""The method of each figure with its version, raised when the same counts would come out otherwise, and its numbers."""

Document = dict[str, Any]


def gather(gathering: Gathering, only: Collection[str] = ()) -> Document:
    """Ask every section (or `only` some) for its counts: the part of a document that comes from the database."""
    agreement, spans = gathering.agreement, gathering.spans
    own = agreement.at(gathering.period.start or gathering.today).period
    # What is worked out must not hang on the order in which it was counted.
    return read_again({
        "format": FORMAT,
        "municipality": agreement.code,
        "agreement": [own.start_year, own.end_year],
        "focus_areas": list(own.focus_areas),
        "period": write_period(gathering.period),
        "days": {"now": write_period(spans.now), "before": write_period(spans.before),
                 "known": write_period(spans.known)},
        "data": {"version": gathering.frame.version, "reports": len(gathering.frame), "cut_off": gathering.today},
        "methods": METHODS,
        "labels": labels(agreement),
        "counts": {one.code: one.count(gathering) for one in SECTIONS if not only or one.code in only},
    })  # fmt: skip


def labels(agreement: Agreement) -> dict[str, dict[str, dict[str, str]]]:
    """What the codes of the agreement are called now, so that a frozen version reads the same when they are renamed."""
    tables: dict[str, Mapping[str, Named]] = {
        "type": agreement.types, "area": {**agreement.statistics.regions, **agreement.areas},
        "source": agreement.sources, "focus": agreement.focus_areas, "party": agreement.parties,
        "question": agreement.statistics.questions, "category": agreement.statistics.crimes,
    }  # fmt: skip
    return {name: {code: dict(one.label) for code, one in table.items()} for name, table in tables.items()}


def figures(document: Mapping[str, Any]) -> dict[str, list[Figure]]:
    """The figures of each section, worked out from the counts of a document and nothing else."""
    days = document["days"]
    spans = Spans(*(read_period(days[name]) for name in ("now", "before", "known")))
    focus_areas = tuple(document["focus_areas"])
    return {
        code: BY_CODE[code].derive(Facts(counts, spans, focus_areas))
        for code, counts in document["counts"].items()
        if code in BY_CODE
    }


def with_figures(document: Document) -> Document:
    """The document with its figures as plain values."""
    made = {code: [asdict(one) for one in found] for code, found in figures(document).items()}
    return plain(document | {"figures": made})


def read_figures(document: Mapping[str, Any]) -> dict[str, list[Figure]]:
    """The figures as they stand in a document."""
    return {
        code: [Figure(**one | {"title": tuple(one["title"]), "notes": [tuple(note) for note in one["notes"]]})
               for one in found]
        for code, found in document["figures"].items()
    }  # fmt: skip


def compose(gathering: Gathering, only: Collection[str] = ()) -> Document:
    """A document as it would be today, without anybody's words; of `only` some sections for a page with no more."""
    return with_figures(gather(gathering, only))
