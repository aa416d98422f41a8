"""The second step of taking in a file: which of its columns is which of ours, and what its words for types mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from samverkan_map import geometry
from samverkan_map.agreement import Agreement, ProblemType
from samverkan_map.errors import BadFile
from samverkan_map.exchange import checks, readers
from samverkan_map.exchange.readers import Table
from samverkan_map.web.uploads import Upload

GROUPS = {
    "what": ("type", "kind", "severity", "description"),
    "when": ("occurred_from", "occurred_to", "reported_at"),
    "where": ("x", "y", "position", "place_name", "precision", "municipality"),
    "about": ("source_ref", "source", "organisation"),
}
"""Our columns as the page shows them. `x` and `y` stand for every pair of columns with a position."""

POSITIONS = ("x", "y", "position")
SYSTEMS = geometry.NAMES
LEAVE_OUT = "-"
MOST_WORDS = 100
LINE = "line"

Reader = Callable[..., Table]

_ONE_OF = {"x": ("lon", "e", "x"), "y": ("lat", "n", "y")}


def open_file(
    path: Path, upload: Upload, columns: Mapping[str, str] | None, reader: Reader = readers.open_table
) -> Table:
    """The upload as a table, by `columns` (ours -> theirs) exactly, or by what the names say when there are none.

    Raises BadFile, which names the file as its sender did.
    """
    try:
        table = _opened(path, dict(columns or {}), upload.sheet, reader)
    except BadFile as refusal:
        raise renamed(refusal, upload) from refusal
    if columns is not None:
        _keep_only(table, columns)
    table.path = Path(upload.name)
    return table


def _opened(path: Path, columns: dict[str, str], sheet: str, reader: Reader) -> Table:
    while True:
        try:
            return reader(path, columns=columns or None, sheet=sheet, limits=readers.UPLOAD)
        except BadFile as refusal:
            # Where two columns mean the same, the first one is proposed: the next page lets a person choose.
            ours = refusal.fields.get("ours")
            if refusal.key != "readers.errors.same_meaning" or ours in columns:
                raise
            columns[str(ours)] = str(refusal.fields["first"])


def _keep_only(table: Table, columns: Mapping[str, str]) -> None:
    # What comes from the geometry is in no column that somebody could choose.
    drawn = ("x", "y", LINE) if has_geometry(table) else (LINE,)
    for ours, theirs in list(table.mapped.items()):
        if ours not in columns and ours not in drawn:
            del table.mapped[ours]
            if theirs not in table.mapped.values():
                table.ignored.append(theirs)


def renamed(refusal: BadFile, upload: Upload) -> BadFile:
    """The same no, with the name the file came with."""
    return BadFile(refusal.key, **(refusal.fields | ({"file": upload.name} if "file" in refusal.fields else {})))


def has_geometry(table: Table) -> bool:
    """Whether the positions of a table are geometries and no columns."""
    return table.format in ("geojson", "gpkg") and table.header[-2:] == ["x", "y"] and table.mapped.get("x") == "x"


def proposed(table: Table) -> dict[str, str]:
    """Our columns of the page -> theirs, as their names say it."""
    found = {}
    for ours in (ours for group in GROUPS.values() for ours in group):
        theirs = [table.mapped[name] for name in _ONE_OF.get(ours, (ours,)) if name in table.mapped]
        if theirs and not (ours in POSITIONS and has_geometry(table)):
            found[ours] = theirs[0]
    return found


def ignored(upload: Upload) -> list[str]:
    """The columns of the file that nothing uses."""
    used = {*upload.columns.values(), *(("x", "y") if upload.positioned else ())}
    return [name for name in upload.header if name.strip() and name not in used]


def read_form(upload: Upload, form: Mapping[str, str], agreement: Agreement) -> None:
    """Put the choices of the form into the upload; what is no choice of the page counts as not chosen."""
    before = upload.columns.get("type")
    wanted = {
        ours: form.get(f"column-{ours}", "") for group in GROUPS.values() for ours in group
        if not (upload.positioned and ours in POSITIONS)
    }  # fmt: skip
    names = {str(place): name for place, name in enumerate(upload.header) if name.strip()}
    upload.columns = {ours: names[place] for ours, place in wanted.items() if place in names}
    upload.source = source_of(form, agreement)
    upload.crs = next((epsg for epsg in SYSTEMS if str(epsg) == form.get("crs")), None)
    if upload.columns.get("type") != before:
        upload.types, upload.words = {}, []
        return
    for place, (word, _) in enumerate(upload.words[:MOST_WORDS]):
        chosen = form.get(f"word-{place}", "")
        upload.types.pop(word, None)
        if chosen == LEAVE_OUT or chosen in agreement.types:
            upload.types[word] = chosen


def source_of(form: Mapping[str, str], agreement: Agreement) -> str:
    """The source that the form names, or "" when the file says it itself."""
    return form["source"] if form.get("source") in agreement.sources else ""


def look_through(upload: Upload, table: Table, agreement: Agreement) -> None:
    """Count the rows and the words for types, and recognise the coordinate system. Raises BadFile."""
    words: Counter[str] = Counter()
    upload.rows, upload.system, upload.swapped = 0, "", False
    try:
        for block in table.blocks():
            if not upload.system:
                _recognise(upload, block.values, agreement)
            upload.rows += len(block)
            if upload.rows > (readers.UPLOAD.max_features or 0):
                raise BadFile("deliveries.errors.too_many_rows", file=upload.name, most=readers.UPLOAD.max_features)
            words.update(block.values.get("type", ()))
    except BadFile as refusal:
        raise renamed(refusal, upload) from refusal
    upload.words = [(word, n) for word, n in words.most_common() if word and agreement.type_of(word) is None]
    if not upload.rows:
        raise BadFile("deliveries.errors.no_rows", file=upload.name)


def _recognise(upload: Upload, values: dict[str, list[str]], agreement: Agreement) -> None:
    found = checks.positions(values)
    if recognised := geometry.recognise(found.x, found.y, agreement.land):
        upload.system, upload.swapped = recognised.name, recognised.swapped


def types_by_focus(agreement: Agreement) -> list[tuple[str, list[ProblemType]]]:
    """The problem types under each focus area's code, in the order of the agreement."""
    return [(focus, [one for one in agreement.types.values() if focus in one.focus]) for focus in agreement.focus_areas]
