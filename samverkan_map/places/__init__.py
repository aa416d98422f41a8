"""Places and their way kartläggning → analys → åtgärder → uppföljning, back too."""

from __future__ import annotations

from samverkan_map.places.belonging import MOST_PICKED, TROUBLE, Belonging, pick, reach_of, reports_of, since
from samverkan_map.places.causes import add_cause, edit_cause, get_cause, standing_causes, strike_cause
from samverkan_map.places.hours import Gap, gap, hours_in_words, runs_in_words, set_hours, watched
from samverkan_map.places.keeping import (
    FARTHEST_METRES,
    create,
    edit,
    find,
    get,
    publish,
    redraw,
    shape_of,
    unpublish,
)
from samverkan_map.places.problem import PARTS, define, definition_of
from samverkan_map.places.process import (
    PhaseState,
    close,
    closes,
    describe,
    end,
    lap_began,
    laps,
    needs,
    phase_of,
    state_of,
    step,
)

__all__ = [
    "FARTHEST_METRES", "MOST_PICKED", "PARTS", "TROUBLE", "Belonging", "Gap", "PhaseState", "add_cause", "close",
    "closes", "create", "define", "definition_of", "describe", "edit", "edit_cause", "end", "find", "gap", "get",
    "get_cause",
    "hours_in_words", "lap_began", "laps", "needs", "phase_of", "pick", "publish", "reach_of", "redraw", "reports_of",
    "runs_in_words", "set_hours", "shape_of", "since", "standing_causes", "state_of", "step", "strike_cause",
    "unpublish", "watched",
]  # fmt: skip
