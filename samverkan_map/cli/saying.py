"""How the command line speaks: plain sentences in the language of the settings, and progress that shows."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime

import click

from samverkan_map import agreement, settings
from samverkan_map.agreement import Agreement
from samverkan_map.db.engine import Database, open_database
from samverkan_map.errors import (
    BadFile,
    BadQuestion,
    BadRows,
    BadValue,
    DatabaseTrouble,
    NotFound,
    Refusal,
    SetUpTrouble,
)
from samverkan_map.translations import LANGUAGES, text
from samverkan_map.vocabulary import STOCKHOLM


def _language() -> str:
    with suppress(SetUpTrouble):
        return settings.read().language
    return LANGUAGES[0]  # what is wrong with the settings is said by the command that needs them


LANGUAGE = _language()
"""The language of this run, known before the first command is made so that its help is in it too."""

EXIT_CODES: tuple[tuple[type[Refusal], int], ...] = (
    (BadFile, 2), (BadQuestion, 2), (BadValue, 2), (BadRows, 3), (NotFound, 4),
)  # fmt: skip
"""What a no means as an exit code: 2 for what was given and cannot be used; any other is 1."""


def say(key: str, **fields: object) -> None:
    """One sentence on standard output."""
    click.echo(text(LANGUAGE, key, **fields))


def complain(key: str, **fields: object) -> None:
    """One sentence on standard error."""
    click.echo(text(LANGUAGE, key, **fields), err=True)


def sentence(no: Refusal | str, **fields: object) -> str:
    """The sentence of a refusal or of a key."""
    if isinstance(no, Refusal):
        return text(LANGUAGE, no.key, **no.fields)
    return text(LANGUAGE, no, **fields)


COUNTED = ("reports", "places", "measures", "sites", "people", "audit")
"""What a count is said of, in this order."""


def counted(counts: Mapping[str, int]) -> str:
    """Numbers of things in words; other things than `COUNTED` are passed over.

    >>> counted({"places": 1, "measures": 2})
    '1 plats, 2 åtgärder'
    """
    return ", ".join(text(LANGUAGE, f"backup.counts.{name}", n=counts[name]) for name in COUNTED if name in counts)


@contextmanager
def opened(*, new: bool = False) -> Iterator[tuple[Database, Agreement]]:
    """The database and the agreement of the settings, as it is today.

    Raises DatabaseTrouble when there is no embedded database, unless `new`: opening it would leave an empty file.
    """
    chosen = settings.read()
    if not new and chosen.embedded_file and not chosen.embedded_file.exists():
        raise DatabaseTrouble("database.not_set_up")
    database = open_database(chosen)
    try:
        yield database, agreement.load(chosen.municipality).at(today())
    finally:
        database.close()


@contextmanager
def progress(key: str, total: int) -> Iterator:
    """A bar on standard error that is told how far it has come; nothing where nobody watches."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(text(LANGUAGE, key), total=max(total, 1))
        yield lambda done: bar.update(task, completed=done)


def now() -> datetime:
    """The clock, in UTC without offset as the tables hold it."""
    return datetime.now(UTC).replace(tzinfo=None)


def local(moment: datetime) -> datetime:
    """A moment of the tables, in UTC, as a Swedish clock shows it.

    >>> local(datetime(2026, 7, 1, 22, 30)).isoformat()
    '2026-07-02T00:30:00+02:00'
    """
    return moment.replace(tzinfo=UTC).astimezone(STOCKHOLM)


def today() -> date:
    """The local Swedish day."""
    return local(now()).date()
