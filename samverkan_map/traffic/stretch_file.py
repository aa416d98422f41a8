"""A file of stretches (an extract of NVDB, OSM or the municipality's own): checked row by row, stored whole."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from samverkan_map import geometry
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db.tables import Report, Stretch
from samverkan_map.errors import BadFile, BadValue
from samverkan_map.exchange import checks
from samverkan_map.exchange.columns import plain
from samverkan_map.exchange.table import Table
from samverkan_map.reports.deliveries import Preview
from samverkan_map.reports.row_by_row import Row, delivery, keeps, rows_of, start, store
from samverkan_map.traffic.deliveries import STRETCHES, Intake
from samverkan_map.traffic.keeping import checked_stretch, shape_of
from samverkan_map.traffic.snaps import settle
from samverkan_map.vocabulary import Keeper, Permission

SAME_METRES = 1.0
"""Two lines nowhere farther apart than this are the same line, drawn again."""

KEEPER_WORDS = {
    Keeper.MUNICIPALITY: ("kommun", "kommunen", "kommunal", "kommunal väghållare", "municipality", "municipal"),
    Keeper.STATE: ("trafikverket", "stat", "staten", "statlig", "statlig väghållare", "state", "national"),
    Keeper.ASSOCIATION: ("vägförening", "vagforening", "samfällighet", "samfällighetsförening", "road association"),
    Keeper.PRIVATE: ("enskild", "enskild väghållare", "privat", "private"),
}
_KEEPERS = {plain(word): keeper.value for keeper, words in KEEPER_WORDS.items() for word in words}

Line = tuple[Row, shapely.LineString]


def take_in_stretches(
    session: Session, actor: Viewer, agreement: Agreement, table: Table, how: Intake, *, file_hash: str, now: datetime
) -> Preview:
    """Take in a table of stretches and say what became of every row.

    A stretch that is there already, with the same name, line, keeper and limit, is known and changes nothing.
    Complaints and accidents that lie on a new stretch, and on none before, are on it afterwards. Nothing is stored on a
    dry run, nor when a row is refused and `how.partial` is False, nor when every row was known.
    Raises NotAllowed, BadFile (swapped axes, no column for what must be known, an unknown keeper in `how`), BadValue
    for an unknown coordinate system.
    """
    needed = {name: name in table.mapped for name in ("name", "speed_limit")}
    needed["keeper"] = bool(how.keeper) or "keeper" in table.mapped
    preview = start(actor, Permission.UPLOAD_GEODATA, table, needed)
    _check_keepers(how)
    lines = _in_metres(agreement, table, how, list(rows_of(table, preview)), preview)
    lines = _merged(lines, preview) if how.merge else lines
    new = _new(session, agreement, how, lines, preview)
    preview.refused.sort(key=lambda one: one.row_number)
    preview.accepted = len(new)
    if keeps(how, preview):
        arrived = delivery(actor, STRETCHES, table.path, preview, file_hash, now)
        store(session, actor, Permission.UPLOAD_GEODATA, arrived, new, preview)
        settle(session, Report.stretch_id.is_(None))
    return preview


def known_keeper(word: str) -> str:
    """The road keeper that a word of a file means, or "" when no one knows it.

    >>> known_keeper("Kommunal väghållare"), known_keeper("vag_f"), known_keeper("enskild")
    ('kommun', '', 'enskild')
    """
    word = word.strip()
    return _KEEPERS.get(plain(word)) or (word if word in set(Keeper) else "")


def _check_keepers(how: Intake) -> None:
    for keeper in (*how.keepers.values(), *([how.keeper] if how.keeper else [])):
        if keeper not in set(Keeper):
            raise BadFile("traffic.errors.unknown_keeper", value=keeper, allowed=", ".join(Keeper))


def _in_metres(agreement: Agreement, table: Table, how: Intake, rows: list[Row], preview: Preview) -> list[Line]:
    drawn = [shapely.from_wkt(row.values["line"]) for row in rows]
    system = _system(agreement, table, how, shapely.get_coordinates(drawn), preview)
    found = []
    for row, line in zip(rows, drawn, strict=True):
        moved = geometry.transform(line, system, geometry.METRIC)
        if geometry.on_earth(*shapely.get_coordinates(moved).T).all():
            found.append((row, moved))
        else:
            preview.refused.append(row.refused("refusals.traffic.far_away", {"field": "geometry"}))
    return found


def _system(agreement: Agreement, table: Table, how: Intake, xy: np.ndarray, preview: Preview) -> int:
    """The EPSG code of the file: the stated one, unless degrees are said of metres or the other way about."""
    stated = how.crs or table.crs
    if stated is not None:
        geometry.from_crs(0.0, 0.0, stated)
    degrees = bool((np.abs(xy) <= (180, 90)).all())
    found = geometry.recognise(xy[:, 0], xy[:, 1], agreement.land)
    if found and found.swapped and (stated is None or stated == found.epsg):
        raise BadFile("traffic.errors.swapped_axes", system=found.name)
    if stated is not None and (how.crs or (stated == geometry.DEGREES) == degrees):
        return stated
    if found:
        preview.note("reports.notes.recognised_crs", system=found.name, epsg=found.epsg)
        return found.epsg
    return geometry.DEGREES if degrees else geometry.METRIC


def _merged(lines: list[Line], preview: Preview) -> list[Line]:
    """Pieces that say the same of themselves and join into one line as one row, the first; the others are left out."""
    alike: dict[tuple, list[Line]] = defaultdict(list)
    for row, line in lines:
        said = (row.values.get(name, "").casefold() for name in ("name", "keeper", "speed_limit", "function"))
        alike[tuple(said)].append((row, line))
    found: list[Line] = []
    for pieces in alike.values():
        whole = shapely.line_merge(shapely.MultiLineString([line for _, line in pieces]))
        if len(pieces) > 1 and whole.geom_type == "LineString" and pieces[0][0].values.get("name"):
            found.append((pieces[0][0], whole))
            preview.left_out += len(pieces) - 1
        else:
            found += pieces
    if preview.left_out:
        preview.note("traffic.notes.merged", n=preview.left_out)
    return found


def _new(session: Session, agreement: Agreement, how: Intake, lines: Sequence[Line], preview: Preview) -> list[Stretch]:
    """The stretches that are not there yet; the preview is told of the others."""
    names = Counter(_key(row.values.get("name", "")) for row, _ in lines)
    stored: dict[str, list[Stretch]] = defaultdict(list)
    for stretch in session.scalars(select(Stretch)):
        stored[_key(stretch.name)].append(stretch)
        if stretch.source_ref:
            stored[f"\0{stretch.source_ref}"].append(stretch)
    new = []
    for row, line in lines:
        try:
            stretch = _stretch_of(agreement, how, row, line)
            if names[_key(stretch.name)] > 1:
                raise BadValue(
                    "refusals.traffic.name_twice", field="name", value=stretch.name, n=names[_key(stretch.name)]
                )
            if _is_known(stretch, line, stored):
                preview.known += 1
            else:
                new.append(stretch)
        except BadValue as refusal:
            preview.refused.append(row.refused(refusal.key, refusal.fields))
    return new


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()


def _stretch_of(agreement: Agreement, how: Intake, row: Row, line: shapely.LineString) -> Stretch:
    values = row.values
    return checked_stretch(
        agreement,
        name=values.get("name", ""),
        keeper=_keeper(how, values.get("keeper", "")),
        speed_limit=_limit(values.get("speed_limit", "")),
        line=line,
        function=values.get("function", ""),
        source_ref=values.get("source_ref", ""),
    )


def _keeper(how: Intake, word: str) -> str:
    given = {plain(theirs): ours for theirs, ours in how.keepers.items()}
    return given.get(plain(word)) or known_keeper(word) or word.strip() or how.keeper


def _limit(word: str) -> float:
    (value,), faults = checks.numbers([word.casefold().removesuffix("km/h").strip()])
    if faults or np.isnan(value):
        key = "refusals.traffic.unknown_limit" if word else "refusals.traffic.no_limit"
        raise BadValue(key, field="speed_limit", value=word[:40])
    return int(value) if value == int(value) else float(value)


def _is_known(stretch: Stretch, line: shapely.LineString, stored: Mapping[str, list[Stretch]]) -> bool:
    """Whether the very stretch is there. Raises BadValue when its name or reference stands on another one."""
    for other in [*stored.get(f"\0{stretch.source_ref}", ()), *stored.get(_key(stretch.name), ())]:
        same_line = shapely.hausdorff_distance(shape_of(other), line) <= SAME_METRES
        same_facts = (other.keeper, other.speed_limit) == (stretch.keeper, stretch.speed_limit)
        if same_line and same_facts and _key(other.name) == _key(stretch.name):
            return True
        raise BadValue("refusals.traffic.name_taken", field="name", value=other.name)
    return False
