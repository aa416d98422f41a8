"""What people like, and what reviewers say of the placemaking sites."""

from __future__ import annotations

from typing import Any

from samverkan_map import sites
from samverkan_map.situation import changes
from samverkan_map.situation.asked import EYES, Facts, Gathering, halves
from samverkan_map.situation.figure import Figure, Row, leading, nothing
from samverkan_map.vocabulary import DayPart, ReportKind

STRENGTHS, REVIEWS = "change", "reviews"


def count(gathering: Gathering) -> dict[str, Any]:
    """What people like by sub-area, and the reviews of each site by time of day: how many, and the sum of the scores.

    Scores of too few to be told are not frozen either.
    """
    found: dict[str, Any] = {"sites": [_site(one) for one in sites.find(gathering.session, EYES)]}
    if gathering.spans.now is not None:
        liked = halves(gathering.chosen(None, (ReportKind.STRENGTH,)), gathering.spans)
        found |= {"liked": liked.counts("area"), "sources": liked.counts("source")}
    return found


def _site(site: Any) -> dict[str, Any]:
    counted = sites.counted(site)
    reviews = sites.together(EYES, counted)
    told = {part: sites.together(EYES, sites.given(counted, part)) for part in DayPart}
    scores = {
        part: [one.scores[part] for one in found] for part, found in told.items() if sites.are_enough(EYES, found)
    }
    return {
        "site": site.name,
        "reviewers": len(reviews) if sites.are_enough(EYES, reviews) else 0,
        "scores": {part.value: [len(found), sum(found)] for part, found in scores.items()},
    }


def derive(facts: Facts) -> list[Figure]:
    """Where people like it, and the sites with their means."""
    return [_liked(facts), _reviewed(facts.counts["sites"])]


def _liked(facts: Facts) -> Figure:
    counts = facts.counts.get("liked", {})
    total = sum(pair[0] for pair in counts.values())
    if not total:
        return nothing("liked", STRENGTHS, "liked")
    rows = changes.rows("area", counts, facts.lengths, facts.compared)
    sources = [code for code, pair in facts.counts["sources"].items() if pair[0]]
    return Figure(
        "liked", leading("liked", "area", rows, {"count": total}),
        changes.columns("area", facts.compared), rows, total, STRENGTHS, sources, {"kind": "bars", "label": "area"},
    )  # fmt: skip


def _reviewed(held: list[dict[str, Any]]) -> Figure:
    told = [one for one in held if one["reviewers"]]
    if not told:
        return nothing("reviews", REVIEWS, "reviews", least=sites.FEWEST_FOR_PARTNERS)
    parts = [part.value for part in DayPart]
    rows: list[Row] = [
        {"site": one["site"], "reviewers": one["reviewers"]}
        | {part: one["scores"][part][1] / one["scores"][part][0] if part in one["scores"] else None for part in parts}
        for one in sorted(told, key=lambda one: one["site"])
    ]
    reviewers = sum(one["reviewers"] for one in told)
    lows = [(row[part], row["site"], part) for row in rows for part in parts if row[part] is not None]
    if not lows:
        return nothing("reviews", REVIEWS, "reviews", least=sites.FEWEST_FOR_PARTNERS)
    mean, site, part = min(lows)
    fields = {"n": len(told), "site": site, "part": part, "mean": mean, "count": reviewers}
    return Figure(
        "reviews", ("reviews", fields), ("site", "reviewers", *parts), rows, reviewers, REVIEWS, (),
        {"kind": "fields", "label": "site", "columns": parts, "least": sites.SCORES[0], "most": sites.SCORES[-1],
         "open": True}, (),
        {"least": sites.FEWEST_FOR_PARTNERS},
    )  # fmt: skip
