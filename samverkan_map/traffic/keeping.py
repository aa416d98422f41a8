"""One stretch or one measurement at a time: found, read, added, measured."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from shapely.geometry import LineString
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from samverkan_map import access, geometry, screening
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db import engine
from samverkan_map.db.tables import SpeedMeasurement, Stretch
from samverkan_map.errors import BadValue, NotFound
from samverkan_map.vocabulary import Keeper, Permission

SPEED_LIMITS = (10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120)
MOST_LETTERS = 120


def find(
    session: Session, viewer: Viewer, *, keepers: Sequence[str] = (), areas: Sequence[str] = (), word: str = ""
) -> list[Stretch]:
    """All stretches by name, with their measurements; `word` stands in the name.

    A stretch is a fact about a road, so everybody may see it.
    """
    statement = select(Stretch).options(selectinload(Stretch.measurements)).order_by(Stretch.name, Stretch.id)
    if keepers:
        statement = statement.where(Stretch.keeper.in_(keepers))
    if areas:
        statement = statement.where(Stretch.area.in_(areas))
    found = (stretch for stretch in session.scalars(statement) if word.casefold() in stretch.name.casefold())
    return [stretch for stretch in found if access.sees(viewer, stretch)]


COLUMNS = (
    "id", "name", "area", "keeper", "speed_limit", "length_metres", "measured_on", "mean_speed", "v85",
    "share_over_limit", "vehicles", "function",
)  # fmt: skip


def as_properties(stretch: Stretch) -> dict[str, Any]:
    """What a table row, a CSV row and GeoJSON properties hold of a stretch: `COLUMNS`, with its latest measurement."""
    latest = stretch.measurements[-1] if stretch.measurements else None
    measured = {name: getattr(latest, name, None) for name in ("mean_speed", "v85", "share_over_limit", "vehicles")}
    measured["measured_on"] = latest.ended_on.isoformat() if latest else None
    return {name: measured[name] if name in measured else getattr(stretch, name) for name in COLUMNS}


def shape_of(stretch: Stretch) -> LineString:
    """The line of a stretch in EPSG:3006."""
    return engine.shape(stretch.geom)


def get(session: Session, viewer: Viewer, stretch_id: int) -> Stretch:
    """One stretch. Raises NotFound."""
    found = session.get(Stretch, stretch_id)
    if found is None or not access.sees(viewer, found):
        raise NotFound("refusals.traffic.not_found")
    return found


def checked_stretch(
    agreement: Agreement,
    *,
    name: str,
    keeper: str,
    speed_limit: float,
    line: LineString,
    function: str = "",
    source_ref: str = "",
) -> Stretch:
    """A stretch that may be stored, not stored yet; `line` in EPSG:3006.

    Raises BadValue (empty name, words that point at a person, no or unknown keeper or limit, no length, a line that
    crosses itself or lies far from the municipality).
    """
    for field, value in (("name", name), ("function", function), ("source_ref", source_ref)):
        _short_and_clean(field, value)
    if not name.strip():
        raise BadValue("refusals.traffic.no_name", field="name")
    if not keeper.strip():
        raise BadValue("refusals.traffic.no_keeper", field="keeper", allowed=", ".join(Keeper))
    if keeper not in set(Keeper):
        raise BadValue("refusals.traffic.unknown_keeper", field="keeper", value=keeper, allowed=", ".join(Keeper))
    if speed_limit not in SPEED_LIMITS:
        raise BadValue("refusals.traffic.unknown_limit", field="speed_limit", value=speed_limit)
    _check_line(agreement, line)
    middle = line.interpolate(0.5, normalized=True)
    return Stretch(
        name=" ".join(name.split()),
        keeper=keeper,
        speed_limit=int(speed_limit),
        function=function.strip() or None,
        source_ref=source_ref.strip() or None,
        area=agreement.area_of([middle.x], [middle.y])[0],
        length_metres=round(line.length, 1),
        geom=engine.stored(line),
    )


def _short_and_clean(field: str, value: str) -> None:
    if len(value) > MOST_LETTERS:
        raise BadValue("refusals.traffic.too_long", field=field, most=MOST_LETTERS)
    if screening.findings(value):
        raise BadValue("refusals.traffic.personal", field=field)


def _check_line(agreement: Agreement, line: LineString) -> None:
    if line.length < 1:
        raise BadValue("refusals.traffic.no_length", field="geometry")
    if not line.is_simple:
        raise BadValue("refusals.traffic.crosses_itself", field="geometry")
    if agreement.land.distance(line) > geometry.NEAR_METRES:
        raise BadValue("refusals.traffic.far_away", field="geometry")


def measure_speed(
    session: Session,
    actor: Viewer,
    stretch_id: int,
    *,
    started_on: date,
    ended_on: date,
    mean_speed: float,
    v85: float,
    share_over_limit: float,
    share_over_30: float,
    vehicles: int,
    direction: str = "",
) -> SpeedMeasurement:
    """Add a measurement to a stretch: speeds in km/h, shares 0 to 1, the number of vehicles.

    Raises NotFound, NotAllowed, BadValue as `checked_measurement` does.
    """
    found = checked_measurement(
        get(session, actor, stretch_id), started_on=started_on, ended_on=ended_on, mean_speed=mean_speed, v85=v85,
        share_over_limit=share_over_limit, share_over_30=share_over_30, vehicles=vehicles, direction=direction,
    )  # fmt: skip
    session.add(found)
    session.flush()
    access.gate(session, actor, Permission.IMPORT_SPEEDS, found)
    return found


def checked_measurement(
    stretch: Stretch,
    *,
    started_on: date,
    ended_on: date,
    mean_speed: float,
    v85: float,
    share_over_limit: float,
    share_over_30: float,
    vehicles: float,
    direction: str = "",
) -> SpeedMeasurement:
    """A measurement that may be stored, not stored yet.

    Raises BadValue (end before start, v85 below the mean, shares outside 0-1, no vehicles or a broken number of them,
    a direction that points at a person).
    """
    _short_and_clean("direction", direction)
    if ended_on < started_on:
        raise BadValue("refusals.traffic.ends_before_start", field="ended_on")
    if not 0 < mean_speed <= v85 < 300:
        raise BadValue("refusals.traffic.speeds", field="v85")
    if not 0 <= share_over_30 <= share_over_limit <= 1:
        raise BadValue("refusals.traffic.shares", field="share_over_limit")
    if vehicles < 1 or vehicles != int(vehicles):
        raise BadValue("refusals.traffic.no_vehicles", field="vehicles")
    return SpeedMeasurement(
        stretch_id=stretch.id,
        started_on=started_on,
        ended_on=ended_on,
        mean_speed=mean_speed,
        v85=v85,
        share_over_limit=share_over_limit,
        share_over_30=share_over_30,
        vehicles=int(vehicles),
        direction=direction.strip(),
    )
