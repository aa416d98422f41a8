"""Along the streets: where on a stretch it is worst, how densely complaints lie along the network, and how few
kilometres hold most of the harm of accidents. Complaints and accidents are never added."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import shapely
from shapely.ops import substring
from sqlalchemy.orm import Session

from samverkan_map import access, reports, traffic
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.analysis import streets
from samverkan_map.hotspots import injury, searching
from samverkan_map.hotspots.finding import LEAST_EVENTS, LEAST_IN_SPOT, name_of
from samverkan_map.hotspots.injury import Injury
from samverkan_map.hotspots.remembering import remembered
from samverkan_map.hotspots.smoothing import limits_below
from samverkan_map.hotspots.things import Method, fewest
from samverkan_map.question import Question
from samverkan_map.reports import frame as frames
from samverkan_map.reports.frame import CENTIMETRES
from samverkan_map.traffic import Ranking, Road, Row
from samverkan_map.traffic.placing import placed
from samverkan_map.vocabulary import Period, ReportKind

WINDOW_METRES, STEP_METRES = 500, 100
SHOWN = 10
"""So many windows are told, the one with most complaints first."""
BANDWIDTH_METRES = 250
PIECES = (50, 100, 200)
"""The streets are cut into pieces of the first length that leaves few enough of them with a complaint."""
MOST_PLACES = 3_000
"""A place costs a walk over the network; more of them would keep a page waiting for seconds."""
PER_KM = 1_000


@dataclass(frozen=True)
class Window:
    """The part of a stretch (its number, name and length in metres) with most complaints, in metres from its first end,
    which lies to the `side` (north, south, east, west) of its other; `events` of the `whole` stretch's lie in it, and
    `near` is the name nearest to its middle.
    """

    number: int
    stretch: int
    name: str
    length: float
    start: float
    end: float
    side: str
    events: int
    whole: int
    near: str
    shape: shapely.LineString


@dataclass(frozen=True)
class Along:
    """The answer. `parts` are pieces of street by class of the ramp (0 to 4), in complaints per km and year, whose
    lower limits are `limits`; `metres` how much street each class has, `street` how much there is in all, and `peak`
    the highest density with the stretch it lies on. `windows_in_all` says of how many the `windows` are the first.

    `nothing` is "" or why there is no density: few (complaints), many (too many places to walk from).
    """

    period: Period
    complaints: int
    windows: tuple[Window, ...]
    windows_in_all: int
    parts: tuple[tuple[shapely.LineString, int], ...]
    limits: tuple[float, ...]
    metres: tuple[float, ...]
    street: float
    peak: tuple[float, str] | None
    piece_metres: int
    fewest: int
    injury: Injury
    nothing: str = ""


@dataclass(frozen=True, eq=False)
class _Lying:
    """Complaints on the stretches: the index of the stretch and metres along its line, one value each."""

    stretch: np.ndarray
    metres: np.ndarray


def find(session: Session, viewer: Viewer, agreement: Agreement, question: Question, *, today: date) -> Along | None:
    """What lies along the stretches of a question; None where there is no stretch. Raises BadQuestion as `search`."""
    things = searching.search(session, viewer, agreement, question, today=today, method=Method.STREETS)
    frame, roads = frames.current(session), traffic.roads(session)
    if things.nothing or not roads.rows:
        return None
    key = (
        "along", agreement.folder, things.counted, replace(question, period=things.counted), roads.version,
        access.coarse_position(viewer), access.visible_kinds(viewer),
    )  # fmt: skip
    return remembered(frame, key, lambda: _compute(session, viewer, agreement, question, today))


def _compute(session: Session, viewer: Viewer, agreement: Agreement, question: Question, today: date) -> Along:
    everything = replace(question, kinds=(), types=())
    ranking = traffic.rank(session, viewer, agreement, everything, comparison=traffic.COMPARISONS[0], today=today)
    rows = traffic.narrowed(ranking, question)
    lying = _lying(session, viewer, agreement, question, ranking)
    shown = np.zeros(len(ranking.roads.rows), dtype=bool)
    shown[[ranking.roads.at[row.road.id] for row in rows]] = True
    least = max(LEAST_IN_SPOT, fewest(viewer))
    windows, in_all = _windows(agreement, ranking, rows, lying, least)
    begun = Along(
        period=ranking.spans.now, complaints=int(shown[lying.stretch].sum()),
        windows=windows, windows_in_all=in_all, parts=(), limits=(), metres=(),
        street=float(ranking.roads.lengths[shown].sum()), peak=None, piece_metres=PIECES[0], fewest=least,
        injury=injury.concentrated(agreement, rows, ranking),
    )  # fmt: skip
    return _dense(ranking, lying, shown, begun)


def _lying(session: Session, viewer: Viewer, agreement: Agreement, question: Question, ranking: Ranking) -> _Lying:
    """Complaints that count on a stretch, where they lie along it as exactly as the viewer may see positions."""
    asked = replace(
        question, kinds=(ReportKind.TRAFFIC,), period=ranking.spans.now, areas=(), bbox=None, keepers=(), text=""
    )
    chosen = reports.choose(session, viewer, agreement, asked)
    stretch = placed(session, chosen.frame, ranking.roads).stretch_of(chosen)
    on = stretch >= 0
    e, n = (chosen.column(name)[on] / CENTIMETRES for name in ("e", "n"))
    if access.coarse_position(viewer):
        e, n = access.coarsened(e), access.coarsened(n)
    lines = ranking.roads.lines[stretch[on]]
    metres = shapely.line_locate_point(lines, shapely.points(e, n)) if len(e) else np.zeros(0)
    return _Lying(stretch[on], metres)


# ---- Windows ---------------------------------------------------------------------------------------------------------


def _windows(
    agreement: Agreement, ranking: Ranking, rows: list[Row], lying: _Lying, least: int
) -> tuple[tuple[Window, ...], int]:
    """The worst part of each stretch, the first of those with most complaints, and how many there are."""
    order = np.argsort(lying.stretch, kind="stable")
    sorted_, metres = lying.stretch[order], lying.metres[order]
    found = []
    for row in rows:
        at = ranking.roads.at[row.road.id]
        first, after = np.searchsorted(sorted_, [at, at + 1])
        if after - first < least:
            continue
        line = ranking.roads.lines[at]
        slid = streets.sliding_windows(
            line.length, metres[first:after], np.ones(after - first), WINDOW_METRES, STEP_METRES
        )
        worst = slid.worst
        if slid.events[worst] >= least:
            found.append((int(slid.events[worst]), row.road, line, float(slid.start[worst]), float(slid.end[worst]),
                          int(after - first)))  # fmt: skip
    found.sort(key=lambda one: (-one[0], one[1].name, one[1].id))
    return tuple(_window(agreement, number, *one) for number, one in enumerate(found[:SHOWN], 1)), len(found)


def _window(
    agreement: Agreement, number: int, events: int, road: Road, line: shapely.LineString, start: float, end: float,
    whole: int,
) -> Window:  # fmt: skip
    shape = substring(line, start, end)
    middle = line.interpolate((start + end) / 2)
    return Window(
        number, road.id, road.name, float(road.length_metres), start, end, _side(line), events, whole,
        name_of(agreement, middle.x, middle.y)[1], shape,
    )  # fmt: skip


def _side(line: shapely.LineString) -> str:
    """To which side of its last point the first one lies."""
    (e0, n0), (e1, n1) = line.coords[0][:2], line.coords[-1][:2]
    if abs(n1 - n0) >= abs(e1 - e0):
        return "south" if n0 <= n1 else "north"
    return "west" if e0 <= e1 else "east"


# ---- Density ---------------------------------------------------------------------------------------------------------


def _dense(ranking: Ranking, lying: _Lying, shown: np.ndarray, begun: Along) -> Along:
    if begun.complaints < LEAST_EVENTS:
        return replace(begun, nothing="few")
    network = streets.network_of(ranking.roads.lines)
    for piece in PIECES:
        cut = streets.lixels(network, piece)
        place, weight = np.unique(_piece_of(cut, lying), return_counts=True)
        if len(place) <= MOST_PLACES:
            break
    else:
        return replace(begun, nothing="many")
    asked = np.flatnonzero(shown[cut.edge])
    per_metre = streets.network_density(
        network, cut.at[place], cut.at[asked], BANDWIDTH_METRES, weights=weight.astype(float)
    )
    years = max(ranking.spans.years, 1e-3)
    dense = np.where(_enough(ranking, cut, asked, place, weight, begun.fewest), per_metre * PER_KM / years, 0.0)
    limits = limits_below(float(dense.max(initial=0)))
    step = np.searchsorted(limits, dense, side="right") - 1
    highest = int(dense.argmax())
    return replace(
        begun,
        parts=tuple(_parts(ranking, cut, asked, step)),
        limits=limits,
        metres=tuple(float(cut.length[asked][step == one].sum()) for one in range(len(limits))),
        peak=(float(dense[highest]), ranking.roads.rows[int(cut.edge[asked[highest]])].name) if limits else None,
        piece_metres=piece,
    )


def _piece_of(cut: streets.Lixels, lying: _Lying) -> np.ndarray:
    """The piece of street that each complaint lies on."""
    first = np.searchsorted(cut.edge, lying.stretch)
    last = np.searchsorted(cut.edge, lying.stretch, side="right") - 1
    return np.minimum(first + (lying.metres // cut.length[first]).astype(int), last)


def _enough(
    ranking: Ranking, cut: streets.Lixels, asked: np.ndarray, place: np.ndarray, weight: np.ndarray, least: int
) -> np.ndarray:
    """Which pieces have enough complaints within the bandwidth, as the crow flies, to be told of."""
    middles = shapely.line_interpolate_point(ranking.roads.lines[cut.edge], cut.middle)
    near = shapely.STRtree(middles[place]).query(middles[asked], predicate="dwithin", distance=BANDWIDTH_METRES)
    return np.bincount(near[0], weight[near[1]], len(asked)) >= least


def _parts(
    ranking: Ranking, cut: streets.Lixels, asked: np.ndarray, step: np.ndarray
) -> list[tuple[shapely.LineString, int]]:
    """Pieces of one class after each other on one stretch, as one line each."""
    edge, middle, half = cut.edge[asked], cut.middle[asked], cut.length[asked] / 2
    breaks = np.flatnonzero((np.diff(edge) != 0) | (np.diff(step) != 0)) + 1
    found = []
    for run in np.split(np.arange(len(asked)), breaks):
        if len(run) and step[run[0]] >= 0:
            line = ranking.roads.lines[edge[run[0]]]
            start, end = middle[run[0]] - half[run[0]], middle[run[-1]] + half[run[-1]]
            found.append((substring(line, start, end), int(step[run[0]])))
    return sorted(found, key=lambda one: one[1])
