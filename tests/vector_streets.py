"""From the street vectors' names to ours and back. Names and shapes only, as in `vector_methods`."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from samverkan_map.analysis import streets

Inputs = Mapping[str, Any]
Place = tuple[int, float]


def _segment_rates(inputs: Inputs) -> dict[str, Any]:
    names = [segment["id"] for segment in inputs["segments"]]
    by_segment = [inputs["events"].get(name, {}) for name in names]
    kinds = dict.fromkeys(kind for events in by_segment for kind in events)
    least = {"least_metres": inputs["min_length_m"]} if "min_length_m" in inputs else {}
    found = streets.segment_rates(
        [segment["length_m"] for segment in inputs["segments"]],
        {kind: [events.get(kind, 0) for events in by_segment] for kind in kinds},
        inputs["weights"],
        inputs["years"],
        **least,
    )
    fields = ("events_per_km_year", "complaints_per_km_year", "epdo", "epdo_per_km_year")
    return {field: {name: getattr(one, field) for name, one in zip(names, found, strict=True)} for field in fields}


def _score(inputs: Inputs) -> dict[str, Any]:
    return {"score": streets.severity_score(inputs["counts"], inputs["weights"])}


def _with_flow(inputs: Inputs) -> dict[str, Any]:
    names = ("spf_mean_per_km_year", "overdispersion_phi_per_km", "length_km", "counts_per_year")
    found = streets.with_flow(*(inputs[name] for name in names))
    return {
        "weight": found.weight,
        "eb_total": found.total,
        "sd_total": found.sd,
        "eb_per_year": found.per_year,
        "sd_per_year": found.sd_per_year,
        "eb_per_km_year": found.per_km_year,
        "sd_per_km_year": found.sd_per_km_year,
    }


def _without_flow(inputs: Inputs) -> dict[str, Any]:
    found = streets.without_flow(inputs["events"], inputs["exposure"])
    return {
        "prior_mean": found.mean,
        "prior_variance": found.between,
        "raw_rate": found.raw.tolist(),
        "eb_rate": found.rate.tolist(),
    }


def _high_injury_network(inputs: Inputs) -> dict[str, Any]:
    names = [segment["id"] for segment in inputs["segments"]]
    lengths, scores = ([segment[key] for segment in inputs["segments"]] for key in ("length_m", "score"))
    target = [inputs["coverage_target"]] if "coverage_target" in inputs else []
    found = streets.high_injury_network(lengths, scores, *target)
    return {
        "order": [names[index] for index in found.order.tolist()],
        "selected": [names[index] for index in found.selected],
        "share_of_score": found.share_of_score,
        "share_of_length": found.share_of_length,
    }


def _network_density(inputs: Inputs) -> dict[str, Any]:
    own = _Drawn(inputs)
    at = [own.place(edge, metres) for edge, metres in inputs["evaluate"]]
    kernel = streets.Kernel(inputs["kernel"].split()[0]) if "kernel" in inputs else streets.Kernel.TRIANGULAR
    how = own.network, list(own.events()), at, inputs["bandwidth_m"]
    as_printed = streets.network_density(*how, kernel=kernel, dead_ends=streets.DeadEnd.LOST)
    simple = streets.network_density_simple(*how, kernel=kernel)
    return {"simple": simple.tolist(), "equal_split_discontinuous": as_printed.tolist()}


class _Drawn:
    """A vector's network: nodes with names, straight edges named by their two nodes, either one first."""

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        nodes = list(inputs["nodes"])
        ends = [edge[:2] for edge in inputs["edges"]]
        lengths = [math.dist(*(inputs["nodes"][node] for node in pair)) for pair in ends]
        self.network = streets.network([[nodes.index(node) for node in pair] for pair in ends], lengths)
        self._edges = {"".join(pair): (index, False) for index, pair in enumerate(ends)}
        self._edges |= {"".join(reversed(pair)): (index, True) for index, pair in enumerate(ends)}
        self._edges |= {"".join(pair): (index, False) for index, pair in enumerate(ends)}

    def place(self, name: str, metres: float) -> Place:
        index, turned = self._edges["".join(name) if isinstance(name, list) else name]
        return index, float(self.network.lengths[index] - metres if turned else metres)

    def events(self) -> Iterator[Place]:
        for key, value in self._inputs.items():
            if found := re.fullmatch(r"events?_on_edge_(\w+)_distances?_from_(\w+)_m", key):
                edge, start = found.groups()
                named = edge if edge.startswith(start) else start + edge.removesuffix(start)
                for metres in value if isinstance(value, list) else [value]:
                    yield self.place(named, metres)
        for edge, metres in self._inputs.get("events", ()):
            yield self.place(edge, metres)


METHODS: dict[str, Callable[[Inputs], dict[str, Any]]] = {
    "empirical_bayes_spf": _with_flow,
    "global_empirical_bayes_rate": _without_flow,
    "high_injury_network": _high_injury_network,
    "network_kernel_density": _network_density,
    "segment_rates_epdo": _segment_rates,
    "sliding_window_score": _score,
}
