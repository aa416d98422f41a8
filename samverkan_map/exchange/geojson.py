"""GeoJSON, read feature by feature straight from the file, so that its size does not matter."""

from __future__ import annotations

import json
import math
import mmap
import re
from array import array
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import shapely

from ..errors import BadFile
from . import columns as names
from .positioned import LINES, POINTS, Drawn, as_text, crs_name, epsg_of, named_columns
from .table import Fault, Limits, Records, Table
from .text_scan import encoding_of

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[\]{}"]', re.DOTALL)
_OPENING = (b"{", b"[")
_CLOSING = (b"}", b"]")
_BROKEN = "readers.rows.geometry_broken"
_KINDS = {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"}


class _Malformed(ValueError):
    """The text is not the JSON or the GeoJSON it should be; the argument is the key of the sentence."""


def open_geojson(path: Path, wanted: names.Wanted, limits: Limits) -> Table:
    """Open a GeoJSON FeatureCollection: every feature has been looked at once when this returns. Raises BadFile."""
    if encoding_of(path, limits, lines=False) not in ("utf-8", "utf-8-sig"):
        raise BadFile("readers.errors.json_encoding", file=path.name)
    with _mapped_file(path) as data:
        try:
            outline = _Outline(data, limits.max_depth)
            properties = _property_names(path.name, data, outline, wanted, limits)
        except (_Malformed, RecursionError) as error:
            key = str(error) if isinstance(error, _Malformed) else "too_deep"
            raise BadFile(f"readers.errors.{key}", file=path.name, most=limits.max_depth) from error
    if outline.crs is not None and epsg_of(outline.crs) is None:
        raise BadFile(
            "readers.errors.unknown_crs", file=path.name, crs=names.short(as_text(crs_name(outline.crs)).strip("{}"))
        )
    drawn = LINES if wanted.lines else POINTS
    header, kept = named_columns(properties, drawn)
    mapped, ignored = names.match(path.name, header, wanted, limits, positioned=True)
    return Table(
        path=path,
        format="geojson",
        header=header,
        mapped={**mapped, **drawn.mapped},
        ignored=[name for name in [*ignored, *(set(properties) - set(kept))] if name not in drawn.columns],
        size_hint=len(outline.starts),
        records=_rows_of(path, outline, kept, drawn),
        encoding="utf-8",
        crs=epsg_of(outline.crs),
    )


def _rows_of(path: Path, outline: _Outline, kept: list[str], drawn: Drawn) -> Callable[[int], Iterable[Records]]:
    def records(size: int) -> Iterator[Records]:
        with _mapped_file(path) as data:
            found = Records()
            for index, (start, end) in enumerate(zip(outline.starts, outline.ends, strict=True)):
                if len(found.rows) >= size:
                    yield found
                    found = Records()
                feature = _again(path, data, start, end)
                place, fault = _place(feature.get("geometry"), drawn)
                properties = feature.get("properties") or {}
                found.add(index + 2, [*(as_text(properties.get(name)) for name in kept), *place], fault)
                found.progress = index + 1
            yield found

    return records


def _again(path: Path, data: mmap.mmap, start: int, end: int) -> dict:
    try:
        return orjson.loads(data[start:end])
    except orjson.JSONDecodeError as error:
        raise BadFile("readers.errors.json", file=path.name) from error


class _Outline:
    """Where each feature starts and ends, and what the collection itself says, found without recursion."""

    def __init__(self, data: mmap.mmap, max_depth: int) -> None:
        self.starts = array("q")
        self.ends = array("q")
        self.list_start = self.list_end = -1
        self._walk(data, max_depth)
        outer = _parsed(_cut(data, self.list_start, self.list_end))
        if not isinstance(outer, dict) or outer.get("type") != "FeatureCollection" or self.list_start < 0:
            raise _Malformed("not_feature_collection")
        self.crs = outer.get("crs")
        self._check_gaps(data)

    def _walk(self, data: mmap.mmap, max_depth: int) -> None:
        depth = 0
        last_text = b""
        for token in _TOKEN.finditer(data):
            found = token.group()
            if found in _OPENING:
                depth += 1
                if depth > max_depth:
                    raise _Malformed("too_deep")
                self._opened(depth, token.start(), found == b"[" and last_text == b'"features"')
            elif found in _CLOSING:
                self._closed(depth, token.end())
                depth -= 1
            elif found == b'"':
                raise _Malformed("json")
            elif depth == 1:
                last_text = found
        if depth or len(self.starts) != len(self.ends):
            raise _Malformed("json")

    def _opened(self, depth: int, place: int, is_list_of_features: bool) -> None:
        if depth == 2 and is_list_of_features and self.list_start < 0:
            self.list_start = place
        elif depth == 3 and self._inside:
            self.starts.append(place)

    def _closed(self, depth: int, place: int) -> None:
        if depth == 3 and self._inside:
            self.ends.append(place)
        elif depth == 2 and self._inside:
            self.list_end = place

    @property
    def _inside(self) -> bool:
        return self.list_start >= 0 > self.list_end

    def _check_gaps(self, data: mmap.mmap) -> None:
        """Between two features stands one comma and nothing else."""
        before, comma = self.list_start + 1, b""
        for start, end in zip(self.starts, self.ends, strict=True):
            if data[before:start].strip(b" \t\r\n") != comma:
                raise _Malformed("json")
            before, comma = end, b","
        if data[before : self.list_end - 1].strip(b" \t\r\n"):
            raise _Malformed("json")


def _cut(data: mmap.mmap, start: int, end: int) -> bytes:
    """The file without its features."""
    if start < 0 or end < 0:
        return data[:1_000_000]
    return data[:start] + b"[]" + data[end:]


def _property_names(file: str, data: mmap.mmap, outline: _Outline, wanted: names.Wanted, limits: Limits) -> list[str]:
    """All property names in the order they appear. Raises BadFile for a personal one at any depth."""
    if limits.max_features is not None and len(outline.starts) > limits.max_features:
        raise BadFile(
            "readers.errors.too_many_features", file=file, features=len(outline.starts), most=limits.max_features
        )
    found: dict[str, None] = {}
    seen: set[str] = set()
    for start, end in zip(outline.starts, outline.ends, strict=True):
        keys: list[str] = []
        feature = _parsed(data[start:end], keys)
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            raise _Malformed("not_feature_collection")
        properties = feature.get("properties") or {}
        if not isinstance(properties, dict) or not isinstance(feature.get("geometry") or {}, dict):
            raise _Malformed("not_feature_collection")
        found.update(dict.fromkeys(properties))
        fresh = set(keys) - seen
        if fresh:
            wanted.refuse_personal(file, sorted(fresh))
            seen |= fresh
        if len(found) > limits.max_columns:
            raise BadFile("readers.errors.too_many_columns", file=file, columns=len(found), most=limits.max_columns)
    return list(found)


def _parsed(text: bytes, keys: list[str] | None = None) -> object:
    """The value of a JSON text; refuses NaN, Infinity and keys that stand twice, and adds all keys to `keys`."""

    def object_of(pairs: list[tuple[str, object]]) -> dict[str, object]:
        made = dict(pairs)
        if len(made) != len(pairs):
            raise _Malformed("key_twice")
        if keys is not None:
            keys.extend(made)
        return made

    def refuse(_word: str) -> object:
        raise _Malformed("not_a_number")

    try:
        return json.loads(text.removeprefix(b"\xef\xbb\xbf"), object_pairs_hook=object_of, parse_constant=refuse)
    except _Malformed:
        raise
    except ValueError as error:
        raise _Malformed("json") from error


def _place(geometry: dict | None, drawn: Drawn) -> tuple[list[str], Fault | None]:
    """Where a feature lies as texts, or why it has no place."""
    nothing = [""] * len(drawn.columns)
    if geometry is None:
        return drawn.texts(None)
    if geometry.get("type") == "Point":
        match geometry.get("coordinates"):
            case [x, y] | [x, y, _] if drawn is POINTS and _is_number(x) and _is_number(y):
                return [as_text(x), as_text(y)], None
            case []:
                return drawn.texts(None)
        if drawn is POINTS:
            return nothing, (_BROKEN, {})
    if geometry.get("type") not in _KINDS:
        return nothing, (_BROKEN, {})
    try:
        return drawn.texts(shapely.from_geojson(orjson.dumps(geometry)))
    except (shapely.errors.GEOSException, ValueError):
        return nothing, ("readers.rows.line_broken" if drawn is LINES else _BROKEN, {})


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


@contextmanager
def _mapped_file(path: Path) -> Iterator[mmap.mmap]:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        yield data
