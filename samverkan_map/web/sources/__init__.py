"""The sources beside the reports: surveys on a map and in tables, reported crime, dialogues and walks, and the forms
that add one figure at a time."""

from samverkan_map.web.sources import listing, making, others
from samverkan_map.web.sources.blueprint import blueprint
from samverkan_map.web.sources.listing import layers

__all__ = ["blueprint", "layers", "listing", "making", "others"]
