"""Stretches of road: the ranked list, the page of one stretch, the measuring form, and the letter to a road keeper."""

from samverkan_map.web.traffic import letter, listing, measuring, stretch
from samverkan_map.web.traffic.blueprint import blueprint

__all__ = ["blueprint", "letter", "listing", "measuring", "stretch"]
