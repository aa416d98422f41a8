"""The High Injury Network: how few kilometres of road hold most of the harm of accidents."""

from __future__ import annotations

from dataclasses import dataclass

from shapely import LineString

from samverkan_map.agreement import Agreement
from samverkan_map.analysis import streets
from samverkan_map.traffic import Ranking, Row

TARGET = 0.7
LEAST_ACCIDENTS = 10
"""Of fewer accidents with known severity nothing is said of where they gather."""


@dataclass(frozen=True)
class Harmed:
    """A stretch with accidents: its number, name and metres, how many there are, how many severe, and their weight."""

    stretch: int
    name: str
    metres: float
    accidents: int
    severe: int
    score: float | None
    shape: LineString


@dataclass(frozen=True)
class Injury:
    """The stretches (`rows`, the most harm per km first) that hold the share `score` of the weighed accidents, on the
    share `length` of the road; how many accidents with known severity, and how many `severe` ones, lie on them and on
    all stretches. `elsewhere` counts accidents on stretches too short to be weighed per km, in junctions, or on none.

    `weighed` says whether severities have weights; otherwise severe accidents are counted as they are. `nothing` is ""
    or few.
    """

    rows: tuple[Harmed, ...]
    score: float
    length: float
    graded: int
    all_graded: int
    severe: int
    all_severe: int
    elsewhere: int
    weighed: bool
    nothing: str = ""


def concentrated(agreement: Agreement, rows: list[Row], ranking: Ranking) -> Injury:
    """The part of the stretches in a list, by weighed accidents per km, that holds seven tenths of their weight."""
    weighed = agreement.traffic.severity is not None
    long = [row for row in rows if row.road.length_metres >= streets.rates.LEAST_METRES]
    graded, severe = sum(row.graded for row in long), sum(row.severe for row in long)
    counted = sum(row.accidents for row in long)
    begun = Injury((), 0.0, 0.0, 0, graded, 0, severe, ranking.accidents - counted, weighed, "few")
    scores = [(row.score or 0.0) if weighed else float(row.severe) for row in long]
    if graded < LEAST_ACCIDENTS or not sum(scores):
        return begun
    found = streets.high_injury_network([row.road.length_metres for row in long], scores, TARGET)
    chosen = tuple(long[at] for at in found.selected)
    return Injury(
        tuple(_harmed(row, ranking) for row in chosen), found.share_of_score or 0.0, found.share_of_length,
        sum(row.graded for row in chosen), graded,
        sum(row.severe for row in chosen), severe, begun.elsewhere, weighed,
    )  # fmt: skip


def _harmed(row: Row, ranking: Ranking) -> Harmed:
    road = row.road
    return Harmed(
        road.id, road.name, float(road.length_metres), row.accidents, row.severe, row.score,
        ranking.roads.lines[ranking.roads.at[road.id]],
    )  # fmt: skip
