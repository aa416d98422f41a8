"""Rounds of reviews of a placemaking site, and who was invited to them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from samverkan_map.db.tables.base import Base
from samverkan_map.db.tables.people import Organisation
from samverkan_map.db.tables.places import Review, Site


class Round(Base):
    """A time in which a site is reviewed: open to and with the day `closes_on`, or until it was closed by hand."""

    __tablename__ = "rounds"
    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"), index=True)
    opened_on: Mapped[date]
    closes_on: Mapped[date]
    closed_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    site: Mapped[Site] = relationship()
    invitations: Mapped[list[Invitation]] = relationship(back_populates="round", cascade="all, delete-orphan")
    __mapper_args__ = {"version_id_col": version}

    @property
    def owner_id(self) -> int:
        """Whose site it is: a planner opens rounds for sites of the own organisation."""
        return self.site.owner_id

    @property
    def answers(self) -> int:
        """How many have answered, also when it has been disposed of who they were."""
        return sum(one.round_id == self.id for one in self.site.reviews)


class Invitation(Base):
    """An organisation asked to review in a round by a link, of which only a hash is kept."""

    __tablename__ = "invitations"
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    review_id: Mapped[int | None] = mapped_column(ForeignKey("reviews.id", ondelete="SET NULL"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    made_on: Mapped[date]
    reminded_on: Mapped[date | None]
    opened_on: Mapped[date | None]
    revoked_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    round: Mapped[Round] = relationship(back_populates="invitations")
    organisation: Mapped[Organisation] = relationship()
    review: Mapped[Review | None] = relationship(back_populates="invitation")
    __table_args__ = (UniqueConstraint("round_id", "organisation_id"),)
    __mapper_args__ = {"version_id_col": version}
