"""Who works here: organisations, people, their sessions, and the log of what they did."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from samverkan_map.db.tables.base import Base


class Organisation(Base):
    """A party, a business, an association: who owns, delivers or promises."""

    __tablename__ = "organisations"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]


class Person(Base):
    """A user of the map: a colleague with a role, never somebody the map is about."""

    __tablename__ = "people"
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    password_hash: Mapped[str]
    example: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    provider_name: Mapped[str | None] = mapped_column(index=True, unique=True)
    """What the sign-in service calls the person, by whom an account is meant until it is connected."""
    provider_issuer: Mapped[str | None]
    provider_subject: Mapped[str | None]
    connected_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    organisation: Mapped[Organisation | None] = relationship()
    __table_args__ = (Index(None, "provider_issuer", "provider_subject", unique=True),)
    __mapper_args__ = {"version_id_col": version}


class SignedIn(Base):
    """A session on the server, so that it can be ended there. Only a hash of the cookie's value is kept."""

    __tablename__ = "sessions"
    token_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    demo_role: Mapped[str | None]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    two_steps: Mapped[bool] = mapped_column(default=False)
    """Whether the sign-in service has asked for a second step."""
    person: Mapped[Person | None] = relationship()


class SecondStep(Base):
    """What the codes of a person's phone are worked out from, together with the server's own key; never the secret."""

    __tablename__ = "second_steps"
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    seed: Mapped[str]
    begun_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_used: Mapped[int] = mapped_column(default=0)


class RecoveryCode(Base):
    """The hash of a code that lets in once when the phone is gone."""

    __tablename__ = "recovery_codes"
    code_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)


class AccountProposal(Base):
    """What a coordinator wants done with an account of the police, until another police user has confirmed it."""

    __tablename__ = "account_proposals"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), unique=True)
    kind: Mapped[str]
    role: Mapped[str | None]
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    proposed_at: Mapped[datetime]
    person_version: Mapped[int]
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    proposer: Mapped[Person | None] = relationship(foreign_keys=[proposed_by])


class Attempt(Base):
    """A counter of tries per key (a hashed user name or address) and time window; never a COUNT over a grown table."""

    __tablename__ = "attempts"
    key: Mapped[str] = mapped_column(primary_key=True)
    window_start: Mapped[datetime]
    tries: Mapped[int]


class AuditLine(Base):
    """One line of the audit log; each carries the hash of the one before, so that a change shows."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    who: Mapped[str]
    action: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[str]
    details: Mapped[str]
    previous_hash: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)
    __table_args__ = (Index(None, "object_kind", "object_id"),)
