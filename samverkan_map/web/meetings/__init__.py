"""Meetings: the projected mode, the agenda of a forum, the form of a decision, and the extract of the minutes."""

from samverkan_map.web.meetings import agendas, deciding, minutes, projected, recurring, screens
from samverkan_map.web.meetings.blueprint import blueprint

__all__ = ["agendas", "blueprint", "deciding", "minutes", "projected", "recurring", "screens"]
