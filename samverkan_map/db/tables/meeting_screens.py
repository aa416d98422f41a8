"""Screens that show a meeting without anybody being signed in on them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from samverkan_map.db.tables.base import Base
from samverkan_map.db.tables.people import Person


class MeetingScreen(Base):
    """A screen that somebody let show the meetings of a forum: the code that opens it once, and then its own cookie.

    Only hashes of the two are kept.
    """

    __tablename__ = "meeting_screens"
    id: Mapped[int] = mapped_column(primary_key=True)
    forum: Mapped[str] = mapped_column(index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    """Who let it; None for a role of the demo mode that is nobody's."""
    code_hash: Mapped[str] = mapped_column(unique=True)
    token_hash: Mapped[str | None] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    person: Mapped[Person | None] = relationship()
    __mapper_args__ = {"version_id_col": version}
