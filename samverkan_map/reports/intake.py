"""Taking in a file of reports: every row checked, screened and placed, then stored in one transaction or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from samverkan_map import access, geometry, screening
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db import bulk, engine
from samverkan_map.db.tables import Delivery, Organisation, Report, Snap, Stretch
from samverkan_map.errors import BadFile
from samverkan_map.exchange import checks
from samverkan_map.exchange.columns import listed
from samverkan_map.exchange.table import Table
from samverkan_map.reports import twins
from samverkan_map.reports.deliveries import Preview
from samverkan_map.reports.filling import Filling
from samverkan_map.reports.reading import Reading, Why
from samverkan_map.reports.rows import examine
from samverkan_map.vocabulary import Permission

PILE_SHARE = 0.01
"""More than this share of a delivery on one coordinate is a pile: most likely a default position."""

SMALLEST_PILE = 5
NEEDED = {
    "type (typ)": {"type"},
    "occurred_from (tid_fran)": {"occurred_from", "occurred_to", "reported_at"},
    "lon/lat (e/n, plats)": {"lon", "e", "x", "position", "place_name", "precision", "municipality"},
}
"""What a file must say of its rows, by the column named first, and the columns of which one is enough for it."""

EXAMPLE = "type=Brottstyp,occurred_from=Datum"


@dataclass(frozen=True)
class Intake:
    """How a file is to be taken in."""

    source: str | None = None
    crs: int | None = None
    types: Mapping[str, str] = field(default_factory=dict)
    """The source's own words for types -> our codes, or "-" to leave rows out."""
    partial: bool = False
    dry_run: bool = False


def take_in(
    session: Session,
    actor: Viewer,
    agreement: Agreement,
    table: Table,
    how: Intake,
    *,
    file_hash: str,
    now: datetime,
    progress: Callable[[int], None] | None = None,
) -> Preview:
    """Take in a table of reports and say what became of every row.

    Nothing is stored on a dry run, nor when a row is refused and `how.partial` is False, nor when every row was known.
    `progress` is told how far the reading has come, in the unit of `table.size_hint`.
    Raises NotAllowed, BadFile (swapped axes, unknown source or type word in `how`, no column for what must be known, a
    name that points at a person).
    """
    if not access.may(actor, Permission.IMPORT_REPORTS):
        raise access.refusal(actor, Permission.IMPORT_REPORTS)
    _check(agreement, table, how)
    if screening.findings(table.path.name):
        raise BadFile("reports.errors.file_name")
    preview = Preview()
    describe(table, preview)
    if table.crs and not how.crs:
        name = geometry.NAMES.get(table.crs, f"EPSG:{table.crs}")
        preview.note("reports.notes.stated_crs", system=name, epsg=table.crs)
    reading = Reading(agreement, how.source, how.crs or table.crs, dict(how.types), _organisations(session), now)
    reading.swap = _how_to_swap(table)
    delivery = Delivery(
        at=now, person_id=actor.person_id, who=actor.name, source=how.source or "", file_name=table.path.name,
        file_hash=file_hash, read=0, accepted=0, known=0, refused=0,
    )  # fmt: skip
    with session.begin_nested() as savepoint:
        session.add(delivery)
        session.flush()
        find_stretches(session, reading)
        with bulk.loading(session) as load:
            filling = Filling(session, load, preview, delivery.id)
            for block in table.blocks():
                filling.take(examine(reading, block))
                if progress:
                    progress(block.progress)
            filling.settle()
        twins.settle(session, reading, table, preview, delivery.id)
        _settle(session, delivery, preview, reading)
        keeps = not how.dry_run and preview.accepted > 0 and (how.partial or not preview.refused)
        if not keeps:
            savepoint.rollback()
    if keeps:
        preview.stored, preview.delivery_id = True, delivery.id
        counts = {"accepted": preview.accepted, "known": preview.known, "refused": len(preview.refused)}
        access.gate(session, actor, Permission.IMPORT_REPORTS, delivery, read=preview.read, **counts)
    return preview


def _check(agreement: Agreement, table: Table, how: Intake) -> None:
    if how.source is not None and how.source not in agreement.sources:
        raise BadFile("reports.errors.unknown_source", value=how.source, allowed=", ".join(agreement.sources))
    if how.source is None and "source" not in table.mapped:
        raise BadFile("reports.errors.no_source", allowed=", ".join(agreement.sources))
    for word, code in how.types.items():
        if code != "-" and agreement.type_of(code) is None:
            near = agreement.nearest_type(code)
            key = "reports.errors.unknown_type" if near else "reports.errors.unknown_code"
            raise BadFile(key, value=f"{word}={code}", nearest=near, allowed=", ".join(agreement.types))
    if half := checks.half_pair(table.mapped):
        theirs, missing = table.mapped[half[0]], half[1]
        raise BadFile("reports.errors.half_pair", column=theirs, ours=half[0], missing=missing)
    if lacks := [name for name, columns in NEEDED.items() if not columns & table.mapped.keys()]:
        header = ", ".join(table.header[:30])
        raise BadFile("reports.errors.no_columns", missing=", ".join(lacks), example=EXAMPLE, header=header)


def describe(table: Table, preview: Preview) -> None:
    """Say which columns of a file were understood, and what kind of text file it is."""
    preview.note("reports.notes.columns", columns=[[ours, theirs] for ours, theirs in table.mapped.items()])
    if table.encoding and table.delimiter:
        delimiter = {",": "comma", ";": "semicolon"}.get(table.delimiter or "", "tab")
        preview.note(f"reports.notes.text_file_{delimiter}", encoding=table.encoding)
    else:
        preview.note(f"reports.notes.file_{table.format}", sheet=table.sheet or "")
    if table.other_sheets:
        preview.note("reports.notes.other_sheets", sheets=listed(table.other_sheets))
    if table.ignored:
        preview.note("reports.notes.ignored", columns=", ".join(table.ignored[:30]), n=len(table.ignored))


def _how_to_swap(table: Table) -> Why:
    """What is said of a file whose axes have changed places: the way out that works for this kind of file."""
    if table.format in ("geojson", "gpkg"):
        return "reports.errors.swapped_points", {}
    for one, other in checks.PAIRS:
        if one in table.mapped and other in table.mapped:
            swap = f"{one}={table.mapped[other]},{other}={table.mapped[one]}"
            return "reports.errors.swapped_axes", {"swap": f'"{swap}"' if " " in swap else swap}
    return "reports.errors.swapped_position", {}


def _organisations(session: Session) -> dict[str, int]:
    found: dict[str, int] = {}
    for organisation in session.scalars(select(Organisation)):
        found[organisation.code.casefold()] = found[organisation.name.casefold()] = organisation.id
    return found


def find_stretches(session: Session, reading: Reading) -> None:
    """Look up the stretches that traffic reports may have been made on, and what was decided about them by hand."""
    decided = session.execute(select(Snap.source, Snap.source_ref, Snap.stretch_id))
    reading.by_hand = {(source, ref): stretch for source, ref, stretch in decided}
    found = session.execute(select(Stretch.id, Stretch.geom)).all()
    reading.stretches = ([number for number, _ in found], [engine.shape(geom) for _, geom in found])


def _settle(session: Session, delivery: Delivery, preview: Preview, reading: Reading) -> None:
    """Write the counts into the delivery, and say aloud what a person should look at."""
    if not delivery.source:
        delivery.source = ",".join(sorted(reading.sources_seen))[:200]
    for count, point in _piles(session, delivery, preview):
        preview.note("reports.notes.pile", count=count, e=round(point.x), n=round(point.y), total=preview.accepted)
    delivery.read, delivery.accepted, delivery.known = preview.read, preview.accepted, preview.known
    delivery.refused, delivery.left_out = len(preview.refused), preview.left_out
    delivery.notes = [[key, fields] for key, fields in preview.notes]
    session.flush()


def _piles(session: Session, delivery: Delivery, preview: Preview) -> list[tuple[int, Any]]:
    least = max(SMALLEST_PILE, int(preview.accepted * PILE_SHARE) + 1)
    count = func.count(Report.id)
    statement = (
        select(count, Report.geom)
        .where(Report.delivery_id == delivery.id, Report.geom.is_not(None))
        .group_by(Report.geom)
        .having(count >= least)
        .order_by(count.desc())
        .limit(5)
    )
    return [(number, engine.shape(geom)) for number, geom in session.execute(statement)]
