"""The situation picture: its versions, one of them with figures and words, the two keys, two beside each other, the
clock, and the papers that are handed over."""

from samverkan_map.web.situation import (
    clock,
    comparing,
    follow_up,
    keys,
    listing,
    map_file,
    plan,
    presenting,
    public,
    reading,
    short,
    whole,
    writing,
)
from samverkan_map.web.situation.blueprint import blueprint

__all__ = [
    "blueprint", "clock", "comparing", "follow_up", "keys", "listing", "map_file", "plan", "presenting", "public",
    "reading", "short", "whole", "writing",
]  # fmt: skip
