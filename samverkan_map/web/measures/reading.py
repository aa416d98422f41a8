"""The fields of the forms of measures, read the same way on every page that has them."""

from __future__ import annotations

from typing import Any

from flask import g

from samverkan_map import measures
from samverkan_map.translations import LANGUAGES
from samverkan_map.vocabulary import MeasureKind, Mechanism, Term
from samverkan_map.web.forms import Sent
from samverkan_map.web.measures import words

WHERE = ("places", "sites")
WHAT = (
    "catalogue_code", "title", "summary", "mechanism", "kind", "term", "works_while_ongoing", "expected", "causes",
)  # fmt: skip
WHO = ("owner_id", "planned_start", "planned_end", "cost_kronor", "dose_planned")
PLAN = (
    "indicator", "types", "window_months", "same_season", "comparison", "comparison_place_ids", "comparison_area",
    "comparison_reason", "ring_metres", "chosen_for_height", "due_on",
)  # fmt: skip


def where(sent: Sent) -> dict[str, Any]:
    """Where a measure is: numbers of places and sites."""
    place_ids, site_ids = sent.ids("places"), sent.ids("sites")
    if not place_ids and not site_ids:
        sent.fault("places", "refusals.measures.nowhere")
    return {"place_ids": place_ids, "site_ids": site_ids}


def what(sent: Sent) -> dict[str, Any]:
    """What a measure is. What is left empty comes from its entry of the catalogue, where there is one."""
    entry = words.entry_of(sent.choice("catalogue_code", [entry.code for entry in g.catalogue.entries]))
    if not entry:
        sent.text("title", need="refusals.measures.no_title", most=120)
        sent.choice("mechanism", Mechanism, need="measures.need_mechanism")
    chosen = {
        name: sent.choice(name, kind)
        for name, kind in (("mechanism", Mechanism), ("kind", MeasureKind), ("term", Term))
    }
    return {
        "catalogue_code": entry.code if entry else None,
        "title": sent.text("title", most=120) or (entry.title[LANGUAGES[0]] if entry else ""),
        "summary": sent.text("summary", most=600),
        "mechanism": chosen["mechanism"] or (entry.mechanism if entry else None),
        "kind": chosen["kind"] or (entry.kind if entry else MeasureKind.SITUATIONAL),
        "term": chosen["term"] or (entry.term if entry else Term.SHORT),
        "works_while_ongoing": sent.yes("works_while_ongoing"),
        "expected": sent.text("expected", most=600),
        "cause_ids": sent.ids("causes"),
    }


def who(sent: Sent) -> dict[str, Any]:
    """Who is responsible, when it is done, what it costs, and how much is to be done."""
    owner = sent.choice("owner_id", [str(number) for number, _ in words.owners()], need="measures.need_owner")
    start, end = sent.day("planned_start", need="measures.need_start"), sent.day("planned_end")
    if start and end and end < start:
        sent.fault("planned_end", "refusals.measures.ends_before_start")
    return {
        "owner_id": int(owner or 0),
        "planned_start": start,
        "planned_end": end,
        "cost_kronor": sent.number("cost_kronor", most=10**9),
        "dose_planned": sent.text("dose_planned", most=200),
    }


def plan(sent: Sent) -> dict[str, Any]:
    """How it is followed up. What is measured otherwise than by reports counts none."""
    otherwise = sent.yes("otherwise")
    types = [] if otherwise else sent.many("types", [code for code, _ in words.types()])
    found = {
        "indicator": sent.text("indicator", need="refusals.measures.no_indicator", most=200),
        "types": types,
        "window_months": sent.number("window_months", need="refusals.measures.window", least=1, most=36),
        "same_season": sent.yes("same_season"),
        "comparison": sent.text("comparison", most=200),
        "comparison_place_ids": sent.ids("comparison_place_ids"),
        "comparison_area": sent.choice("comparison_area", g.agreement.areas) or None,
        "comparison_reason": sent.text("comparison_reason", most=600),
        "ring_metres": sent.number("ring_metres", most=1000) or 0,
        "chosen_for_height": sent.yes("chosen_for_height"),
        "due_on": sent.day("due_on", need="measures.need_due"),
    }
    if (found["comparison_place_ids"] or found["comparison_area"]) and not found["comparison_reason"]:
        sent.fault("comparison_reason", "refusals.measures.no_comparison_reason")
    if not types and not otherwise:
        sent.fault("types", "measures.need_types")
    if measures.left_out(g.agreement, types):
        sent.fault("types", "refusals.measures.accidents_added")
    return found
