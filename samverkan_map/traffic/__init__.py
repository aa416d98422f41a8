"""Stretches of road: their keepers, speed limits and measured speeds.

`ranking` is the list of all of them, `ledger` what is felt against what is measured. `keeping` is one at a time,
`changing` draws one, `placing` says where a report counts (a stretch or a junction), `snaps` what is doubtful of that
and was decided by hand. `stretch_file` and `speed_file` take in whole files, `deliveries` takes those back.
"""

from __future__ import annotations

from samverkan_map.traffic.changing import add_stretch, edit_stretch
from samverkan_map.traffic.deliveries import (
    KINDS,
    SPEEDS,
    STRETCHES,
    Intake,
    find_deliveries,
    get_delivery,
    is_delivery,
    kinds_of,
    undo,
)
from samverkan_map.traffic.keeping import (
    COLUMNS,
    SPEED_LIMITS,
    as_properties,
    find,
    get,
    measure_speed,
    shape_of,
)
from samverkan_map.traffic.ledger import Held, Wanted, Why, felt_from, hold, is_high, is_old, queue
from samverkan_map.traffic.placing import JUNCTION_METRES
from samverkan_map.traffic.ranking import SORTS, Effort, Junction, Ranking, Row, Sure, monthly, narrowed, rank, types_on
from samverkan_map.traffic.roads import Measured, Road, Roads
from samverkan_map.traffic.roads import current as roads
from samverkan_map.traffic.snaps import Decided, Doubtful, Doubts, decide, decided, doubtful, doubts, take_back
from samverkan_map.traffic.snaps import near as near_stretches
from samverkan_map.traffic.spans import COMPARISONS, Spans, spans
from samverkan_map.traffic.speed_file import NEEDED as SPEED_NEEDED
from samverkan_map.traffic.speed_file import take_in_speeds
from samverkan_map.traffic.standing import Standing, standing_of
from samverkan_map.traffic.stretch_file import known_keeper, take_in_stretches

__all__ = [
    "COLUMNS", "COMPARISONS", "JUNCTION_METRES", "KINDS", "SORTS", "SPEEDS", "SPEED_LIMITS", "SPEED_NEEDED",
    "STRETCHES", "Decided", "Doubtful", "Doubts", "Effort", "Held", "Intake", "Junction", "Measured", "Ranking",
    "Road", "Roads", "Row", "Spans", "Standing", "Sure", "Wanted", "Why", "add_stretch", "as_properties", "decide",
    "decided", "doubtful", "doubts", "edit_stretch", "felt_from", "find", "find_deliveries", "get", "get_delivery",
    "hold", "is_delivery", "is_high", "is_old", "kinds_of", "known_keeper", "measure_speed", "monthly", "narrowed",
    "near_stretches", "queue", "rank", "roads", "shape_of", "spans", "standing_of", "take_back", "take_in_speeds",
    "take_in_stretches", "types_on", "undo",
]  # fmt: skip
