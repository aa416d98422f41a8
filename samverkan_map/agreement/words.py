"""The kinds of word that an agreement holds: types, areas, forums, sources, and what a place name may mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from shapely.geometry.base import BaseGeometry

from samverkan_map.vocabulary import Precision, ReportKind

LANGUAGES = ("sv", "en")
LEVELS = ("A", "B", "C")
"""A environment, B behaviour and damage, C never public (the small-number rules of publishing)."""

SYMBOLS = ("trafik", "olycka", "ordning", "skadegorelse", "narkotika", "otrygg", "skrap", "strength")
"""The themes that the map has a symbol and a colour for."""

MAY_MAP = ("all", "traffic", "none")
Label = dict[str, str]


@dataclass(frozen=True)
class Named:
    """Something with a stored code and a label in each language: a party, a recipient, a quality word."""

    code: str
    label: Label


@dataclass(frozen=True)
class Recipient(Named):
    """Who the yearly follow-up is presented to (mottagare), with the sections of the situation picture
    that it gets; none means all."""

    sections: tuple[str, ...]


@dataclass(frozen=True)
class FocusArea(Named):
    """A focus area (fokusområde) of the agreement, with its text in our own words."""

    text: Label


@dataclass(frozen=True)
class ProblemType(Named):
    """A problem type (problemtyp). `finest` is the finest precision it may have; `rows` False means counts only."""

    kind: ReportKind
    focus: tuple[str, ...]
    level: str
    symbol: str
    words: tuple[str, ...] = ()
    finest: Precision = Precision.POINT
    rows: bool = True

    @property
    def has_points(self) -> bool:
        """Whether anything of the type may be shown finer than a sub-area."""
        return self.rows and self.finest not in (Precision.AREA, Precision.MUNICIPALITY)

    @property
    def never_public(self) -> bool:
        """Whether the type is of the level that is never shown to the public."""
        return self.level == LEVELS[-1]


@dataclass(frozen=True)
class ReportChoice(Named):
    """What a resident may say that a place is about, in everyday words, and the problem type that it means.

    `photo` says that a picture may come along, of a thing and not of people.
    """

    type: str
    photo: bool = False


@dataclass(frozen=True)
class Forum(Named):
    """A collaboration forum; `may_map` is `all`, `traffic` or `none`; `parties` are who takes part."""

    may_map: str
    parties: tuple[str, ...]


@dataclass(frozen=True)
class Source(Named):
    """Where a report or a figure comes from; `context` sources are left out of every count, hotspot and effect."""

    context: bool = False


@dataclass(frozen=True, eq=False)
class Area(Named):
    """A sub-area (delområde) of the municipality; `shape` is a polygon in EPSG:3006."""

    names: tuple[str, ...]
    shape: BaseGeometry = field(repr=False)


@dataclass(frozen=True)
class SeverityWeights:
    """What an accident of each severity weighs, in accidents with damage only (EPDO), and who says so, and when."""

    weights: dict[str, float]
    source: Label
    year: int


@dataclass(frozen=True)
class TrafficRules:
    """When speeding is felt, when a measured speed is high, when a measurement is old, and how accidents are weighed.

    Only complaints of `speed_types` can be held against a measured speed. Without `severity` no score is given.
    `decided_on` is when the thresholds were decided, None as long as they are a proposal.
    """

    speed_types: tuple[str, ...] = ()
    felt_per_month: float = 1.0
    high_over_limit: float = 5.0
    old_after_years: int = 3
    severity: SeverityWeights | None = None
    decided_on: date | None = None


@dataclass(frozen=True)
class PlaceMatch:
    """What a place name means: the sub-area's code, the street or spot, and how exact that is. Never a position."""

    area: str | None
    street: str | None
    precision: Precision


@dataclass(frozen=True)
class GazetteerEntry:
    """A name for the search box. `kind` is area, street, stop or locality; `area` the sub-area's code or None."""

    name: str
    kind: str
    lon: float
    lat: float
    area: str | None
