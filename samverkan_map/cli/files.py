"""Commands about files: import reports, roads and sources, list and undo deliveries."""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from samverkan_map import access, figures, reports, sources, traffic
from samverkan_map.agreement import Agreement
from samverkan_map.cli import clicking
from samverkan_map.cli.saying import LANGUAGE, complain, local, now, opened, progress, say, sentence, today
from samverkan_map.errors import BadFile, BadValue
from samverkan_map.exchange import readers, writers
from samverkan_map.translations import text

MOST_REASONS = 12


@clicking.group("import")
def import_group() -> None:
    """Take in files."""


@import_group.command("reports", cls=clicking.Command)
@clicking.argument("file", metavar=sentence("cli.help.file"), type=click.Path(path_type=Path))
@clicking.option("--source")
@clicking.option("--crs", type=int)
@clicking.option("--columns")
@clicking.option("--sheet", "--layer", "sheet", default="")
@clicking.option("--types")
@clicking.option("--dry-run", is_flag=True)
@clicking.option("--refused", type=click.Path(path_type=Path, dir_okay=False))
@clicking.option("--partial", is_flag=True)
def import_reports(
    file: Path,
    source: str | None,
    crs: int | None,
    columns: str | None,
    sheet: str,
    types: str | None,
    dry_run: bool,
    refused: Path | None,
    partial: bool,
) -> int:
    """Take in a file of reports."""
    _check_refused(file, refused)
    table = readers.open_table(file, columns=_pairs("columns", columns), sheet=sheet)
    how = reports.Intake(source, crs, _pairs("types", types) or {}, partial, dry_run)
    with opened() as (database, own), database.writing() as session:
        with progress("cli.import.progress", table.size_hint) as told:
            preview = reports.take_in(
                session, access.command_line(), own, table, how, file_hash=_hash(file), now=now(), progress=told
            )
        begun = figures.begin(session, access.command_line(), own, today=today()) if preview.stored else []
        session.commit()
    code = _told(own, table, preview, dry_run, refused)
    if begun:
        say("cli.import.figures", years=", ".join(map(str, begun)))
    return code


def _file_options(command: Callable) -> Callable:
    """The options that importing stretches and importing speeds have in common."""
    for option in reversed((
        clicking.argument("file", metavar=sentence("cli.help.file"), type=click.Path(path_type=Path)),
        clicking.option("--columns", "--map", "columns"),
        clicking.option("--sheet", "--layer", "sheet", default=""),
        clicking.option("--dry-run", is_flag=True),
        clicking.option("--refused", type=click.Path(path_type=Path, dir_okay=False)),
        clicking.option("--partial", is_flag=True),
    )):  # fmt: skip
        command = option(command)
    return command


@import_group.command("stretches", cls=clicking.Command)
@_file_options
@clicking.option("--crs", type=int)
@clicking.option("--keeper", default="")
@clicking.option("--keepers")
@clicking.option("--merge", is_flag=True)
def import_stretches(
    file: Path,
    columns: str | None,
    sheet: str,
    dry_run: bool,
    refused: Path | None,
    partial: bool,
    crs: int | None,
    keeper: str,
    keepers: str | None,
    merge: bool,
) -> int:
    """Take in a file of stretches."""
    _check_refused(file, refused)
    table = readers.open_lines(file, columns=_pairs("columns", columns), sheet=sheet)
    how = traffic.Intake(crs, keeper, _pairs("keepers", keepers) or {}, merge, partial, dry_run)
    with opened() as (database, own), database.writing() as session:
        preview = traffic.take_in_stretches(
            session, access.command_line(), own, table, how, file_hash=_hash(file), now=now()
        )
        session.commit()
    return _told(own, table, preview, dry_run, refused)


@import_group.command("speeds", cls=clicking.Command)
@_file_options
def import_speeds(
    file: Path, columns: str | None, sheet: str, dry_run: bool, refused: Path | None, partial: bool
) -> int:
    """Take in a file of speed measurements."""
    _check_refused(file, refused)
    table = readers.open_speeds(file, columns=_pairs("columns", columns), sheet=sheet)
    how = traffic.Intake(partial=partial, dry_run=dry_run)
    with opened() as (database, own), database.writing() as session:
        preview = traffic.take_in_speeds(session, access.command_line(), table, how, file_hash=_hash(file), now=now())
        session.commit()
    return _told(own, table, preview, dry_run, refused)


@import_group.command("surveys", cls=clicking.Command)
@_file_options
@clicking.option("--source", default="")
def import_surveys(**given: Any) -> int:
    """Take in a file of answers of safety surveys."""
    return _import_source(sources.SURVEYS, **given)


@import_group.command("crimes", cls=clicking.Command)
@_file_options
def import_crimes(**given: Any) -> int:
    """Take in a file of reported crime."""
    return _import_source(sources.CRIMES, **given)


@import_group.command("dialogues", cls=clicking.Command)
@_file_options
@clicking.option("--source", default="")
def import_dialogues(**given: Any) -> int:
    """Take in a file of themes of dialogues."""
    return _import_source(sources.DIALOGUES, **given)


def _import_source(
    kind: str,
    file: Path,
    columns: str | None,
    sheet: str,
    dry_run: bool,
    refused: Path | None,
    partial: bool,
    source: str = "",
) -> int:
    _check_refused(file, refused)
    table = readers.open_rows(file, sources.COLUMNS[kind], columns=_pairs("columns", columns), sheet=sheet)
    how = sources.Intake(source, partial, dry_run)
    with opened() as (database, own), database.writing() as session:
        preview = sources.take_in(
            session, access.command_line(), own, kind, table, how, file_hash=_hash(file), now=now()
        )
        session.commit()
    return _told(own, table, preview, dry_run, refused)


def _check_refused(file: Path, refused: Path | None) -> None:
    """Raises BadValue or BadFile before anything is stored, when the refused rows could not be written, or only over
    the file itself."""
    if refused is None:
        return
    if refused.exists() and file.exists() and refused.samefile(file):
        raise BadValue("cli.errors.refused_is_file", field="refused", file=file.name)
    if not (refused.parent.is_dir() and os.access(refused.parent, os.W_OK)):
        raise BadFile("writers.errors.not_written", file=refused.name)


def _told(own: Agreement, table: readers.Table, preview: reports.Preview, dry_run: bool, refused: Path | None) -> int:
    """Say what became of a file, write the refused rows where they are wanted, and give the exit code."""
    _tell(own, preview, dry_run)
    if refused and preview.refused:
        reasons = (reports.tell(LANGUAGE, own, one.key, one.fields) for one in preview.refused)
        rows = ((one.row_number, one.original, reason) for one, reason in zip(preview.refused, reasons, strict=True))
        writers.refused_file(refused, table.header, rows, delimiter=table.delimiter or ",")
        say("cli.import.refused_file", file=refused)
    return 3 if preview.refused else 0


def _pairs(name: str, value: str | None) -> dict[str, str] | None:
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


def _hash(file: Path) -> str:
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


@clicking.command()
def deliveries() -> None:
    """List what has been taken in."""
    with opened() as (database, own), database.reading() as session:
        viewer = access.command_line()
        found = [one for of in (reports, traffic, sources) for one in of.find_deliveries(session, viewer)]
        if not found:
            say("cli.deliveries.none")
        for one in sorted(found, key=lambda one: -one.id):
            named = (own.sources.get(code) for code in one.source.split(","))
            words = {
                "number": one.id,
                "at": f"{local(one.at):%Y-%m-%d %H:%M}",
                "file": one.file_name,
                "source": ", ".join(source.label[LANGUAGE] for source in named if source) or one.source,
                "n": one.accepted,
            }
            undone = f"{local(one.undone_at):%Y-%m-%d %H:%M}" if one.undone_at else ""
            if one.kind in (*traffic.KINDS, *sources.KINDS):
                line = text(LANGUAGE, f"cli.deliveries.{one.kind}", **words)
                click.echo(f"{line}, {text(LANGUAGE, 'cli.import.undone_word', undone=undone)}" if undone else line)
            elif undone:
                say("cli.deliveries.undone", undone=undone, **words)
            else:
                say("cli.deliveries.line", **words)


@clicking.command()
@clicking.argument("delivery", metavar=sentence("cli.help.delivery"), type=int)
def undo(delivery: int) -> None:
    """Take a delivery back whole."""
    with opened() as (database, _), database.writing() as session:
        viewer = access.command_line()
        of: Any = next((one for one in (traffic, sources) if one.is_delivery(session, viewer, delivery)), reports)
        gone = of.undo(session, viewer, delivery, now=now())
        session.commit()
    if of is not reports:
        say("cli.deliveries.rows_taken_back", number=delivery, n=gone)
    else:
        say("cli.deliveries.taken_back", number=delivery, n=gone)


COMMANDS = (import_group, deliveries, undo)
