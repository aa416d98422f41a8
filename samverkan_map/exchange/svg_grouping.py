"""Where the signs of a map stand, so that none covers another's number: points in, discs out, in pixels.

What lies close together becomes one group. Complaints are never added to accidents, nor what is safe to what is not:
each family of a group has a number of its own, the first as a ring in the middle, the others as signs at its edge.
`static/js/layout.js` does the same for the living map.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import hypot, sqrt

SINGLE = 13.0
FAMILIES = (("problem", "traffic"), ("accident",), ("strength",), ("places", "sites", "measures"))
"""The layers whose numbers may be added to each other."""

_BESIDE = ((0.71, 0.71), (-0.71, 0.71), (0.71, 0.71), (0.71, -0.71))
_MAY_OVERLAP, _ROUNDS, _FARTHEST = 12.0, 24, 120.0


@dataclass(frozen=True)
class Part:
    """What of one family lies in a group: counts per layer, the middle of its places, and the sign of a single one."""

    counts: Mapping[str, int]
    x: float
    y: float
    sign: str = ""
    name: str = ""

    @property
    def n(self) -> int:
        """How many."""
        return sum(self.counts.values())

    @property
    def is_pin(self) -> bool:
        """Whether it is drawn as a pin that points at its place from above."""
        return self.n == 1 and "places" in self.counts


@dataclass(frozen=True)
class Disc:
    """Where a part is drawn, in pixels; `main` is the ring in the middle of its group."""

    x: float
    y: float
    r: float
    part: Part
    main: bool


class Group:
    """Parts that are drawn together, one or none of each family, and where."""

    def __init__(self, parts: Sequence[Part | None]) -> None:
        self.parts = parts
        self.main = next(part for part in parts if part)
        self.x, self.y = self.main.x, self.main.y

    def discs(self) -> list[Disc]:
        """The ring and its signs, which may lie on the ring's coloured edge only."""
        up = SINGLE + 3 if self.main.is_pin else 0.0
        inner = _radius(self.main.n)
        found = [Disc(self.x, self.y - up, inner, self.main, main=True)]
        for part, (over, down) in zip(self.parts, _BESIDE, strict=True):
            if part is not None and part is not self.main:
                r = _edge_radius(part.n)
                away = inner + r * (1.0 if 1 in (self.main.n, part.n) else 0.6)
                found.append(Disc(self.x + over * away, self.y - up + down * away, r, part, main=False))
        return found

    def solid(self) -> list[tuple[float, float, float]]:
        """What the group takes (x, y, r): its discs, and the points of its pins."""
        found = self.discs()
        tips = [(disc.x, disc.y + SINGLE, 4.0) for disc in found if disc.part.is_pin]
        return [(disc.x, disc.y, disc.r) for disc in found] + tips


def ring_radius(n: int) -> float:
    """The radius of a ring in pixels: it grows with the number, between what holds digits and what hides the map.

    >>> ring_radius(2), ring_radius(100), ring_radius(100000)
    (13.1, 16.7, 30.0)
    """
    return round(min(30.0, 12.5 + sqrt(n) * 0.42), 1)


def grouped(parts: Iterable[tuple[int, Part]], obstacles: Sequence[tuple[float, float, float]] = ()) -> list[Disc]:
    """The discs of (family, part) pairs. `obstacles` are discs (x, y, r) that stay where they are."""
    groups = [Group([part if at == family else None for at in range(len(FAMILIES))]) for family, part in parts]
    groups.sort(key=lambda group: -group.main.n)
    for allowed in (_MAY_OVERLAP, 1.0, 1.0):
        groups = _merged(groups, allowed)
        for _ in range(_ROUNDS):
            if not _pushed(groups, obstacles):
                break
    return [disc for group in _merged(groups, 1.0) for disc in group.discs()]


def _radius(n: int) -> float:
    return SINGLE if n == 1 else ring_radius(n)


def _edge_radius(n: int) -> float:
    return SINGLE if n == 1 else 8.5 + len(str(n)) * 1.9


def _overlap(a: Group, b: Group) -> float:
    if abs(a.x - b.x) > _FARTHEST or abs(a.y - b.y) > _FARTHEST:
        return -1.0
    return max(r1 + r2 - hypot(x1 - x2, y1 - y2) for x1, y1, r1 in a.solid() for x2, y2, r2 in b.solid())


def _merged(groups: list[Group], allowed: float) -> list[Group]:
    """The groups with those joined that overlap by more pixels than allowed."""
    found = list(groups)
    at = 0
    while at < len(found):
        close = next((two for two in found[at + 1 :] if _overlap(found[at], two) > allowed), None)
        if close is None:
            at += 1
            continue
        found.remove(close)
        found[at] = Group([_sum(one, two) for one, two in zip(found[at].parts, close.parts, strict=True)])
    return found if len(found) == len(groups) else _merged(found, allowed)


def _sum(a: Part | None, b: Part | None) -> Part | None:
    if a is None or b is None:
        return a or b
    share: Callable[[float, float], float] = lambda one, two: (one * a.n + two * b.n) / (a.n + b.n)  # noqa: E731
    return Part(dict(Counter(a.counts) + Counter(b.counts)), share(a.x, b.x), share(a.y, b.y))


def _pushed(groups: list[Group], obstacles: Sequence[tuple[float, float, float]]) -> bool:
    """Push apart what touches, the small more than the large; whether anything had to move."""
    moved = False
    for at, group in enumerate(groups):
        for other in groups[at + 1 :]:
            deep = _overlap(group, other)
            if deep > 0.5:
                moved = True
                share = sqrt(other.main.n) / (sqrt(group.main.n) + sqrt(other.main.n))
                _move(group, (other.x, other.y), deep * share)
                _move(other, (group.x, group.y), deep * (1 - share))
        for x, y, r in obstacles:
            deep = max(own + r - hypot(x1 - x, y1 - y) for x1, y1, own in group.solid())
            if deep > 0.5:
                moved = True
                _move(group, (x, y), deep)
    return moved


def _move(group: Group, away_from: tuple[float, float], pixels: float) -> None:
    over, down = group.x - away_from[0], group.y - away_from[1]
    long = hypot(over, down)
    if long < 0.5:
        over, down, long = 0.71, -0.71, 1.0
    group.x += over / long * pixels
    group.y += down / long * pixels
