"""Stretches of road: their keepers, speed limits and measured speeds.

`keeping` is one at a time, `stretch_file` and `speed_file` take in whole files, `deliveries` takes those back.
"""

from __future__ import annotations

from samverkan_map.traffic.deliveries import KINDS, Intake, find_deliveries, is_delivery, undo
from samverkan_map.traffic.keeping import (
    COLUMNS,
    SPEED_LIMITS,
    add_stretch,
    as_properties,
    find,
    get,
    measure_speed,
    shape_of,
)
from samverkan_map.traffic.speed_file import take_in_speeds
from samverkan_map.traffic.stretch_file import take_in_stretches

__all__ = [
    "COLUMNS", "KINDS", "SPEED_LIMITS", "Intake", "add_stretch", "as_properties", "find", "find_deliveries", "get",
    "is_delivery", "measure_speed", "shape_of", "take_in_speeds", "take_in_stretches", "undo",
]  # fmt: skip
