"""What there is to decide about a stretch or a recurring place: a question that follows from what is known, never an
answer."""

from __future__ import annotations

from enum import StrEnum

from samverkan_map.traffic import Held, Why


class Ask(StrEnum):
    """The question before the meeting."""

    MEASURE_FIRST = "measure_first"
    MEASURE_AGAIN = "measure_again"
    MEASURE_AFTER = "measure_after"
    WHAT_TO_DO = "what_to_do"
    IS_IT_ENOUGH = "is_it_enough"
    SOMETHING_ELSE = "something_else"
    LOWER_ANYWAY = "lower_anyway"
    MAKE_PLACE = "make_place"
    WHAT_HERE = "what_here"
    NOTHING = "nothing"


def to_decide(held: Held, why: Why | None, *, at_work: bool) -> Ask:
    """The question of a stretch: from its verdict, why it should be measured if so, and whether something is under way.

    >>> to_decide(Held.NEVER, Why.FELT_NEVER, at_work=False), to_decide(Held.BOTH, None, at_work=True)
    (<Ask.MEASURE_FIRST: 'measure_first'>, <Ask.IS_IT_ENOUGH: 'is_it_enough'>)
    """
    if why is Why.AFTER_MEASURE:
        return Ask.MEASURE_AFTER
    if held is Held.NEVER:
        return Ask.MEASURE_FIRST if why else Ask.NOTHING
    if why is Why.FELT_OLD:
        return Ask.MEASURE_AGAIN
    if held is Held.BOTH:
        return Ask.IS_IT_ENOUGH if at_work else Ask.WHAT_TO_DO
    return {Held.FELT: Ask.SOMETHING_ELSE, Held.MEASURED: Ask.LOWER_ANYWAY}.get(held, Ask.NOTHING)


def to_decide_there(*, has_place: bool, at_work: bool) -> Ask:
    """The question of a recurring place: from whether it is a place already, and whether something is under way there.

    >>> to_decide_there(has_place=False, at_work=False)
    <Ask.MAKE_PLACE: 'make_place'>
    """
    if at_work:
        return Ask.IS_IT_ENOUGH
    return Ask.WHAT_HERE if has_place else Ask.MAKE_PLACE
