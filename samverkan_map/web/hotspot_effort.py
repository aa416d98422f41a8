"""Who stands behind what a page counts, in the visitor's words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from flask import g

from samverkan_map.hotspots import effort, effort_words
from samverkan_map.hotspots.effort import Effort
from samverkan_map.question import Question
from samverkan_map.vocabulary import Period, ReportKind
from samverkan_map.web.hotspot_parts import speaker


@dataclass(frozen=True)
class Told:
    """The banners, the period they are about, and what else is known."""

    banners: list[str]
    period: str
    lines: list[str]


def told(
    asked: Question,
    *,
    kinds: Iterable[str] = (),
    types: Iterable[str] = (),
    period: Period | None = None,
    before: Period | None = None,
) -> Told | None:
    """Who stands behind the reports of a question; None when there are none.

    `kinds`, `types` and the periods are those that the page counted, where it counts others than the question says.
    Raises BadQuestion.
    """
    group = tuple(types)
    chosen = () if group else tuple(map(ReportKind, kinds)) or asked.kinds
    counted = replace(asked, kinds=chosen, types=group or asked.types)
    return told_of(effort.find(g.session, g.viewer, g.agreement, counted, today=g.today, period=period, before=before))


def told_of(found: Effort | None) -> Told | None:
    """What is known of who reported, in words; None without any report."""
    if found is None or not found.events:
        return None
    say = speaker()
    return Told(effort_words.banners(say, found), say.period(found.period), effort_words.lines(say, found))
