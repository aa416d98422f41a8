"""One report taken in by hand, checked and placed exactly as a row of a file, and taken back again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shapely.geometry import Point
from sqlalchemy import select
from sqlalchemy.orm import Session

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db import bulk
from samverkan_map.db.tables import Delivery, Report
from samverkan_map.errors import BadValue, NotFound
from samverkan_map.exchange.table import Block
from samverkan_map.geometry import METRIC
from samverkan_map.reports import snapshot
from samverkan_map.reports.deliveries import KIND
from samverkan_map.reports.intake import find_stretches
from samverkan_map.reports.reading import Reading
from samverkan_map.reports.rows import examine
from samverkan_map.vocabulary import Permission, Precision


@dataclass(frozen=True)
class Observation:
    """What one report says: the code of its type, when it was reported (UTC), a point (EPSG:3006) or a place's name."""

    source: str
    ref: str
    type: str
    reported_at: datetime
    place_name: str
    precision: Precision
    point: Point | None
    description: str = ""

    def block(self) -> Block:
        """The same as the one row of a file."""
        at = (repr(self.point.x), repr(self.point.y)) if self.point else ("", "")
        values = {
            "source_ref": self.ref, "type": self.type, "reported_at": f"{self.reported_at.isoformat()}Z",
            "place_name": self.place_name, "e": at[0], "n": at[1], "description": self.description,
            "precision": self.precision.value if self.point else "",
        }  # fmt: skip
        return Block([1], {name: [value] for name, value in values.items()}, [list(values.values())], {}, 1)


def take_one(
    session: Session,
    actor: Viewer,
    agreement: Agreement,
    observation: Observation,
    *,
    now: datetime,
    under: Permission = Permission.HANDLE_REPORTS,
    delivery: str = "",
    about: Any = None,
) -> int:
    """Take in one report that somebody has looked at, and give its number.

    It comes with the delivery of that name, or of its source and month, which can be taken back whole as any other.
    `about` is what it was made of, by which the gate tells whether the actor may.
    Raises BadValue (what a row of a file would be refused for), NotAllowed.
    """
    access.check(actor, under, about)
    reading = Reading(agreement, observation.source, METRIC, {}, {}, now)
    find_stretches(session, reading)
    found = examine(reading, observation.block())
    for key, fields in found.refused.values():
        raise BadValue(key, **({"field": "form"} | fields))
    came_with = _delivery(session, actor, observation.source, delivery or f"{observation.source}-{now:%Y-%m}", now)
    with bulk.loading(session) as load:
        load.send(found.rows(set()).columns(came_with.id, reading))
        stored = load.settle()
    came_with.read, came_with.accepted = came_with.read + stored, came_with.accepted + stored
    session.flush()
    number = session.scalars(
        select(Report.id).where(Report.source == observation.source, Report.source_ref == observation.ref)
    ).one()
    access.gate(session, actor, under, about or came_with, taken=number, type=observation.type)
    return number


def take_one_back(session: Session, actor: Viewer, report_id: int, *, about: Any) -> None:
    """Take back one report that came in by `take_one`, made of `about`; it counts in nothing from now on.

    Raises NotFound when there is none, NotAllowed.
    """
    report = session.get(Report, report_id)
    if report is None:
        raise NotFound("reports.errors.not_found")
    delivery = session.get_one(Delivery, report.delivery_id, with_for_update=True, populate_existing=True)
    access.gate(session, actor, Permission.HANDLE_REPORTS, about, let_go=report_id)
    session.delete(report)
    snapshot.drop(session)
    delivery.accepted -= 1
    session.flush()


def _delivery(session: Session, actor: Viewer, source: str, name: str, now: datetime) -> Delivery:
    """The delivery of single reports of a source with this name, held until the transaction ends."""
    question = select(Delivery).where(
        Delivery.kind == KIND, Delivery.file_name == name, Delivery.file_hash == "", Delivery.undone_at.is_(None)
    )
    found = session.scalars(question.with_for_update().execution_options(populate_existing=True)).first()
    if found is None:
        found = Delivery(
            at=now, person_id=actor.person_id, who=actor.name, source=source, kind=KIND, file_name=name, file_hash="",
            read=0, accepted=0, known=0, refused=0,
        )  # fmt: skip
        session.add(found)
        session.flush()
    return found
