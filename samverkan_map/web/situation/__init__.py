"""The situation picture: its versions, one of them with figures and words, the two keys, and two beside each other."""

from samverkan_map.web.situation import clock, comparing, keys, listing, reading, writing
from samverkan_map.web.situation.blueprint import blueprint

__all__ = ["blueprint", "clock", "comparing", "keys", "listing", "reading", "writing"]
