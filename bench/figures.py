"""A figure: what was measured, how often, and the target it is held against. And the table that shows figures."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

KILO = 1000.0
ENOUGH_FOR_P95 = 20


class Unmeasurable(Exception):
    """Something that a measurement needs is not on this machine; the text says what."""


@dataclass(frozen=True)
class Figure:
    """`samples` in `unit`, summed up by `take` (median, largest or smallest), held against `most` or `least`."""

    what: str
    unit: str
    samples: tuple[float, ...]
    most: float | None = None
    least: float | None = None
    take: str = "median"
    note: str = ""

    @property
    def measured(self) -> float | None:
        """The figure itself, or None when nothing was measured.

        >>> Figure("answer", "ms", (30.0, 10.0, 20.0)).measured
        20.0
        """
        if not self.samples:
            return None
        return {"median": statistics.median, "largest": max, "smallest": min}[self.take](self.samples)

    @property
    def ratio(self) -> float | None:
        """How much of the target is used up: over 1 is worse than the target, whichever way the target points.

        >>> Figure("import", "rows/s", (30.0,), least=15).ratio
        0.5
        """
        if self.measured is None or (self.most is None and self.least is None):
            return None
        if self.most is not None:
            return self.measured / self.most
        return self.least / self.measured if self.measured else math.inf

    @property
    def verdict(self) -> str:
        """`ok`, `over`, `not measured`, or nothing where there is no target.

        >>> [Figure("answer", "ms", (ms,), most=100).verdict for ms in (100.0, 100.1)]
        ['ok', 'over']
        """
        if self.measured is None:
            return "not measured"
        if self.ratio is None:
            return ""
        return "ok" if self.ratio <= 1 else "over"

    def as_json(self) -> dict[str, object]:
        """Everything, with every sample."""
        own = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return own | {"measured": self.measured, "ratio": self.ratio, "verdict": self.verdict}


def missing(what: str, why: str) -> Figure:
    """The row of something that could not be measured."""
    return Figure(what, "", (), note=why)


def p95(samples: Sequence[float]) -> float:
    """The smallest sample that at least 95 % of the samples do not exceed.

    >>> p95([float(n) for n in range(1, 101)])
    95.0
    """
    return sorted(samples)[math.ceil(0.95 * len(samples)) - 1]


def shown(value: float, unit: str) -> str:
    """A value with its unit and no more digits than it deserves.

    >>> shown(1234567.0, "rows/s"), shown(3.14159, "s"), shown(0.5, "×")
    ('1,234,567 rows/s', '3.14 s', '0.50 ×')
    """
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {unit}".strip()


HEAD = ("", "measured", "spread", "target", "ratio", "")


def table(figures: Iterable[Figure]) -> str:
    """The figures as lines of text, columns aligned, each note on a line of its own."""
    rows = [(HEAD, "")] + [(_cells(figure), figure.note) for figure in figures]
    widths = [max(len(cells[column]) for cells, _ in rows) for column in range(len(HEAD))]
    lines = []
    for cells, note in rows:
        first, *others = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        lines.append("  ".join(["  " + first, *others]).rstrip())
        lines += [f"      {note}"] if note else []
    return "\n".join(lines)


def _cells(figure: Figure) -> tuple[str, ...]:
    if figure.measured is None:
        return (figure.what, "-", "", "", "", figure.verdict)
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
    return (figure.what, shown(figure.measured, figure.unit), _spread(figure), _target(figure), ratio, figure.verdict)


def _spread(figure: Figure) -> str:
    count = len(figure.samples)
    if count < 2 or figure.take != "median":
        return ""
    if count >= ENOUGH_FOR_P95:
        return f"min {shown(min(figure.samples), '')}, p95 {shown(p95(figure.samples), '')}, n {count}"
    return f"{shown(min(figure.samples), '')}-{shown(max(figure.samples), '')}, n {count}"


def _target(figure: Figure) -> str:
    if figure.most is not None:
        return f"≤ {shown(figure.most, figure.unit)}"
    return "" if figure.least is None else f"≥ {shown(figure.least, figure.unit)}"
