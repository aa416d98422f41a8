"""Stretches of road: the ranked list, the page of one stretch, the forms that draw and measure one and say by hand what
was made on it, and the letter to a road keeper."""

from samverkan_map.web.traffic import deciding, letter, listing, living, making, measuring, overview, stretch, whole
from samverkan_map.web.traffic.blueprint import blueprint

__all__ = [
    "blueprint", "deciding", "letter", "listing", "living", "making", "measuring", "overview", "stretch", "whole",
]  # fmt: skip
