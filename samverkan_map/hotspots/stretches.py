"""The stretches that half of the complaints are about, out of the ranked list: as numbered things, in its order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from samverkan_map import traffic
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.errors import BadQuestion
from samverkan_map.hotspots.asked import Asked
from samverkan_map.hotspots.finding import LEAST_IN_SPOT
from samverkan_map.hotspots.things import Thing, Things, fewest
from samverkan_map.vocabulary import ReportKind

PART = 0.5
"""The stretches are taken in the order of the list until they hold this share of the complaints."""


def check(asked: Asked) -> None:
    """Raises BadQuestion for a question that leaves complaints out."""
    if ReportKind.TRAFFIC not in asked.question.kinds:
        raise BadQuestion("things.errors.only_complaints", name="kind" if asked.question.given.get("kind") else "type")


def ranked(
    session: Session, viewer: Viewer, agreement: Agreement, asked: Asked, begun: Things, *, today: date
) -> Things:
    """The stretches of a question that there are reports for."""
    ranking = traffic.rank(session, viewer, agreement, asked.question, comparison=traffic.COMPARISONS[0], today=today)
    rows = traffic.narrowed(ranking, asked.question)
    on_stretch, taken = sum(row.complaints for row in rows), 0
    things: list[Thing] = []
    for row in sorted((row for row in rows if row.place), key=lambda row: row.place or 0):
        if taken >= PART * on_stretch:
            break
        if row.complaints < max(LEAST_IN_SPOT, fewest(viewer)):
            continue
        taken += row.complaints
        road = row.road
        things.append(
            Thing(
                len(things) + 1, ranking.roads.lines[ranking.roads.at[road.id]], row.complaints,
                round(row.per_km_year or 0.0, 2), road.area or "", road.name, stretch=road.id,
                metres=road.length_metres, low=row.low, high=row.high, before=row.before,
                sure=row.sure.value if row.sure else "",
            )
        )  # fmt: skip
    return replace(
        begun,
        kinds=(ReportKind.TRAFFIC.value,),
        counted=ranking.spans.now,
        nothing="" if rows else "no_stretches",
        events=on_stretch,
        outside=ranking.total - ranking.on_stretch,
        things=tuple(things),
        facts={"stretches": len(rows), "fewest": max(LEAST_IN_SPOT, fewest(viewer))},
    )
