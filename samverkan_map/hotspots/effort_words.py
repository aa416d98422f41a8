"""Who reports, in words: one source or organisation with more than half, reports per organisation, and silence."""

from __future__ import annotations

from samverkan_map.hotspots.effort import Effort
from samverkan_map.hotspots.words import Speaker
from samverkan_map.translations import text


def banners(say: Speaker, found: Effort) -> list[str]:
    """What must be known before anything else is read: that one source, or one organisation, has more than half."""
    told = []
    if found.one_source:
        source = say.label(say.agreement.sources, found.source).lower()
        told.append(say("effort", source=source, percent=_percent(found.of_source, found.events)))
    if found.one_organisation:
        key = "effort_one" if found.organisation else "effort_one_unnamed"
        percent = _percent(found.of_organisation, found.events)
        told.append(_say(say, key, organisation=found.organisation, percent=percent))
    return told


def lines(say: Speaker, found: Effort) -> list[str]:
    """What else is known: how many organisations reported and how much each, and what silence means."""
    number, nil = say.fmt.number, _quiet(say, found)
    if not found.each:
        return [_say(say, "effort_unknown"), nil]
    told = [
        _say(
            say, "effort_each", n=found.active, organisations=number(found.active), period=say.period(found.period),
            each=number(found.each, 1), known=number(found.known), total=number(found.events),
        )
    ]  # fmt: skip
    if left := found.events - found.known:
        told.append(_say(say, "effort_rest", n=left, left=number(left)))
    if found.each_before:
        told.append(
            _say(say, "effort_before", n=found.active_before, organisations=number(found.active_before),
                 period=say.period(found.before), each=number(found.each_before, 1))
        )  # fmt: skip
    return [*told, nil]


def _quiet(say: Speaker, found: Effort) -> str:
    """Who said that there was nothing to report; or that nobody has, so that silence and calm look alike."""
    if not found.quiet.weeks:
        return _say(say, "effort_nil")
    organisations, weeks = (say.fmt.number(number) for number in (found.quiet.organisations, found.quiet.weeks))
    return _say(
        say, "effort_quiet", n=found.quiet.organisations, organisations=organisations, weeks=weeks,
        period=say.period(found.period),
    )  # fmt: skip


def _say(say: Speaker, key: str, **fields: object) -> str:
    return text(say.language, f"deeper.{key}", **fields)


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole)
