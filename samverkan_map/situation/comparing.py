"""Two versions beside each other: what changed, as rows, on the map and in sentences. From their counts alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from shapely.geometry.base import BaseGeometry

from samverkan_map.analysis.effects.verdict import FEW_TOGETHER
from samverkan_map.analysis.grid import square_shapes
from samverkan_map.situation import changes
from samverkan_map.situation.asked import read_period
from samverkan_map.situation.document import Document, figures
from samverkan_map.situation.figure import Figure, Row, Sentence
from samverkan_map.situation.sections import hotspots
from samverkan_map.vocabulary import Period

RATES = ("types", "areas", "accidents", "unsafe", "liked")
"""Figures whose counts are of a period, so that they are compared per day; the others stand as they stood that day."""
STOCKS = {"places": "focus", "measures": "status", "ledger": "held"}
TOLD = 5


@dataclass(frozen=True)
class Part:
    """A figure that both versions have: its rows, the later version's counts against the earlier one's."""

    key: str
    first: str
    columns: tuple[str, ...]
    rows: list[Row]


@dataclass(frozen=True)
class Squares:
    """The map of difference (EPSG:3006): squares that can be judged with their step (-2 to 2, 0 for no change) and
    whether it is sure, and those with too few reports."""

    judged: list[tuple[BaseGeometry, int, bool]]
    few: list[BaseGeometry]


@dataclass(frozen=True)
class Differences:
    """What differs between an earlier and a later version. `squares` is None when they cannot be laid on each other."""

    periods: tuple[Period | None, Period | None]
    sentences: list[Sentence]
    parts: list[Part]
    squares: Squares | None
    other_methods: list[str]


def compare(earlier: Document, later: Document) -> Differences:
    """What changed from one version to another."""
    days = [read_period(one["days"]["now"]) for one in (earlier, later)]
    lengths = tuple(float((one and one.days) or 1) for one in reversed(days))
    made = [_by_key(figures(one)) for one in (earlier, later)]
    parts = [
        part
        for key in made[1]
        if key in made[0] and (part := _part(key, made[0][key], made[1][key], (lengths[0], lengths[1])))
    ]
    methods = [name for name, one in later["methods"].items() if earlier["methods"].get(name) != one]
    sentences = [*_totals(made, later, (lengths[0], lengths[1])), *_changed(parts), *_spots(made)]
    squares = _squares(earlier, later, (lengths[0], lengths[1])) if all(days) else None
    return Differences((days[0], days[1]), sentences, parts, squares, methods)


def _by_key(found: Mapping[str, list[Figure]]) -> dict[str, Figure]:
    return {one.key: one for made in found.values() for one in made}


def _part(key: str, old: Figure, new: Figure, lengths: tuple[float, float]) -> Part | None:
    kind = key.partition(".")[0]
    if old.empty and new.empty:
        return None
    if kind in RATES:
        first = (new if not new.empty else old).columns[0]
        counts = _pairs(first, old, new)
        return Part(key, first, changes.columns(first, True), changes.rows(first, counts, lengths, True))
    if kind not in STOCKS:
        return None
    first, value = STOCKS[kind], "stretches" if kind == "ledger" else "count"
    if kind == "places":
        old, new = _summed(old), _summed(new)
    rows = [
        {first: code, "count": now, "before": before, "change": now - before}
        for code, (now, before) in _pairs(first, old, new, value).items()
    ]
    return Part(key, first, (first, "count", "before", "change"), rows)


def _pairs(first: str, old: Figure, new: Figure, value: str = "count") -> dict[str, list[int]]:
    """Counts of both by the code of a row: the later one's first, in its order."""
    later, earlier = ({row[first]: row[value] for row in one.rows} for one in (new, old))
    return {code: [later.get(code, 0), earlier.get(code, 0)] for code in dict.fromkeys([*later, *earlier])}


def _summed(places: Figure) -> Figure:
    """Places of each focus area, whatever phase they are in."""
    rows = [{"focus": row["focus"], "count": sum(row[name] for name in places.columns[1:])} for row in places.rows]
    return Figure(places.key, places.title, ("focus", "count"), rows, places.n, places.method)


def _totals(made: list[dict[str, Figure]], later: Document, lengths: tuple[float, float]) -> list[Sentence]:
    found: list[Sentence] = []
    for focus in later["focus_areas"]:
        old, new = (one.get(f"development.{focus}") for one in made)
        if old is None or new is None or (old.empty and new.empty):
            continue
        (told,) = changes.judged([(new.n, old.n)], lengths)
        found.append((f"compared.{told['finding']}", {"focus": focus, "count": new.n, "before": old.n}))
    return found


def _changed(parts: list[Part]) -> list[Sentence]:
    """The types and sub-areas that surely changed, a sentence for each way."""
    found: list[Sentence] = []
    for part in parts:
        kind, _, focus = part.key.partition(".")
        if kind not in ("types", "areas"):
            continue
        for way, codes in zip(("risen", "fallen"), changes.clear_ones(part.rows, part.first), strict=True):
            if codes:
                name = f"{part.first}s_{way}"
                found.append((f"compared.{part.first}_{way}", {"focus": focus, name: codes[:TOLD]}))
    return found


def _spots(made: list[dict[str, Figure]]) -> list[Sentence]:
    old, new = (one.get("hotspots") for one in made)
    if old is None or new is None or old.empty or new.empty:
        return []
    cells = [{cell for one in (figure.picture or {})["spots"].values() for cell in one} for figure in (old, new)]
    stay = sum(bool(cells[0] & set(one)) for one in (new.picture or {})["spots"].values())
    gone = sum(not cells[1] & set(one) for one in (old.picture or {})["spots"].values())
    return [("compared.spots", {"now": len(new.rows), "stay": stay, "new": len(new.rows) - stay, "gone": gone})]


def _squares(earlier: Document, later: Document, lengths: tuple[float, float]) -> Squares | None:
    old, new = (one["counts"].get("hotspots") for one in (earlier, later))
    if not old or not new or old["grid"] != new["grid"] or old["focus"] != new["focus"]:
        return None
    grid = hotspots.grid_of(new)
    now, before = (hotspots.laid_out(one["now"], grid).ravel() for one in (new, old))
    judged = np.flatnonzero(now + before >= FEW_TOGETHER)
    few = np.flatnonzero((now + before > 0) & (now + before < FEW_TOGETHER))
    told = changes.judged(list(zip(now[judged].tolist(), before[judged].tolist(), strict=True)), lengths)
    shapes = square_shapes(judged, grid).tolist() if len(judged) else []
    return Squares(
        [(shape, row["step"], row["sure"]) for shape, row in zip(shapes, told, strict=True)],
        square_shapes(few, grid).tolist() if len(few) else [],
    )
