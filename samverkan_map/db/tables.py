"""The tables: columns and relations, no behaviour.

Geometry is EPSG:3006 (metres) throughout; times are UTC without offset; `day` counts local days since 1970-01-01.
Every row that two people can edit carries `version`, which the ORM raises and checks at each update.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import JSON, ForeignKey, Index, MetaData, SmallInteger, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

SRID = 3006


class Base(DeclarativeBase):
    """The common root; constraint names are fixed so that a migration can name them on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {dict[str, Any]: JSON, list[Any]: JSON}


def _geometry(kind: str, *, nullable: bool = False) -> Mapped[Any]:
    return mapped_column(Geometry(kind, srid=SRID, spatial_index=True), nullable=nullable)


class State(Base):
    """Facts about this database itself: whether it is a trial one, and which version its reports have reached."""

    __tablename__ = "state"
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class Organisation(Base):
    """A party, a business, an association: who owns, delivers or promises."""

    __tablename__ = "organisations"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]


class Person(Base):
    """A user of the map: a colleague with a role, never somebody the map is about."""

    __tablename__ = "people"
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    password_hash: Mapped[str]
    example: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    organisation: Mapped[Organisation | None] = relationship()
    __mapper_args__ = {"version_id_col": version}


class SignedIn(Base):
    """A session on the server, so that it can be ended there. Only a hash of the cookie's value is kept."""

    __tablename__ = "sessions"
    token_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    demo_role: Mapped[str | None]
    language: Mapped[str | None]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    person: Mapped[Person | None] = relationship()


class Attempt(Base):
    """A counter of tries per key (a hashed user name or address) and time window; never a COUNT over a grown table."""

    __tablename__ = "attempts"
    key: Mapped[str] = mapped_column(primary_key=True)
    window_start: Mapped[datetime]
    tries: Mapped[int]


class AuditLine(Base):
    """One line of the audit log; each carries the hash of the one before, so that a change shows."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    who: Mapped[str]
    action: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[str]
    details: Mapped[str]
    previous_hash: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)


class Delivery(Base):
    """One file of reports taken in, so that it can be taken back whole."""

    __tablename__ = "deliveries"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    who: Mapped[str]
    source: Mapped[str]
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
    """A named length of road with its keeper and speed limit."""

    __tablename__ = "stretches"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    keeper: Mapped[str]
    speed_limit: Mapped[int]
    area: Mapped[str | None]
    length_metres: Mapped[float]
    geom: Mapped[WKBElement] = _geometry("LINESTRING")
    version: Mapped[int] = mapped_column(default=1)
    measurements: Mapped[list[SpeedMeasurement]] = relationship(
        back_populates="stretch", order_by="SpeedMeasurement.started_on", cascade="all, delete-orphan"
    )
    __mapper_args__ = {"version_id_col": version}


class SpeedMeasurement(Base):
    """Measured speeds on a stretch: km/h, shares 0-1, number of vehicles."""

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
    stretch: Mapped[Stretch] = relationship(back_populates="measurements")


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
    geom: Mapped[WKBElement | None] = _geometry("POINT", nullable=True)
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


class Place(Base):
    """A lasting place (point, stretch or area) that carries the process."""

    __tablename__ = "places"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    published: Mapped[bool] = mapped_column(default=False)
    focus: Mapped[str]
    type: Mapped[str]
    forum: Mapped[str]
    area: Mapped[str | None]
    summary: Mapped[str]
    owner_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    stretch_id: Mapped[int | None] = mapped_column(ForeignKey("stretches.id"))
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    updated_on: Mapped[date]
    phase: Mapped[str]
    lap: Mapped[int] = mapped_column(default=1)
    geom: Mapped[WKBElement] = _geometry("GEOMETRY")
    version: Mapped[int] = mapped_column(default=1)
    owner: Mapped[Organisation] = relationship()
    stretch: Mapped[Stretch | None] = relationship()
    phases: Mapped[list[PlacePhase]] = relationship(back_populates="place", cascade="all, delete-orphan")
    moves: Mapped[list[PhaseMove]] = relationship(
        back_populates="place", order_by="PhaseMove.id", cascade="all, delete-orphan"
    )
    measures: Mapped[list[Measure]] = relationship(secondary="measure_places", back_populates="places")
    __mapper_args__ = {"version_id_col": version}


class PlacePhase(Base):
    """How far a place has come in one phase of one lap, and what was found there in words."""

    __tablename__ = "place_phases"
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id", ondelete="CASCADE"), primary_key=True)
    lap: Mapped[int] = mapped_column(primary_key=True)
    phase: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    place: Mapped[Place] = relationship(back_populates="phases")


class PhaseMove(Base):
    """One step of a place, forward or back, with its reason; never changed afterwards."""

    __tablename__ = "phase_moves"
    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id", ondelete="CASCADE"), index=True)
    on: Mapped[date] = mapped_column("moved_on")
    lap: Mapped[int]
    from_phase: Mapped[str | None]
    to_phase: Mapped[str]
    back: Mapped[bool]
    reason: Mapped[str | None]
    note: Mapped[str]
    who: Mapped[str]
    place: Mapped[Place] = relationship(back_populates="moves")


class Site(Base):
    """A placemaking site: a square, a park, a path that somebody wants to make better."""

    __tablename__ = "sites"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    published: Mapped[bool] = mapped_column(default=False)
    focus: Mapped[str]
    area: Mapped[str | None]
    summary: Mapped[str]
    owner_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    updated_on: Mapped[date]
    geom: Mapped[WKBElement] = _geometry("GEOMETRY")
    version: Mapped[int] = mapped_column(default=1)
    owner: Mapped[Organisation] = relationship()
    reviews: Mapped[list[Review]] = relationship(back_populates="site", cascade="all, delete-orphan")
    measures: Mapped[list[Measure]] = relationship(secondary="measure_sites", back_populates="sites")
    __mapper_args__ = {"version_id_col": version}


class Review(Base):
    """One review of a site: scores 1-5 by time of day, what to improve, one good thing, an idea."""

    __tablename__ = "reviews"
    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    voice: Mapped[str]
    on: Mapped[date] = mapped_column("reviewed_on")
    scores: Mapped[dict[str, Any]]
    improve: Mapped[list[Any]]
    good: Mapped[str]
    idea: Mapped[str]
    site: Mapped[Site] = relationship(back_populates="reviews")


class Measure(Base):
    """What is done at one or several places or sites."""

    __tablename__ = "measures"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    published: Mapped[bool] = mapped_column(default=False)
    mechanism: Mapped[str]
    status: Mapped[str]
    summary: Mapped[str]
    owner_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    planned_start: Mapped[date]
    planned_end: Mapped[date | None]
    started_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    updated_on: Mapped[date]
    geom: Mapped[WKBElement] = _geometry("GEOMETRY")
    area: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
    owner: Mapped[Organisation] = relationship()
    places: Mapped[list[Place]] = relationship(secondary="measure_places", back_populates="measures")
    sites: Mapped[list[Site]] = relationship(secondary="measure_sites", back_populates="measures")
    follow_ups: Mapped[list[FollowUp]] = relationship(
        back_populates="measure", order_by="FollowUp.due_on", cascade="all, delete-orphan"
    )
    __mapper_args__ = {"version_id_col": version}


class MeasurePlace(Base):
    """A measure attached to a place."""

    __tablename__ = "measure_places"
    measure_id: Mapped[int] = mapped_column(ForeignKey("measures.id", ondelete="CASCADE"), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id", ondelete="CASCADE"), primary_key=True, index=True)


class MeasureSite(Base):
    """A measure attached to a placemaking site."""

    __tablename__ = "measure_sites"
    measure_id: Mapped[int] = mapped_column(ForeignKey("measures.id", ondelete="CASCADE"), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"), primary_key=True, index=True)


class FollowUp(Base):
    """The plan of a follow-up (indicator, window, comparison, due date) and, once done, a person's verdict."""

    __tablename__ = "follow_ups"
    id: Mapped[int] = mapped_column(primary_key=True)
    measure_id: Mapped[int] = mapped_column(ForeignKey("measures.id", ondelete="CASCADE"), index=True)
    indicator: Mapped[str]
    window_months: Mapped[int]
    comparison: Mapped[str]
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    verdict: Mapped[str | None]
    note: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    measure: Mapped[Measure] = relationship(back_populates="follow_ups")
    __mapper_args__ = {"version_id_col": version}
