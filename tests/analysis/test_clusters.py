"""Clusters of points: the same cores and the same noise as scikit-learn finds."""

import numpy as np
import pytest
from sklearn.cluster import DBSCAN
from sklearn.metrics import adjusted_rand_score

from samverkan_map.analysis.clusters import dbscan
from samverkan_map.errors import BadNumbers


def some_points(seed, number=900):
    rng = np.random.default_rng(seed)
    return np.vstack([
        rng.normal((0, 0), 60, (number // 3, 2)), rng.normal((600, 200), 40, (number // 3, 2)),
        rng.uniform(-500, 1200, (number // 3, 2)),
    ])  # fmt: skip


@pytest.mark.parametrize(("seed", "radius", "least"), [(1, 50, 10), (2, 90, 25), (3, 20, 3)])
def test_cores_and_noise_are_those_of_scikit_learn(seed, radius, least):
    points = some_points(seed)
    weights = np.random.default_rng(seed).integers(1, 4, len(points))
    found = dbscan(points, radius, least, weights)
    oracle = DBSCAN(eps=radius, min_samples=least).fit(points, sample_weight=weights)
    core = np.zeros(len(points), bool)
    core[oracle.core_sample_indices_] = True
    assert (found.core == core).all() and ((found.labels < 0) == (oracle.labels_ < 0)).all()
    assert adjusted_rand_score(found.labels[core], oracle.labels_[core]) == 1
    assert found.weights.tolist() == [weights[found.labels == one].sum() for one in range(len(found.weights))]
    assert (np.diff(found.weights) <= 0).all()


def test_places_with_weights_are_the_events_one_by_one():
    places, weights = [(0, 0), (25, 0), (400, 0)], [6, 5, 3]
    single = np.repeat(np.array(places, float), weights, axis=0)
    together, apart = dbscan(places, 50, 10, weights), dbscan(single, 50, 10)
    assert together.labels.tolist() == [0, 0, -1]
    assert np.repeat(together.labels, weights).tolist() == apart.labels.tolist()
    assert together.weights.tolist() == apart.weights.tolist() == [11]


def test_a_border_belongs_to_the_nearest_core_and_nothing_is_an_answer_too():
    points = [(e, 0) for e in (0, 5, 8, 10, 44, 80, 82, 85, 90)]
    found = dbscan(points, 36.5, 5)
    assert found.labels[4] == found.labels[3] != found.labels[5] and not found.core[4] and found.core[[3, 5]].all()
    assert dbscan([], 10, 2).labels.size == 0 and dbscan([(0, 0)], 10, 2).labels.tolist() == [-1]
    for bad in ({"radius_metres": 0}, {"least": 0}, {"weights": [-1, 1]}, {"weights": [1]}, {"points": [(np.nan, 0)]}):
        with pytest.raises(BadNumbers):
            dbscan(**{"points": [(0, 0), (1, 1)], "radius_metres": 10, "least": 1} | bad)
