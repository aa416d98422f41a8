"""The doubtful reports on a stretch, and what was decided about them by hand. Only for those who see single reports."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import g

from samverkan_map import access, traffic
from samverkan_map.question import Question
from samverkan_map.traffic import Decided, Doubtful, Road
from samverkan_map.vocabulary import Permission, ReportKind
from samverkan_map.web import reading_log


@dataclass(frozen=True)
class Snaps:
    """What the page of a stretch says of its doubtful reports."""

    doubtful: list[Doubtful]
    total: int
    decided: list[Decided]
    near: list[Road]
    may_decide: bool


def of_stretch(asked: Question, stretch_id: int) -> Snaps | None:
    """The doubtful reports of a question on a stretch; None for those who do not see single reports."""
    if not access.may(g.viewer, Permission.SEE_EXACT_REPORTS):
        return None
    on_roads = replace(asked, kinds=(ReportKind.TRAFFIC, ReportKind.ACCIDENT), sort="", page=1)
    found, total = traffic.doubtful(g.session, g.viewer, g.agreement, on_roads, stretch_id)
    decided = traffic.decided(g.session, g.viewer, stretch_id)
    if found or decided:
        reading_log.note_reports(id=stretch_id)
    stretch = traffic.get(g.session, g.viewer, stretch_id)
    return Snaps(
        found, total, decided, traffic.near_stretches(g.session, g.viewer, stretch_id),
        access.may(g.viewer, Permission.EDIT_PLACE, stretch),
    )  # fmt: skip
