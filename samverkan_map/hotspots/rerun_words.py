"""A run worked out again, in words: that nothing differs, or what does and why."""

from __future__ import annotations

from samverkan_map.hotspots import things_words, words
from samverkan_map.hotspots.found import Spot
from samverkan_map.hotspots.rerun import Again, Numbered, numbered
from samverkan_map.hotspots.things import Things
from samverkan_map.hotspots.words import Speaker
from samverkan_map.hotspots.written import Answer

MOST_TOLD = 12


def sentences(say: Speaker, found: Again | None) -> list[str]:
    """Whether the reports are the same, whether the numbers are, and how many there were and are."""
    if found is None:
        return [say("again_refused")]
    lines = [say("saved_same" if found.same_reports else "saved_changed")]
    if not found.same_stretches:
        lines.append(say("again_stretches"))
    if found.same:
        return [*lines, say("again_same")]
    if found.same_reports and found.same_stretches:
        lines.append(say("again_elsewhere"))
    return [*lines, _totals(say, found)]


def _totals(say: Speaker, found: Again) -> str:
    then, now = ((one.events, len(numbered(one))) for one in (found.then, found.now))
    number = say.fmt.number
    fields = {
        "then": number(then[0]), "now": number(now[0]), "spots_then": number(then[1]), "spots_now": number(now[1]),
    }  # fmt: skip
    if then == now:
        return say("again_moved" if found.pairs else "again_details")
    if then[1] == now[1]:
        return say("again_events", **fields)
    return say("again_spots" if then[0] == now[0] else "again_totals", **fields)


def differences(say: Speaker, found: Again | None) -> list[str]:
    """The numbered places that differ, one line each, and how many more there are."""
    if found is None or found.same:
        return []
    left = len(found.pairs) - MOST_TOLD
    told = [_pair(say, found, old, new) for old, new in found.pairs[:MOST_TOLD]]
    return [*told, say("again_more", n=left)] if left > 0 else told


def _pair(say: Speaker, found: Again, old: Numbered | None, new: Numbered | None) -> str:
    number = say.fmt.number
    if old is None:
        assert new is not None
        return say("again_new", title=_title(say, found.now, new), now=number(new.events))
    title = _title(say, found.then, old)
    if new is None:
        return say("again_gone", number=old.number, title=title)
    return say("again_spot", number=old.number, title=title, then=number(old.events), now=number(new.events))


def _title(say: Speaker, found: Answer, one: Numbered) -> str:
    if isinstance(one, Spot):
        return words.title(say, one)
    assert isinstance(found, Things)
    return things_words.title(say, found, one)
