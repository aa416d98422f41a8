"""A stretch that somebody draws, changes and draws anew."""

from __future__ import annotations

import shapely
from shapely.geometry import LineString
from sqlalchemy import select
from sqlalchemy.orm import Session

from samverkan_map import access, geometry
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db.tables import Stretch
from samverkan_map.errors import BadValue, Conflict
from samverkan_map.traffic.keeping import checked_stretch, get, shape_of
from samverkan_map.traffic.snaps import around, settle
from samverkan_map.vocabulary import Permission

KEPT = ("id", "version", "source_ref", "delivery_id")
"""What drawing a stretch anew does not change."""


def add_stretch(
    session: Session,
    actor: Viewer,
    agreement: Agreement,
    *,
    name: str,
    keeper: str,
    speed_limit: int,
    line: LineString,
    function: str = "",
) -> Stretch:
    """Add a named length of road; `line` in EPSG:3006. Complaints and accidents nearest to it are on it afterwards.

    Raises BadValue as `checked_stretch` does and for a name that another stretch has, NotAllowed.
    """
    stretch = checked_stretch(
        agreement, name=name, keeper=keeper, speed_limit=speed_limit, line=line, function=function
    )
    access.check(actor, Permission.EDIT_PLACE, stretch)
    _check_inside(agreement, line)
    with session.begin_nested():
        session.add(stretch)
        session.flush()
        access.gate(session, actor, Permission.EDIT_PLACE, stretch)
        _check_name(session, stretch)
    settle(session, around(line, stretch.id))
    return stretch


def edit_stretch(
    session: Session,
    actor: Viewer,
    agreement: Agreement,
    stretch_id: int,
    *,
    name: str,
    keeper: str,
    speed_limit: int,
    line: LineString | None,
    function: str = "",
    version: int | None = None,
) -> Stretch:
    """Change what a stretch is called, who keeps it, its limit and function, and where it lies (None: where it is).

    After a new line complaints and accidents are on the stretch nearest to them, but for those decided by hand.
    Raises NotFound, BadValue as `add_stretch`, Conflict when it changed since `version`, NotAllowed.
    """
    stretch = get(session, actor, stretch_id)
    access.check(actor, Permission.EDIT_PLACE, stretch)
    if version is not None and stretch.version != version:
        raise Conflict("errors.sentence_409")
    new = checked_stretch(
        agreement, name=name, keeper=keeper, speed_limit=speed_limit, line=line or shape_of(stretch), function=function
    )
    if line is not None:
        _check_inside(agreement, line)
    own = [column.key for column in Stretch.__table__.columns if column.key not in KEPT]
    for field in own if line is not None else [one for one in own if one not in ("geom", "length_metres", "area")]:
        setattr(stretch, field, getattr(new, field))
    told = access.changed(stretch) | ({"shape": line.geom_type} if line is not None else {})
    access.gate(session, actor, Permission.EDIT_PLACE, stretch, **told)
    _check_name(session, stretch)
    session.flush()
    if line is not None:
        settle(session, around(line, stretch.id))
    return stretch


def _check_inside(agreement: Agreement, line: LineString) -> None:
    """A road may go on over the border; one that is drawn does so by a mistake of the hand or of the numbers."""
    corners = shapely.get_coordinates(line)
    if (agreement.distance_outside(corners[:, 0], corners[:, 1]) > geometry.NEAR_METRES).any():
        raise BadValue("refusals.traffic.outside", field="geometry")


def _check_name(session: Session, stretch: Stretch) -> None:
    """Whether no other stretch has the name; asked while the log is held, so that two at once cannot both have it."""
    mine = stretch.name.casefold()
    with session.no_autoflush:
        others = session.execute(select(Stretch.name).where(Stretch.id != stretch.id)).scalars()
        if any(other.casefold() == mine for other in others):
            raise BadValue("refusals.traffic.same_name", field="name", value=stretch.name)
