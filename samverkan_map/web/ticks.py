"""Reports ticked in the list: they stay chosen while pages, filters and views change, until let go of."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from flask import g, request

from samverkan_map import places, reports
from samverkan_map.map_rows import Page
from samverkan_map.question import Question


@dataclass(frozen=True)
class Ticks:
    """What is chosen (`problem.12`): all of it, what has no box on this page, and how many of those are where."""

    all: list[str]
    hidden: list[str]
    other_pages: int
    outside: int

    def __contains__(self, name: str) -> bool:
        return name in self.all


def of_address(found: Page, asked: Question, *, boxes: bool) -> Ticks:
    """The ticks that the address carries, held against the rows of its page; `boxes` says whether rows can be ticked.

    One form holds filter, ticks and the buttons between pages and views, so that nothing ticked is lost without scripts
    either. Outside are those that the question does not mean.
    """
    named = dict.fromkeys(one for one in request.args.getlist("rapporter") if re.fullmatch(r"[a-z]+\.\d{1,10}", one))
    ticked = list(named)[: places.MOST_PICKED]
    here = {f"{row.layer}.{row.id}" for row in found.rows} if boxes else set()
    hidden = [one for one in ticked if one not in here]
    outside = _outside(asked, hidden) if hidden else 0
    return Ticks(ticked, hidden, len(hidden) - outside, outside)


def _outside(asked: Question, names: list[str]) -> int:
    numbers = [int(one.partition(".")[2]) for one in names]
    meant = reports.choose(g.session, g.viewer, g.agreement, asked).column("id")
    return int(np.count_nonzero(~np.isin(numbers, meant)))
