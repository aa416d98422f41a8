"""CSV: comma, semicolon or tab; UTF-8, Windows-1252 or UTF-16."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain, islice
from pathlib import Path
from typing import IO

from ..errors import BadFile
from . import columns as names
from .table import Fault, Limits, Records, Table
from .text_scan import encoding_of

_DELIMITERS = (",", ";", "\t")
# A record of its own after the last line. If a quote was never closed it ends up inside the last cell instead,
# which is the only way to see that from outside the csv module.
_END = "\uf8ff\uf8fe end of file \uf8ff"


def open_csv(path: Path, wanted: names.Wanted, limits: Limits) -> Table:
    """Open a CSV file: encoding, delimiter and header are known afterwards. Raises BadFile."""
    encoding = encoding_of(path, limits)
    delimiter, header = _dialect(path, encoding, wanted)
    for other in _DELIMITERS:
        wanted.refuse_title(path.name, header, _numbered(path, encoding, other))
    mapped, ignored = names.match(path.name, header, wanted, limits)
    reader = _Rows(path, encoding, delimiter, header)
    return Table(
        path=path,
        format="csv",
        header=header,
        mapped=mapped,
        ignored=ignored,
        size_hint=path.stat().st_size,
        records=reader.records,
        encoding=encoding,
        delimiter=delimiter,
    )


class _Rows:
    """The rows after the header, again each time they are asked for."""

    def __init__(self, path: Path, encoding: str, delimiter: str, header: list[str]) -> None:
        self.path = path
        self.encoding = encoding
        self.delimiter = delimiter
        self.header = header

    def records(self, size: int) -> Iterator[Records]:
        """At most `size` rows at a time. Raises BadFile for a cell without end or a quote that is never closed."""
        with _opened(self.path, self.encoding) as file:
            rows = csv.reader(chain(_without_sep_line(file), [_END]), delimiter=self.delimiter)
            number, more = self._skip_header(rows), True
            while more:
                batch: list[list[str]] = []
                try:
                    batch.extend(islice(rows, size))
                except csv.Error as error:
                    raise BadFile(
                        "readers.errors.cell_too_long", file=self.path.name, row=number + len(batch) + 1
                    ) from error
                more = not self._ends(batch, number)
                found = self._checked(batch, number + 1)
                found.progress = file.buffer.tell() if more else self.path.stat().st_size  # type: ignore[attr-defined]
                number += len(batch)
                yield found

    def _skip_header(self, rows: Iterator[list[str]]) -> int:
        for row in rows:
            if any(row):
                break
        return 1

    def _ends(self, batch: list[list[str]], before: int) -> bool:
        """Whether these are the last rows of the file; its end is taken off. `before` rows stand before them."""
        if not batch:
            return True  # a quote that the header opened has swallowed the end
        if not batch[-1] or _END not in batch[-1][-1]:
            return False
        if batch[-1] != [_END]:
            raise BadFile("readers.errors.open_quote", file=self.path.name, row=before + len(batch))
        batch.pop()
        return True

    def _checked(self, batch: list[list[str]], first: int) -> Records:
        """Rows without the empty ones, each as wide as the header; `first` is the number of the first."""
        if set(map(len, batch)) == {len(self.header)} and all(map(any, batch)):
            return Records(list(range(first, first + len(batch))), batch)
        found = Records()
        for number, row in enumerate(batch, first):
            if any(row) and not (len(row) == 1 and row[0].isspace()):
                fault, whole = None, row
                if len(row) != len(self.header):
                    row, fault = self._evened(row)
                found.add(number, row, fault, whole[len(self.header) :] if fault else None)
        return found

    def _evened(self, row: list[str]) -> tuple[list[str], Fault | None]:
        width = len(self.header)
        if not any(row[width:]) and len(row) > width:
            return row[:width], None
        fault: Fault = ("readers.rows.cells", {"cells": len(row), "columns": width})
        return (row + [""] * width)[:width], fault


def _opened(path: Path, encoding: str) -> IO[str]:
    return path.open(encoding=encoding, newline="")


def _without_sep_line(file: IO[str]) -> Iterable[str]:
    """The lines of a file without the line `sep=;` that Excel may put first."""
    first = file.readline()
    return file if _sep(first) else chain([first], file)


def _sep(line: str) -> str | None:
    text = line.strip("\r\n").strip('"').lower()
    return text[4:] if text.startswith("sep=") and text[4:] in _DELIMITERS else None


def _dialect(path: Path, encoding: str, wanted: names.Wanted) -> tuple[str, list[str]]:
    """The delimiter and the header: the delimiter that makes most known columns, then most columns."""
    with _opened(path, encoding) as file:
        stated = _sep(file.readline())
    candidates = (stated,) if stated else _DELIMITERS
    found = [(delimiter, _header(path, encoding, delimiter)) for delimiter in candidates]
    return max(found, key=lambda pair: (wanted.known(pair[1]), len(pair[1])))


def _numbered(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    with _opened(path, encoding) as file, suppress(csv.Error):
        yield from enumerate(csv.reader(_without_sep_line(file), delimiter=delimiter), start=1)


def _header(path: Path, encoding: str, delimiter: str) -> list[str]:
    with _opened(path, encoding) as file:
        try:
            for row in csv.reader(_without_sep_line(file), delimiter=delimiter):
                if any(cell.strip() for cell in row):
                    return [cell.strip() for cell in row]
        except csv.Error:
            return []
    raise BadFile("readers.errors.empty", file=path.name)
