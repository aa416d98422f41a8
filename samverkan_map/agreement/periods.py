"""Agreements after each other: what each says in a file of its own, and what it lets stand from the one before."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from samverkan_map.agreement.folder import Table, toml
from samverkan_map.agreement.words import Label, Named
from samverkan_map.errors import SetUpTrouble
from samverkan_map.vocabulary import Period

N = TypeVar("N", bound=Named)
FIRST = "agreement.toml"
_LATER = re.compile(r"agreement-(\d{4})\.toml", re.ASCII)

OWN = (
    "agreement", "parties", "focus_areas", "types", "report_choices", "forums", "sources", "recipients",
    "quality_words", "traffic", "called_now",
)  # fmt: skip
"""What a later agreement may say anew; the municipality, its sub-areas and its map are the same through all of them."""


@dataclass(frozen=True)
class AgreementPeriod:
    """The years of one agreement, both counted, what it is called, the law it rests on, and the codes it knows.

    `called_now` says which type of this agreement a type of an earlier one is called by now.
    """

    start_year: int
    end_year: int
    title: Label
    law: Label
    focus_areas: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    forums: tuple[str, ...] = ()
    called_now: Mapping[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """How the period is written in an address: `2023-2026`."""
        return f"{self.start_year}-{self.end_year}"

    @property
    def starts_on(self) -> date:
        """Its first day."""
        return date(self.start_year, 1, 1)

    @property
    def ends_on(self) -> date:
        """Its last day."""
        return date(self.end_year, 12, 31)

    @property
    def days(self) -> Period:
        """Its days, half-open like every period of a question."""
        return Period(self.starts_on, date(self.end_year + 1, 1, 1))


def tables(folder: Path) -> list[Table]:
    """What each agreement of a folder says, the first first: a later one with all that it lets stand from before.

    Raises SetUpTrouble for a file that cannot be read, or holds what belongs to the municipality and not to one
    agreement.
    """
    found = [Table(toml(folder / FIRST), FIRST)]
    named = sorted(path.name for path in folder.iterdir() if _LATER.fullmatch(path.name)) if folder.is_dir() else []
    for name in named:
        own = toml(folder / name)
        if foreign := [key for key in own if key not in OWN]:
            raise SetUpTrouble("agreement.errors.not_of_a_period", file=name, name=foreign[0], known=", ".join(OWN))
        before = {key: value for key, value in found[-1].values.items() if key not in ("agreement", "called_now")}
        found.append(Table(before | own, name, name))
    return found


def read(table: Table, before: AgreementPeriod | None, own: Mapping[str, Mapping[str, Named]]) -> AgreementPeriod:
    """The period of one agreement; `own` holds the focus areas, types and forums it knows itself, by the field's name.

    Raises SetUpTrouble when it ends before it starts, does not begin the day after the one before has ended, stands in
    a file of another year, or says what a type is called now that it knows itself or never was.
    """
    years = table.table("agreement")
    start, end = years.year("start_year"), years.year("end_year")
    if not 1900 <= start <= end <= 2200:
        raise SetUpTrouble("agreement.errors.period_backwards", file=table.file, start=start, end=end)
    if before is not None:
        _check_after(table.file, start, before)
    return AgreementPeriod(
        start,
        end,
        title=years.label("title") if "title" in years.values else {},
        law=years.label("law") if "law" in years.values else {},
        called_now=_called_now(table, own["types"], before),
        **{name: tuple(codes) for name, codes in own.items()},
    )


def _check_after(file: str, start: int, before: AgreementPeriod) -> None:
    named = _LATER.fullmatch(file)
    if named and int(named[1]) != start:
        raise SetUpTrouble("agreement.errors.period_file", file=file, start=start)
    if start != before.end_year + 1:
        key = "period_overlaps" if start <= before.end_year else "period_gap"
        raise SetUpTrouble(
            f"agreement.errors.{key}", file=file, start=start, before=before.code, due=before.end_year + 1
        )


def _called_now(table: Table, types: Mapping[str, Named], before: AgreementPeriod | None) -> dict[str, str]:
    if "called_now" not in table.values:
        return {}
    given = table.table("called_now")
    for old in given.values:
        if before is None or old not in before.types or old in types:
            raise SetUpTrouble("agreement.errors.called_now", file=table.file, code=old)
        given.one_of(old, types)
    return dict(given.values)


def with_earlier(own: dict[str, N], earlier: dict[str, N], ended: int, called_now: Mapping[str, str]) -> dict[str, N]:
    """What an agreement knows, and after it what only earlier ones knew, marked with the last year it was used.

    What was filed under it stays there: it is found and counted by its old name.
    """
    left = {
        code: one if one.ended else replace(one, ended=ended, called_now=called_now.get(code, ""))
        for code, one in earlier.items()
        if code not in own
    }
    return own | left
