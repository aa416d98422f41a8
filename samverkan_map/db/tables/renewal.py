"""How one agreement's work went over into the next: that it was done, and what was chosen for each row."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from samverkan_map.db.tables.base import Base
from samverkan_map.db.tables.measures import Measure
from samverkan_map.db.tables.places import Place


class PeriodStart(Base):
    """That the work of an agreement was started out of the one before; never changed, and once for each."""

    __tablename__ = "period_starts"
    id: Mapped[int] = mapped_column(primary_key=True)
    start_year: Mapped[int] = mapped_column(unique=True)
    on: Mapped[date] = mapped_column("started_on")
    who: Mapped[str]
    reference: Mapped[str] = mapped_column(default="")
    """The decision on the agreement, as the municipality's register names it; empty when none was given."""
    choices: Mapped[list[PeriodChoice]] = relationship(
        back_populates="start", order_by="PeriodChoice.id", cascade="all, delete-orphan"
    )


class PeriodChoice(Base):
    """What was chosen for one place or one measure: carried over, or closed for a reason."""

    __tablename__ = "period_choices"
    id: Mapped[int] = mapped_column(primary_key=True)
    start_id: Mapped[int] = mapped_column(ForeignKey("period_starts.id", ondelete="CASCADE"), index=True)
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id", ondelete="CASCADE"), index=True)
    measure_id: Mapped[int | None] = mapped_column(ForeignKey("measures.id", ondelete="CASCADE"), index=True)
    carried: Mapped[bool]
    reason: Mapped[str | None]
    note: Mapped[str] = mapped_column(default="")
    start: Mapped[PeriodStart] = relationship(back_populates="choices")
    place: Mapped[Place | None] = relationship()
    measure: Mapped[Measure | None] = relationship()
