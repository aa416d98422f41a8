"""One layer of rows as a file; the ending of its name decides the format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from samverkan_map import geometry
from samverkan_map.errors import BadValue
from samverkan_map.exchange import writers
from samverkan_map.exchange.writers import Row

FORMATS = (".csv", ".xlsx", ".geojson", ".gpkg")


def save(
    path: Path,
    layer: str,
    columns: Sequence[str],
    rows: Iterable[Row],
    *,
    question: Mapping[str, object],
    watermark: str | None = None,
) -> int:
    """Write rows that hold `columns` and a shape (EPSG:3006) or None under `geometry`; gives how many there were.

    Raises BadValue for an ending that is no format, BadFile when the file cannot be written.
    """
    kind = path.suffix.lower()
    if kind not in FORMATS:
        raise BadValue("writers.errors.format", field="file", value=kind, allowed=" ".join(FORMATS))
    counter = _Counter(rows)
    if kind == ".csv":
        writers.save(path, writers.csv_rows(columns, counter, watermark=watermark))
    elif kind == ".xlsx":
        writers.save(path, [writers.workbook(columns, counter, watermark=watermark)])
    elif kind == ".gpkg":
        writers.geopackage(path, layer, columns, counter, watermark=watermark)
    else:
        features = [_feature(columns, row) for row in counter]
        unmapped = sum(feature["geometry"] is None for feature in features)
        made = writers.geojson(
            features, number_matched=counter.count, unmapped=unmapped, question=question, watermark=watermark
        )
        writers.save(path, [made])
    return counter.count


def _feature(columns: Sequence[str], row: Row) -> dict[str, object]:
    shape = row.get("geometry")
    return {
        "id": f"{row.get('layer', '')}.{row['id']}".lstrip("."),
        "geometry": None if shape is None else geometry.to_geojson(shape),
        "properties": {name: row.get(name) for name in columns},
    }


class _Counter:
    """Hands rows on and counts them."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[Row]:
        for row in self.rows:
            self.count += 1
            yield row
