"""Decisions on disposal."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from samverkan_map.db.tables.base import Base


class DisposalDecision(Base):
    """The decision that a rule of disposal rests on; a rule without one is off, and so is one that nobody else than who
    entered it has confirmed. Without an `entered_by_id` it was entered on the command line."""

    __tablename__ = "disposal_decisions"
    rule: Mapped[str] = mapped_column(primary_key=True)
    reference: Mapped[str]
    days: Mapped[int]
    entered_at: Mapped[datetime]
    entered_by: Mapped[str]
    entered_by_id: Mapped[int | None]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str | None]
