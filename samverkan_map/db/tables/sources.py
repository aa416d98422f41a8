"""What comes from others beside the reports: answers of surveys, reported crime, and what was said in dialogues."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from samverkan_map.db.tables.base import Base


class SurveyValue(Base):
    """One question of one survey in one year and area.

    `value` is an index 0-6, or per cent. `answers` is how many answered, `response_rate` how many per cent of those
    asked; either may be unknown. `origin` is the address where the figure was published, "" when it is our own.
    """

    __tablename__ = "survey_values"
    __table_args__ = (UniqueConstraint("source", "year", "area", "question"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    year: Mapped[int]
    area: Mapped[str]
    question: Mapped[str]
    value: Mapped[float]
    answers: Mapped[int | None]
    response_rate: Mapped[float | None]
    origin: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("deliveries.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class CrimeCount(Base):
    """How many crimes of one category were reported in the municipality in one year."""

    __tablename__ = "crime_counts"
    __table_args__ = (UniqueConstraint("year", "category"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    category: Mapped[str]
    count: Mapped[int]
    origin: Mapped[str] = mapped_column(default="")
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("deliveries.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class DialogueTheme(Base):
    """What one dialogue said about one sub-area, as a problem type; `mentions` is by how many, if somebody counted."""

    __tablename__ = "dialogue_themes"
    __table_args__ = (UniqueConstraint("source", "held_on", "area", "type"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    held_on: Mapped[date]
    area: Mapped[str]
    type: Mapped[str]
    mentions: Mapped[int | None]
    note: Mapped[str] = mapped_column(default="")
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("deliveries.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}
