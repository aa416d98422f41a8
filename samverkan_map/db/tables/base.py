"""What all tables share: the common root, the geometry column, and facts about the database itself."""

from __future__ import annotations

from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import JSON, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SRID = 3006


class Base(DeclarativeBase):
    """The common root; constraint names are fixed so that a migration can name them on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {dict[str, Any]: JSON, list[Any]: JSON}


def geometry(kind: str, *, nullable: bool = False) -> Mapped[Any]:
    """A column of `kind` in metres, with a spatial index."""
    return mapped_column(Geometry(kind, srid=SRID, spatial_index=True), nullable=nullable)


class State(Base):
    """Facts about this database itself: whether it is a trial one, and which version its reports have reached."""

    __tablename__ = "state"
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
