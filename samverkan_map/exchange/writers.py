"""Rows made into files that others open: CSV, Excel, GeoJSON, GeoPackage.

No text in a file may become a formula in the reader's spreadsheet, and no half-written file ever stands under its name.
`watermark` is the word that marks invented material ("Exempeldata"); it follows every row out.
"""

from __future__ import annotations

import csv
import errno
import io
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import openpyxl
import orjson
import pandas as pd
import pyogrio
import shapely
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from shapely.geometry.base import BaseGeometry

from ..errors import BadFile

WATERMARK_COLUMN = "exempeldata"
_BOM = b"\xef\xbb\xbf"
_LAST_EXCEL_ROW = 1_048_576
_DEGREE_DECIMALS = 7
# What starts a formula, also in the full-width shapes that Excel treats as the plain ones. Swedish Excel splits a line
# at semicolons whatever the quotes say, so a sign just after a semicolon, tab or line break starts a cell there.
_FORMULA = re.compile(r"(\A|[;\t\r\n])([\s\"']*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20\u2212])")
_UNSAFE_START = ("\t", "\r", "\n", "\x00")

Row = Mapping[str, object]


def safe_text(value: str) -> str:
    """The text as a spreadsheet cell that can never be a formula: an apostrophe goes before what would start one.

    >>> safe_text("=1+1"), safe_text("a;=1+1"), safe_text("Storgatan 5")
    ("'=1+1", "a;'=1+1", 'Storgatan 5')
    """
    guarded = _FORMULA.sub(r"\1\2'", value.replace("\x00", ""))
    return "'" + guarded if value.startswith(_UNSAFE_START) else guarded


def csv_rows(
    columns: Sequence[str], rows: Iterable[Row], *, watermark: str | None = None, delimiter: str = ","
) -> Iterator[bytes]:
    """A CSV file a piece at a time: UTF-8 with BOM, header first, text always quoted, numbers bare with a point.

    >>> b"".join(csv_rows(["typ", "antal"], [{"typ": "=klotter", "antal": 3}])).decode("utf-8-sig")
    '"typ","antal"\\r\\n"\\'=klotter",3\\r\\n'
    """
    names = _with_watermark(columns, watermark)
    header = [[safe_text(name) for name in names]]
    rows = iter(rows)
    yield _BOM + _csv_text(header, delimiter)
    while piece := list(islice(rows, 1000)):
        yield _csv_text((_csv_row(row, columns, watermark) for row in piece), delimiter)


def geojson(
    features: Iterable[Mapping[str, object]],
    *,
    number_matched: int,
    unmapped: int,
    question: Mapping[str, object],
    watermark: str | None = None,
    beside: Mapping[str, Iterable[Mapping[str, object]]] | None = None,
    legend: Mapping[str, object] | None = None,
) -> bytes:
    """A FeatureCollection by RFC 7946. Each feature has `properties` and a `geometry` in degrees (lon, lat) or None.

    A geometry is a shapely geometry or already a GeoJSON object; `id` goes along when there is one. `number_matched` is
    how many rows answer the question, `unmapped` how many of them have no position. What stands `beside` the rows is a
    collection of its own under its name. `legend` says what the colours of the features mean: `title` and `steps`,
    pairs of colour and words.
    """
    made = [_feature(feature) for feature in features]
    collection: dict[str, object] = {
        "type": "FeatureCollection",
        "numberMatched": number_matched,
        "numberReturned": len(made),
        "unmapped": unmapped,
        "question": question,
    }
    if watermark:
        collection["watermark"] = watermark
    if legend:
        collection["legend"] = legend
    for name, others in (beside or {}).items():
        collection[name] = {"type": "FeatureCollection", "features": [_feature(one) for one in others]}
    return orjson.dumps({**collection, "features": made}, default=_json_value, option=orjson.OPT_SERIALIZE_NUMPY)


def workbook(columns: Sequence[str], rows: Iterable[Row], *, watermark: str | None = None) -> bytes:
    """An Excel file with one sheet. Texts are texts, also when they start with `=`.

    Raises BadFile when there are more rows than Excel holds.
    """
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Data")
    sheet.freeze_panes = "A2"
    with _left_nowhere(sheet):
        sheet.append([_excel_cell(sheet, name) for name in _with_watermark(columns, watermark)])
        for number, row in enumerate(rows, start=2):
            if number > _LAST_EXCEL_ROW:
                raise BadFile("writers.errors.too_many_rows", most=_LAST_EXCEL_ROW - 1)
            values = [row.get(name) for name in columns]
            sheet.append([_excel_cell(sheet, value) for value in ([*values, watermark] if watermark else values)])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


@contextmanager
def _left_nowhere(sheet: Any) -> Iterator[None]:
    """A sheet grows in a file among the temporary ones of the machine; when it is not finished, that file goes too."""
    try:
        yield
    except BaseException:
        sheet.close()
        sheet._writer.cleanup()  # what openpyxl itself calls once a sheet is in the book; nothing public does it before
        raise


def geopackage(
    path: Path,
    layer: str,
    columns: Sequence[str],
    rows: Iterable[Row],
    *,
    crs: int = 3006,
    watermark: str | None = None,
) -> None:
    """A GeoPackage with one layer: each row holds the columns and, under `geometry`, a shapely geometry or None.

    The geometries are in `crs` (EPSG). Raises BadFile when the file cannot be written.
    """
    kept = list(rows)
    data = {name: _typed([row.get(name) for row in kept]) for name in columns}
    if watermark:
        data[WATERMARK_COLUMN] = pd.Series([watermark] * len(kept), dtype=object)
    shapes: list[Any] = [row.get("geometry") for row in kept]
    frame = geopandas.GeoDataFrame(data, geometry=geopandas.GeoSeries(shapes, crs=crs), crs=crs)
    kinds = {shape.geom_type for shape in shapes if shape is not None}
    kind = kinds.pop() if len(kinds) == 1 else "Unknown"
    _in_place(path, lambda part: frame.to_file(part, layer=layer, driver="GPKG", engine="pyogrio", geometry_type=kind))


def refused_file(
    path: Path, header: Sequence[str], rows: Iterable[tuple[int, Sequence[str], str]], *, delimiter: str = ","
) -> None:
    """The rows that were refused, as `(row_number, original row, reason)`: a file to correct and send again.

    The columns `row_number` and `reason` come last; when the file was itself such a file, its old ones give way.
    Cells for which the header has no column stand after them, so that the row is still one with too many.
    """
    kept = [place for place, name in enumerate(header) if name not in ("row_number", "reason")]
    names = [header[place] for place in kept] + ["row_number", "reason"]

    def pieces() -> Iterator[bytes]:
        yield _BOM + _csv_text([[safe_text(name) for name in names]], delimiter)
        for number, original, reason in rows:
            cells = [safe_text(original[place]) for place in kept]
            beyond = [safe_text(cell) for cell in original[len(header) :]]
            yield _csv_text([[*cells, number, safe_text(reason), *beyond]], delimiter)

    save(path, pieces())


def save(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file that appears under its name only when it is whole. Raises BadFile when it cannot be written."""

    def write(part: Path) -> None:
        with part.open("wb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())

    _in_place(path, write)


def _in_place(path: Path, write: Callable[[Path], None]) -> None:
    path = Path(path)
    part = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    try:
        write(part)
        part.replace(path)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        raise BadFile(f"writers.errors.{'disk_full' if full else 'not_written'}", file=path.name) from error
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise BadFile("writers.errors.not_written", file=path.name) from error
    finally:
        for left in (part, part.with_name(part.name + "-journal"), part.with_name(part.name + "-wal")):
            left.unlink(missing_ok=True)


def _with_watermark(columns: Sequence[str], watermark: str | None) -> list[str]:
    return [*columns, WATERMARK_COLUMN] if watermark else list(columns)


def _csv_text(rows: Iterable[Sequence[object]], delimiter: str) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_NONNUMERIC).writerows(rows)
    return text.getvalue().encode("utf-8", "replace")


def _csv_row(row: Row, columns: Sequence[str], watermark: str | None) -> list[object]:
    values = [_csv_value(row.get(name)) for name in columns]
    return [*values, safe_text(watermark)] if watermark else values


def _csv_value(value: object) -> object:
    """A number as it is; everything else as a safe text."""
    if isinstance(value, str):
        return safe_text(value)
    value = _plain(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    return "" if value is None else safe_text(_as_text(value))


def _plain(value: object) -> object:
    """The Python value behind a numpy one; None for NaN and for a missing time."""
    if isinstance(value, np.generic):
        value = value.item()
    missing = value is pd.NaT or value is pd.NA or (isinstance(value, float) and not np.isfinite(value))
    return None if missing else value


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(str(item) for item in value)
    return str(value)


def _excel_cell(sheet, value: object) -> object:
    value = _plain(value)
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, date) and getattr(value, "tzinfo", None) is None:
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("", str(value) if isinstance(value, str) else _as_text(value))
    if not text.startswith(("=", "#")):
        return text
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    return cell


def _feature(feature: Mapping[str, object]) -> dict[str, object]:
    made: dict[str, object] = {"type": "Feature"}
    if feature.get("id") is not None:
        made["id"] = feature["id"]
    made["geometry"] = _geometry(feature.get("geometry"))
    made["properties"] = feature.get("properties") or {}
    return made


def _geometry(shape: object) -> object:
    """A geometry ready for JSON: flat, outer rings counter-clockwise, a hundredth of a metre."""
    if not isinstance(shape, BaseGeometry):
        return shape
    if shape.is_empty:
        return None
    flat = shapely.orient_polygons(shapely.force_2d(shape))
    rounded = shapely.transform(flat, lambda corners: np.round(corners, _DEGREE_DECIMALS))
    return orjson.Fragment(shapely.to_geojson(rounded))


def _json_value(value: object) -> object:
    if isinstance(value, (set, frozenset, tuple)):
        return sorted(value)
    if isinstance(value, BaseGeometry):
        return _geometry(value)
    if value is pd.NaT or value is pd.NA:
        return None
    return str(value)


def _typed(values: list[object]) -> pd.Series:
    """A column of a GeoPackage: whole numbers, decimals, times or texts, with gaps where a value is missing."""
    plain = [_plain(value) for value in values]
    present = [value for value in plain if value is not None]
    if present and all(isinstance(value, bool) for value in present):
        return pd.Series(plain, dtype="boolean")
    if present and all(isinstance(value, int) and not isinstance(value, bool) for value in present):
        return pd.Series(plain, dtype="Int64")
    if present and all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in present):
        return pd.Series(plain, dtype="float64")
    if present and all(isinstance(value, datetime) and value.tzinfo for value in present):
        return pd.to_datetime(pd.Series(plain), utc=True)
    return pd.Series([None if value is None else _as_text(value) for value in plain], dtype=object)
