"""What was decided at a meeting, about a place or a stretch of road."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from samverkan_map.db.tables.base import Base
from samverkan_map.db.tables.people import Organisation
from samverkan_map.db.tables.places import Place
from samverkan_map.db.tables.reports import Stretch


class Decision(Base):
    """A decision of a forum: what, who answers for it, when it is to be done, and whether it is.

    It is about a place, a stretch, or a place because of the stretch that it lies on.
    """

    __tablename__ = "decisions"
    id: Mapped[int] = mapped_column(primary_key=True)
    forum: Mapped[str] = mapped_column(index=True)
    held_on: Mapped[date]
    """The day of the meeting."""
    text: Mapped[str]
    owner_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    due_on: Mapped[date | None]
    status: Mapped[str] = mapped_column(default="open")
    settled_on: Mapped[date | None]
    """The day it was said to be carried out or to hold no longer."""
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"), index=True)
    stretch_id: Mapped[int | None] = mapped_column(ForeignKey("stretches.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    owner: Mapped[Organisation] = relationship()
    place: Mapped[Place | None] = relationship()
    stretch: Mapped[Stretch | None] = relationship()
    __mapper_args__ = {"version_id_col": version}
