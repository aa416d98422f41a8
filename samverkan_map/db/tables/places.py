"""Where it recurs: places with their process, and placemaking sites with their reviews."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from geoalchemy2 import WKBElement
from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from samverkan_map.db.tables.base import Base, geometry
from samverkan_map.db.tables.people import Organisation
from samverkan_map.db.tables.reports import Stretch

if TYPE_CHECKING:
    from samverkan_map.db.tables.measures import Measure
    from samverkan_map.db.tables.rounds import Invitation


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
    geom: Mapped[WKBElement] = geometry("GEOMETRY")
    version: Mapped[int] = mapped_column(default=1)
    owner: Mapped[Organisation] = relationship()
    stretch: Mapped[Stretch | None] = relationship()
    phases: Mapped[list[PlacePhase]] = relationship(back_populates="place", cascade="all, delete-orphan")
    moves: Mapped[list[PhaseMove]] = relationship(
        back_populates="place", order_by="PhaseMove.id", cascade="all, delete-orphan"
    )
    definitions: Mapped[list[ProblemDefinition]] = relationship(
        back_populates="place", order_by="ProblemDefinition.lap", cascade="all, delete-orphan"
    )
    causes: Mapped[list[Cause]] = relationship(
        back_populates="place", order_by="Cause.id", cascade="all, delete-orphan"
    )
    hours: Mapped[list[PlaceHours]] = relationship(
        back_populates="place", order_by="PlaceHours.kind", cascade="all, delete-orphan"
    )
    picked: Mapped[list[PlaceReport]] = relationship(back_populates="place", cascade="all, delete-orphan")
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
    missing: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """What the left phase still lacked when somebody went on anyway; the note says why."""
    who: Mapped[str]
    place: Mapped[Place] = relationship(back_populates="moves")


class ProblemDefinition(Base):
    """The problem in one lap of a place: what, where, when, how often, who is affected, which sources say so."""

    __tablename__ = "problem_definitions"
    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id", ondelete="CASCADE"))
    lap: Mapped[int]
    what: Mapped[str] = mapped_column(default="")
    where: Mapped[str] = mapped_column("where_words", default="")
    when: Mapped[str] = mapped_column("when_words", default="")
    how_often: Mapped[str] = mapped_column(default="")
    who_affected: Mapped[str] = mapped_column(default="")
    sources: Mapped[list[Any]] = mapped_column(JSON, default=list)
    version: Mapped[int] = mapped_column(default=1)
    place: Mapped[Place] = relationship(back_populates="definitions")
    __table_args__ = (UniqueConstraint("place_id", "lap"),)
    __mapper_args__ = {"version_id_col": version}


class Cause(Base):
    """A contributing cause found at a place, with what supports it; struck ones stay readable."""

    __tablename__ = "causes"
    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id", ondelete="CASCADE"), index=True)
    lap: Mapped[int]
    kind: Mapped[str]
    what: Mapped[str]
    evidence: Mapped[str] = mapped_column(default="")
    source: Mapped[str | None]
    added_on: Mapped[date]
    struck_on: Mapped[date | None]
    struck_note: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    place: Mapped[Place] = relationship(back_populates="causes")
    __mapper_args__ = {"version_id_col": version}


class PlaceHours(Base):
    """When somebody or something watches over a place: per weekday (0 = Monday) runs of hours `[[from, to], …]`."""

    __tablename__ = "place_hours"
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    spans: Mapped[dict[str, Any]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(default=1)
    place: Mapped[Place] = relationship(back_populates="hours")
    __mapper_args__ = {"version_id_col": version}


class PlaceReport(Base):
    """A report that somebody said belongs to a place, or does not, whatever its position."""

    __tablename__ = "place_reports"
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id", ondelete="CASCADE"), primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id", ondelete="CASCADE"), primary_key=True, index=True)
    belongs: Mapped[bool]
    on: Mapped[date] = mapped_column("picked_on")
    who: Mapped[str]
    place: Mapped[Place] = relationship(back_populates="picked")


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
    geom: Mapped[WKBElement] = geometry("GEOMETRY")
    version: Mapped[int] = mapped_column(default=1)
    owner: Mapped[Organisation] = relationship()
    reviews: Mapped[list[Review]] = relationship(back_populates="site", cascade="all, delete-orphan")
    measures: Mapped[list[Measure]] = relationship(secondary="measure_sites", back_populates="sites")
    __mapper_args__ = {"version_id_col": version}


class Review(Base):
    """One review of a site: scores 1-5 by time of day, what to improve, one good thing, an idea, an offer.

    `round_id` and `measure_id` are no foreign keys: SQLite cannot add one to a table that exists. The measure is what
    the offer (`contribution`) became. `key_hash` finds the answer of somebody without an account again.
    """

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
    round_id: Mapped[int | None] = mapped_column(index=True)
    strengths: Mapped[list[Any]] = mapped_column(default=list)
    contribution: Mapped[str] = mapped_column(default="")
    measure_id: Mapped[int | None]
    key_hash: Mapped[str | None] = mapped_column(index=True, unique=True)
    version: Mapped[int] = mapped_column(default=1)
    site: Mapped[Site] = relationship(back_populates="reviews")
    invitation: Mapped[Invitation | None] = relationship(back_populates="review")
    __mapper_args__ = {"version_id_col": version}
