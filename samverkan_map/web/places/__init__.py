"""The pages of places: the list, the card of one, its four phases, and every form that changes it."""

from samverkan_map.web.places import cards, changing, making, picking, steps
from samverkan_map.web.places.door import blueprint

__all__ = ["blueprint", "cards", "changing", "making", "picking", "steps"]
