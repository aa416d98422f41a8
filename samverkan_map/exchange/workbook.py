"""Excel: the one sheet that holds rows, or the one asked for; formulas by the values that Excel left in the file."""

from __future__ import annotations

import math
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from itertools import islice, zip_longest
from pathlib import Path
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.utils.exceptions import InvalidFileException

from ..errors import BadFile
from . import columns as names
from .positioned import as_text
from .table import Fault, Limits, Records, Table

_LAST_ROW = 1_048_576
_LOOKED_THROUGH = 1000
_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")
_FAR_OUT = re.compile(rb"r=[\"'][A-Z]{3}\d")
_FEW_FAR_OUT = 200
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_CLOCK = re.compile(r"[hHsS]|AM/PM")
_QUOTED = re.compile(r'"[^"]*"|\[\$[^\]]*\]|\\.')
_TROUBLE = (
    zipfile.BadZipFile,
    InvalidFileException,
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    AssertionError,
    OverflowError,
    OSError,
    zlib.error,
    struct.error,
)


def open_workbook(path: Path, wanted: names.Wanted, limits: Limits) -> Table:
    """Open the one sheet of an Excel file that holds rows, or the one asked for. Raises BadFile, also when there are
    several to choose from; a cover page is none of them."""
    with _trouble_as_bad_file(path):
        has_formulas = _checked_members(path, limits)
        title, others = _chosen(path, wanted)
        reader = _Sheet(path, has_formulas, title)
        header = reader.read_header(wanted)
    mapped, ignored = names.match(path.name, header, wanted, limits)
    return Table(
        path=path,
        format="xlsx",
        header=header,
        mapped=mapped,
        ignored=ignored,
        size_hint=reader.size_hint,
        records=reader.records,
        sheet=title,
        other_sheets=others,
    )


def _chosen(path: Path, wanted: names.Wanted) -> tuple[str, list[str]]:
    """The sheet to read, and the other visible ones that hold anything."""
    with _book(path, values=True) as book:
        visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        starts = {sheet.title: start for sheet in visible if (start := _start_of(sheet))}
    if wanted.sheet:
        title = wanted.chosen(path.name, [sheet.title for sheet in visible])
        return title, [other for other in starts if other != title]
    if not starts:
        raise BadFile("readers.errors.empty", file=path.name)
    # Those whose header we know, else those that look like a table, else whatever there is.
    ours = [title for title, rows in starts.items() if len(rows) > 1 and wanted.known(rows[0]) >= names.LEAST_KNOWN]
    tables = [title for title, rows in starts.items() if len(rows) > 1 and sum(map(bool, rows[0])) > 1]
    left = ours or tables or list(starts)
    if len(left) > 1:
        raise BadFile("readers.errors.several_sheets", file=path.name, sheets=names.listed(left), names=left)
    return left[0], [other for other in starts if other != left[0]]


def _start_of(sheet) -> list[list[str]]:
    """The first two rows of a sheet that hold anything."""
    sheet.reset_dimensions()
    rows = ([_text(cell).strip() for cell in row] for row in islice(sheet.iter_rows(), _LOOKED_THROUGH))
    return list(islice(filter(any, rows), 2))


@contextmanager
def _book(path: Path, *, values: bool) -> Iterator:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        book = openpyxl.load_workbook(path, read_only=True, data_only=values, keep_links=False)
    try:
        yield book
    finally:
        book.close()


def _checked_members(path: Path, limits: Limits) -> bool:
    """Whether any sheet holds formulas. Raises BadFile for a file that unpacks to too much, or that holds entities."""
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        unpacked = sum(member.file_size for member in members)
        packed = max(path.stat().st_size, 1)
        if len(members) > limits.max_members or unpacked > limits.max_unpacked_bytes:
            raise BadFile(
                "readers.errors.unpacks_too_large", file=path.name, most=limits.max_unpacked_bytes // 1_000_000
            )
        if unpacked / packed > limits.max_ratio:
            raise BadFile(
                "readers.errors.unpacks_too_large", file=path.name, most=limits.max_unpacked_bytes // 1_000_000
            )
        if "[Content_Types].xml" not in archive.namelist() or "xl/workbook.xml" not in archive.namelist():
            raise BadFile("readers.errors.is_zip", file=path.name, ending=".xlsx")
        if any(member.flag_bits & 1 for member in members):
            raise BadFile("readers.errors.locked", file=path.name)
        sheets = [member for member in members if member.filename.endswith(".xml")]
        return sum(_has_formula(path, archive, member) for member in sheets) > 0


def _has_formula(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    found, far, tail = False, 0, b""
    sheet = member.filename.startswith("xl/worksheets/")
    with archive.open(member) as file:
        while chunk := file.read(262_144):
            text = tail + chunk
            if _DOCTYPE.search(text):
                raise BadFile("readers.errors.workbook", file=path.name)
            found = found or (sheet and bool(_FORMULA.search(text)))
            # A row is read as wide as its last cell: a small file of cells far out would take an hour.
            far += sheet and len(_FAR_OUT.findall(text))
            if far > _FEW_FAR_OUT:
                raise BadFile("readers.errors.too_wide", file=path.name)
            tail = text[-16:]
    return found


class _Sheet:
    """One sheet of a workbook, opened again each time its rows are asked for."""

    def __init__(self, path: Path, has_formulas: bool, title: str) -> None:
        self.path = path
        self.title = title
        self.has_formulas = has_formulas
        self.header: list[str] = []
        self.header_row = 0
        self.size_hint = 0

    def read_header(self, wanted: names.Wanted) -> list[str]:
        """The first row that holds anything. Raises BadFile when that is a title above the header."""
        with self._opened(values=True) as sheet:
            self.size_hint = sheet.max_row or 0
            rows = ((number, [_text(cell).strip() for cell in row]) for number, row in self._numbered(sheet))
            for number, texts in rows:
                if any(texts):
                    self.header_row = number
                    self.header = _without_empty_end(texts)
                    self.size_hint = max(self.size_hint - number, 0)
                    wanted.refuse_title(self.path.name, self.header, rows)
                    return self.header
        raise BadFile("readers.errors.empty", file=self.path.name)

    def records(self, size: int) -> Iterator[Records]:
        """At most `size` rows at a time. Raises BadFile when the sheet is broken further down."""
        found = Records()
        done = 0
        with _trouble_as_bad_file(self.path):
            for number, row, formulas in self._rows():
                whole, fault = self._evened(row, formulas)
                texts, beyond = whole[: len(self.header)], whole[len(self.header) :]
                if fault is None and not any(texts):
                    continue
                found.add(number, texts, fault, beyond)
                done += 1
                found.progress = done
                if len(found.rows) >= size:
                    yield found
                    found = Records(progress=done)
        yield found

    def _rows(self) -> Iterator[tuple[int, tuple, tuple]]:
        """Row number, cells with values, and (only where there are formulas) the same cells with formulas."""
        with self._opened(values=True) as values:
            if not self.has_formulas:
                yield from ((number, row, ()) for number, row in self._data(values))
                return
            with self._opened(values=False) as formulas:
                pairs = zip_longest(self._data(values), self._data(formulas), fillvalue=(0, ()))
                for (number, row), (_, formula_row) in pairs:
                    yield number, row, formula_row

    def _data(self, sheet) -> Iterator[tuple[int, tuple]]:
        return ((number, row) for number, row in self._numbered(sheet) if number > self.header_row)

    def _numbered(self, sheet) -> Iterator[tuple[int, tuple]]:
        sheet.reset_dimensions()
        for number, row in enumerate(sheet.iter_rows(), start=1):
            if number > _LAST_ROW:
                raise BadFile("readers.errors.workbook", file=self.path.name)
            yield number, row

    def _evened(self, row: tuple, formulas: tuple) -> tuple[list[str], Fault | None]:
        width = len(self.header)
        texts = _without_empty_end([_text(cell) for cell in row])
        fault: Fault | None = self._cell_fault(row, formulas)
        if len(texts) > width:
            fault = fault or ("readers.rows.cells", {"cells": len(texts), "columns": width})
        return texts + [""] * (width - len(texts)), fault

    def _cell_fault(self, row: tuple, formulas: tuple) -> Fault | None:
        for cell in row:
            if getattr(cell, "data_type", "n") == "e":
                return "readers.rows.cell_error", {"value": names.short(str(cell.value))}
        for cell, formula in zip_longest(row, formulas):
            # A formula that Excel computed to an empty text has type "str" and no value; one never computed has none.
            computed = getattr(cell, "value", None) is not None or getattr(cell, "data_type", "n") == "str"
            if getattr(formula, "data_type", "n") == "f" and not computed:
                return "readers.rows.formula_without_value", {"cell": formula.coordinate}
        return None

    @contextmanager
    def _opened(self, *, values: bool) -> Iterator:
        with _book(self.path, values=values) as book:
            yield book[self.title]


def _text(cell: ReadOnlyCell) -> str:
    """One cell as text: a date without a clock in its number format is a date, whole numbers have no `.0`."""
    value = cell.value
    if isinstance(value, datetime):
        moment = (value + timedelta(microseconds=500_000)).replace(microsecond=0)
        if not _CLOCK.search(_QUOTED.sub("", cell.number_format)) and moment.time() == time():
            return moment.date().isoformat()
        return moment.isoformat()
    if isinstance(value, (time, date)):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    return as_text(value)


def _without_empty_end(texts: list[str]) -> list[str]:
    last = max((place for place, text in enumerate(texts) if text.strip()), default=-1)
    return texts[: last + 1]


@contextmanager
def _trouble_as_bad_file(path: Path) -> Iterator[None]:
    try:
        yield
    except _TROUBLE as error:
        raise BadFile("readers.errors.workbook", file=path.name) from error
