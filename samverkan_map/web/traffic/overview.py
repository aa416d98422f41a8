"""The page of the list: table, map, accidents, junctions, ledger, measuring queue and keepers."""

from __future__ import annotations

from dataclasses import replace

from flask import g, render_template, request

from samverkan_map import access
from samverkan_map.traffic import COMPARISONS, JUNCTION_METRES
from samverkan_map.vocabulary import Keeper, ReportKind
from samverkan_map.web import periods
from samverkan_map.web.traffic import listing, living, words
from samverkan_map.web.traffic.asked import comparison, wanted
from samverkan_map.web.traffic.blueprint import blueprint

QUEUED = 10


@blueprint.get("/trafik")
def page() -> str:
    """The stretches, the first place first, with the ledger and what to measure next."""
    found = listing.listed()
    whole = replace(found.asked, period=found.ranking.spans.now)
    return render_template(
        "traffic/page.html",
        listed=found,
        question=found.asked,
        rows=found.shown,
        happened=[row for row in found.rows if row.accidents][: listing.PER_PAGE],
        words=words,
        compare=comparison(),
        comparisons=COMPARISONS,
        keepers=list(Keeper),
        per_keeper=listing.per_keeper(found.rows),
        verdicts=listing.verdicts(found.rows),
        junctions=listing.junctions(found),
        junction_metres=JUNCTION_METRES,
        queue=wanted(found.ranking, found.rows, found.work)[:QUEUED],
        period=periods.choices(whole, g.today),
        coarse=access.coarse_time(g.viewer),
        types=g.agreement.types_of_kind(ReportKind.TRAFFIC),
        least=words.PUBLIC_LEAST,
        **living.context(found),
        kept={name: value for name, value in request.args.items() if name in ("from", "to", "period", "compare")},
    )
