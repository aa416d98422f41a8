"""`samverkan hotspots`: the same run as the page shows, in words and as a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from samverkan_map import access, hotspots, question
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.cli import clicking
from samverkan_map.cli.exporting import filters
from samverkan_map.cli.saying import LANGUAGE, local, opened, say, sentence, today
from samverkan_map.db.engine import Database
from samverkan_map.errors import BadQuestion
from samverkan_map.exchange import layer_file
from samverkan_map.formats import Format
from samverkan_map.hotspots import Hotspots, searching, things_words, words
from samverkan_map.hotspots.things import Method, Things
from samverkan_map.hotspots.words import Speaker
from samverkan_map.translations import text
from samverkan_map.vocabulary import Permission

METHODS = [one.value for one in Method]


@dataclass(frozen=True)
class Answer:
    """What is said and written of a run: lines before it, the run in words, and its rows as a file holds them."""

    told: list[str]
    lines: list[str]
    columns: Sequence[str]
    rows: list[dict[str, Any]]
    asked: Mapping[str, object]


@clicking.command("hotspots")
@clicking.option("--method", type=click.Choice(METHODS), default=METHODS[0], help=text(LANGUAGE, "cli.hotspots.method"))
@clicking.option("--cell", type=int, help=text(LANGUAGE, "cli.hotspots.cell"))
@clicking.option("--bandwidth", type=int, help=text(LANGUAGE, "cli.hotspots.bandwidth"))
@clicking.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar=sentence("cli.help.file"),
    help=text(LANGUAGE, "cli.hotspots.out"),
)
@clicking.option("--run", type=click.IntRange(1, 2**31 - 1), help=text(LANGUAGE, "cli.hotspots.run"))
@filters
def recurring(
    method: str, cell: int | None, bandwidth: int | None, out: Path | None, run: int | None, **given: str | None
) -> int:
    """Look for recurring problems."""
    viewer = access.command_line()
    args = {name.removeprefix("filter_"): value for name, value in given.items() if value}
    with opened() as (database, own):
        speak = Speaker(LANGUAGE, own, Format(LANGUAGE))
        with database.reading() as session:
            if run is None and method != Method.CELLS:
                answer = _searched(session, viewer, own, speak, args, Method(method), cell, bandwidth)
            else:
                if bandwidth is not None:
                    raise BadQuestion("things.errors.no_reach", name="bandwidth")
                answer = _squares(session, viewer, own, speak, args, cell or hotspots.CELLS[0], run)
            mark = text(LANGUAGE, "common.watermark") if access.is_trial(session) else None
        click.echo("\n".join([*answer.told, *answer.lines]))
        if out:
            _written(database, viewer, out, answer, mark)
    return 0


def _squares(
    session: Session, viewer: Viewer, own: Agreement, speak: Speaker, args: Mapping[str, str], cell: int,
    run: int | None,
) -> Answer:  # fmt: skip
    found, asked, told = _found(session, viewer, own, args, cell, run)
    work = hotspots.work_at(session, viewer, found.spots)
    return Answer(told, list(_lines(speak, found)), words.COLUMNS, list(words.rows(speak, found, work)), asked)


def _searched(
    session: Session, viewer: Viewer, own: Agreement, speak: Speaker, args: Mapping[str, str], method: Method,
    cell: int | None, bandwidth: int | None,
) -> Answer:  # fmt: skip
    """What another method than squares finds. Raises BadQuestion."""
    asked = question.parse(args, own, today())
    found = searching.search(
        session, viewer, own, asked, today=today(), method=method, cell_metres=cell, bandwidth=bandwidth
    )
    work = hotspots.work_at(session, viewer, found.things)
    rows = list(things_words.rows(speak, found, work))
    return Answer([], list(_things(speak, found)), things_words.COLUMNS, rows, {**asked.given, "method": method.value})


def _things(speak: Speaker, found: Things) -> Iterator[str]:
    yield things_words.headline(speak, found)
    yield " ".join(things_words.facts(speak, found))
    if banner := things_words.effort(speak, found):
        yield f"! {banner}"
    for thing in found.things:
        yield f"{thing.number}. {things_words.title(speak, found, thing)}"
        yield "   " + " ".join(things_words.described(speak, found, thing))
    yield speak("method")
    for line in things_words.method_card(speak, found):
        yield f"  {line}"


def _found(
    session: Session, viewer: Viewer, own: Agreement, args: Mapping[str, str], cell: int, run: int | None
) -> tuple[Hotspots, Mapping[str, str], list[str]]:
    """A fresh answer, or that of a kept run with a line about it. Raises NotFound, BadQuestion."""
    if run is None:
        asked = question.parse(args, own, today())
        found = hotspots.find(session, viewer, own, asked, today=today(), cell_metres=cell)
        return found, asked.given, []
    kept = hotspots.get_run(session, viewer, run)
    changed = kept.data_version != hotspots.data_version(session)
    at = f"{local(kept.at):%Y-%m-%d %H:%M}"
    line = text(LANGUAGE, "hotspots.saved_at", at=at, who=kept.who, version=kept.data_version)
    since = text(LANGUAGE, "hotspots.saved_changed" if changed else "hotspots.saved_same")
    return hotspots.found_in(viewer, kept), kept.asked, [f"{line} {since}"]


def _lines(speak: Speaker, found: Hotspots) -> Iterator[str]:
    yield words.headline(speak, found)
    yield " ".join(words.facts(speak, found))
    if banner := words.effort(speak, found):
        yield f"! {banner}"
    for spot in found.spots:
        sure = words.certainty(speak, spot)
        yield f"{spot.number}. {words.title(speak, spot)}"
        yield "   " + " ".join(words.described(speak, found, spot))
        yield f"   {words.change(speak, found, spot)}" + (f" ({sure})" if sure else "")
        yield f"   {words.history(speak, found, spot)}."
    if together := words.concentration(speak, found):
        yield speak("concentration")
        for line in together:
            yield f"  {line}"
    yield speak("method")
    for line in words.method_card(speak, found):
        yield f"  {line}"


def _written(database: Database, viewer: Viewer, out: Path, answer: Answer, mark: str | None) -> None:
    count = layer_file.save(out, "hotspots", answer.columns, answer.rows, question=answer.asked, watermark=mark)
    try:
        with database.writing() as session:
            access.gate(session, viewer, Permission.EXPORT_INTERNAL, layer="hotspots", count=count)
            session.commit()
    except BaseException:
        out.unlink(missing_ok=True)  # what was taken out is recorded, or not taken out
        raise
    say("cli.export.written", n=count, file=out)


COMMANDS = (recurring,)
"""The commands of this room; the function is not called as the noun, which it asks."""
