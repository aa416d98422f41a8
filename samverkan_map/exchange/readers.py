"""Reading what others send: CSV, Excel, GeoJSON and GeoPackage, checked before a single row is handed on.

A file is refused whole (BadFile, one sentence) when it is not what its ending says, when it is larger or deeper than
the limits, or when a column looks like personal data. What is wrong with one row is its fault and stops no other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from ..errors import BadFile
from . import csv_reader, geojson
from .columns import REPORT_COLUMNS, SPEED_COLUMNS, STRETCH_COLUMNS, Wanted
from .table import COMMAND_LINE, UPLOAD, Block, Fault, Limits, Records, Table

__all__ = [
    "COMMAND_LINE", "UPLOAD", "Block", "Fault", "Limits", "Records", "Table", "open_lines", "open_rows",
    "open_speeds", "open_table",
]  # fmt: skip

_CONTENT = {
    ".csv": "text", ".txt": "text", ".tsv": "text", ".xlsx": "zip", ".geojson": "json", ".json": "json",
    ".gpkg": "database",
}  # fmt: skip
"""What a file with each ending must hold."""

_DRAWN = (".geojson", ".json", ".gpkg")
_WITH_SHEETS = (".xlsx", ".gpkg")
_SIGNATURES = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"SQLite format 3\x00", "database"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_excel"),
    (b"%PDF", "pdf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"\x1f\x8b", "packed"),
    (b"7z\xbc\xaf", "packed"),
    (b"Rar!", "packed"),
    (b"\xff\xfe\x00\x00", "utf_32"),
    (b"\x00\x00\xfe\xff", "utf_32"),
)
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_WEB_PAGE = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_XML = re.compile(rb"<\?xml\b|<(?:gpx|kml)\b", re.IGNORECASE)
_JSON = re.compile(rb"\{\s*(?:\"|\})|\[\s*(?:[\[\{\"\]]|-?\d+\s*,)|[\[\{]+\Z")
_EXPECTED = {"zip": "readers.errors.not_a_workbook", "database": "readers.errors.not_a_database"}
"""What is said of a file of nothing that is known, by what its ending promised."""

_CONTROL = bytes(set(range(32)) - {9, 10, 12, 13, 26, 27})


def open_table(
    path: Path, *, columns: dict[str, str] | None = None, sheet: str = "", limits: Limits = COMMAND_LINE
) -> Table:
    """Open a file of reports by its ending, after checking that it holds what the ending says.

    `columns` maps our column names to theirs where the names alone do not say it: `{"type": "brottstyp"}`; `sheet` is
    the sheet or layer to read where a file has several with rows.
    A table may have no rows, and may lack columns that the caller needs: that is the caller's to say.
    Raises BadFile.
    """
    return _opened(Path(path), Wanted(REPORT_COLUMNS, columns or {}, sheet=sheet), limits)


def open_lines(
    path: Path, *, columns: dict[str, str] | None = None, sheet: str = "", limits: Limits = COMMAND_LINE
) -> Table:
    """Open a GeoJSON or GeoPackage of stretches: `STRETCH_COLUMNS`, and `line` with each row's line as WKT.

    Raises BadFile, also for files that hold no geometries.
    """
    path = Path(path)
    if path.suffix.lower() not in _DRAWN:
        raise BadFile("readers.errors.unknown_ending", file=path.name, endings=" ".join(_DRAWN))
    found = _opened(path, Wanted(STRETCH_COLUMNS, columns or {}, True, sheet), limits)
    if "line" not in found.mapped:
        raise BadFile("readers.errors.no_geometries", file=path.name)
    return found


def open_speeds(
    path: Path, *, columns: dict[str, str] | None = None, sheet: str = "", limits: Limits = COMMAND_LINE
) -> Table:
    """Open a CSV or Excel file of speed measurements: `SPEED_COLUMNS`. Raises BadFile."""
    return open_rows(path, SPEED_COLUMNS, columns=columns, sheet=sheet, limits=limits)


def open_rows(
    path: Path,
    names: Mapping[str, tuple[str, ...]],
    *,
    columns: dict[str, str] | None = None,
    sheet: str = "",
    limits: Limits = COMMAND_LINE,
) -> Table:
    """Open a CSV or Excel file of rows that have no place on the map, with these columns. Raises BadFile."""
    path = Path(path)
    if path.suffix.lower() in _DRAWN:
        endings = " ".join(ending for ending in _CONTENT if ending not in _DRAWN)
        raise BadFile("readers.errors.unknown_ending", file=path.name, endings=endings)
    return _opened(path, Wanted(names, columns or {}, sheet=sheet), limits)


def _opened(path: Path, columns: Wanted, limits: Limits) -> Table:
    wanted = _CONTENT.get(path.suffix.lower())
    if wanted is None:
        raise BadFile("readers.errors.unknown_ending", file=path.name, endings=" ".join(_CONTENT))
    start = _start_of(path, limits)
    if columns.sheet and path.suffix.lower() not in _WITH_SHEETS:
        raise BadFile("readers.errors.no_sheets", file=path.name)
    found = content_of(start)
    if found != wanted:
        key = f"readers.errors.is_{found}"
        raise BadFile(
            _EXPECTED.get(wanted, key) if found == "binary" else key, file=path.name, ending=path.suffix.lower()
        )
    try:
        return _reader(wanted)(path, columns, limits)
    except OSError as error:
        raise BadFile("readers.errors.cannot_read", file=path.name) from error


def _reader(content: str) -> Callable[[Path, Wanted, Limits], Table]:
    """What opens files with such content. Loading what reads workbooks and layers takes longer than reading a small
    file of text, so it waits until there is one."""
    if content == "zip":
        from .workbook import open_workbook

        return open_workbook
    if content == "database":
        from .geopackage import open_geopackage

        return open_geopackage
    return csv_reader.open_csv if content == "text" else geojson.open_geojson


def content_of(start: bytes) -> str:
    """What the first bytes of a file say it is: text, json, zip, database, web_page, pdf, picture, binary ...

    >>> content_of(b"typ;tid_fran"), content_of(b"<!DOCTYPE html><html>")
    ('text', 'web_page')
    """
    for signature, kind in _SIGNATURES:
        if start.startswith(signature):
            return kind
    if start.startswith(_UTF_16):
        return "text"
    if b"\x00" in start or len(start.translate(None, _CONTROL)) < len(start) * 0.99:
        return "binary"
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    for pattern, kind in ((_WEB_PAGE, "web_page"), (_XML, "xml"), (_JSON, "json")):
        if pattern.match(text):
            return kind
    return "text"


def _start_of(path: Path, limits: Limits) -> bytes:
    try:
        if path.is_dir():
            raise BadFile("readers.errors.directory", file=path.name)
        if path.exists() and not path.is_file():
            raise BadFile("readers.errors.cannot_read", file=path.name)
        with path.open("rb") as file:
            start = file.read(65_536)
            size = file.seek(0, 2)
    except FileNotFoundError as error:
        raise BadFile("readers.errors.missing", file=path.name) from error
    except PermissionError as error:
        raise BadFile("readers.errors.no_permission", file=path.name) from error
    except (OSError, ValueError) as error:
        raise BadFile("readers.errors.cannot_read", file=path.name) from error
    if not start.removeprefix(b"\xef\xbb\xbf").strip():
        raise BadFile("readers.errors.empty", file=path.name)
    if limits.max_bytes is not None and size > limits.max_bytes:
        raise BadFile("readers.errors.too_large", file=path.name, most=limits.max_bytes // 1_000_000)
    return start
