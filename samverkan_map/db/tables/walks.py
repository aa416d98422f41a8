"""Safety walks: one walk with its points, safe and unsafe."""

from __future__ import annotations

from datetime import date, datetime

from geoalchemy2 import WKBElement
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from samverkan_map.db.tables.base import Base, geometry
from samverkan_map.db.tables.people import Person
from samverkan_map.db.tables.reports import Report


class Walk(Base):
    """A safety walk (trygghetsvandring). Its points count as nothing before it has ended."""

    __tablename__ = "walks"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    walked_on: Mapped[date]
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    leader: Mapped[Person | None] = relationship()
    points: Mapped[list[WalkPoint]] = relationship(
        back_populates="walk", cascade="all, delete-orphan", order_by="WalkPoint.id"
    )
    __mapper_args__ = {"version_id_col": version}


class WalkPoint(Base):
    """A point of a walk; `report` is what counts of it once the walk has ended. Its type says whether it is safe."""

    __tablename__ = "walk_points"
    id: Mapped[int] = mapped_column(primary_key=True)
    walk_id: Mapped[int] = mapped_column(ForeignKey("walks.id", ondelete="CASCADE"), index=True)
    noted_at: Mapped[datetime]
    type: Mapped[str]
    precision: Mapped[str]
    place_name: Mapped[str] = mapped_column(default="")
    area: Mapped[str | None]
    geom: Mapped[WKBElement | None] = geometry("GEOMETRY", nullable=True)
    words: Mapped[str] = mapped_column(default="")
    report_id: Mapped[int | None] = mapped_column(ForeignKey("reports.id", ondelete="SET NULL"), index=True)
    walk: Mapped[Walk] = relationship(back_populates="points")
    report: Mapped[Report | None] = relationship()

    @property
    def handler_id(self) -> int | None:
        """Who has the task of this point: whoever leads the walk."""
        return self.walk.leader_id
