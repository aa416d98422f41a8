"""Layers as files: `samverkan export`, with the filters of the address."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from samverkan_map import access, hotspots, map_rows, question, reports, traffic
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.cli import clicking
from samverkan_map.cli.saying import LANGUAGE, complain, opened, say, sentence, today
from samverkan_map.db.engine import Database
from samverkan_map.errors import BadValue
from samverkan_map.exchange import layer_file
from samverkan_map.formats import Format
from samverkan_map.hotspots import words
from samverkan_map.question import Question
from samverkan_map.translations import text
from samverkan_map.vocabulary import Permission

LAYERS: dict[str, str] = {
    "reports": "problem,traffic,accident,strength",
    "places": "places",
    "sites": "sites",
    "measures": "measures",
}
STRETCH_FILTERS = ("area", "keeper", "q")
"""The filters that a stretch has an answer to."""


def filters(command: Callable) -> Callable:
    """Give a command every filter of the address as an option with the same name."""
    for name in reversed([name for name in question.NAMES if name not in ("layer", "page")]):
        command = clicking.option(f"--{name}", f"filter_{name}", help=text(LANGUAGE, f"cli.filters.{name}"))(command)
    return command


@clicking.command()
@clicking.argument("layer", metavar=sentence("cli.help.layer"), type=click.Choice([*LAYERS, "stretches", "hotspots"]))
@clicking.argument("file", metavar=sentence("cli.help.file"), type=click.Path(path_type=Path, dir_okay=False))
@filters
def export(layer: str, file: Path, **filters: str | None) -> None:
    """Write a layer to a file."""
    viewer = access.command_line()
    with opened() as (database, own):
        with database.reading() as session:
            mark = text(LANGUAGE, "common.watermark") if access.is_trial(session) else None
            args = {name.removeprefix("filter_"): value for name, value in filters.items() if value}
            asked = question.parse(args | {"layer": LAYERS.get(layer, "")}, own, today())
            columns, rows = _rows_of(session, viewer, own, layer, asked)
            hidden = sum(reports.area_only(session, viewer, own, asked).values()) if layer == "reports" else 0
            count = layer_file.save(file, layer, columns, rows, question=asked.given, watermark=mark)
        try:
            _record(database, viewer, layer, count)
        except BaseException:
            file.unlink(missing_ok=True)  # what was taken out is recorded, or not taken out
            raise
    _say_unused(layer, asked)
    if hidden:
        few = text(LANGUAGE, "karta.fewer_than", n=reports.FEWEST_SHOWN)
        complain("cli.export.area_only", n=few.capitalize() if hidden < reports.FEWEST_SHOWN else hidden)
    say("cli.export.written", n=count, file=file)


def _rows_of(
    session: Any, viewer: Viewer, own: Agreement, layer: str, asked: Question
) -> tuple[Sequence[str], Iterable]:
    if layer == "hotspots":
        found = hotspots.find(session, viewer, own, asked, today=today())
        work = hotspots.work_at(session, viewer, found.spots)
        return words.COLUMNS, words.rows(words.Speaker(LANGUAGE, own, Format(LANGUAGE)), found, work)
    if layer != "stretches":
        return map_rows.columns(viewer), map_rows.file_rows(session, viewer, own, asked, LANGUAGE)
    for name in asked.given:
        if name not in STRETCH_FILTERS:
            raise BadValue("cli.export.stretch_filter", field=name, allowed=", ".join(STRETCH_FILTERS))
    roads = traffic.find(session, viewer, keepers=asked.keepers, areas=asked.areas, word=asked.text)
    return traffic.COLUMNS, (traffic.as_properties(one) | {"geometry": traffic.shape_of(one)} for one in roads)


def _record(database: Database, viewer: Viewer, layer: str, count: int) -> None:
    with database.writing() as session:
        access.gate(session, viewer, Permission.EXPORT_INTERNAL, layer=layer, count=count)
        if layer == "reports" and count:
            access.gate(session, viewer, Permission.SEE_RAW_TEXT, layer=layer, count=count)
        session.commit()


def _say_unused(layer: str, asked: Question) -> None:
    """Name the filters that ask about what this layer's rows do not have, so that an empty file surprises nobody."""
    unused = map_rows.about_reports(LAYERS.get(layer, "")).intersection(asked.given)
    if unused:
        filters = ", ".join(f"--{name}" for name in question.NAMES if name in unused)
        complain("cli.export.only_reports", filters=filters, layer=layer)


COMMANDS = (export,)
