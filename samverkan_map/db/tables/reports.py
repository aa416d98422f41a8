"""What is observed: stretches of road, speeds measured on them, deliveries of reports."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import JSON, ForeignKey, Index, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from samverkan_map.db.tables.base import Base, geometry
from samverkan_map.db.tables.people import Organisation


class Delivery(Base):
    """One file taken in (of reports, stretches or speeds, by `kind`), so that it can be taken back whole."""

    __tablename__ = "deliveries"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    who: Mapped[str]
    source: Mapped[str]
    kind: Mapped[str] = mapped_column(default="reports")
    file_name: Mapped[str]
    file_hash: Mapped[str]
    read: Mapped[int]
    accepted: Mapped[int]
    known: Mapped[int]
    refused: Mapped[int]
    left_out: Mapped[int] = mapped_column(default=0)
    notes: Mapped[list[Any]] = mapped_column(JSON, default=list)
    undone_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class Stretch(Base):
    """A named length of road with its keeper and speed limit.

    `delivery_id` is the file it came with, if any. It is no foreign key: SQLite cannot add one to a table that exists.
    """

    __tablename__ = "stretches"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    keeper: Mapped[str]
    speed_limit: Mapped[int]
    area: Mapped[str | None]
    length_metres: Mapped[float]
    function: Mapped[str | None]
    source_ref: Mapped[str | None]
    delivery_id: Mapped[int | None] = mapped_column(index=True)
    geom: Mapped[WKBElement] = geometry("LINESTRING")
    version: Mapped[int] = mapped_column(default=1)
    measurements: Mapped[list[SpeedMeasurement]] = relationship(
        back_populates="stretch", order_by="SpeedMeasurement.started_on", cascade="all, delete-orphan"
    )
    __mapper_args__ = {"version_id_col": version}


class SpeedMeasurement(Base):
    """Measured speeds on a stretch: km/h, shares 0-1, number of vehicles; an empty direction is both together."""

    __tablename__ = "speed_measurements"
    id: Mapped[int] = mapped_column(primary_key=True)
    stretch_id: Mapped[int] = mapped_column(ForeignKey("stretches.id", ondelete="CASCADE"), index=True)
    started_on: Mapped[date]
    ended_on: Mapped[date]
    mean_speed: Mapped[float]
    v85: Mapped[float]
    share_over_limit: Mapped[float]
    share_over_30: Mapped[float]
    vehicles: Mapped[int]
    direction: Mapped[str] = mapped_column(default="")
    delivery_id: Mapped[int | None] = mapped_column(index=True)
    stretch: Mapped[Stretch] = relationship(back_populates="measurements")


class Snap(Base):
    """Which stretch a report was made on, decided by hand (None: on none), and on which one it was found before.

    The report is named as its source names it, so that the decision still stands when its file is taken in anew.
    """

    __tablename__ = "snaps"
    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    source_ref: Mapped[str]
    stretch_id: Mapped[int | None] = mapped_column(ForeignKey("stretches.id", ondelete="CASCADE"), index=True)
    from_stretch_id: Mapped[int | None] = mapped_column(ForeignKey("stretches.id", ondelete="CASCADE"), index=True)
    decided_at: Mapped[datetime]
    who: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    stretch: Mapped[Stretch | None] = relationship(foreign_keys=[stretch_id])
    __table_args__ = (UniqueConstraint("source", "source_ref"),)
    __mapper_args__ = {"version_id_col": version}


class Report(Base):
    """One observation. `geom` is empty when only an area or the municipality is known."""

    __tablename__ = "reports"
    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"))
    source: Mapped[str]
    source_ref: Mapped[str]
    kind: Mapped[str]
    type: Mapped[str]
    occurred_from: Mapped[datetime | None]
    occurred_to: Mapped[datetime | None]
    reported_at: Mapped[datetime | None]
    day: Mapped[int]
    weekday: Mapped[int | None] = mapped_column(SmallInteger)
    hour: Mapped[int | None] = mapped_column(SmallInteger)
    precision: Mapped[str]
    area: Mapped[str | None]
    place_name: Mapped[str | None]
    stretch_id: Mapped[int | None] = mapped_column(ForeignKey("stretches.id"))
    severity: Mapped[str | None]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    description: Mapped[str | None]
    geom: Mapped[WKBElement | None] = geometry("POINT", nullable=True)
    delivery: Mapped[Delivery] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    stretch: Mapped[Stretch | None] = relationship()
    __table_args__ = (
        UniqueConstraint("source", "source_ref"),
        Index(None, "delivery_id"),
        Index(None, "day", "id"),
        # Without it SQLite hands out the number of a removed last row again, and an old link would show another report.
        {"sqlite_autoincrement": True},
    )
