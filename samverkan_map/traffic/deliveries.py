"""Files of stretches and of speeds: how they are taken in, and how one is taken back whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.db.tables import Decision, Delivery, Place, Report, SpeedMeasurement, Stretch
from samverkan_map.errors import Conflict, NotFound
from samverkan_map.vocabulary import Permission

STRETCHES, SPEEDS = "stretches", "speeds"
KINDS = (STRETCHES, SPEEDS)


@dataclass(frozen=True)
class Intake:
    """How a file of stretches or speeds is to be taken in."""

    crs: int | None = None
    keeper: str = ""
    """The keeper of the rows that name none."""
    keepers: Mapping[str, str] = field(default_factory=dict)
    """The source's own words for keepers -> ours."""
    merge: bool = False
    """Whether pieces of one name, keeper, limit and function that join become one stretch."""
    partial: bool = False
    dry_run: bool = False


def find_deliveries(session: Session, viewer: Viewer) -> Sequence[Delivery]:
    """All files of stretches and speeds that the viewer may take in, newest first. Raises NotAllowed."""
    ours = select(Delivery).where(Delivery.kind.in_(kinds_of(viewer)))
    return session.scalars(ours.order_by(Delivery.id.desc())).all()


def kinds_of(viewer: Viewer) -> list[str]:
    """The kinds of file that the viewer may take in. Raises NotAllowed for none."""
    allowed = {STRETCHES: Permission.UPLOAD_GEODATA, SPEEDS: Permission.IMPORT_SPEEDS}
    kinds = [kind for kind, permission in allowed.items() if access.may(viewer, permission)]
    if not kinds:
        raise access.refusal(viewer, Permission.IMPORT_SPEEDS)
    return kinds


def is_delivery(session: Session, viewer: Viewer, delivery_id: int) -> bool:
    """Whether this number is a file of stretches or speeds that the viewer may know of."""
    of_ours = select(Delivery.id).where(Delivery.id == delivery_id, Delivery.kind.in_(kinds_of(viewer)))
    return session.scalar(of_ours) is not None


def get_delivery(session: Session, viewer: Viewer, delivery_id: int) -> Delivery:
    """One file of stretches or speeds that was taken in. Raises NotFound, NotAllowed."""
    if not is_delivery(session, viewer, delivery_id):
        raise NotFound("reports.errors.no_delivery", number=delivery_id)
    return session.get_one(Delivery, delivery_id)


def undo(session: Session, actor: Viewer, delivery_id: int, *, now: datetime) -> int:
    """Take a file of stretches or speeds back whole and give how many went; the delivery stays in the list.

    Reports made on the stretches stay, without them.
    Raises NotFound when there is no such delivery or it was taken back already, Conflict when something else builds on
    its stretches (measurements, places), NotAllowed.
    """
    get_delivery(session, actor, delivery_id)
    found = session.get_one(Delivery, delivery_id, with_for_update=True, populate_existing=True)
    access.gate(session, actor, Permission.UNDO_DELIVERY, found)
    if found.undone_at is not None:
        raise NotFound("reports.errors.already_undone", number=delivery_id)
    table = Stretch if found.kind == STRETCHES else SpeedMeasurement
    if table is Stretch:
        _let_go(session, delivery_id)
    gone = session.scalar(select(func.count(table.id)).where(table.delivery_id == delivery_id)) or 0
    session.execute(delete(table).where(table.delivery_id == delivery_id))
    found.undone_at = now
    session.flush()
    session.expire_all()
    return gone


def _let_go(session: Session, delivery_id: int) -> None:
    ours = select(Stretch.id).where(Stretch.delivery_id == delivery_id)
    for table, key in (
        (SpeedMeasurement, "traffic.errors.measured"),
        (Place, "traffic.errors.place_on_it"),
        (Decision, "traffic.errors.decided"),
    ):
        if number := session.scalar(select(func.count(table.id)).where(table.stretch_id.in_(ours))):
            raise Conflict(key, number=delivery_id, n=number)
    touched = session.scalars(select(Report.delivery_id).where(Report.stretch_id.in_(ours)).distinct()).all()
    session.execute(update(Report).where(Report.stretch_id.in_(ours)).values(stretch_id=None))
    renew(session, touched)


def renew(session: Session, deliveries: Sequence[int]) -> None:
    """Let the arrays in memory know that the reports of these deliveries changed."""
    session.execute(
        update(Delivery)
        .where(Delivery.id.in_(deliveries))
        .values(version=Delivery.version + 1)
        .execution_options(synchronize_session=False)
    )
