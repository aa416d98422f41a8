"""Commands about files: import roads, speeds and sources, list and undo deliveries."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from samverkan_map import access, reports, sources, traffic
from samverkan_map.cli import clicking, taking_in
from samverkan_map.cli.saying import LANGUAGE, local, now, opened, say, sentence
from samverkan_map.exchange import readers
from samverkan_map.translations import text


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


@clicking.command("stretches")
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
    taking_in.check_refused(file, refused)
    table = readers.open_lines(file, columns=taking_in.pairs("columns", columns), sheet=sheet)
    how = traffic.Intake(crs, keeper, taking_in.pairs("keepers", keepers) or {}, merge, partial, dry_run)
    with opened() as (database, own), database.writing() as session:
        preview = traffic.take_in_stretches(
            session, access.command_line(), own, table, how, file_hash=taking_in.hash_of(file), now=now()
        )
        session.commit()
    return taking_in.told(own, table, preview, dry_run, refused)


@clicking.command("speeds")
@_file_options
def import_speeds(
    file: Path, columns: str | None, sheet: str, dry_run: bool, refused: Path | None, partial: bool
) -> int:
    """Take in a file of speed measurements."""
    taking_in.check_refused(file, refused)
    table = readers.open_speeds(file, columns=taking_in.pairs("columns", columns), sheet=sheet)
    how = traffic.Intake(partial=partial, dry_run=dry_run)
    with opened() as (database, own), database.writing() as session:
        preview = traffic.take_in_speeds(
            session, access.command_line(), table, how, file_hash=taking_in.hash_of(file), now=now()
        )
        session.commit()
    return taking_in.told(own, table, preview, dry_run, refused)


@clicking.command("surveys")
@_file_options
@clicking.option("--source", default="")
def import_surveys(**given: Any) -> int:
    """Take in a file of answers of safety surveys."""
    return _import_source(sources.SURVEYS, **given)


@clicking.command("crimes")
@_file_options
def import_crimes(**given: Any) -> int:
    """Take in a file of reported crime."""
    return _import_source(sources.CRIMES, **given)


@clicking.command("dialogues")
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
    taking_in.check_refused(file, refused)
    table = readers.open_rows(file, sources.COLUMNS[kind], columns=taking_in.pairs("columns", columns), sheet=sheet)
    how = sources.Intake(source, partial, dry_run)
    with opened() as (database, own), database.writing() as session:
        preview = sources.take_in(
            session, access.command_line(), own, kind, table, how, file_hash=taking_in.hash_of(file), now=now()
        )
        session.commit()
    return taking_in.told(own, table, preview, dry_run, refused)


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


COMMANDS = (import_stretches, import_speeds, import_surveys, import_crimes, import_dialogues, deliveries, undo)
