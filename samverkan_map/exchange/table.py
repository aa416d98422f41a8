"""What every reader gives: a `Table` that is read in blocks, under `Limits`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

Fault = tuple[str, dict[str, object]]
"""Why one row is refused: the key of the sentence and what to put in it."""


@dataclass(frozen=True)
class Limits:
    """How much of a file is read before the house says no. None means no limit."""

    max_bytes: int | None = None
    max_features: int | None = None
    max_columns: int = 200
    max_line_bytes: int = 1_000_000
    max_depth: int = 20
    max_members: int = 1_000
    max_unpacked_bytes: int = 200_000_000
    max_ratio: int = 100


COMMAND_LINE = Limits()
UPLOAD = Limits(max_bytes=20_000_000, max_features=20_000)


@dataclass
class Records:
    """Some rows as the file holds them: one text per column of the header, rows that are empty left out."""

    row_numbers: list[int] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    fault: dict[int, Fault] = field(default_factory=dict)
    progress: int = 0
    beyond: dict[int, list[str]] = field(default_factory=dict)

    def add(self, row_number: int, row: list[str], fault: Fault | None = None, beyond: list[str] | None = None) -> None:
        """Put one row last, with the reason when it cannot be used and its cells beyond the header."""
        if fault:
            self.fault[len(self.rows)] = fault
        if beyond:
            self.beyond[len(self.rows)] = beyond
        self.row_numbers.append(row_number)
        self.rows.append(row)


@dataclass
class Block:
    """Some rows by our column names.

    `values[ours][i]`, `originals[i]` and `row_numbers[i]` speak of the same row; `fault[i]` says why the row cannot be
    used. `progress` counts up to the table's `size_hint`, in the same unit.
    """

    row_numbers: list[int]
    values: dict[str, list[str]]
    originals: list[list[str]]
    fault: dict[int, Fault]
    progress: int
    beyond: dict[int, list[str]] = field(default_factory=dict)

    def original(self, index: int) -> list[str]:
        """A row as the file holds it, also the cells for which the header has no column."""
        return [*self.originals[index], *self.beyond.get(index, ())]

    def __len__(self) -> int:
        return len(self.row_numbers)


@dataclass
class Table:
    """One file, opened and found readable; the rows are read when `blocks` is asked for them.

    `row_numbers` are those a spreadsheet shows: the header is row 1 and the first row of data is row 2, empty rows
    counted; a cell with line breaks does not add rows. For GeoJSON and GeoPackage the first feature is row 2 as well.
    `size_hint` is in bytes for text files and in rows for the others. `crs` is the EPSG code that the file itself
    states, or None. `other_sheets` hold something too and are not read.
    """

    path: Path
    format: str
    header: list[str]
    mapped: dict[str, str]
    ignored: list[str]
    size_hint: int
    records: Callable[[int], Iterable[Records]]
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    crs: int | None = None
    other_sheets: list[str] = field(default_factory=list)

    def blocks(self, size: int = 5000) -> Iterator[Block]:
        """All rows in file order, at most `size` at a time; no block is empty, so a file without rows gives none.

        Raises BadFile where the file stops being readable.
        """
        places = {ours: self.header.index(theirs) for ours, theirs in self.mapped.items()}
        for records in self.records(size):
            if not records.rows:
                continue
            columns = list(zip(*records.rows, strict=True))
            yield Block(
                row_numbers=records.row_numbers,
                values={ours: list(map(str.strip, columns[place])) for ours, place in places.items()},
                originals=records.rows,
                fault=records.fault,
                progress=records.progress,
                beyond=records.beyond,
            )
