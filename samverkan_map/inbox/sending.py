"""Sending a letter in: checked and screened before anything is stored, counted once, answered with a code."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from samverkan_map import access, places, screening
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db import engine
from samverkan_map.db.tables import Base, Letter, Place
from samverkan_map.errors import BadValue
from samverkan_map.inbox import keys, limits, replying
from samverkan_map.vocabulary import DayKind, DayPart, HowOften, LetterStatus, Permission, Precision

LONGEST = 300
NEAR_METRES = 50
"""So near a published place one is asked whether that is the place that is meant."""

LONGEST_LINE_METRES = 3000
MOST_LINKS = 1


@dataclass(frozen=True)
class Where:
    """Where it is: a point or line (EPSG:3006), or only the name of a street or sub-area."""

    shape: BaseGeometry | None
    place_name: str
    precision: Precision

    @property
    def middle(self) -> shapely.Point | None:
        """The point that stands for it; the middle of a line."""
        if self.shape is None:
            return None
        return self.shape.interpolate(0.5, normalized=True) if self.shape.geom_type == "LineString" else self.shape


def send(
    session: Session,
    actor: Viewer,
    agreement: Agreement,
    *,
    choice: str,
    where: Where,
    key: str,
    secret: str,
    now: datetime,
    address: str | None = None,
    days: Sequence[DayKind] = (),
    parts: Sequence[DayPart] = (),
    how_often: HowOften | None = None,
    words: str = "",
    hinted_id: int | None = None,
    reply_to: str = "",
    language: str = "sv",
) -> str:
    """Take in a letter and give the code that follows it. The same `key` once more gives the same code and no letter.

    `choice` is one of the agreement's report choices, `address` the sender's network address, which is counted but not
    kept with the letter; who has signed in is not counted. `reply_to` is where the sender wants to be told, in
    `language`, what becomes of it.
    Raises BadValue naming the field (what may not be written, no place here), TooManyTries, NotAllowed; then the caller
    rolls back.
    """
    access.check(actor, Permission.SEND_REPORT)
    words = words.strip()
    _check(agreement, choice, where, words)
    reply_to = replying.checked(reply_to)
    area = area_of(agreement, where)
    code = keys.code_of(secret, key)
    type_code = agreement.report_choices[choice].type
    digest = _digest(type_code, words)
    same_as_id = _same_as(session, digest, now)
    number = _stored(
        session,
        code_hash=keys.hashed(code), received_at=now, type=type_code, days=[one.value for one in days],
        parts=[one.value for one in parts], how_often=how_often and how_often.value, words=words or None,
        words_hash=digest, precision=where.precision.value, place_name=where.place_name or None, area=area,
        geom=engine.stored(where.shape) if where.shape is not None else None,
        hinted_id=_hinted(session, where, hinted_id), same_as_id=same_as_id,
        status=LetterStatus.NEW.value, answer_words="", version=1,
    )  # fmt: skip
    if number is not None:
        if address is not None and actor.anonymous:
            limits.count(session, address, secret=secret, now=now)
        access.gate(session, actor, Permission.SEND_REPORT, Letter(id=number), type=type_code, area=area)
        if reply_to:
            replying.keep(session, number, reply_to, language, now, same_as_id=same_as_id)
    return code


def _stored(session: Session, **values: object) -> int | None:
    """The number of the new letter; None when the same form was sent before and has its letter."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(_LETTERS).on_conflict_do_nothing(index_elements=["code_hash"]).returning(_LETTERS.c.id)
    return session.scalar(statement, values)


def _check(agreement: Agreement, choice: str, where: Where, words: str) -> None:
    if choice not in agreement.report_choices:
        raise BadValue("inbox.errors.need_what", field="vad")
    if len(words) > LONGEST:
        raise BadValue("forms.errors.too_long", field="text", most=LONGEST)
    if "\x00" in words:
        raise BadValue("forms.errors.strange_sign", field="text")
    if words.casefold().count("http") > MOST_LINKS:
        raise BadValue("inbox.errors.links", field="text")
    screening.screen(words, field="text")
    check_where(agreement, where)


def check_where(agreement: Agreement, where: Where) -> None:
    """Raises BadValue for what may not be written, and for what lies nowhere in the municipality."""
    screening.screen(where.place_name, field="plats")
    if where.shape is None:
        if agreement.match_place(where.place_name) is None:
            raise BadValue("inbox.errors.need_where", field="plats")
        return
    if where.shape.geom_type not in ("Point", "LineString") or where.shape.length > LONGEST_LINE_METRES:
        raise BadValue("inbox.errors.too_large", field="plats")
    corners = shapely.get_coordinates(where.shape)
    if (agreement.distance_outside(corners[:, 0], corners[:, 1]) > places.FARTHEST_METRES).any():
        raise BadValue("inbox.errors.outside", field="plats", municipality=agreement.name)


def area_of(agreement: Agreement, where: Where) -> str | None:
    """The sub-area that it lies in, None when in none."""
    if where.middle is not None:
        return agreement.area_of([where.middle.x], [where.middle.y])[0]
    found = agreement.match_place(where.place_name)
    return found.area if found else None


def _digest(type_code: str, words: str) -> str | None:
    """What two letters with the very same words have in common; letters without words are never the same."""
    plain = " ".join(unicodedata.normalize("NFKC", words).casefold().split())
    return hashlib.sha256(f"{type_code}|{plain}".encode()).hexdigest() if plain else None


def _same_as(session: Session, digest: str | None, now: datetime) -> int | None:
    if digest is None:
        return None
    return session.scalar(_FIRST_SAME, {"digest": digest, "lately": now - timedelta(days=1)})


_LETTERS = Base.metadata.tables["letters"]
_FIRST_SAME = (
    select(_LETTERS.c.id)
    .where(
        _LETTERS.c.words_hash == bindparam("digest"),
        _LETTERS.c.same_as_id.is_(None),
        _LETTERS.c.received_at > bindparam("lately"),
    )
    .order_by(_LETTERS.c.id)
    .limit(1)
)


def _hinted(session: Session, where: Where, hinted_id: int | None) -> int | None:
    """The place that the sender means, when it is one of those asked about: nobody can hint at another one."""
    if hinted_id is None:
        return None
    return hinted_id if hinted_id in {place.id for place in near_published(session, where)} else None


def near_published(session: Session, where: Where) -> list[Place]:
    """The published places at most 50 m away, the nearest first: the only ones a sender may be told of."""
    if where.shape is None:
        return []
    shown = (Place.published, Place.closed_on.is_(None))
    close = engine.within_distance(Place.geom, where.shape, NEAR_METRES)
    found = session.scalars(select(Place).where(*close, *shown)).all()
    return sorted(found, key=lambda place: (places.shape_of(place).distance(where.shape), place.id))
