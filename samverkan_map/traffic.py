"""Stretches of road: their keepers, speed limits and measured speeds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from shapely.geometry import LineString
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db import engine
from samverkan_map.db.tables import SpeedMeasurement, Stretch
from samverkan_map.errors import BadValue, NotFound
from samverkan_map.vocabulary import Keeper, Permission

SPEED_LIMITS = (10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120)


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
    "share_over_limit", "vehicles",
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


def add_stretch(
    session: Session, actor: Viewer, agreement: Agreement, *, name: str, keeper: str, speed_limit: int, line: LineString
) -> Stretch:
    """Add a named length of road; `line` in EPSG:3006.

    Raises BadValue (empty name, unknown keeper or limit, no length), NotAllowed.
    """
    if not name.strip():
        raise BadValue("refusals.traffic.no_name", field="name")
    if keeper not in set(Keeper):
        raise BadValue("refusals.traffic.unknown_keeper", field="keeper", value=keeper, allowed=", ".join(Keeper))
    if speed_limit not in SPEED_LIMITS:
        raise BadValue("refusals.traffic.unknown_limit", field="speed_limit", value=speed_limit)
    if line.length < 1:
        raise BadValue("refusals.traffic.no_length", field="geometry")
    middle = line.interpolate(0.5, normalized=True)
    stretch = Stretch(
        name=name.strip(),
        keeper=keeper,
        speed_limit=speed_limit,
        area=agreement.area_of([middle.x], [middle.y])[0],
        length_metres=round(line.length, 1),
        geom=engine.stored(line),
    )
    session.add(stretch)
    session.flush()
    access.gate(session, actor, Permission.UPLOAD_GEODATA, stretch)
    return stretch


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
) -> SpeedMeasurement:
    """Add a measurement to a stretch: speeds in km/h, shares 0 to 1, the number of vehicles.

    Raises NotFound, NotAllowed, BadValue (end before start, v85 below the mean, shares outside 0-1, no vehicles).
    """
    stretch = get(session, actor, stretch_id)
    if ended_on < started_on:
        raise BadValue("refusals.traffic.ends_before_start", field="ended_on")
    if not 0 < mean_speed <= v85 < 300:
        raise BadValue("refusals.traffic.speeds", field="v85")
    if not 0 <= share_over_30 <= share_over_limit <= 1:
        raise BadValue("refusals.traffic.shares", field="share_over_limit")
    if vehicles < 1:
        raise BadValue("refusals.traffic.no_vehicles", field="vehicles")
    found = SpeedMeasurement(
        stretch=stretch,
        started_on=started_on,
        ended_on=ended_on,
        mean_speed=mean_speed,
        v85=v85,
        share_over_limit=share_over_limit,
        share_over_30=share_over_30,
        vehicles=vehicles,
    )
    session.add(found)
    session.flush()
    access.gate(session, actor, Permission.IMPORT_SPEEDS, found)
    return found
