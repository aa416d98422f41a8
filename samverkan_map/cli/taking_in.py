"""What the commands that take in a file share: how options are read, and how is told what became of the rows."""

from __future__ import annotations

import csv
import gc
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from samverkan_map import reports
from samverkan_map.agreement import Agreement
from samverkan_map.cli.saying import LANGUAGE, complain, say
from samverkan_map.errors import BadFile, BadValue
from samverkan_map.exchange import readers

MOST_REASONS = 12


def check_refused(file: Path, refused: Path | None) -> None:
    """Raises BadValue or BadFile before anything is stored, when the refused rows could not be written, or only over
    the file itself."""
    if refused is None:
        return
    if refused.exists() and file.exists() and refused.samefile(file):
        raise BadValue("cli.errors.refused_is_file", field="refused", file=file.name)
    if not (refused.parent.is_dir() and os.access(refused.parent, os.W_OK)):
        raise BadFile("writers.errors.not_written", file=refused.name)


def told(own: Agreement, table: readers.Table, preview: reports.Preview, dry_run: bool, refused: Path | None) -> int:
    """Say what became of a file, write the refused rows where they are wanted, and give the exit code."""
    _tell(own, preview, dry_run)
    if refused and preview.refused:
        from samverkan_map.exchange import writers  # late: most files leave none

        reasons = (reports.tell(LANGUAGE, own, one.key, one.fields) for one in preview.refused)
        rows = ((one.row_number, one.original, reason) for one, reason in zip(preview.refused, reasons, strict=True))
        writers.refused_file(refused, table.header, rows, delimiter=table.delimiter or ",")
        say("cli.import.refused_file", file=refused)
    return 3 if preview.refused else 0


def pairs(name: str, value: str | None) -> dict[str, str] | None:
    """`a=b,c=d` as a dictionary; a pair that holds a comma stands in quotes, as in a CSV line."""
    if not value:
        return None
    found = {}
    for part in next(csv.reader([value], skipinitialspace=True)):
        ours, equals, theirs = part.rpartition("=") if name in ("types", "keepers") else part.partition("=")
        if not equals or not ours.strip() or not theirs.strip():
            raise BadValue("cli.errors.pairs", field=name, value=part.strip()[:60])
        found[ours.strip()] = theirs.strip()
    return found


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Look for what refers to itself in circles less often: blocks of rows never do, and are many objects."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def hash_of(file: Path) -> str:
    """By which the same file is known again. Raises BadFile."""
    try:
        with file.open("rb") as opened_file:
            return hashlib.file_digest(opened_file, "sha256").hexdigest()
    except OSError as error:
        raise BadFile("readers.errors.missing", file=file.name) from error


def _tell(own: Agreement, preview: reports.Preview, dry_run: bool) -> None:
    for key, fields in preview.notes:
        click.echo(reports.tell(LANGUAGE, own, key, fields))
    if not preview.read:
        say("cli.import.no_rows")
    say(
        "cli.import.counts",
        read=preview.read,
        accepted=preview.accepted,
        known=preview.known,
        refused=len(preview.refused),
        left_out=preview.left_out,
    )
    for key, fields, count in preview.reasons()[:MOST_REASONS]:
        complain("cli.import.reason", count=count, reason=reports.tell(LANGUAGE, own, key, fields))
    if len(preview.reasons()) > MOST_REASONS:
        complain("cli.import.more_reasons", n=len(preview.reasons()) - MOST_REASONS)
    if preview.stored:
        say("cli.import.stored", number=preview.delivery_id)
    elif dry_run:
        say("cli.import.dry_run")
    elif preview.refused:
        complain("cli.import.nothing_stored" if preview.accepted else "cli.import.nothing_new")
