"""`samverkan import reports`: a module of its own, so that it waits for nothing that reports do without."""

from __future__ import annotations

from pathlib import Path

import click

from samverkan_map import access, figures, reports
from samverkan_map.cli import clicking, taking_in
from samverkan_map.cli.saying import now, opened, progress, say, sentence, today
from samverkan_map.exchange import readers


@clicking.command("reports")
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
    taking_in.check_refused(file, refused)
    table = readers.open_table(file, columns=taking_in.pairs("columns", columns), sheet=sheet)
    how = reports.Intake(source, crs, taking_in.pairs("types", types) or {}, partial, dry_run)
    with opened() as (database, own), database.writing() as session:
        with progress("cli.import.progress", table.size_hint) as told, taking_in.seldom_collected():
            preview = reports.take_in(
                session,
                access.command_line(),
                own,
                table,
                how,
                file_hash=taking_in.hash_of(file),
                now=now(),
                progress=told,
            )
        begun = figures.begin(session, access.command_line(), own, today=today()) if preview.stored else []
        session.commit()
    code = taking_in.told(own, table, preview, dry_run, refused)
    if begun:
        say("cli.import.figures", years=", ".join(map(str, begun)))
    return code


COMMANDS = (import_reports,)
