"""The page of the list: table, map, accidents, junctions, ledger, measuring queue and keepers."""

from __future__ import annotations

from dataclasses import replace

from flask import g, render_template, request

from samverkan_map import access
from samverkan_map.traffic import COMPARISONS, JUNCTION_METRES
from samverkan_map.vocabulary import Keeper, Permission, ReportKind
from samverkan_map.web import periods
from samverkan_map.web.traffic import listing, living, whole, words
from samverkan_map.web.traffic.asked import comparison
from samverkan_map.web.traffic.blueprint import blueprint


@blueprint.get("/trafik")
def page() -> str:
    """The stretches, the first place first, with the ledger and what to measure next."""
    found = whole.listed()
    doubts = whole.doubts(found)
    closed = replace(found.asked, period=found.ranking.spans.now)
    return render_template(
        "traffic/page.html",
        listed=found,
        question=found.asked,
        rows=found.shown,
        happened=whole.part_of(whole.ACCIDENTS, found),
        words=words,
        compare=comparison(),
        comparisons=COMPARISONS,
        keepers=list(Keeper),
        per_keeper=listing.per_keeper(found.rows),
        verdicts=whole.verdicts(found),
        junctions=whole.part_of(whole.JUNCTIONS, found),
        doubts=whole.doubts_words(doubts),
        doubtful=whole.part_of(whole.DOUBTFUL, found) if doubts.total and _sees_single() else None,
        junction_metres=JUNCTION_METRES,
        queue=whole.part_of(whole.QUEUE, found),
        period=periods.choices(closed, g.today),
        coarse=access.coarse_time(g.viewer),
        types=g.agreement.types_of_kind(ReportKind.TRAFFIC),
        least=words.PUBLIC_LEAST,
        args=whole.args(found),
        **living.context(found),
        kept={name: value for name, value in request.args.items() if name in ("from", "to", "period", "compare")},
    )


def _sees_single() -> bool:
    return access.may(g.viewer, Permission.SEE_EXACT_REPORTS)
