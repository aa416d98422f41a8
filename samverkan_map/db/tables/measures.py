"""What is done: measures, where they are attached, and how they are followed up."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from samverkan_map.db.tables.base import Base, geometry
from samverkan_map.db.tables.people import Organisation
from samverkan_map.db.tables.places import Cause, Place, Site


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
    geom: Mapped[WKBElement] = geometry("GEOMETRY")
    own_geometry: Mapped[bool] = mapped_column(default=False)
    """Whether `geom` was drawn for the measure; otherwise it is where the places and sites are."""
    area: Mapped[str | None]
    catalogue_code: Mapped[str | None]
    kind: Mapped[str] = mapped_column(default="situational")
    term: Mapped[str] = mapped_column(default="short")
    works_while_ongoing: Mapped[bool] = mapped_column(default=False)
    """Works from its first day and only while it goes on, as a patrol does; otherwise from the day it is done."""
    expected: Mapped[str] = mapped_column(default="")
    cost_kronor: Mapped[int | None]
    dose_planned: Mapped[str] = mapped_column(default="")
    dose_delivered: Mapped[str] = mapped_column(default="")
    waiver: Mapped[str] = mapped_column(default="")
    """Why the measure is not followed up, where somebody decided so; empty when it is."""
    version: Mapped[int] = mapped_column(default=1)
    owner: Mapped[Organisation] = relationship()
    places: Mapped[list[Place]] = relationship(secondary="measure_places", back_populates="measures")
    sites: Mapped[list[Site]] = relationship(secondary="measure_sites", back_populates="measures")
    follow_ups: Mapped[list[FollowUp]] = relationship(
        back_populates="measure", order_by="FollowUp.due_on", cascade="all, delete-orphan"
    )
    parts: Mapped[list[MeasurePart]] = relationship(
        back_populates="measure", order_by="MeasurePart.id", cascade="all, delete-orphan"
    )
    promises: Mapped[list[Promise]] = relationship(
        back_populates="measure", order_by="Promise.id", cascade="all, delete-orphan"
    )
    causes: Mapped[list[Cause]] = relationship(secondary="measure_causes", order_by="Cause.id")
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


class MeasureCause(Base):
    """A cause that a measure is meant to change."""

    __tablename__ = "measure_causes"
    measure_id: Mapped[int] = mapped_column(ForeignKey("measures.id", ondelete="CASCADE"), primary_key=True)
    cause_id: Mapped[int] = mapped_column(ForeignKey("causes.id", ondelete="CASCADE"), primary_key=True, index=True)


class MeasurePart(Base):
    """A part of a measure with dates of its own."""

    __tablename__ = "measure_parts"
    id: Mapped[int] = mapped_column(primary_key=True)
    measure_id: Mapped[int] = mapped_column(ForeignKey("measures.id", ondelete="CASCADE"), index=True)
    title: Mapped[str]
    planned_start: Mapped[date]
    planned_end: Mapped[date | None]
    started_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    measure: Mapped[Measure] = relationship(back_populates="parts")
    __mapper_args__ = {"version_id_col": version}


class Promise(Base):
    """What an organisation promised to a measure, in kind or money, and whether it was kept (None: not known yet)."""

    __tablename__ = "promises"
    id: Mapped[int] = mapped_column(primary_key=True)
    measure_id: Mapped[int] = mapped_column(ForeignKey("measures.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    what: Mapped[str]
    kronor: Mapped[int | None]
    due_on: Mapped[date | None]
    kept: Mapped[bool | None]
    note: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    measure: Mapped[Measure] = relationship(back_populates="promises")
    organisation: Mapped[Organisation] = relationship()
    __mapper_args__ = {"version_id_col": version}


class FollowUp(Base):
    """The plan of a follow-up (indicator, window, comparison, due date) and, once done, a person's verdict."""

    __tablename__ = "follow_ups"
    id: Mapped[int] = mapped_column(primary_key=True)
    measure_id: Mapped[int] = mapped_column(ForeignKey("measures.id", ondelete="CASCADE"), index=True)
    indicator: Mapped[str]
    types: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """Codes of the report types that are counted; none: nothing that reports can tell."""
    window_months: Mapped[int]
    same_season: Mapped[bool] = mapped_column(default=True)
    """Before is the same dates a year earlier; otherwise the days just before the installation."""
    comparison: Mapped[str]
    comparison_area: Mapped[str | None]
    comparison_reason: Mapped[str] = mapped_column(default="")
    ring_metres: Mapped[int] = mapped_column(default=200)
    """How far around the places a moved problem is looked for; 0: nowhere."""
    chosen_for_height: Mapped[bool] = mapped_column(default=False)
    """The place was chosen because there was unusually much, so some of the fall would have come anyway."""
    changes: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """What the plan was before each later change, with day and who: `[{"on", "who", "before"}, …]`."""
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    verdict: Mapped[str | None]
    note: Mapped[str] = mapped_column(default="")
    next_step: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
    measure: Mapped[Measure] = relationship(back_populates="follow_ups")
    comparison_places: Mapped[list[Place]] = relationship(secondary="comparison_places", order_by="Place.id")
    effects: Mapped[list[Effect]] = relationship(
        back_populates="follow_up", order_by="Effect.id", cascade="all, delete-orphan"
    )
    __mapper_args__ = {"version_id_col": version}


class ComparisonPlace(Base):
    """A place that a follow-up compares with."""

    __tablename__ = "comparison_places"
    follow_up_id: Mapped[int] = mapped_column(ForeignKey("follow_ups.id", ondelete="CASCADE"), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id", ondelete="CASCADE"), primary_key=True, index=True)


class Effect(Base):
    """One computed effect with all that went into it; never changed, a later one stands beside it."""

    __tablename__ = "effects"
    id: Mapped[int] = mapped_column(primary_key=True)
    follow_up_id: Mapped[int] = mapped_column(ForeignKey("follow_ups.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    who: Mapped[str]
    data_version: Mapped[str]
    wording: Mapped[str]
    asked: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any]]
    follow_up: Mapped[FollowUp] = relationship(back_populates="effects")
