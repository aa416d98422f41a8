"""Every reference vector of the folder in SAMVERKAN_VECTORS (default: the copies here) through one adapter."""

import json
import math
import os
from pathlib import Path

import pytest
import vector_methods

from samverkan_map.analysis import effects

FOLDER = Path(os.environ.get("SAMVERKAN_VECTORS") or Path(__file__).parent.parent / "vectors")
VECTORS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}
LEAST_ROOM = 1e-9
OURS = {name: vector for name, vector in VECTORS.items() if vector["method"] in vector_methods.METHODS}


def differences(expected, found, tolerance, where=""):
    """Where an answer is not what was expected: each place with both values."""
    if isinstance(expected, dict):
        for name, value in expected.items():
            if not isinstance(found, dict) or name not in found:
                yield f"{where}.{name}", value, "absent"
            else:
                yield from differences(value, found[name], named(tolerance, name), f"{where}.{name}")
    elif isinstance(expected, list):
        if not isinstance(found, list) or len(found) != len(expected):
            yield where, expected, found
        else:
            for index, pair in enumerate(zip(expected, found, strict=True)):
                yield from differences(*pair, tolerance, f"{where}[{index}]")
    elif not same(expected, found, tolerance):
        yield where, expected, found


def named(tolerance, name):
    """The tolerance that a vector gives for values whose names begin so, such as `expected` or `mk`."""
    own = [room for start, room in tolerance.items() if name.startswith(start.removesuffix("_abs"))]
    return {"abs": own[0]} if own else tolerance


def same(expected, found, tolerance):
    if expected is None or isinstance(expected, bool):
        return found is expected
    if expected in ("Infinity", "-Infinity"):
        return found == float(expected)
    if isinstance(expected, str):
        return found == expected
    if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found):
        return False
    room = max(tolerance.get("abs", LEAST_ROOM), tolerance.get("rel", 0.0) * abs(expected))
    return abs(found - expected) <= room


@pytest.mark.parametrize("name", OURS)
def test_a_reference_vector_is_answered_as_it_says(name):
    vector = OURS[name]
    found = vector_methods.run(vector["method"], vector["inputs"])
    assert list(differences(vector["expected"], found, vector["tolerance"])) == []


def test_no_vector_is_passed_over_in_silence():
    unknown = {vector["method"] for vector in VECTORS.values()} - set(vector_methods.METHODS)
    assert VECTORS and unknown == set()


def test_every_method_of_the_adapter_has_a_vector():
    assert set(vector_methods.METHODS) <= {vector["method"] for vector in VECTORS.values()}


def test_a_method_that_nobody_knows_is_refused_by_name():
    with pytest.raises(KeyError, match="reading_tea_leaves"):
        vector_methods.run("reading_tea_leaves", {})


def test_a_plan_with_unequal_windows_takes_their_lengths_and_the_ratios_it_names():
    inputs = {"expected_before": 80, "equal_periods": False, "months_after": 6, "months_before": 12, "alpha": 0.1}
    found = vector_methods.run("minimum_detectable_effect_before_after", inputs | {"rate_ratios": [0.62]})
    assert found["power_at_rr_0_62"] == effects.power_at(80, 0.62, 6, 12, alpha=0.1)
    assert found["mde_rate_ratio"] == effects.smallest_detectable(80, 6, 12, alpha=0.1).ratio


def test_times_without_an_offset_are_the_local_clock_of_the_zone_that_is_named():
    inputs = {"start": "2026-07-06 23:30", "end": None, "timezone": "Europe/Stockholm"}
    assert vector_methods.run("aoristic_week_hours", inputs) == {"mon_23": 1.0}


def test_a_plan_with_unequal_windows_of_unknown_length_is_refused_instead_of_guessed():
    inputs = {"expected_before": 50, "equal_periods": False, "alpha": 0.05, "target_power": 0.8}
    with pytest.raises(KeyError, match="unequal"):
        vector_methods.run("minimum_detectable_effect_before_after", inputs)


@pytest.mark.parametrize(
    "expected, found, tolerance",
    [
        (1.0, 1.1, {"abs": 0.01}),
        (100.0, 101.5, {"rel": 0.01}),
        (None, 0.0, {"abs": 1}),
        ("Infinity", 1e300, {"rel": 1e-6}),
        (1.0, math.nan, {"abs": 1}),
        ({"a": 1}, {}, {"abs": 1}),
        ([1, 2], [1], {"abs": 1}),
        (["tydlig_minskning"], ["tydlig_okning"], {"category": "exact"}),
    ],
)
def test_the_comparison_sees_a_wrong_answer(expected, found, tolerance):
    assert list(differences(expected, found, tolerance)) != []


def test_the_comparison_lets_a_right_answer_through():
    expected = {"rr": "Infinity", "ci": [0.5, None], "word": "ja", "n": 3}
    assert (
        list(differences(expected, {"rr": math.inf, "ci": [0.5001, None], "word": "ja", "n": 3}, {"abs": 1e-3})) == []
    )
