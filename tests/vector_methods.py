"""From the vectors' names to ours and back: the `method`s of effects, time, surveys and concentration, and all others.

Names, shapes and inclusive ends only. Whatever is computed is computed by `samverkan_map.analysis`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import shapely
import vector_hotspots
import vector_privacy
import vector_streets

from samverkan_map.analysis import clock, concentration, effects, false_discovery, surveys
from samverkan_map.analysis.effects.series import Segmented

Inputs = Mapping[str, Any]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LEVELS = {"ci95": 0.05, "ci90": 0.1, "ci80": 0.2, "ci99": 0.01}
POWER_RATIOS = (
    "0.05", "0.1", "0.15", "0.2", "0.25", "0.3", "0.35", "0.4", "0.45", "0.5", "0.55", "0.6", "0.65", "0.7", "0.75",
    "0.8", "0.85", "0.9", "0.95", "1.25", "1.5", "2.0",
)  # fmt: skip
"""A vector says only in its answer which of these it wants."""
LENGTHS = (
    ("t1", "t0"), ("length_after", "length_before"), ("months_after", "months_before"), ("days_after", "days_before"),
    ("period_after", "period_before"), ("ratio_after_to_before", ""),
)  # fmt: skip


class UnknownMethod(KeyError):
    """A vector's method, or a form of its inputs, that nothing here answers."""


def run(method: str, inputs: Inputs) -> dict[str, Any]:
    """The answer to a vector in the shape of its `expected`. Raises UnknownMethod."""
    if method not in METHODS:
        raise UnknownMethod(method)
    return METHODS[method](inputs)


def _options(inputs: Inputs, *more: str) -> dict[str, Any]:
    """The settings that a vector may leave out, under our names."""
    names = {"alpha": "alpha", "phi": "dispersion", "dispersion": "dispersion"} | {name: name for name in more}
    return {ours: inputs[theirs] for theirs, ours in names.items() if inputs.get(theirs) is not None}


def _interval(inputs: Inputs, found: Any) -> dict[str, Any]:
    """An interval under each name that the vectors give one."""
    own = [name for name, alpha in LEVELS.items() if alpha == inputs.get("alpha")]
    return dict.fromkeys(("ci", "ci95", *own), [found.low, found.high])


def _counts(inputs: Inputs) -> tuple[Any, ...]:
    return inputs["x1"], inputs["x0"], inputs.get("t1", 1), inputs.get("t0", 1)


def _rate_ratio(inputs: Inputs) -> dict[str, Any]:
    phi = {name: value for name, value in _options(inputs).items() if name == "dispersion"}
    at = {name: effects.rate_ratio(*_counts(inputs), alpha=alpha, **phi) for name, alpha in LEVELS.items()}
    own = effects.rate_ratio(*_counts(inputs), **_options(inputs))
    answer = {"rr": own.ratio} | {name: [one.low, one.high] for name, one in at.items()}
    if own.undecidable:
        return answer | {"verdict": "undecidable"}
    p = effects.rate_ratio_p(*_counts(inputs))
    return answer | {"p_exact_minlik": p.minimum_likelihood, "p_central": p.central, "p_mid": p.mid}


def _rate(inputs: Inputs) -> dict[str, Any]:
    found = effects.rate(inputs["x"], inputs.get("t", 1), **_options(inputs))
    return {"rate": found.rate} | _interval(inputs, found)


def _e_test(inputs: Inputs) -> dict[str, Any]:
    four = inputs["k1"], inputs["k2"], inputs.get("n1", 1), inputs.get("n2", 1)
    return {"p_score": effects.e_test_p(*four), "p_wald": effects.e_test_p(*four, statistic="wald")}


def _gamma_poisson(inputs: Inputs) -> dict[str, Any]:
    found = effects.gamma_poisson(*_counts(inputs), **_prior(inputs))
    return {
        "p_decrease": found.p_decrease,
        "p_decrease_20pct": found.p_fall_of_a_fifth,
        "median_rr": found.median,
    } | {f"cri{name[2:]}": list(found.interval(alpha)) for name, alpha in LEVELS.items()}


def _prior(inputs: Inputs) -> dict[str, Any]:
    return {name: value for name, value in _options(inputs, "prior_shape", "prior_rate").items() if name != "alpha"}


def _relative_incidence(inputs: Inputs) -> dict[str, Any]:
    found = effects.relative_incidence(inputs["treated"], inputs["control"], **_options(inputs))
    parts = {"log_rirr": found.log_ratio, "se": found.se, "rirr": found.ratio, "p_two_sided": found.p}
    return parts | (_interval(inputs, found) if found.ratio is not None else {"ci95": None})


def _wdd(inputs: Inputs) -> dict[str, Any]:
    found = effects.wdd(
        inputs["treated"],
        inputs["control"],
        inputs.get("disp_treated", (0, 0)),
        inputs.get("disp_control", (0, 0)),
        **_options(inputs, "time_weights", "area_weights"),
    )
    return {
        "est_local": found.local,
        "se_local": found.se_local,
        "est_displacement": found.displacement,
        "se_displacement": found.se_displacement,
        "est_total": found.total,
        "se_total": found.se,
        "z": found.z,
        "ci_low": found.low,
        "ci_high": found.high,
        "p_two_sided": found.p,
    }


def _wdd_harm(inputs: Inputs) -> dict[str, Any]:
    rows = inputs["rows_control_treated_before_after"]
    found = effects.wdd_harm(rows, inputs["weights"], **_options(inputs))
    return {"est": found.estimate, "se": found.se, "z": found.z, "ci_low": found.low, "ci_high": found.high}


def _wdd_width(inputs: Inputs) -> dict[str, Any]:
    areas = inputs["expected_treated_per_period"], inputs["expected_control_per_period"]
    found = effects.wdd_width(*areas, **_options(inputs))
    return {"se_if_no_effect": found.se, "half_width": found.half, "half_width_percent_of_treated": found.percent}


def _wdq(inputs: Inputs) -> dict[str, Any]:
    found = effects.wdq(inputs["treated"], inputs["buffer"], inputs["control"])
    return {
        "gross_effect": found.gross,
        "net_effect": found.net,
        "success_measure": found.success,
        "buffer_measure": found.buffer,
        "wdq": found.quotient,
        "total_net_effect": found.total_net,
        "interpretable": found.interpretable,
    }


def _smallest_detectable(inputs: Inputs) -> dict[str, Any]:
    expected, lengths, options = inputs["expected_before"], _lengths(inputs), _options(inputs)
    power = {"power": inputs["target_power"]} if "target_power" in inputs else {}
    found = effects.smallest_detectable(expected, *lengths, **power, **options)
    return {"mde_rate_ratio": found.ratio, "mde_percent": found.percent} | {
        f"power_at_rr_{ratio.replace('.', '_')}": effects.power_at(expected, float(ratio), *lengths, **options)
        for ratio in (*POWER_RATIOS, *_asked_ratios(inputs))
    }


def _asked_ratios(inputs: Inputs) -> list[str]:
    """Ratios that a vector names itself, in a list or in a name such as power_at_rr_0_85."""
    listed = [str(ratio) for name in ("ratios", "rate_ratios") for ratio in inputs.get(name, ())]
    return listed + [m[1].replace("_", ".") for name in inputs if (m := re.fullmatch(r"power_at_rr_(\d+_\d+)", name))]


def _lengths(inputs: Inputs) -> tuple[float, float]:
    for after, before in LENGTHS:
        if after in inputs:
            return inputs[after], inputs[before] if before else 1
    if inputs.get("equal_periods", True):
        return 1, 1
    raise UnknownMethod("minimum_detectable_effect_before_after with unequal periods of unknown length")


def _series(inputs: Inputs) -> dict[str, Any]:
    model, last = inputs.get("model", ""), inputs["last_month_before"]
    slope = "(t-t0)" in model.replace(" ", "") or (not model and isinstance(last, int))
    fit = effects.segmented(inputs["y"], last, slope=slope)
    answer = _fitted(fit) | {
        f"correlation_{one}_{_short(other)}": fit.correlation(one, other)
        for one in fit.steps
        for other in (*fit.steps, "trend_per_year")
        if one != other
    }
    if isinstance(last, int):
        level_only = effects.segmented(inputs["y"], last)
        answer |= _as_r(fit) | {"level_only": _fitted(level_only) | _as_r(level_only)}
    varied = effects.negative_binomial(fit)
    if varied:
        answer["negbin"] = {"coef": varied.coef.tolist(), "se": varied.se.tolist(), "theta": varied.theta}
    return answer


def _as_r(fit: Segmented) -> dict[str, Any]:
    """The vectors of one measure were made in R and hold what R prints; those of several were made in statsmodels."""
    printed = effects.as_r_prints(fit)
    return {
        "dispersion": printed.dispersion,
        "se_poisson": printed.se_poisson.tolist(),
        "se_quasi": printed.se_quasi.tolist(),
    }


def _short(name: str) -> str:
    return name.removesuffix("_per_year")


def _fitted(fit: Segmented) -> dict[str, Any]:
    steps = {name: fit.step(name) for name in fit.steps}
    shown = {
        f"{prefix}{key}": value
        for name, step in steps.items()
        for prefix in (f"{name}_", *(("",) if name == "level" else ()))
        for key, value in (("rate_ratio", step.ratio), ("rate_ratio_ci95_phi_floor_1", [step.low, step.high]))
    }
    return shown | {
        "names": list(fit.names),
        "coef": fit.coef.tolist(),
        "se_poisson": fit.se_poisson.tolist(),
        "se_quasi": fit.se_quasi.tolist(),
        "dispersion": fit.dispersion,
        "loglik": fit.log_likelihood,
        "deviance": fit.deviance,
    }


def _windows(inputs: Inputs) -> dict[str, Any]:
    started, in_place = (date.fromisoformat(inputs[name]) for name in ("measure_start", "measure_in_place"))
    found = effects.before_after_windows(started, in_place, inputs["window_days"])
    periods = {"after": found.after, "before_adjacent": found.adjacent, "before_same_season": found.same_season}
    return {name: _inclusive(period) for name, period in periods.items()} | {
        "same_season_allowed": found.same_season_allowed,
        "days_each": found.days,
    }


def _inclusive(period: Any) -> list[str]:
    return [period.start.isoformat(), (period.end - timedelta(days=1)).isoformat()]


def _rings(inputs: Inputs) -> dict[str, Any]:
    site, radii = shapely.Point(inputs["site"]), (inputs["r_treated"], inputs["r_catchment"])
    areas = effects.ring_areas(site, *radii)
    return {
        "zone": effects.zones(inputs["points"], [site], *radii).zone.tolist(),
        "area_treated_m2": areas.treated,
        "area_catchment_m2": areas.catchment,
    }


def _verdict(inputs: Inputs) -> dict[str, Any]:
    return {"verdicts": [_finding(case) for case in inputs["cases"]]}


def _finding(case: Inputs) -> str:
    low, high = (float(end) for end in case["ci95"])
    return effects.effect_verdict(case["n_before"], case["n_after"], low, high, case["p_decrease"]).value


def _empirical_bayes(inputs: Inputs) -> dict[str, Any]:
    before = inputs["eb_before"], inputs["var_eb_before"], inputs.get("ratio_after_to_before", 1)
    found = effects.empirical_bayes(inputs["observed_after"], *before)
    return {
        "expected_after": found.expected,
        "var_expected_after": found.variance,
        "theta": found.theta,
        "se_theta": found.se_theta,
        "reduction_percent": found.reduction_percent,
        "saved_events": found.saved,
        "se_saved": found.se_saved,
    }


def _wilson(inputs: Inputs) -> dict[str, Any]:
    found = surveys.wilson(inputs["x"], inputs["n"], **_options(inputs))
    return {"p": found.share} | _interval(inputs, found)


def _weighted_share(inputs: Inputs) -> dict[str, Any]:
    found = surveys.weighted_share(inputs["weights"], inputs["answers"], **_options(inputs))
    parts = {"p": found.share, "n_effective": found.effective, "design_effect": found.design}
    return parts | _interval(inputs, found)


def _newcombe(inputs: Inputs) -> dict[str, Any]:
    found = surveys.newcombe(*(inputs[name] for name in ("x1", "n1", "x0", "n0")), **_options(inputs))
    return {"diff": found.difference} | _interval(inputs, found)


def _week_hours(inputs: Inputs) -> dict[str, Any]:
    zone = inputs.get("timezone") or "none"
    zone = None if zone.startswith("none") else zone
    ends = [_moment(inputs["end"], zone)] if inputs.get("end") else None
    found = clock.aoristic_week_hours([_moment(inputs["start"], zone)], ends, zone)
    if found.whole_week:
        return {"every_hour": float(found.weights[0, 0])}
    return {f"{WEEKDAYS[day]}_{hour:02}": float(found.weights[day, hour]) for day, hour in np.argwhere(found.weights)}


def _moment(text: str, zone: str | None) -> np.datetime64:
    known = datetime.fromisoformat(text)
    if zone:
        known = (known if known.tzinfo else known.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    return np.datetime64(known.replace(tzinfo=None))


def _seasonal_index(inputs: Inputs) -> dict[str, Any]:
    first = date.fromisoformat(f"{inputs['first_month'][:7]}-01")
    return {"index_jan_to_dec": clock.seasonal_index(inputs["counts"], first).tolist()}


def _gini(inputs: Inputs) -> dict[str, Any]:
    found = concentration.gini(inputs["counts"])
    return {
        "gini": found.plain,
        "gini_unbiased": found.unbiased,
        "gini_generalised": found.generalised,
        "gini_generalised_unbiased": found.generalised_unbiased,
    }


def _place_concentration(inputs: Inputs) -> dict[str, Any]:
    found = concentration.place_concentration(inputs["counts"])
    parts = {"25pct": 0.25, "50pct": 0.5, "80pct": 0.8}
    return {
        "total": found.total,
        "n_places": found.places,
        "n_places_with_events": found.active,
        **{f"places_for_{name}": found.places_for(part) for name, part in parts.items()},
        **{f"share_of_places_for_{name}": found.share_of_places_for(part) for name, part in parts.items()},
        **{f"share_of_active_places_for_{name}": found.share_of_active_for(part) for name, part in parts.items()},
        **{f"even_spread_places_for_{name}": found.fewest_if_even(part) for name, part in parts.items()},
        "events_share_top_20pct_places": found.events_share_of_top(0.2),
    }


def _benjamini_hochberg(inputs: Inputs) -> dict[str, Any]:
    found = false_discovery.benjamini_hochberg(inputs["p"], **_options(inputs))
    return {"q": found.q.tolist(), "n_rejected": found.number}


METHODS: dict[str, Callable[[Inputs], dict[str, Any]]] = {
    **vector_privacy.METHODS,
    **vector_streets.METHODS,
    "aoristic_week_hours": _week_hours,
    "bayes_gamma_poisson_rate_ratio": _gamma_poisson,
    "before_after_windows": _windows,
    "benjamini_hochberg": _benjamini_hochberg,
    "effect_verdict": _verdict,
    "empirical_bayes_before_after": _empirical_bayes,
    "gini_generalised": _gini,
    "interrupted_time_series": _series,
    "minimum_detectable_effect_before_after": _smallest_detectable,
    "newcombe_difference_of_proportions": _newcombe,
    "place_concentration": _place_concentration,
    "poisson_e_test": _e_test,
    "poisson_rate_exact_ci": _rate,
    "poisson_rate_ratio_exact_conditional": _rate_ratio,
    "relative_incidence_rate_ratio": _relative_incidence,
    "seasonal_index": _seasonal_index,
    "treated_catchment_control_rings": _rings,
    "wdd": _wdd,
    "wdd_detectable_width": _wdd_width,
    "wdd_harm_weighted": _wdd_harm,
    "wdq": _wdq,
    "weighted_proportion_effective_n": _weighted_share,
    "wilson_interval": _wilson,
}
METHODS |= vector_hotspots.METHODS
