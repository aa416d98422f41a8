"""What others measure and count about a municipality: the questions of surveys, the categories of reported crime."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from samverkan_map.agreement.folder import Table, toml
from samverkan_map.agreement.names import plain
from samverkan_map.agreement.words import Area, Label, Named

FILE = "statistics.toml"
INDEX, PERCENT, ANSWERS, RESPONSE = "index", "percent", "answers", "response"
UNITS = (INDEX, PERCENT, ANSWERS, RESPONSE)
LOW, HIGH = "low", "high"
WAYS = (LOW, HIGH)


@dataclass(frozen=True)
class SurveyQuestion(Named):
    """A question of a safety survey. `good` says which way is better; an index is always better when it is lower."""

    unit: str
    good: str = LOW
    types: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def is_asked(self) -> bool:
        """Whether it is something people were asked, and not something told of the survey itself."""
        return self.unit in (INDEX, PERCENT)


@dataclass(frozen=True)
class CrimeCategory(Named):
    """A category of reported crime."""

    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Region(Named):
    """Something wider than a sub-area that surveys tell of; `whole` is the municipality itself."""

    whole: bool = False
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Statistics:
    """What surveys and crime statistics may speak of; dictionaries are keyed by code, in the order of the file."""

    questions: Mapping[str, SurveyQuestion] = field(default_factory=dict)
    crimes: Mapping[str, CrimeCategory] = field(default_factory=dict)
    regions: Mapping[str, Region] = field(default_factory=dict)
    survey_sources: tuple[str, ...] = ()
    dialogue_sources: tuple[str, ...] = ()
    crime_source: str = ""
    overlap: bool = True
    """Whether one crime may stand in several categories, so that they must never be added up."""
    overlap_why: Label = field(default_factory=dict)
    credit: Label = field(default_factory=dict)
    """Whose the counts of crime are."""
    total: str = ""
    """The category that is the source's own total; "" for none."""

    @property
    def asked(self) -> list[SurveyQuestion]:
        """The questions that people were asked."""
        return [one for one in self.questions.values() if one.is_asked]

    @property
    def whole(self) -> str:
        """The code of the region that is the municipality itself; "" for none."""
        return next((one.code for one in self.regions.values() if one.whole), "")


def by_word(named: Mapping[str, SurveyQuestion | CrimeCategory | Region | Area]) -> dict[str, str]:
    """Every word that means one of some named things, as `plain` gives it, and the code of the thing."""
    found: dict[str, str] = {}
    for one in named.values():
        others = one.names if isinstance(one, Area) else one.words
        for word in (*others, *one.label.values(), one.code):
            found[plain(word)] = one.code
    return found


def read(folder: Path, types: Collection[str], sources: Collection[str]) -> Statistics:
    """What the folder of a municipality says of surveys and statistics; nothing when it has no such file.

    Raises SetUpTrouble for a file that cannot be read, a value that is missing or not understood, an unknown type or
    source.
    """
    if not (folder / FILE).exists():
        return Statistics()
    table = Table(toml(folder / FILE), FILE, FILE)
    crimes = table.table("crimes")
    categories = {one["code"]: CrimeCategory(*_named(one), one.words("words")) for one in crimes.rows("categories")}
    return Statistics(
        questions={one["code"]: _question(one, types) for one in table.rows("questions")},
        crimes=categories,
        regions={one["code"]: _region(one) for one in table.rows("regions")},
        survey_sources=table.all_of("survey_sources", sources),
        dialogue_sources=table.all_of("dialogue_sources", sources),
        crime_source=table.one_of("crime_source", sources),
        overlap=bool(crimes.values.get("overlap", True)),
        overlap_why=crimes.label("why"),
        credit=crimes.label("credit"),
        total=crimes.one_of("total", categories) if "total" in crimes.values else "",
    )


def _named(one: Table) -> tuple[str, Label]:
    return one["code"], one.label()


def _region(one: Table) -> Region:
    return Region(*_named(one), whole=one.values.get("whole") is True, words=one.words("words"))


def _question(one: Table, types: Collection[str]) -> SurveyQuestion:
    unit = one.one_of("unit", UNITS)
    return SurveyQuestion(
        *_named(one),
        unit=unit,
        good=LOW if unit == INDEX else one.one_of("good", WAYS, LOW),
        types=one.all_of("types", types) if one.values.get("types") else (),
        words=one.words("words"),
    )
