"""Decisions on disposal."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from samverkan_map.db.tables.base import Base


class DisposalDecision(Base):
    """The decision that a rule of disposal rests on; a rule without one is off."""

    __tablename__ = "disposal_decisions"
    rule: Mapped[str] = mapped_column(primary_key=True)
    reference: Mapped[str]
    days: Mapped[int]
    entered_at: Mapped[datetime]
    entered_by: Mapped[str]
