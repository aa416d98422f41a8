"""The invented answers of surveys and themes of dialogues, and the one real file: crime as it was reported long ago."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from samverkan_map import sources
from samverkan_map.demo.letters import Told
from samverkan_map.demo.material import read
from samverkan_map.errors import BadRows
from samverkan_map.exchange import readers
from samverkan_map.exchange.table import Records, Table
from samverkan_map.sources import CRIMES, SURVEYS
from samverkan_map.vocabulary import Role

CRIME_FILE = Path("statistics") / "vellinge_anmalda_brott_2010_2015.csv"
HEADER = ("year", "area", "question", "value", "answers", "response_rate")
TOLD_IN = (11, 20)
"""The month and day on which a year's survey is told."""


def acts(story: Told) -> Iterator[tuple[date, Callable[[], object]]]:
    """What happens on which day: a file of surveys a year, the dialogues, and the file of crime at the beginning."""
    rates = read("sources")["response"]["rates"]
    years = [
        year for year in range(story.until.year - len(rates), story.until.year + 1) if _told_on(year) < story.until
    ]
    for number, year in enumerate(years[-len(rates) :]):
        yield _told_on(year), partial(_take_in_survey, story, year, number)
    for one in read("sources")["dialogues"]:
        yield story.day(one["ago"]), partial(_hold, story, one, story.day(one["ago"]))
    yield story.day(900), partial(_take_in_crimes, story, story.day(900))


def _told_on(year: int) -> date:
    return date(year, *TOLD_IN)


def _rows(story: Told, year: int, number: int) -> list[list[str]]:
    material = read("sources")
    rate = material["response"]["rates"][number]
    whole = story.agreement.statistics.whole
    found = []
    for one in material["surveys"]:
        value, answers = one["whole"][number], one["answers"]
        found.append([year, whole, one["question"], value, sum(answers.values()), rate])
        for area, away in one["away"].items():
            found.append([year, area, one["question"], round(value + away[number], 2), answers[area], rate])
    return [[str(cell) for cell in row] for row in found]


def _take_in_survey(story: Told, year: int, number: int) -> None:
    rows = _rows(story, year, number)

    def records(size: int) -> Iterator[Records]:
        yield Records(list(range(2, len(rows) + 2)), rows)

    written = io.StringIO()
    csv.writer(written).writerows([HEADER, *rows])
    table = Table(
        path=Path(f"trygghetsmatning_{year}.csv"), format="csv", header=list(HEADER),
        mapped={name: name for name in HEADER}, ignored=[], size_hint=len(rows), records=records, encoding="utf-8",
        delimiter=",",
    )  # fmt: skip
    digest = hashlib.sha256(written.getvalue().encode()).hexdigest()
    _take_in(story, SURVEYS, table, digest, _told_on(year))


def _take_in_crimes(story: Told, day: date) -> None:
    path = story.agreement.folder / CRIME_FILE
    table = readers.open_rows(path, sources.COLUMNS[CRIMES])
    _take_in(story, CRIMES, table, hashlib.sha256(path.read_bytes()).hexdigest(), day)


def _take_in(story: Told, kind: str, table: Table, digest: str, day: date) -> None:
    preview = sources.take_in(
        story.session, story.viewers[Role.PLANNER], story.agreement, kind, table, sources.Intake(), file_hash=digest,
        now=datetime.combine(day, time(9)),
    )  # fmt: skip
    if not preview.stored:
        raise BadRows("demo.errors.refused", file=table.path.name, n=len(preview.refused))


def _hold(story: Told, one: dict[str, Any], day: date) -> None:
    for theme in one["themes"]:
        sources.dialogues.keep(
            story.session, story.viewers[Role.PLANNER], story.agreement, source=one["source"],
            held_on=day - timedelta(days=1), **theme, today=day,
        )  # fmt: skip
