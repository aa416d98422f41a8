"""The situation picture: its period, the words beside its figures, who has approved it, and what it was frozen to."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from samverkan_map.db.tables.base import Base


class Situation(Base):
    """One version of the situation picture: a draft, closed for approval (`sealed`), or frozen for good.

    `document` is everything it says as canonical JSON, since it was sealed, and `checksum` that text's SHA-256.
    """

    __tablename__ = "situations"
    id: Mapped[int] = mapped_column(primary_key=True)
    start_on: Mapped[date]
    end_on: Mapped[date]
    """The day after the last one of its period."""
    state: Mapped[str] = mapped_column(default="draft")
    outcome: Mapped[str] = mapped_column(default="revised")
    begun_on: Mapped[date]
    earlier_id: Mapped[int | None] = mapped_column(ForeignKey("situations.id"))
    """The frozen version that it is held against, and that goes on when nothing needs to be revised."""
    document: Mapped[str | None] = mapped_column(Text)
    checksum: Mapped[str | None]
    sealed_at: Mapped[datetime | None]
    frozen_at: Mapped[datetime | None]
    keys: Mapped[int] = mapped_column(default=0)
    """How many approvals it has had, so that two who approve at once meet each other."""
    published_on: Mapped[date | None]
    """When its public version was published; None when it is not."""
    version: Mapped[int] = mapped_column(default=1)
    texts: Mapped[list[SituationText]] = relationship(
        back_populates="situation", order_by="SituationText.id", cascade="all, delete-orphan"
    )
    approvals: Mapped[list[SituationApproval]] = relationship(
        order_by="SituationApproval.id", cascade="all, delete-orphan"
    )
    presentations: Mapped[list[SituationPresentation]] = relationship(
        order_by="SituationPresentation.presented_on, SituationPresentation.id", cascade="all, delete-orphan"
    )
    __mapper_args__ = {"version_id_col": version}


class SituationText(Base):
    """What one party writes beside one section; empty until somebody has."""

    __tablename__ = "situation_texts"
    id: Mapped[int] = mapped_column(primary_key=True)
    situation_id: Mapped[int] = mapped_column(ForeignKey("situations.id", ondelete="CASCADE"), index=True)
    section: Mapped[str]
    party: Mapped[str]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    text: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    situation: Mapped[Situation] = relationship(back_populates="texts")
    earlier: Mapped[list[SituationEarlier]] = relationship(order_by="SituationEarlier.id", cascade="all, delete-orphan")
    __table_args__ = (UniqueConstraint("situation_id", "section", "party"),)
    __mapper_args__ = {"version_id_col": version}


class SituationEarlier(Base):
    """What stood in a text until somebody (`who`) changed it."""

    __tablename__ = "situation_earlier"
    id: Mapped[int] = mapped_column(primary_key=True)
    text_id: Mapped[int] = mapped_column(ForeignKey("situation_texts.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    who: Mapped[str]
    text: Mapped[str] = mapped_column(Text)


class SituationApproval(Base):
    """One party's key: who turned it, for which organisation, and for exactly which content (`checksum`).

    It holds no longer once the content was opened again (`void_at`).
    """

    __tablename__ = "situation_approvals"
    id: Mapped[int] = mapped_column(primary_key=True)
    situation_id: Mapped[int] = mapped_column(ForeignKey("situations.id", ondelete="CASCADE"), index=True)
    party: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    who: Mapped[str]
    at: Mapped[datetime]
    checksum: Mapped[str]
    void_at: Mapped[datetime | None]


class SituationPresentation(Base):
    """A frozen version was presented to a recipient of the agreement on a day; `who` noted it, for which content."""

    __tablename__ = "situation_presentations"
    id: Mapped[int] = mapped_column(primary_key=True)
    situation_id: Mapped[int] = mapped_column(ForeignKey("situations.id", ondelete="CASCADE"), index=True)
    recipient: Mapped[str]
    presented_on: Mapped[date]
    who: Mapped[str]
    checksum: Mapped[str]
    __table_args__ = (UniqueConstraint("situation_id", "recipient", "presented_on"),)
