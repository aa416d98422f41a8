"""Did a measure help? From windows of days to the words that the figures carry.

One room per way to ask: `counts` and `e_test` (one place before and after), `displacement` and `rings` (with a
comparison and the ring around), `series` (month by month), `mean_regression` (a place chosen for its height), `power`
(asked before), `windows` (which days) and `verdict` (which sentence).
"""

from __future__ import annotations

from samverkan_map.analysis.effects.counts import (
    Rate,
    RatePosterior,
    RateRatio,
    RatioP,
    RelativeIncidence,
    gamma_poisson,
    rate,
    rate_ratio,
    rate_ratio_p,
    relative_incidence,
)
from samverkan_map.analysis.effects.displacement import (
    Difference,
    Wdd,
    Wdq,
    Width,
    pooled,
    wdd,
    wdd_harm,
    wdd_width,
    wdq,
)
from samverkan_map.analysis.effects.e_test import e_test_p
from samverkan_map.analysis.effects.mean_regression import (
    EmpiricalBayes,
    Expected,
    chosen_for_height,
    empirical_bayes,
    expected_before,
)
from samverkan_map.analysis.effects.negative_binomial import NegativeBinomial, negative_binomial
from samverkan_map.analysis.effects.power import Detectable, power_at, smallest_detectable, wdd_smallest_detectable
from samverkan_map.analysis.effects.r_glm import RPrint, as_r_prints
from samverkan_map.analysis.effects.rings import (
    Ring,
    RingAreas,
    Zoned,
    ring_areas,
    ring_shapes,
    surface,
    without,
    zones,
)
from samverkan_map.analysis.effects.series import (
    Dispersion,
    Segmented,
    Step,
    overdispersion,
    segmented,
    slope_allowed,
)
from samverkan_map.analysis.effects.verdict import (
    Finding,
    Moved,
    PercentRange,
    displacement_verdict,
    effect_verdict,
    of_ten,
    percent_fewer,
    percent_more,
)
from samverkan_map.analysis.effects.windows import Windows, before_after_windows, packages

__all__ = [
    "Detectable", "Difference", "Dispersion", "EmpiricalBayes", "Expected", "Finding", "Moved", "NegativeBinomial",
    "PercentRange", "RPrint", "Rate", "RatePosterior", "RateRatio", "RatioP", "RelativeIncidence", "Ring", "RingAreas",
    "Segmented", "Step", "Wdd", "Wdq", "Width", "Windows", "Zoned", "as_r_prints",
    "before_after_windows", "chosen_for_height",
    "displacement_verdict", "e_test_p", "effect_verdict", "empirical_bayes", "expected_before", "gamma_poisson",
    "negative_binomial", "of_ten", "overdispersion", "packages", "percent_fewer", "percent_more", "pooled", "power_at",
    "rate", "rate_ratio", "rate_ratio_p", "relative_incidence", "ring_areas", "ring_shapes", "segmented",
    "slope_allowed", "smallest_detectable", "surface",
    "wdd", "wdd_harm", "wdd_smallest_detectable", "wdd_width", "wdq", "without", "zones",
]  # fmt: skip
