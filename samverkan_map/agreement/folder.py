"""Reads the files of a municipality's folder, and says in a sentence which of them is wrong and where."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from shapely.geometry.base import BaseGeometry

from samverkan_map import geometry
from samverkan_map.agreement.words import LANGUAGES, Label
from samverkan_map.errors import BadValue, SetUpTrouble

NEEDED = ("land", "areas")
"""The layers a municipality's folder must hold; what is only drawn or searched in may be missing."""


@dataclass(frozen=True)
class Table:
    """A table of a TOML file that says where it stands when a value is missing or wrong (SetUpTrouble)."""

    values: dict
    where: str
    file: str = "agreement.toml"

    def __getitem__(self, key: str):
        if self.values.get(key) in (None, "", []):
            raise SetUpTrouble("agreement.errors.missing_value", file=self.file, where=self.where, name=key)
        return self.values[key]

    def of_form(self, key: str, form: Any, example: str):
        if not isinstance(self[key], form):
            raise SetUpTrouble(
                "agreement.errors.wrong_form", file=self.file, where=self.where, name=key, example=example
            )
        return self[key]

    def table(self, key: str, where: str = "") -> Table:
        return Table(self.of_form(key, dict, "[table]"), where or f"[{key}]", self.file)

    def rows(self, key: str) -> list[Table]:
        tables = self.of_form(key, list, f"[[{key}]]")
        rows = [Table(row, f"[[{key}]] {row.get('code', number)}", self.file) for number, row in enumerate(tables, 1)]
        codes = [row["code"] for row in rows]
        twice = [code for code in codes if codes.count(code) > 1]
        if twice:
            raise SetUpTrouble("agreement.errors.twice", file=self.file, table=key, code=twice[0])
        return rows

    def label(self, key: str = "label") -> Label:
        label = self.table(key, f"{self.where} {key}")
        return {language: label[language] for language in LANGUAGES}

    def words(self, key: str) -> tuple[str, ...]:
        return tuple(self.of_form(key, list, '["…", "…"]')) if self.values.get(key) else ()

    def positive(self, key: str) -> float:
        value = self.of_form(key, int | float, "1.5")
        if isinstance(value, bool) or not 0 < value < 1_000_000:
            raise SetUpTrouble("agreement.errors.wrong_form", file=self.file, where=self.where, name=key, example="1.5")
        return float(value)

    def year(self, key: str) -> int:
        return self.of_form(key, int, "2023")

    def day(self, key: str) -> date:
        value = self.of_form(key, date, "2025-06-01")
        return value.date() if isinstance(value, datetime) else value

    def point(self, key: str) -> tuple[float, float]:
        lon, lat = (list(self.of_form(key, list, "[12.98, 55.44]")) + [None, None])[:2]
        if not (isinstance(lon, int | float) and isinstance(lat, int | float)):
            raise SetUpTrouble(
                "agreement.errors.wrong_form", file=self.file, where=self.where, name=key, example="[12.98, 55.44]"
            )
        return float(lon), float(lat)

    def one_of(self, key: str, allowed, default: str | None = None) -> str:
        value = self.values.get(key, default) if default else self[key]
        if value not in allowed:
            known = ", ".join(allowed)
            raise SetUpTrouble(
                "agreement.errors.unknown_value", file=self.file, where=self.where, name=key, value=value, known=known
            )
        return value

    def all_of(self, key: str, allowed) -> tuple[str, ...]:
        unknown = [value for value in self.words(key) or [self[key]] if value not in allowed]
        if unknown:
            known = ", ".join(allowed)
            raise SetUpTrouble(
                "agreement.errors.unknown_value",
                file=self.file,
                where=self.where,
                name=key,
                value=unknown[0],
                known=known,
            )
        return tuple(self[key])


def toml(path: Path) -> dict:
    """The values of a TOML file. Raises SetUpTrouble when it is missing or cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SetUpTrouble("agreement.errors.missing_file", file=path.name, folder=path.parent) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SetUpTrouble("agreement.errors.unreadable", file=path.name, folder=path.parent, reason=error) from error


def features(folder: Path, name: str) -> list[dict]:
    """The GeoJSON features (WGS 84) of one layer of a municipality's folder, as they stand in `<name>.geojson`.

    A missing layer is an empty one, but for the land and the sub-areas. Raises SetUpTrouble when one of those is
    missing, or a file is no FeatureCollection.
    """
    path = folder / f"{name}.geojson"
    if name not in NEEDED and not path.exists():
        return []
    try:
        return json.loads(path.read_text(encoding="utf-8"))["features"]
    except FileNotFoundError as error:
        raise SetUpTrouble("agreement.errors.missing_file", file=path.name, folder=folder) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SetUpTrouble("agreement.errors.unreadable", file=path.name, folder=folder, reason=error) from error


def shapes(folder: Path, name: str) -> list[tuple[dict, BaseGeometry]]:
    """(properties, shape in EPSG:3006) of each feature of a layer."""
    try:
        return [(one["properties"], geometry.from_geojson(one["geometry"])) for one in features(folder, name)]
    except (BadValue, KeyError, TypeError) as error:
        raise SetUpTrouble("agreement.errors.bad_shape", file=f"{name}.geojson", folder=folder) from error
