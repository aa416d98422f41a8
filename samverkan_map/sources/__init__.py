"""The sources beside the reports: safety surveys, reported crime, dialogues and safety walks.

`surveys`, `crimes` and `dialogues` are one kind each, `rows` what they have in common, `files` and `deliveries` whole
files of them. `felt` lays what is felt beside what is reported, `gathering` lays all of a period out per sub-area.
"""

from __future__ import annotations

from samverkan_map.sources import crimes, dialogues, surveys
from samverkan_map.sources.deliveries import find_deliveries, get_delivery, is_delivery, undo
from samverkan_map.sources.felt import Beside, Felt, beside, events_of
from samverkan_map.sources.files import COLUMNS, Intake, needed, take_in, year_columns
from samverkan_map.sources.gathering import Gathered, Missing, OfArea, gather, of_period, points_of, years_of
from samverkan_map.sources.rows import CRIMES, DIALOGUES, KINDS, SURVEYS, get, places, strike
from samverkan_map.sources.surveys import Answer, Asked, Difference

__all__ = [
    "COLUMNS", "CRIMES", "DIALOGUES", "KINDS", "SURVEYS", "Answer", "Asked", "Beside", "Difference", "Felt",
    "Gathered", "Intake", "Missing", "OfArea", "beside", "crimes", "dialogues", "events_of", "find_deliveries",
    "gather", "get", "get_delivery", "is_delivery", "needed", "of_period", "places", "points_of", "strike", "surveys",
    "take_in", "undo", "year_columns", "years_of",
]  # fmt: skip
