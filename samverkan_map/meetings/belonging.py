"""What a forum may have before it."""

from __future__ import annotations

from samverkan_map import access
from samverkan_map.agreement import Agreement, Forum
from samverkan_map.db.tables import Measure, Place


def belongs(agreement: Agreement, forum: Forum, one: Place | Measure) -> bool:
    """Whether a forum may have a place or a measure before it: its own places, and what is done at them alone.

    A forum of traffic has traffic only, whatever somebody attached to its places. What is done at no place at all
    belongs to the forums that may see everything.
    """
    if isinstance(one, Place):
        kind = agreement.types[one.type].kind if one.type in agreement.types else None
        return one.forum == forum.code and (forum.may_map == "all" or kind in access.TRAFFIC_KINDS)
    inside = [belongs(agreement, forum, place) for place in one.places]
    if forum.may_map == "all":
        return any(inside) or not inside
    return access.is_traffic(one) and all(inside)
