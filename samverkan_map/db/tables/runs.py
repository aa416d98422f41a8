"""What was found once and kept: a dated set that never changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from samverkan_map.db.tables.base import Base


class Run(Base):
    """One search for hotspots with all that went into it; a later one stands beside it."""

    __tablename__ = "runs"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    """What was searched for and how: `hotspots.cells`."""
    at: Mapped[datetime]
    who: Mapped[str]
    data_version: Mapped[str] = mapped_column(index=True)
    kinds: Mapped[list[Any]]
    """The kinds of report that were counted, which decide who may see it."""
    fine: Mapped[bool]
    """Whether it is finer in time than whoever sees months may know."""
    asked: Mapped[dict[str, Any]]
    parameters: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any]]
