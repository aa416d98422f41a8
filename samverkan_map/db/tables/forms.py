"""What a form needs to lose nothing: drafts that outlive a session, and which forms were handled already."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from samverkan_map.db.tables.base import Base


class Draft(Base):
    """What somebody has typed and not sent yet: one per person, form and object."""

    __tablename__ = "drafts"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    form: Mapped[str]
    object_id: Mapped[str] = mapped_column(default="")
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("person_id", "form", "object_id"),)


class HandledForm(Base):
    """A form that was carried out, by the key it brought: sent twice it gives the same answer and changes nothing."""

    __tablename__ = "handled_forms"
    key: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
