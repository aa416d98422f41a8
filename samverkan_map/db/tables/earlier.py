"""What was written before it was changed."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from samverkan_map.db.tables.base import Base


class EarlierText(Base):
    """The texts of one row of a place or a measure as they were until somebody replaced them; may be taken away.

    `part` is the table that the row stands in, `about` its kind or phase and `lap` its lap where it has such.
    """

    __tablename__ = "earlier_texts"
    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id", ondelete="CASCADE"), index=True)
    measure_id: Mapped[int | None] = mapped_column(ForeignKey("measures.id", ondelete="CASCADE"), index=True)
    part: Mapped[str]
    about: Mapped[str] = mapped_column(default="")
    lap: Mapped[int | None]
    on: Mapped[date] = mapped_column("replaced_on")
    who: Mapped[str]
    texts: Mapped[dict[str, Any]] = mapped_column(JSON)
