"""Answers of any method written down as the plain values that a run keeps, and read again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from datetime import date
from typing import Any, TypeVar

import shapely
from shapely.geometry.base import BaseGeometry

from samverkan_map.hotspots.along import Along, Window
from samverkan_map.hotspots.effort import Effort
from samverkan_map.hotspots.found import Counted, Hits, Hotspots, Spot, Square, Unevenness
from samverkan_map.hotspots.injury import Harmed, Injury
from samverkan_map.hotspots.things import Method, Thing, Things
from samverkan_map.reports import Quiet
from samverkan_map.vocabulary import Period

Answer = Hotspots | Things
Made = TypeVar("Made")

PERIODS = ("period", "counted", "before", "known")
COUNTS = ("types", "sources")


def as_plain(found: Answer | Effort | Along) -> dict[str, Any]:
    """The whole answer as values that JSON holds."""
    return _plain(asdict(found))


def _plain(value: Any) -> Any:
    if isinstance(value, BaseGeometry):
        return shapely.to_wkt(value, rounding_precision=2)
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def from_plain(kept: Mapping[str, Any]) -> Answer:
    """The answer that `as_plain` wrote down."""
    return _things(kept) if "method" in kept else _hotspots(kept)


def effort_from_plain(kept: Mapping[str, Any] | None) -> Effort | None:
    """Who stood behind the reports; None for a run from before that was kept."""
    return (
        None
        if kept is None
        else Effort(**_known(Effort, kept, {"period": _period, "before": _period, "quiet": _of(Quiet)}))
    )


def along_from_plain(kept: Mapping[str, Any] | None) -> Along | None:
    """What lay along the streets; None where a run has none, or is from before that was kept."""
    if kept is None:
        return None
    readers: dict[str, Callable[[Any], Any]] = {
        "period": _period, "windows": _each(_lined(Window)), "parts": _each(_zone), "limits": tuple, "metres": tuple,
        "peak": lambda one: None if one is None else (float(one[0]), str(one[1])), "injury": _injury,
    }  # fmt: skip
    return Along(**_known(Along, kept, readers))


def _lined(kind: Callable[..., Made]) -> Callable[[Any], Made]:
    return lambda kept: kind(**dict(kept) | {"shape": shapely.from_wkt(kept["shape"])})


def _injury(kept: Mapping[str, Any]) -> Injury:
    return Injury(**_known(Injury, kept, {"rows": _each(_lined(Harmed))}))


def _hotspots(kept: Mapping[str, Any]) -> Hotspots:
    return Hotspots(
        **_known(
            Hotspots,
            kept,
            dict.fromkeys(PERIODS, _period)
            | {
                "kinds": tuple, "sources": _counted, "spots": _each(_spot), "squares": _each(_of(Square)),
                "uneven": _of(Unevenness), "hits": _of(Hits),
            },
        )
    )  # fmt: skip


def _things(kept: Mapping[str, Any]) -> Things:
    return Things(
        **_known(
            Things,
            kept,
            dict.fromkeys(PERIODS, _period)
            | {
                "method": Method, "kinds": tuple, "sources": _counted, "things": _each(_thing), "zones": _each(_zone),
                "limits": tuple,
            },
        )
    )  # fmt: skip


def _known(kind: Any, kept: Mapping[str, Any], readers: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
    """The fields that were kept, each as it is read; the rest have their usual values."""
    names = [field.name for field in fields(kind) if field.name in kept]
    return {name: readers[name](kept[name]) if name in readers else kept[name] for name in names}


def _each(read: Callable[[Any], Made]) -> Callable[[Any], tuple[Made, ...]]:
    return lambda kept: tuple(read(one) for one in kept)


def _of(kind: Callable[..., Made]) -> Callable[[Any], Made | None]:
    return lambda kept: kind(**kept) if kept else None


def _spot(kept: Mapping[str, Any]) -> Spot:
    return Spot(**_shaped(kept) | {"core_box": tuple(kept["core_box"])})


def _thing(kept: Mapping[str, Any]) -> Thing:
    return Thing(**_shaped(kept))


def _shaped(kept: Mapping[str, Any]) -> dict[str, Any]:
    return dict(kept) | {name: _counted(kept[name]) for name in COUNTS} | {"shape": shapely.from_wkt(kept["shape"])}


def _zone(kept: tuple[str, int]) -> tuple[BaseGeometry, int]:
    return shapely.from_wkt(kept[0]), int(kept[1])


def _counted(kept: Any) -> Counted:
    return tuple((str(code), int(number)) for code, number in kept)


def _period(kept: Mapping[str, str | None] | None) -> Period | None:
    if kept is None:
        return None
    return Period(*(None if day is None else date.fromisoformat(day) for day in (kept["start"], kept["end"])))
