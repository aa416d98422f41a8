"""The agreement as data: reads `data/<municipality>/` and answers in its words.

What is one municipality's own (focus areas, problem types, forums, sources, recipients, sub-areas, geography) is read
here and nowhere else. Nothing is guessed: a fault in the folder is one sentence when the folder is loaded.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property, lru_cache
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from samverkan_map import geometry
from samverkan_map.agreement import names as naming
from samverkan_map.agreement import periods as following
from samverkan_map.agreement import recurrence
from samverkan_map.agreement import statistics as outside
from samverkan_map.agreement.folder import Table, features, shapes
from samverkan_map.agreement.periods import AgreementPeriod
from samverkan_map.agreement.recurrence import TypeGroup, Window
from samverkan_map.agreement.statistics import CrimeCategory, Region, Statistics, SurveyQuestion
from samverkan_map.agreement.words import (
    LANGUAGES,
    LEVELS,
    MAY_MAP,
    SYMBOLS,
    Area,
    FocusArea,
    Forum,
    GazetteerEntry,
    Label,
    Named,
    PlaceMatch,
    ProblemType,
    Recipient,
    ReportChoice,
    SeverityWeights,
    Source,
    TrafficRules,
)
from samverkan_map.errors import SetUpTrouble
from samverkan_map.vocabulary import Precision, ReportKind, Severity

__all__ = [
    "LANGUAGES",
    "LEVELS",
    "MAY_MAP",
    "SYMBOLS",
    "Agreement",
    "AgreementPeriod",
    "Area",
    "CrimeCategory",
    "FocusArea",
    "Forum",
    "GazetteerEntry",
    "Label",
    "Named",
    "PlaceMatch",
    "ProblemType",
    "Recipient",
    "Region",
    "ReportChoice",
    "SeverityWeights",
    "Source",
    "Statistics",
    "SurveyQuestion",
    "TrafficRules",
    "TypeGroup",
    "Window",
    "features",
    "load",
]

MOST_SLIPS = 3
"""A word with more wrong letters than this is no misspelling."""

COAST_METRES = 300.0
"""How far off the coarse coast a beach or a harbour still belongs to the sub-area beside it."""

LONGEST_NAME_WORDS = 6


LEAST_FEWEST, MOST_FEWEST = 5, 100
"""Between these lies the smallest number that a municipality may tell of: never below five."""


@dataclass(frozen=True, eq=False)
class Agreement:
    """One municipality's agreement. Dictionaries are keyed by code, in the order of the file.

    What only earlier agreements knew stands last and says when it `ended`, so that what was filed under it is found.
    """

    name: str
    code: str
    slug: str
    start_year: int
    end_year: int
    parties: dict[str, Named]
    focus_areas: dict[str, FocusArea]
    types: dict[str, ProblemType]
    forums: dict[str, Forum]
    sources: dict[str, Source]
    recipients: dict[str, Recipient]
    quality_words: dict[str, Named]
    areas: dict[str, Area]
    land: BaseGeometry = field(repr=False)
    names: tuple[str, ...]
    credit: str
    note: Label
    centre: tuple[float, float]
    folder: Path
    traffic: TrafficRules = TrafficRules()
    revised_on: date | None = None
    """When the situation picture and the action plan were gone through last; None when nobody noted it."""
    report_choices: dict[str, ReportChoice] = field(default_factory=dict)
    """What residents may report; none where the municipality takes in no reports."""
    report_source: str = ""
    """The source of what residents report."""
    walk_source: str = ""
    """The source of what is noted on a safety walk; none where no walks are held."""
    fewest_told: int = LEAST_FEWEST
    """The smallest number of reports that the public is told in figures; the two parties may agree on a larger one."""
    website: str = ""
    """Where faults are reported."""
    windows: dict[str, Window] = field(default_factory=dict)
    repeats: dict[str, TypeGroup] = field(default_factory=dict)
    statistics: Statistics = Statistics()
    """What surveys and crime statistics may speak of."""
    periods: tuple[AgreementPeriod, ...] = ()
    """Those of all agreements of the municipality, the first first: earlier ones, this one and those to come."""
    later: tuple[Agreement, ...] = field(default=(), repr=False)
    """The agreements that come after this one."""

    @property
    def period(self) -> AgreementPeriod:
        """The period of this agreement."""
        return next(one for one in self.periods if one.start_year == self.start_year)

    def at(self, day: date) -> Agreement:
        """The municipality's agreement in force on a day: of all, the last that has begun.

        One that has run out stays in force until the next begins, and the first also holds before its own first day.
        """
        if self.start_year != self.periods[0].start_year:
            return load(self.folder).at(day)
        begun = [one for one in self.later if one.period.starts_on <= day]
        return begun[-1] if begun else self

    def period_of(self, code: str) -> AgreementPeriod | None:
        """The period written as `2023-2026`; None when there is none."""
        return next((one for one in self.periods if one.code == code), None)

    @property
    def photo_types(self) -> frozenset[str]:
        """The types of what residents report to which a picture may be added."""
        return frozenset(one.type for one in self.report_choices.values() if one.photo)

    def type_of(self, word: str) -> ProblemType | None:
        """The problem type that a word means: its code, either label or one of its other words; None when unknown."""
        return self._types_by_word.get(naming.joined(word))

    def nearest_type(self, word: str) -> str:
        """The code of the type whose code, label or word `word` is a misspelling of; "" when none is really near.

        Near is one letter wrong in three, and no more than three: a name that only looks alike would mislead.
        """
        written = naming.joined(word)
        near = difflib.get_close_matches(written, self._types_by_word, n=5, cutoff=0.6)
        found = min(((naming.slips(written, one), one) for one in near), default=(0, ""))
        most = min(MOST_SLIPS, len(written) // 3)
        return self._types_by_word[found[1]].code if found[1] and found[0] <= most else ""

    def types_of_kind(self, kind: ReportKind) -> list[ProblemType]:
        """The types of one kind of report, in the order of the file."""
        return [one for one in self.types.values() if one.kind == kind]

    def area_of(self, e, n) -> np.ndarray:
        """The sub-area's code of each position (EPSG:3006, metres), None outside all of them.

        Returns an object array of the same length. A position off the coast by at most 300 m belongs to the nearest
        sub-area, because the coast of the land polygon is coarse.
        """
        e, n = np.atleast_1d(np.asarray(e, float)), np.atleast_1d(np.asarray(n, float))
        which = np.full(len(e), -1)
        for index, area in enumerate(self.areas.values()):
            _put_inside(which, index, area.shape, e, n)
        self._put_near(which, e, n)
        return np.array([*self.areas, None], object)[which]

    def _put_near(self, which: np.ndarray, e: np.ndarray, n: np.ndarray) -> None:
        west, south, east, north = self.land.bounds
        near = (e > west - COAST_METRES) & (e < east + COAST_METRES) & (n > south - COAST_METRES)
        left = np.flatnonzero((which < 0) & near & (n < north + COAST_METRES))
        if not len(left):
            return
        tree = shapely.STRtree([area.shape for area in self.areas.values()])
        asked, found = tree.query_nearest(
            shapely.points(e[left], n[left]), max_distance=COAST_METRES, all_matches=False
        )
        which[left[asked]] = found

    def distance_outside(self, e, n) -> np.ndarray:
        """Metres from each position (EPSG:3006) to the municipality's land; 0 inside, infinity for no position."""
        e, n = np.atleast_1d(np.asarray(e, float)), np.atleast_1d(np.asarray(n, float))
        shapely.prepare(self.land)
        outside = np.flatnonzero(~shapely.intersects_xy(self.land, e, n))
        real = geometry.on_earth(e[outside], n[outside])
        distance = np.zeros(len(e))
        distance[outside[~real]] = np.inf
        outside = outside[real]
        distance[outside] = shapely.distance(self.land, shapely.points(e[outside], n[outside]))
        return distance

    @lru_cache(maxsize=20_000)  # noqa: B019 - an agreement is loaded once and lives as long as the process
    def match_place(self, name: str) -> PlaceMatch | None:
        """What a written place name means, word by word; None when no name of the municipality stands in it.

        A street in two sub-areas needs the sub-area's name beside it to belong to one. Two sub-areas in one text, and
        the municipality's own name alone, mean the municipality.
        """
        found = list(self._names_in(name))
        if not found:
            return None
        areas = {area for area, street in found if area and not street}
        streets: dict[str, set[str]] = defaultdict(set)
        for area, street in found:
            if street:
                streets[street].add(area or "")
        return naming.understood(areas, streets)

    def gazetteer(self) -> list[GazetteerEntry]:
        """Every name that the search box knows: sub-areas, streets, stops and localities, in WGS 84."""
        return list(self._gazetteer)

    def _names_in(self, text: str) -> Iterator[tuple[str | None, str | None]]:
        words = naming.plain(text).split()
        start = 0
        while start < len(words):
            for length in range(min(LONGEST_NAME_WORDS, len(words) - start), 0, -1):
                meanings = self._place_names.get(" ".join(words[start : start + length]))
                if meanings:
                    yield from meanings
                    start += length - 1
                    break
            start += 1

    @cached_property
    def _types_by_word(self) -> dict[str, ProblemType]:
        # A word that the agreement in force uses means what it means there, also when an earlier one used it.
        ordered = sorted(self.types.values(), key=lambda one: one.ended is None)
        return {naming.joined(word): one for one in ordered for word in naming.words_of(one)}

    @cached_property
    def _place_names(self) -> dict[str, list[tuple[str | None, str | None]]]:
        """Plain name -> what it means: (sub-area, street or spot), either may be None."""
        known: dict[str, list[tuple[str | None, str | None]]] = defaultdict(list)
        for entry in self._gazetteer:
            if entry.kind != "area":
                precise = entry.kind in ("street", "stop")
                known[naming.plain(entry.name)].append((entry.area, entry.name if precise else None))
        for name in self.names:
            known[naming.plain(name)] = [(None, None)]
        for area in self.areas.values():
            for name in (*area.label.values(), *area.names):
                known[naming.plain(name)] = [(area.code, None)]
        return known

    @cached_property
    def _gazetteer(self) -> tuple[GazetteerEntry, ...]:
        return tuple(naming.gazetteer(self.folder, self.areas, self.area_of))


@cache
def load(folder: Path) -> Agreement:
    """The first agreement in `folder`, read once per process; `at` gives the one of a day.

    Raises SetUpTrouble with one sentence for the first fault: a missing or unreadable file, a missing or unknown
    value, a code used twice, a type with an unknown focus area, a sub-area without polygon, an agreement that does not
    follow upon the one before.
    """
    tables = following.tables(folder)
    areas, land = _areas(tables[0], folder), _land(folder)
    found: list[Agreement] = []
    for table in tables:
        found.append(_one(folder, table, found[-1] if found else None, areas, land))
    later: tuple[Agreement, ...] = ()
    for one in reversed(found):
        later = (replace(one, periods=found[-1].periods, later=later), *later)
    return later[0]


def _one(folder: Path, table: Table, before: Agreement | None, areas: dict[str, Area], land: BaseGeometry) -> Agreement:
    """One agreement, with what only those before it knew."""
    town, years, drawing = table.table("municipality"), table.table("agreement"), table.table("map")
    focus_areas = {one["code"]: FocusArea(*_named(one), text=one.label("text")) for one in table.rows("focus_areas")}
    parties = _plain_rows(table, "parties")
    own_types = {one["code"]: _type(one, focus_areas) for one in table.rows("types")}
    forums = {one["code"]: _forum(one, parties) for one in table.rows("forums")}
    own: dict[str, Mapping[str, Named]] = {"focus_areas": focus_areas, "types": own_types, "forums": forums}
    period = following.read(table, before.period if before else None, own)

    def known(name: str, mine: dict) -> dict:
        earlier = getattr(before, name) if before else {}
        return following.with_earlier(mine, earlier, before.end_year if before else 0, period.called_now)

    types, sources = known("types", own_types), known("sources", {x["code"]: _source(x) for x in table.rows("sources")})
    windows, repeats = recurrence.read(folder, types)
    return Agreement(
        name=town["name"],
        code=town["code"],
        slug=town["slug"],
        start_year=period.start_year,
        end_year=period.end_year,
        parties=known("parties", parties),
        focus_areas=known("focus_areas", focus_areas),
        types=types,
        forums=known("forums", forums),
        sources=sources,
        recipients=known(
            "recipients",
            {one["code"]: Recipient(*_named(one), sections=one.words("sections")) for one in table.rows("recipients")},
        ),
        quality_words=known("quality_words", _plain_rows(table, "quality_words")),
        areas=areas,
        land=land,
        names=(town["name"], *town.words("names")),
        credit=drawing["credit"],
        note=drawing.label("note"),
        centre=drawing.point("centre"),
        folder=folder,
        traffic=_traffic(table, types),
        revised_on=years.day("revised_on") if "revised_on" in years.values else None,
        report_choices=_report_choices(table, own_types),
        report_source=_report_source(table, town),
        walk_source=_walk_source(table, town),
        fewest_told=_fewest_told(years),
        website=str(town.values.get("website", "")),
        windows=windows,
        repeats=repeats,
        statistics=outside.read(folder, types, sources),
        periods=(*(before.periods if before else ()), period),
    )


def _land(folder: Path) -> BaseGeometry:
    land = shapely.union_all([shape for _, shape in shapes(folder, "land")])
    if land.area == 0:
        raise SetUpTrouble("agreement.errors.no_land", folder=folder)
    return land


def _areas(table: Table, folder: Path) -> dict[str, Area]:
    polygons = {properties.get("code"): shape for properties, shape in shapes(folder, "areas")}
    areas = {}
    for one in table.rows("areas"):
        shape = polygons.pop(one["code"], None)
        if shape is None or shape.area == 0:
            raise SetUpTrouble("agreement.errors.area_without_polygon", code=one["code"])
        areas[one["code"]] = Area(*_named(one), names=one.words("names"), shape=shape)
    if polygons:
        raise SetUpTrouble("agreement.errors.polygon_without_area", code=next(iter(polygons)))
    return areas


def _named(one: Table) -> tuple[str, Label]:
    return one["code"], one.label()


def _plain_rows(table: Table, key: str) -> dict[str, Named]:
    return {one["code"]: Named(*_named(one)) for one in table.rows(key)}


def _source(one: Table) -> Source:
    return Source(*_named(one), context=one.values.get("context") is True)


def _type(one: Table, focus_areas: dict[str, FocusArea]) -> ProblemType:
    precisions = [Precision.POINT.value, Precision.AREA.value]
    return ProblemType(
        *_named(one),
        kind=ReportKind(one.one_of("kind", [kind.value for kind in ReportKind])),
        focus=one.all_of("focus", focus_areas),
        level=one.one_of("level", LEVELS),
        symbol=one.one_of("symbol", SYMBOLS),
        words=one.words("words"),
        finest=Precision(one.one_of("finest", precisions, default="point")),
        rows=one.values.get("rows") is not False,
    )


def _report_choices(table: Table, types: dict[str, ProblemType]) -> dict[str, ReportChoice]:
    """What residents may report; only types that may have a position, since they say where."""
    if "report_choices" not in table.values:
        return {}
    placed = [code for code, one in types.items() if one.has_points]
    rows = table.rows("report_choices")
    return {
        one["code"]: ReportChoice(*_named(one), type=one.one_of("type", placed), photo=one.values.get("photo") is True)
        for one in rows
    }


def _report_source(table: Table, town: Table) -> str:
    if "report_choices" not in table.values:
        return ""
    return town.one_of("report_source", [one["code"] for one in table.rows("sources")])


def _walk_source(table: Table, town: Table) -> str:
    if "walk_source" not in town.values:
        return ""
    return town.one_of("walk_source", [one["code"] for one in table.rows("sources")])


def _fewest_told(table: Table) -> int:
    if "fewest_told" not in table.values:
        return LEAST_FEWEST
    found: int = table.of_form("fewest_told", int, str(LEAST_FEWEST))
    if not LEAST_FEWEST <= found <= MOST_FEWEST:
        raise SetUpTrouble("agreement.errors.fewest_told", where=table.where, least=LEAST_FEWEST, most=MOST_FEWEST)
    return found


def _traffic(table: Table, types: dict[str, ProblemType]) -> TrafficRules:
    """The rules for stretches; a folder without them takes all traffic complaints and gives no score."""
    traffic = [code for code, one in types.items() if one.kind == ReportKind.TRAFFIC]
    if "traffic" not in table.values:
        return TrafficRules(tuple(traffic))
    one = table.table("traffic")
    return TrafficRules(
        one.all_of("speed_types", traffic),
        one.positive("felt_per_month"),
        one.positive("high_over_limit"),
        one.of_form("old_after_years", int, "3"),
        _severity(one.table("severity_weights", "[traffic.severity_weights]"))
        if "severity_weights" in one.values
        else None,
        one.of_form("decided_on", date, "2026-10-01") if "decided_on" in one.values else None,
    )


def _severity(one: Table) -> SeverityWeights:
    return SeverityWeights({code.value: one.positive(code) for code in Severity}, one.label("source"), one.year("year"))


def _forum(one: Table, parties: dict[str, Named]) -> Forum:
    return Forum(*_named(one), may_map=one.one_of("may_map", MAY_MAP), parties=one.all_of("parties", parties))


def _put_inside(which: np.ndarray, index: int, shape: BaseGeometry, e: np.ndarray, n: np.ndarray) -> None:
    west, south, east, north = shape.bounds
    boxed = np.flatnonzero((which < 0) & (e >= west) & (e <= east) & (n >= south) & (n <= north))
    shapely.prepare(shape)
    which[boxed[shapely.intersects_xy(shape, e[boxed], n[boxed])]] = index
