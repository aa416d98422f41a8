"""Measures: the action plan, the page of one measure, and the forms that make and change it."""

from samverkan_map.web.measures import edit, follow_ups, ledger, new, one, plan, redraw
from samverkan_map.web.measures.blueprint import blueprint
from samverkan_map.web.measures.words import follow_up_state

__all__ = ["blueprint", "edit", "follow_up_state", "follow_ups", "ledger", "new", "one", "plan", "redraw"]
