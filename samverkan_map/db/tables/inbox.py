"""What residents report, as it came in and was handled; and weeks in which an organisation had nothing to report."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from samverkan_map.db.tables.base import Base, geometry
from samverkan_map.db.tables.people import Organisation, Person
from samverkan_map.db.tables.places import Place
from samverkan_map.db.tables.reports import Report


class Letter(Base):
    """A report that somebody sent in. It counts as nothing until it is taken up; `report` is then what is counted.

    Of the code that follows it only a hash is kept. `hinted` is the published place that the sender said it is about,
    `same_as` an earlier letter with the very same words. Nothing here tells who sent it.
    `handler_id` is the person whose task it is. It is no foreign key: SQLite cannot add one to a table that exists.
    """

    __tablename__ = "letters"
    id: Mapped[int] = mapped_column(primary_key=True)
    code_hash: Mapped[str] = mapped_column(unique=True)
    received_at: Mapped[datetime]
    type: Mapped[str]
    days: Mapped[list[Any]]
    parts: Mapped[list[Any]]
    how_often: Mapped[str | None]
    words: Mapped[str | None]
    words_hash: Mapped[str | None]
    precision: Mapped[str]
    place_name: Mapped[str | None]
    area: Mapped[str | None]
    geom: Mapped[WKBElement | None] = geometry("GEOMETRY", nullable=True)
    hinted_id: Mapped[int | None] = mapped_column(ForeignKey("places.id", ondelete="SET NULL"), index=True)
    same_as_id: Mapped[int | None] = mapped_column(ForeignKey("letters.id", ondelete="SET NULL"), index=True)
    status: Mapped[str] = mapped_column(default="new")
    report_id: Mapped[int | None] = mapped_column(ForeignKey("reports.id", ondelete="SET NULL"), index=True)
    read_at: Mapped[datetime | None]
    sent_to: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    answer_words: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    unusable: Mapped[str | None]
    handler_id: Mapped[int | None] = mapped_column(index=True)
    version: Mapped[int] = mapped_column(default=1)
    hinted: Mapped[Place | None] = relationship()
    report: Mapped[Report | None] = relationship()
    same: Mapped[list[Letter]] = relationship()
    handler: Mapped[Person | None] = relationship(primaryjoin="foreign(Letter.handler_id) == Person.id", viewonly=True)
    contact: Mapped[LetterContact | None] = relationship(back_populates="letter", cascade="all, delete-orphan")
    photos: Mapped[list[LetterPhoto]] = relationship(
        back_populates="letter", cascade="all, delete-orphan", order_by="LetterPhoto.id"
    )
    __table_args__ = (Index(None, "status", "received_at"), Index(None, "words_hash"))
    __mapper_args__ = {"version_id_col": version}


class LetterPhoto(Base):
    """A picture of what a letter is about; `file` is its random name in the folder of pictures.

    Until somebody who reviews pictures has released it nobody else sees it.
    """

    __tablename__ = "letter_photos"
    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id", ondelete="CASCADE"), index=True)
    file: Mapped[str] = mapped_column(unique=True)
    came_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    letter: Mapped[Letter] = relationship(back_populates="photos")


class LetterContact(Base):
    """Where the sender of a letter wants its answer, apart from the letter so that it can go before it.

    `closed_at` is when the letter was answered or hidden. `due_at` says that there is something to tell, `tried_at`
    when somebody last began to tell it, `told_at` when that went well, `failed` why it did not. Only who sends the
    message, and who is asked what is kept about somebody, reads the address.
    """

    __tablename__ = "letter_contacts"
    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id", ondelete="CASCADE"), unique=True)
    address: Mapped[str] = mapped_column(deferred=True)
    language: Mapped[str]
    came_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    tried_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    failed: Mapped[str | None]
    letter: Mapped[Letter] = relationship(back_populates="contact")


class QuietWeek(Base):
    """That an organisation had nothing to report in a week, named by its Monday."""

    __tablename__ = "quiet_weeks"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"))
    week: Mapped[date] = mapped_column(index=True)
    said_at: Mapped[datetime]
    who: Mapped[str]
    organisation: Mapped[Organisation] = relationship()
    __table_args__ = (UniqueConstraint("organisation_id", "week"),)
