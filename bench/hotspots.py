"""9. Hot spots: against esda, scipy and pymannkendall on the same numbers, at growing size, and on maps of chance."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable, Iterator

import numpy as np

from bench.figures import KILO, Figure, Unmeasurable
from bench.workshop import Workshop
from samverkan_map.analysis import density, grid, history, hotspots

TITLE = "Hot spots: against esda, scipy and pymannkendall; linear cost; maps of nothing but chance"
CELL, BANDWIDTH = 100, 300
LEAST_DIGITS = 8
FASTER = {"esda": 100, "scipy": 20, "pymannkendall": 50}
MOST_OFF = 2.0
MOST_GROWTH = 7.5
PERIODS, SERIES = 36, 200
DENSITIES = (0.02, 0.05, 0.1, 0.3, 1, 3, 10)
SPARSE = 0.3
NOISE_SIDE, LEAST_CLEAN = 100, 90
POINTS = 2_000


def measure(shop: Workshop) -> Iterator[Figure]:
    """Each method beside its peer, then size, then chance."""
    yield from _against_esda(*(316, 3) if not shop.quick else (60, 2))
    yield from _against_scipy(shop.times(3, 2), shop.times(100, 40))
    yield from _against_pymannkendall(shop.times(5, 2), shop.times(100_000, 5_000))
    yield from _growing(shop.times(5, 2), 10 if shop.quick else 1)
    yield from _chance(shop.times(60, 20))


def _timed(work: Callable[[], object]) -> tuple[float, object]:
    begun = time.perf_counter()
    found = work()
    return (time.perf_counter() - begun) * KILO, found


def _best(work: Callable[[], object], repeats: int) -> tuple[float, ...]:
    work()
    return tuple(_timed(work)[0] for _ in range(repeats))


def _against_esda(side: int, repeats: int) -> Iterator[Figure]:
    """Gi* with weights of one and the cell itself; esda gets its neighbours ready made."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import esda
            from libpysal.weights import lat2W
    except ImportError as error:
        raise Unmeasurable("esda is not installed") from error
    counts = np.random.default_rng(1).poisson(0.5, (side, side)).astype(float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        built, beside = _timed(lambda: lat2W(side, side, rook=False))
        peers = [
            _timed(lambda: esda.G_Local(counts.ravel(), beside, transform="B", star=True, permutations=0))
            for _ in range(repeats)
        ]
    ours = _best(lambda: hotspots.gi_star(counts), 5 * repeats)
    cells = f"{side * side:,} cells"
    yield Figure(f"Gi* z, p and q of {cells}", "ms", ours)
    yield Figure(
        "hot cells of the same grid, exact binomial", "ms", _best(lambda: hotspots.hot_cells(counts), 5 * repeats)
    )
    yield Figure("esda G_Local on the same grid", "ms", tuple(took for took, _ in peers), note="without permutations")
    yield Figure("building its weights, not counted below", "ms", (built,))
    times = tuple(took / min(ours) for took, _ in peers)
    yield Figure("how many times faster than esda", "×", times, least=FASTER["esda"])
    apart = float(np.abs(hotspots.gi_star(counts).z.ravel() - np.asarray(peers[0][1].Zs)).max())
    yield Figure("decimals in common with esda", "", (-math.log10(max(apart, 1e-17)),), least=LEAST_DIGITS)


def _against_scipy(repeats: int, side: int) -> Iterator[Figure]:
    """gaussian_kde takes its shape from the points' own spread, so they are drawn with the same spread every way."""
    from scipy.stats import gaussian_kde

    random, spread = np.random.default_rng(2), side * CELL / 8
    points = random.normal(size=(POINTS, 2))
    points -= points.mean(axis=0)
    points = points @ np.linalg.inv(np.linalg.cholesky(np.cov(points.T))).T * spread + side * CELL / 2
    squares = grid.grid_from(0, 0, CELL, side, side)
    middle = (np.arange(side) + 0.5) * CELL
    at = np.array([np.tile(middle, side), np.repeat(middle, side)])
    peers = [_timed(lambda: gaussian_kde(points.T, BANDWIDTH / spread)(at)) for _ in range(repeats)]

    def own() -> np.ndarray:
        laid = grid.spread_counts(points, squares)
        return density.density(laid, CELL, BANDWIDTH, spread=True).per_km2

    ours = _best(own, 5 * repeats)
    what = f"density of {POINTS:,} points on {side * side:,} cells"
    yield Figure(what, "ms", ours)
    yield Figure("scipy gaussian_kde, same points and cells", "ms", tuple(took for took, _ in peers))
    times = tuple(took / min(ours) for took, _ in peers)
    note = "a sample: its cost is points times cells, a million points would take it minutes"
    yield Figure("how many times faster than scipy", "×", times, least=FASTER["scipy"], note=note)
    exact = np.asarray(peers[0][1]) * POINTS * density.SQUARE_KM
    off = 100 * float(np.abs(own().ravel() - exact).max() / exact.max())
    yield Figure("largest difference, share of the top", "%", (off,), most=MOST_OFF)


def _against_pymannkendall(repeats: int, cells: int) -> Iterator[Figure]:
    """The same series, one by one for the peer; and then a whole map of our own."""
    try:
        import pymannkendall
    except ImportError as error:
        raise Unmeasurable("pymannkendall is not installed") from error
    random = np.random.default_rng(3)
    series = random.poisson(2, (PERIODS, SERIES)).astype(float)
    peers = [_timed(lambda: [pymannkendall.original_test(one) for one in series.T]) for _ in range(repeats)]

    def own() -> tuple[history.Trend, np.ndarray]:
        return history.mann_kendall(series), history.sen_slope(series)

    ours = _best(own, 5 * repeats)
    yield Figure(f"trend and slope of {SERIES} series of {PERIODS} periods", "ms", ours)
    yield Figure("pymannkendall, the same series", "ms", tuple(took for took, _ in peers))
    times = tuple(took / min(ours) for took, _ in peers)
    yield Figure("how many times faster than pymannkendall", "×", times, least=FASTER["pymannkendall"], note="a sample")
    trend, slope = own()
    theirs = np.array([(one.z, one.p, one.s, one.var_s, one.slope) for one in peers[0][1]])
    mine = np.column_stack([trend.z, trend.p, trend.s, trend.variance, slope])
    apart = float(np.abs(mine - theirs).max())
    yield Figure("decimals in common with pymannkendall", "", (-math.log10(max(apart, 1e-17)),), least=LEAST_DIGITS)
    whole = random.normal(size=(PERIODS, cells))
    took = _best(lambda: history.mann_kendall(whole), repeats)
    yield Figure(f"trend of {cells:,} cells over {PERIODS} periods", "ms", took, most=1000)
    took = _best(lambda: history.emerging_class(whole, whole > 1.96, whole < -1.96), repeats)
    yield Figure("the seventeen classes of the same", "ms", took)


def _growing(repeats: int, shrink: int) -> Iterator[Figure]:
    """Points to hot cells, clusters and density on 100,000 cells; the work per point must not grow with the points."""
    random, squares = np.random.default_rng(4), grid.grid_from(0, 0, CELL, 316, 316)
    points = random.random((5_000_000 // shrink, 2)) * 316 * CELL
    used = {}
    for number in (10_000, 100_000, 1_000_000, 5_000_000):
        some = points[: number // shrink]
        begun = time.process_time()
        took = _best(lambda some=some: _whole(some, squares), repeats)
        used[number] = time.process_time() - begun
        yield Figure(f"{len(some):,} points to hot cells, clusters and density", "ms", took)
    growth = used[5_000_000] / used[1_000_000]
    yield Figure("five times the points cost how many times", "×", (growth,), most=MOST_GROWTH, note="processor time")
    million = random.poisson(0.3, (1000, 1000)).astype(float)
    yield Figure("box sums of 1,000,000 cells", "ms", _best(lambda: grid.neighbour_sums(million), repeats))
    yield Figure("hot cells of 1,000,000 cells", "ms", _best(lambda: hotspots.hot_cells(million), repeats))


def _whole(points: np.ndarray, squares: grid.Grid) -> None:
    counts = grid.counts_on(points, squares)
    hotspots.clusters(hotspots.hot_cells(counts), counts)
    density.density(counts, CELL, BANDWIDTH)


def _chance(maps: int) -> Iterator[Figure]:
    """Events that fall evenly, so that every hot cell is false. Seeds are 1, 2, ... for the maps of each density."""
    cells = f"{NOISE_SIDE} × {NOISE_SIDE} cells, seeds 1-{maps}"
    for mean in DENSITIES:
        usual, exact = [], []
        for seed in range(1, maps + 1):
            counts = np.random.default_rng(seed).poisson(mean, (NOISE_SIDE, NOISE_SIDE))
            known = hotspots.gi_star(counts)
            usual.append(int(((known.q <= 0.05) & (known.z > 0)).sum()))
            exact.append(hotspots.hot_cells(counts).number)
        kind = f"chance, {mean:g} a cell"
        clean = 100 * sum(one == 0 for one in exact) / maps
        note = f"{maps} maps of {cells}; {sum(exact) / maps:.2f} false hot cells a map"
        yield Figure(f"{kind}: maps without any false hot cell", "%", (clean,), least=LEAST_CLEAN, note=note)
        if mean <= SPARSE:
            yield Figure(f"{kind}: false hot cells a map by Gi* z and FDR", "", (sum(usual) / maps,))
