"""The public figures: how many reports of each type lay in each sub-area in a finished calendar year.

A year is counted and published once; later reports show in a later edition at the earliest. What whoever is
not told all sees never depends on a number that is hidden.
"""

from samverkan_map.figures.finding import Cell, Line, Table, Year, kinds, lines, published, years
from samverkan_map.figures.publishing import Unpublished, begin, publish, waiting

__all__ = [
    "Cell",
    "Line",
    "Table",
    "Unpublished",
    "Year",
    "begin",
    "kinds",
    "lines",
    "publish",
    "published",
    "waiting",
    "years",
]
