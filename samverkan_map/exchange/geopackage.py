"""GeoPackage, read through geopandas a piece at a time."""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import geopandas
import pandas as pd
import pyogrio

from ..errors import BadFile
from . import columns as names
from .positioned import LINES, POINTS, Drawn, as_text, named_columns
from .table import Limits, Records, Table

_STYLE_LAYERS = {"layer_styles", "qgis_projects"}


def open_geopackage(path: Path, wanted: names.Wanted, limits: Limits) -> Table:
    """Open the one layer of a GeoPackage. Raises BadFile, also when there are several layers to choose from."""
    with _trouble_as_bad_file(path):
        tables = _sound_tables(path)
        layer = _layer(path, wanted)
        if layer not in tables:
            raise BadFile("readers.errors.geopackage", file=path.name)
        about = pyogrio.read_info(path, layer=layer, force_feature_count=True)
    fields, geometry = [str(name) for name in about["fields"]], about["geometry_type"]
    features = int(about["features"])
    if limits.max_features is not None and features > limits.max_features:
        raise BadFile("readers.errors.too_many_features", file=path.name, features=features, most=limits.max_features)
    drawn = (LINES if wanted.lines else POINTS) if geometry else None
    header, kept = named_columns(fields, drawn) if drawn else (fields, fields)
    mapped, ignored = names.match(path.name, header, wanted, limits, positioned=bool(geometry))
    dropped = [name for name in fields if name not in kept]
    return Table(
        path=path,
        format="gpkg",
        header=header,
        mapped={**mapped, **drawn.mapped} if drawn else mapped,
        ignored=[name for name in [*ignored, *dropped] if not (drawn and name in drawn.columns)],
        size_hint=features,
        records=_rows_of(path, layer, kept, drawn),
        sheet=layer,
        crs=_epsg(about["crs"]),
    )


def _sound_tables(path: Path) -> set[str]:
    """The real tables of a database that holds together.

    A damaged one may give its rows in a circle, and a view may compute for ever; neither is read further.
    """
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
        if database.execute("PRAGMA quick_check(1)").fetchall() != [("ok",)]:
            raise BadFile("readers.errors.geopackage", file=path.name)
        found = database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
        )
        return {name for (name,) in found}


def _layer(path: Path, wanted: names.Wanted) -> str:
    layers = [(str(name), kind) for name, kind in pyogrio.list_layers(path) if name not in _STYLE_LAYERS]
    drawn = [name for name, kind in layers if kind is not None] or [name for name, _ in layers]
    if not drawn:
        raise BadFile("readers.errors.no_layer", file=path.name)
    if wanted.sheet:
        return wanted.chosen(path.name, [name for name, _ in layers])
    if len(drawn) > 1:
        raise BadFile("readers.errors.several_layers", file=path.name, layers=names.listed(drawn), names=drawn)
    return drawn[0]


def _rows_of(path: Path, layer: str, kept: list[str], drawn: Drawn | None) -> Callable[[int], Iterable[Records]]:
    def records(size: int) -> Iterator[Records]:
        done = 0
        last = None
        while True:
            with _trouble_as_bad_file(path):
                frame = _piece(path, layer, kept, drawn is not None, size, last, done)
            if not len(frame):
                break
            if last is not None and frame.index[-1] <= last:
                raise BadFile("readers.errors.geopackage", file=path.name)
            last = frame.index[-1] if frame.index.name == "fid" else None
            yield _records(frame, kept, drawn, done)
            done += len(frame)

    return records


def _piece(
    path: Path, layer: str, kept: list[str], positioned: bool, size: int, last: int | None, done: int
) -> pd.DataFrame:
    """The next features after the feature id `last`: skipping by count would read the file from the start each time."""
    place = {"where": f"fid > {int(last)}"} if last is not None else {"skip_features": done}
    return geopandas.read_file(
        path,
        layer=layer,
        columns=kept,
        ignore_geometry=not positioned,
        max_features=size,
        fid_as_index=True,
        datetime_as_string=True,
        **place,
    )


def _records(frame: pd.DataFrame, kept: list[str], drawn: Drawn | None, done: int) -> Records:
    found = Records(progress=done + len(frame))
    texts = [_texts(frame[name]) for name in kept]
    places = [drawn.texts(shape) for shape in frame.geometry] if drawn else [([], None)] * len(frame)
    rows = zip(*texts, strict=True) if texts else [()] * len(frame)
    for index, (row, (place, fault)) in enumerate(zip(rows, places, strict=True)):
        found.add(done + index + 2, [*row, *place], fault)
    return found


def _texts(values: pd.Series) -> list[str]:
    missing = values.isna().to_numpy()
    return ["" if gone else as_text(value) for value, gone in zip(values.tolist(), missing, strict=True)]


def _epsg(crs: str | None) -> int | None:
    if not crs:
        return None
    code = crs.rpartition(":")[2]
    return int(code) if crs.upper().startswith("EPSG:") and code.isdigit() else None


@contextmanager
def _trouble_as_bad_file(path: Path) -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            yield
    except (ValueError, RuntimeError, sqlite3.Error) as error:
        raise BadFile("readers.errors.geopackage", file=path.name) from error
