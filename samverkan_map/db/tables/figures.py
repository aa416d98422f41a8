"""The public figures: what was counted for a calendar year when it was published, and which numbers may be shown."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from samverkan_map.db.tables.base import Base


class FigureYear(Base):
    """A calendar year that was published, with how many reports it held then; `edition` counts its publications, and
    `fewest` is the smallest number that may be told of it."""

    __tablename__ = "figure_years"
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    published_on: Mapped[date]
    reports: Mapped[int]
    edition: Mapped[int]
    fewest: Mapped[int] = mapped_column(default=5)
    figures: Mapped[list[Figure]] = relationship(cascade="all, delete-orphan", order_by="Figure.id")


class Figure(Base):
    """One number of a year's table: `type` is empty in a row of sums, `area` is "*" in a column of sums and "-" for
    reports without a sub-area. `state` says whether it is shown to whoever is not told all.
    """

    __tablename__ = "figures"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("figure_years.year", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    type: Mapped[str]
    area: Mapped[str]
    count: Mapped[int]
    state: Mapped[str]
