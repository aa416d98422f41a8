"""Files of every kind for the readers, and what they say."""

import json
from pathlib import Path

import openpyxl
import pytest

from samverkan_map.errors import BadFile
from samverkan_map.exchange import columns
from samverkan_map.exchange.readers import open_table
from samverkan_map.translations import LANGUAGES, text

EXCHANGE = Path(columns.__file__).parent


def read(path: Path, **kwargs):
    """The table of a file and its first block (None for a file without rows)."""
    table = open_table(path, **kwargs)
    return table, next(iter(table.blocks()), None)


def refusal(path: Path, **kwargs) -> str:
    """The Swedish sentence a file is refused with; the English one must exist with the same fields."""
    with pytest.raises(BadFile) as caught:
        list(open_table(path, **kwargs).blocks())
    sentences = [text(language, caught.value.key, **caught.value.fields) for language in LANGUAGES]
    assert all(sentence and "{" not in sentence and "\n" not in sentence for sentence in sentences)
    return sentences[0]


def fault_text(fault) -> str:
    key, fields = fault
    assert text("en", key, **fields)
    return text("sv", key, **fields)


def a_csv(folder: Path, content: str | bytes, name: str = "rapporter.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def a_geojson(folder: Path, *features: dict, **members) -> Path:
    path = folder / "rapporter.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **members}), encoding="utf-8")
    return path


def a_feature(geometry: dict | None, **properties) -> dict:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def a_point(x: float = 13.02, y: float = 55.47) -> dict:
    return {"type": "Point", "coordinates": [x, y]}


def a_workbook(folder: Path, *rows: list, name: str = "rapporter.xlsx") -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / name)
    return folder / name
