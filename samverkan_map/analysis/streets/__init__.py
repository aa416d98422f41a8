"""Streets: how much happens along them, where most of the harm is, and how sure that is.

One room per question: `rates` (per kilometre and year, scores, trends), `bayes` (the long run and the places in a
ranked list), `concentration` (the High Injury Network, sliding windows), `nodes` and `snapping` (on which stretch
something happened), `density` (events smoothed along the network). Complaints and accidents are never added.
"""

from __future__ import annotations

from samverkan_map.analysis.streets.bayes import (
    FlowEstimate,
    Ranked,
    SmoothedRates,
    rank_intervals,
    with_flow,
    without_flow,
)
from samverkan_map.analysis.streets.concentration import (
    HighInjuryNetwork,
    Windows,
    high_injury_network,
    sliding_windows,
)
from samverkan_map.analysis.streets.density import (
    DeadEnd,
    Kernel,
    Lixels,
    Network,
    lixels,
    network,
    network_density,
    network_density_simple,
    network_mass,
    network_of,
)
from samverkan_map.analysis.streets.nodes import Joints, joints, lines_of
from samverkan_map.analysis.streets.rates import (
    Merged,
    SegmentRate,
    Trend,
    lengths_of,
    merged_by_name,
    segment_rates,
    severity_score,
    trends,
)
from samverkan_map.analysis.streets.snapping import Doubt, Snapped, snap

__all__ = [
    "DeadEnd", "Doubt", "FlowEstimate", "HighInjuryNetwork", "Joints", "Kernel", "Lixels", "Merged", "Network",
    "Ranked", "SegmentRate", "SmoothedRates", "Snapped", "Trend", "Windows", "high_injury_network", "joints",
    "lengths_of", "lines_of", "lixels", "merged_by_name", "network", "network_density", "network_density_simple",
    "network_mass", "network_of", "rank_intervals", "segment_rates", "severity_score", "sliding_windows", "snap",
    "trends", "with_flow", "without_flow",
]  # fmt: skip
