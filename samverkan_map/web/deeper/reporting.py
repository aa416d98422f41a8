"""Who reports, in words: one source or organisation with more than half, reports per organisation, and silence."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g

from samverkan_map.hotspots import effort
from samverkan_map.hotspots.effort import Effort
from samverkan_map.question import Question
from samverkan_map.web.hotspots import speaker
from samverkan_map.web.texts import label, t


@dataclass(frozen=True)
class Told:
    """The banners of one source and one organisation ("" when neither has more than half), and what else is known."""

    source: str
    organisation: str
    lines: list[str]


def told(asked: Question) -> Told | None:
    """Who stands behind the reports of a question; None when there are none. Raises BadQuestion."""
    found = effort.find(g.session, g.viewer, g.agreement, asked, today=g.today)
    if not found.events:
        return None
    return Told(_source(found), _organisation(found), _lines(found))


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole)


def _source(found: Effort) -> str:
    if not found.one_source:
        return ""
    source = label(g.agreement.sources[found.source]).lower() if found.source in g.agreement.sources else found.source
    return t("hotspots.effort", source=source, percent=_percent(found.of_source, found.events))


def _organisation(found: Effort) -> str:
    if not found.one_organisation:
        return ""
    percent = _percent(found.of_organisation, found.events)
    if not found.organisation:
        return t("deeper.effort_one_unnamed", percent=percent)
    return t("deeper.effort_one", organisation=found.organisation, percent=percent)


def _lines(found: Effort) -> list[str]:
    say = speaker()
    number = say.fmt.number
    if not found.each:
        return [t("deeper.effort_unknown"), _quiet(found)]
    known = t(
        "deeper.effort_each", n=found.active, organisations=number(found.active), period=say.period(found.period),
        each=number(found.each, 1), known=number(found.known), total=number(found.events),
    )  # fmt: skip
    lines = [known]
    if found.each_before:
        before = say.period(found.before)
        lines.append(
            t("deeper.effort_before", n=found.active_before, organisations=number(found.active_before), period=before,
              each=number(found.each_before, 1))
        )  # fmt: skip
    return [*lines, _quiet(found)]


def _quiet(found: Effort) -> str:
    """Who said that there was nothing to report; or that nobody has, so that silence and calm look alike."""
    if not found.quiet.weeks:
        return t("deeper.effort_nil")
    say = speaker()
    organisations, weeks = (say.fmt.number(number) for number in (found.quiet.organisations, found.quiet.weeks))
    period = say.period(found.period)
    return t(
        "deeper.effort_quiet", n=found.quiet.organisations, organisations=organisations, weeks=weeks, period=period
    )
