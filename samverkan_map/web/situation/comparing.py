"""Two versions beside each other: in words, on the map, in numbers."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, g, render_template

from samverkan_map import situation
from samverkan_map.errors import NotFound
from samverkan_map.hotspots import comparing_words
from samverkan_map.situation import Differences, Part
from samverkan_map.situation.sections import QUICK
from samverkan_map.web.hotspot_parts import speaker
from samverkan_map.web.situation import drawn
from samverkan_map.web.situation.blueprint import blueprint
from samverkan_map.web.situation.listing import chosen
from samverkan_map.web.situation.reading import Shown, shown
from samverkan_map.web.texts import t

EARLIER, LATER = "tidigare", "senare"
STEPS = (-2, -1, 0, 1, 2)


@dataclass(frozen=True)
class Both:
    """Two versions and what differs."""

    earlier: Shown
    later: Shown
    found: Differences

    def heading(self, part: Part) -> str:
        """What a table is about."""
        kind, _, focus = part.key.partition(".")
        words = t(f"situation.part.{kind}")
        return f"{self.later.say.code('focus', focus)}: {words.lower()}" if focus else words


@blueprint.get("/jamfor")
def compare() -> str:
    """What changed from an earlier version to a later one."""
    versions = situation.find(g.session, g.viewer)
    both = _both()
    return render_template(
        "situation/comparison.html", versions=versions, both=both,
        query={EARLIER: both.earlier.found.id, LATER: both.later.found.id} if both else {},
    )  # fmt: skip


@blueprint.get("/jamfor/karta.svg")
def compare_svg() -> Response:
    """The map of the difference. Raises NotFound."""
    both = _both()
    if both is None or both.found.squares is None:
        raise NotFound("situation.errors.not_found")
    words = {step: comparing_words.step_words(speaker(), step) for step in STEPS}
    body = drawn.difference_map(both.found.squares, t("situation.compare_map"), words)
    return Response(body, mimetype="image/svg+xml")


def _both() -> Both | None:
    """The versions of the address, or the newest two; None when there are not two. Raises NotFound."""
    numbers = [one.id for one in situation.find(g.session, g.viewer)]
    if len(numbers) < 2:
        return None
    later = chosen(LATER, numbers[0])
    earlier = chosen(EARLIER, next((one for one in numbers if one < later), numbers[-1]))
    first, second = shown(earlier, QUICK), shown(later, QUICK)
    return Both(first, second, situation.compare(first.document, second.document))
