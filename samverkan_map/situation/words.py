"""Figures in words: titles, notes, and what stands in a cell. Codes are called what the document froze them as."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from samverkan_map.agreement.statistics import PERCENT
from samverkan_map.analysis.effects import Finding
from samverkan_map.formats import FIXED, Format
from samverkan_map.situation.figure import Figure, Row, Sentence
from samverkan_map.situation.sections import effects, hotspots
from samverkan_map.translations import catalogue, text
from samverkan_map.vocabulary import DayPart, Period, Phase

ARROWS = {-2: "▼▼", -1: "▼", 0: "●", 1: "▲", 2: "▲▲"}

_LABELLED = ("type", "area", "source", "focus", "party", "question", "category")
_VOCABULARY = {
    "severity": "severity", "phase": "phase", "status": "measure_status", "verdict": "verdict", "keeper": "keeper",
    "part": "day_part",
}  # fmt: skip
_COUNTS = frozenset({
    "count", "before", "after", "stretches", "squares", "even", "months", "complaints", "reviewers", "limit", "number",
    "lap", "year", "answer", "answers", "safe", "unsafe", *Phase,
})  # fmt: skip
_DECIMALS = {"expected": 1, "percent": 0, **dict.fromkeys(map(str, DayPart), 1)}


@dataclass(frozen=True)
class Speaker:
    """Whose words: a language, and what the codes were called when the document was made."""

    language: str
    labels: Mapping[str, Mapping[str, Mapping[str, str]]]

    @property
    def fmt(self) -> Format:
        """How dates and numbers are written."""
        return Format(self.language)

    def __call__(self, key: str, **fields: object) -> str:
        """A sentence of the situation picture."""
        return text(self.language, f"situation.{key}", **fields)

    def sentence(self, one: Sentence) -> str:
        """A title or a note, its codes by their names and its numbers as they are written."""
        key, fields = one
        alone = f"title.{key}"
        key = alone if f"situation.{alone}" in catalogue(self.language) else key
        return self(key, **{name: self._field(name, value) for name, value in fields.items()})

    def _field(self, name: str, value: Any) -> Any:
        if name == "n":
            # The number decides on the plural, so it stays one.
            return value
        if isinstance(value, list):
            table = name.partition("_")[0].removesuffix("s")
            return ", ".join(self._inside(table, one) for one in value)
        if (table := name.rpartition("_")[2]) in _LABELLED or name in _VOCABULARY:
            return self._inside(name if name in _VOCABULARY else table, value)
        if name in ("worst", "best"):
            return self.fmt.number(value, 2)
        if name == "weekday":
            return self.weekday(value)
        if name == "year":
            return str(value)
        if name == "day":
            return self.fmt.date(date.fromisoformat(value))
        if name in ("from", "to"):
            return f"{value:02d}"
        if isinstance(value, int | float):
            return self.fmt.number(value, 0 if name in ("no_hour", "no_place") or value == int(value) else 1)
        return value

    def _inside(self, table: str, value: str) -> str:
        """What a code is called in the middle of a sentence: names of places and focus areas keep their capital."""
        found = self.code(table, value)
        return found[:1].lower() + found[1:] if table == "type" or table in _VOCABULARY else found

    def code(self, table: str, value: str) -> str:
        """What a code is called; what is not known is said to be."""
        if table in _VOCABULARY:
            return text(self.language, f"vocabulary.{_VOCABULARY[table]}.{value}") if value else self("unknown_code")
        label = self.labels.get(table, {}).get(value)
        return label[self.language] if label else value or self(f"no_{table}")

    def weekday(self, number: int) -> str:
        """The name of a weekday inside a sentence."""
        name = text(self.language, f"karta.weekday_{number}")
        return name if self.language == "en" else name.lower()

    def period(self, period: Period | None) -> str:
        """A closed period of whole months in words."""
        if period is None or period.start is None or period.end is None:
            return ""
        return self.fmt.months(period.start, period.end - timedelta(days=1))

    def column(self, name: str) -> str:
        """The heading of a column."""
        for key in (f"situation.column.{name}", f"vocabulary.phase.{name}", f"vocabulary.day_part.{name}"):
            if key in catalogue(self.language):
                return text(self.language, key)
        return name

    def is_number(self, name: str) -> bool:
        """Whether a column holds numbers, which stand to the right."""
        return name in _COUNTS or name in _DECIMALS or name in ("change", "ratio")

    def cell(self, row: Row, name: str) -> str:
        """What stands in a cell."""
        value = row.get(name)
        made = _CELLS.get(name)
        if made:
            return made(self, row, value)
        if value is None:
            return "–"
        if name in _LABELLED or name in _VOCABULARY:
            return self.code(name, value)
        if name in _DECIMALS:
            return self.fmt.number(value, _DECIMALS[name])
        return self.fmt.number(value) if isinstance(value, int | float) and name != "year" else str(value)

    def findings(self, finding: str) -> str:
        """How sure a change is, in a word or two."""
        return self(f"finding.{finding}")


def _change(say: Speaker, row: Row, value: Any) -> str:
    if value is None:
        return "–"
    # Of too few to say, two arrows would shout about a single report.
    step = None if row.get("finding") == Finding.TOO_FEW else row.get("step")
    arrow = ARROWS[step] if step is not None else "▲" if value > 0 else "▼" if value < 0 else "●"
    return f"{arrow}{FIXED}{say.fmt.signed(value) if value else '0'}"


def _ratio(say: Speaker, row: Row, value: Any) -> str:
    low, high = row.get("low"), row.get("high")
    if value is None or Finding(row["finding"]) is Finding.TOO_FEW:
        return "–"
    number = say.fmt.number
    upper = number(high, 2) if high is not None else "∞"
    return f"{number(value, 2)} ({number(low, 2)}–{upper})"


def _finding(say: Speaker, row: Row, value: Any) -> str:
    if not value:
        return "–"
    told = say.findings(value)
    return told if row.get("sure", True) or not str(value).startswith("tydlig") else say("not_among_many")


def _spot(say: Speaker, row: Row, value: Any) -> str:
    area, near = value
    name = say.code("area", area)
    return say("spot_near", area=name, near=near) if near else name


def _pair(say: Speaker, row: Row, value: Any) -> str:
    return "–" if value is None else f"{say.fmt.number(value[0])} → {say.fmt.number(value[1])}"


def _held(say: Speaker, row: Row, value: Any) -> str:
    return text(say.language, f"traffic.held.{value}")


def _lack(say: Speaker, row: Row, value: Any) -> str:
    named = row["name"] if value == "largest_organisation" else say.code("source", row["name"]) if row["name"] else ""
    return say(f"lack.{value}", name=named)


def _verdict(say: Speaker, row: Row, value: Any) -> str:
    return say.code("verdict", value) if value else say("no_verdict")


def _share(say: Speaker, row: Row, value: Any) -> str:
    return say("share", n=value)


def _answer(say: Speaker, row: Row, value: Any) -> str:
    if row["unit"] != PERCENT:
        return say.fmt.number(value, 2)
    if row["low"] is None:
        return say("percent", value=say.fmt.number(value, 0))
    return say("percent_span", **{name: say.fmt.number(row[key], 0) for name, key in (
        ("value", "answer"), ("low", "low"), ("high", "high"))})  # fmt: skip


def _weekday(say: Speaker, row: Row, value: Any) -> str:
    return text(say.language, f"karta.weekday_{value}")


def _where(say: Speaker, row: Row, value: Any) -> str:
    return ", ".join(value) or "–"


def _since(say: Speaker, row: Row, value: Any) -> str:
    return say.fmt.short(date.fromisoformat(value))


def _when(say: Speaker, row: Row, value: Any) -> str:
    first, last = (say.fmt.short(date.fromisoformat(day)) if day else "" for day in value)
    return f"{first}{FIXED}– {last}".strip()


def _follow_up(say: Speaker, row: Row, value: Any) -> str:
    """What became of a measure, what waits, or why nothing is to be followed up."""
    told = []
    if value["verdict"]:
        told.append(text(say.language, f"vocabulary.verdict.{value['verdict']}"))
    if value["due"]:
        key = "follow_up_late" if value["late"] else "follow_up_due"
        told.append(say(key, day=say.fmt.short(date.fromisoformat(value["due"]))))
    if value["waiver"]:
        told.append(say("follow_up_waived", why=value["waiver"]))
    if value["never"]:
        told.append(say("follow_up_never"))
    return "; ".join(told) or say("follow_up_none")


_CELLS = {
    "change": _change, "ratio": _ratio, "finding": _finding, "spot": _spot, "comparison": _pair, "held": _held,
    "lack": _lack, "verdict": _verdict, "weekday": _weekday, "share": _share, "answer": _answer,
    "where": _where, "since": _since, "when": _when, "follow_up": _follow_up,
}  # fmt: skip


def told(
    document: Mapping[str, Any], figures: Mapping[str, list[Figure]], languages: tuple[str, ...]
) -> dict[str, Any]:
    """Every title and note as it reads today, to be frozen beside the codes: sentences may be written anew later."""
    found: dict[str, Any] = {}
    for language in languages:
        say = Speaker(language, document["labels"])
        found[language] = {
            one.key: {"title": say.sentence(one.title), "notes": [say.sentence(note) for note in one.notes]}
            for made in figures.values()
            for one in made
        }
    return found


METHOD_PAGES = {
    hotspots.CARD: "aterkommande", "change": "metod-jamfor", effects.CARD: "metod-1", "ledger": "metod-6",
}  # fmt: skip
"""Where the long word about a method stands on the page of methods."""
