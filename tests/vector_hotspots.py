"""From the vectors' names to ours and back: hot spots, history, density, scans, near repeats, alarms and hit rates.

Names, shapes and nulls only, as in `vector_methods`, which merges these in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from samverkan_map import geometry
from samverkan_map.analysis import alarms, density, grid, history, hit_rate, hotspots, near_repeat, scan

Inputs = Mapping[str, Any]
CONTIGUITIES = (("hex", grid.HEX), ("rook", grid.ROOK), ("4 neighbours", grid.ROOK))
"""What a vector's description may say; anything else is all eight neighbours."""


def _contiguity(inputs: Inputs) -> str:
    said = str(inputs.get("contiguity", "")).lower()
    return next((ours for word, ours in CONTIGUITIES if word in said), grid.QUEEN)


def _listed(values: np.ndarray, defined: Any = True) -> Any:
    """An array as lists, with null for what is not defined."""
    return np.where(defined, values, None).tolist()


class _Cells:
    """Counts as an array, and answers in the form that the counts had: rows of rows, or a list of existing cells."""

    def __init__(self, inputs: Inputs) -> None:
        self.contiguity, self.exists, self.place = _contiguity(inputs), None, None
        if "axial_q_r" in inputs:
            laid = grid.hex_cells(inputs["axial_q_r"], inputs["counts"])
            self.counts, self.exists, self.place, self.contiguity = laid.counts, laid.exists, laid.place, grid.HEX
            return
        given = np.array(inputs["counts"], dtype=float)
        self.counts = np.where(np.isnan(given), 0, given)
        if np.isnan(given).any():
            self.exists = ~np.isnan(given)
            self.place = np.flatnonzero(self.exists)

    def shown(self, values: np.ndarray, defined: Any = True) -> Any:
        kept = np.where(defined, values, None)
        return kept.tolist() if self.place is None else kept.ravel()[self.place].tolist()

    @property
    def whole(self) -> bool:
        return bool((self.counts == np.floor(self.counts)).all())


def _gi_star(inputs: Inputs) -> dict[str, Any]:
    cells = _Cells(inputs)
    found = hotspots.gi_star(cells.counts, cells.exists, contiguity=cells.contiguity)
    answer = {
        "z": cells.shown(found.z, found.defined),
        "p_two_sided": cells.shown(found.p, found.defined),
        "q_bh": cells.shown(found.q, found.defined),
        "local_sum": cells.shown(found.sums),
        "n_neighbours_with_self": cells.shown(found.cells),
    }
    if cells.whole:
        hot = hotspots.hot_cells(
            cells.counts, cells.exists, exposure=inputs.get("exposure"), contiguity=cells.contiguity, **_alpha(inputs)
        )
        answer |= {"p_upper_binomial": cells.shown(hot.p), "q_bh_binomial": cells.shown(hot.q)}
        answer |= {"hot": cells.shown(hot.hot), "n_hot": hot.number}
    return answer


def _alpha(inputs: Inputs) -> dict[str, Any]:
    return {"alpha": inputs["alpha"]} if inputs.get("alpha") is not None else {}


def _points_to_gi_star(inputs: Inputs) -> dict[str, Any]:
    cells = grid.grid_from(*inputs["origin"], inputs["cell_size"], inputs["n_cols"], inputs["n_rows"])
    counted = grid.counts_on(np.column_stack([inputs["x"], inputs["y"]]), cells, inputs.get("weights"))
    found = hotspots.gi_star(counted, contiguity=_contiguity(inputs))
    return {
        "counts_row_major_from_south_west": counted.ravel().tolist(),
        "z_row_major": _listed(found.z.ravel(), found.defined.ravel()),
        "p_two_sided": _listed(found.p.ravel(), found.defined.ravel()),
        "q_bh": _listed(found.q.ravel(), found.defined.ravel()),
    }


def _local_moran(inputs: Inputs) -> dict[str, Any]:
    cells = _Cells(inputs)
    found = hotspots.local_moran(cells.counts, cells.exists, contiguity=cells.contiguity)
    defined = found.overall is not None
    return {
        "I_spdep": cells.shown(found.by_n, defined),
        "I_esda": cells.shown(found.by_n_less_1, defined),
        "global_I": found.overall,
    }


def _mann_kendall(inputs: Inputs) -> dict[str, Any]:
    found = history.mann_kendall(inputs["x"])
    several = found.periods > 1
    return {
        "S": float(found.s),
        "var_S": float(found.variance),
        "z": float(found.z),
        "p": float(found.p),
        "tau_a": float(found.tau_a) if several else None,
        "tau_b": float(found.tau_b) if several and found.varied else None,
        "sen_slope": float(history.sen_slope(inputs["x"])) if several else None,
    }


def _emerging(inputs: Inputs) -> dict[str, Any]:
    return {"results": [_emerging_one(series, _alpha(inputs)) for series in inputs["series"]]}


def _emerging_one(series: Inputs, alpha: dict[str, Any]) -> dict[str, Any]:
    z, p = (np.array(series[name], dtype=float)[:, None] for name in ("z", "p_two_sided"))
    trend = history.mann_kendall(series["z"])
    return {
        "name": series.get("name"),
        "category": str(history.emerging_class(z, *hotspots.by_normal(z, p, **alpha), **alpha)[0]),
        "mk_z": float(trend.z),
        "mk_p": float(trend.p),
    }


def _five_classes(inputs: Inputs) -> dict[str, Any]:
    names = ("recent_share", "hot_share", "persistent_share")
    shares = {name: inputs[name] for name in names if inputs.get(name) is not None}
    return {name: str(history.place_history(hot, **shares)) for name, hot in inputs["series"].items()}


def _kernel_density(inputs: Inputs) -> dict[str, Any]:
    where = inputs["points"], inputs["evaluate_at"], inputs["bandwidth_m"]
    return {
        f"{kernel}_per_{unit}": work(*where, kernel).tolist()
        for kernel in density.KERNELS
        for unit, work in (("m2", density.kernel_sum), ("km2", density.kernel_sum_per_km2))
    }


def _burkitt() -> tuple[np.ndarray, np.ndarray]:
    import geopandas
    import libpysal

    frame = geopandas.read_file(libpysal.examples.get_path("burkitt.shp"))
    return frame[["X", "Y"]].to_numpy(float), frame["T"].to_numpy(float)


def _given_events(inputs: Inputs) -> tuple[Any, Any]:
    """Named data, or the events themselves under any of the names that vectors give them."""
    if "burkitt" in str(inputs.get("dataset", "")):
        return _burkitt()
    points = next((inputs[name] for name in ("xy", "points", "s_coords") if name in inputs), None)
    times = next((inputs[name] for name in ("day", "days", "time", "times", "t", "t_coords") if name in inputs), None)
    return np.column_stack([inputs["x"], inputs["y"]]) if points is None else points, times


def _knox(inputs: Inputs) -> dict[str, Any]:
    found = near_repeat.knox(*_given_events(inputs), inputs["delta"], inputs["tau"])
    return {
        "statistic": found.both,
        "pairs_space": found.in_space,
        "pairs_time": found.in_time,
        "pairs_total": found.pairs,
        "expected": found.expected,
        "ratio": found.ratio,
        "p_poisson_at_least": found.at_least,
        "p_poisson_more_than": found.more_than,
    }


def _near_repeat(inputs: Inputs) -> dict[str, Any]:
    bands = inputs["distance_breaks"], inputs["day_breaks"]
    runs = {"permutations": inputs["permutations"]} if "permutations" in inputs else {}
    found = {
        metric: near_repeat.near_repeat(*_given_events(inputs), *bands, metric=metric, **runs)
        for metric in near_repeat.METRICS
    }
    return {
        metric: {
            "observed": table.observed.tolist(),
            "expected_analytic": table.expected.tolist(),
            "ratio_analytic": _listed(table.ratio, table.expected > 0),
            f"p_monte_carlo_{table.permutations}": None if table.p is None else table.p.tolist(),
        }
        for metric, table in found.items()
    }


def _llr(inputs: Inputs) -> dict[str, Any]:
    three = (inputs[name] for name in ("cases_in_window", "expected_in_window", "total_cases"))
    return {"llr": scan.poisson_llr(*three)}


def _naus(inputs: Inputs) -> dict[str, Any]:
    return {"p": scan.scan_p_as_printed(*(inputs[name] for name in ("n", "mu", "L", "k")))}


def _permutation_scan(inputs: Inputs) -> dict[str, Any]:
    points = np.array(inputs["points_col_row_day"])
    found = scan.permutation_scan(
        points[:, :2],
        points[:, 2],
        (inputs["n_rows"], inputs["n_cols"]),
        inputs["last_day"],
        window_days=inputs["window_days"],
        window_cells=inputs["window_cells"],
        least_cases=inputs.get("min_cases", 1),
        permutations=inputs.get("permutations", 0),
        seed=inputs.get("seed", 1),
    )
    best = found.window
    if best is None:
        return {"llr": 0.0, "p": found.p} | dict.fromkeys(("days", "size", "col", "row", "cases", "expected"))
    return {
        "llr": best.llr,
        "days": best.days,
        "size": best.size,
        "col": best.column,
        "row": best.row,
        "cases": best.cases,
        "expected": best.expected,
        "p": found.p,
    }


def _hit_rate(inputs: Inputs) -> dict[str, Any]:
    found = hit_rate.hit_rate(inputs["count"], inputs["pred"], inputs.get("area"))
    return {
        "rank_order_of_units_1_based": found.rank,
        "pai": found.pai.tolist(),
        "pei": found.pei.tolist(),
        "rri": found.rri.tolist(),
        "cumulative_share_events": found.events.tolist(),
        "cumulative_share_area": found.ground.tolist(),
    }


def _weekly_z(inputs: Inputs) -> dict[str, Any]:
    found = alarms.weekly_z(inputs["observed"], inputs["mean_history"])
    return {"z": found.z, "p_upper_exact": found.at_least, "p_lower_exact": found.at_most}


def _to_metric(inputs: Inputs) -> dict[str, Any]:
    lon_lat = np.array(inputs["lon_lat"], dtype=float)
    return {"e_n": np.column_stack(geometry.to_metric(lon_lat[:, 0], lon_lat[:, 1])).tolist()}


METHODS: dict[str, Callable[[Inputs], dict[str, Any]]] = {
    "emerging_hot_spot_class": _emerging,
    "getis_ord_gi_star_grid": _gi_star,
    "hotspot_class_simple": _five_classes,
    "kernel_density_point_sum": _kernel_density,
    "knox_global": _knox,
    "knox_near_repeat": _near_repeat,
    "kulldorff_poisson_llr": _llr,
    "local_moran_grid": _local_moran,
    "mann_kendall": _mann_kendall,
    "naus_scan_statistic": _naus,
    "pai_pei_rri": _hit_rate,
    "points_to_grid_gi_star": _points_to_gi_star,
    "space_time_permutation_scan_statistic": _permutation_scan,
    "weekly_poisson_z": _weekly_z,
    "wgs84_to_sweref99tm": _to_metric,
}
