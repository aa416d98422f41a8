"""What is done at a place or a site: attached, planned, carried out, followed up, and promised by others.

Writes take the `version` of what the form showed and raise Conflict when somebody changed it since.
"""

from samverkan_map.measures.attaching import Words, attach, drawn
from samverkan_map.measures.changing import NEXT, edit, move, publish, redraw, unpublish
from samverkan_map.measures.detecting import expected_before, smallest_change
from samverkan_map.measures.finding import find, focus_of, get
from samverkan_map.measures.follow_ups import (
    WINDOW_MONTHS,
    Plan,
    change_comparison,
    change_plan,
    get_plan,
    plan_follow_up,
    plan_of,
    set_verdict,
    waive,
)
from samverkan_map.measures.imagining import check_comparison, imagine
from samverkan_map.measures.overlaps import Overlap, effect_window, months_after, overlaps
from samverkan_map.measures.parts import add_part, change_part, get_part
from samverkan_map.measures.promises import change_promise, get_promise, keep, promise, shown_promises
from samverkan_map.measures.standing import (
    Standing,
    followed_up_until,
    never_followed_up,
    not_finished_in_time,
    not_started_in_time,
    overdue,
    standing,
)
from samverkan_map.measures.together import counted_together, left_out

__all__ = [
    "NEXT", "Overlap", "Plan", "Standing", "WINDOW_MONTHS", "Words", "add_part", "attach", "change_comparison",
    "change_part", "change_plan", "change_promise", "check_comparison", "counted_together", "drawn", "edit",
    "effect_window", "expected_before", "find", "focus_of", "followed_up_until", "get", "get_part", "get_plan",
    "get_promise", "imagine", "keep", "left_out", "months_after", "move", "never_followed_up", "not_finished_in_time",
    "not_started_in_time", "overdue", "overlaps", "plan_follow_up", "plan_of", "promise", "publish", "redraw",
    "set_verdict", "shown_promises", "smallest_change", "standing", "unpublish", "waive",
]  # fmt: skip
