"""The letters in the inbox, for those who handle them: the list, one, its age, and the places near it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from samverkan_map import access, codes, places
from samverkan_map.access import Viewer
from samverkan_map.db import engine
from samverkan_map.db.tables import Letter, LetterContact, Place, PlaceReport
from samverkan_map.errors import NotFound
from samverkan_map.inbox import keys
from samverkan_map.vocabulary import STOCKHOLM, LetterStatus, Permission, Whose

WORKING_DAYS = 3
"""A letter is to be read within so many working days."""

_FRIDAY = 4


@dataclass(frozen=True)
class Age:
    """When a letter came (local day), when it is to be read, and how many working days are left (below 0: late).

    `left` is None when it has been read.
    """

    came_on: date
    read_by: date
    left: int | None


def find(
    session: Session,
    viewer: Viewer,
    status: LetterStatus | None = None,
    *,
    whose: Whose = Whose.ALL,
    first: int = 0,
    most: int | None = None,
) -> Sequence[Letter]:
    """The letters of a status (None: all but the hidden ones); the new ones by age, of the others the latest first.

    Whoever handles only what is the own task finds only that. `first` are left out before at most `most`. Those with
    the very same words as an earlier one stand with that one. Raises NotAllowed.
    """
    wanted = Letter.status == status.value if status else Letter.status != LetterStatus.HIDDEN.value
    question = select(Letter).where(wanted, *_within_reach(viewer, whose))
    loaded = (
        selectinload(Letter.contact),
        selectinload(Letter.same).selectinload(Letter.contact),
        selectinload(Letter.photos),
        joinedload(Letter.hinted),
        joinedload(Letter.handler),
    )
    order = Letter.received_at if status is LetterStatus.NEW else Letter.received_at.desc()
    return session.scalars(question.options(*loaded).order_by(order, Letter.id).offset(first).limit(most)).all()


def counts(session: Session, viewer: Viewer, whose: Whose = Whose.ALL) -> dict[LetterStatus, int]:
    """How many letters have each status, of those that `find` finds. Raises NotAllowed."""
    question = select(Letter.status, func.count(Letter.id)).where(*_within_reach(viewer, whose)).group_by(Letter.status)
    found = {row[0]: row[1] for row in session.execute(question)}
    return {status: found.get(status.value, 0) for status in LetterStatus}


def has_tasks(session: Session, viewer: Viewer) -> bool:
    """Whether a letter that nobody has answered yet is the viewer's task; only asked for those who see no others."""
    if viewer.person_id is None or access.may(viewer, Permission.HANDLE_REPORTS):
        return False
    if not access.may(viewer, Permission.OPEN_INBOX):
        return False
    waiting = Letter.status.in_((LetterStatus.NEW.value, LetterStatus.TAKEN_UP.value))
    question = select(Letter.id).where(waiting, *_within_reach(viewer, Whose.MINE)).limit(1)
    return session.scalar(question) is not None


def unsent(session: Session, viewer: Viewer, *, most: int = 10) -> Sequence[Letter]:
    """At most so many letters whose answer by e-mail did not arrive, the earliest first. Raises NotAllowed."""
    failed = select(func.coalesce(Letter.same_as_id, Letter.id)).join(LetterContact)
    wanted = Letter.id.in_(failed.where(LetterContact.failed.is_not(None)))
    question = select(Letter).where(wanted, *_within_reach(viewer, Whose.ALL))
    return session.scalars(question.order_by(Letter.id).limit(most)).all()


def _within_reach(viewer: Viewer, whose: Whose) -> list[ColumnElement[bool]]:
    """What a letter must fulfil for the viewer to find it. Raises NotAllowed."""
    access.check(viewer, Permission.OPEN_INBOX)
    first = Letter.same_as_id.is_(None)
    if whose is Whose.MINE or not access.may(viewer, Permission.HANDLE_REPORTS):
        # The command line and a visitor of the demo mode are nobody, and so have no task: not those that are nobody's.
        return [first, Letter.handler_id == (viewer.person_id or 0)]
    return [first, Letter.handler_id.is_(None)] if whose is Whose.NOBODYS else [first]


def get(session: Session, viewer: Viewer, letter_id: int) -> Letter:
    """One letter. Raises NotFound, the same for what there is not and what is another's task, NotAllowed."""
    access.check(viewer, Permission.OPEN_INBOX)
    found = session.get(Letter, letter_id)
    if found is None or not access.may(viewer, Permission.HANDLE_REPORTS, found):
        raise NotFound("inbox.errors.not_found")
    return found


def first_of(session: Session, letter: Letter) -> Letter:
    """The letter that one with the very same words stands with in the inbox; itself when it came first."""
    return session.get_one(Letter, letter.same_as_id) if letter.same_as_id else letter


def by_code(session: Session, viewer: Viewer, code: str) -> Letter:
    """The letter with a code that its sender has told. Raises NotFound, NotAllowed."""
    access.check(viewer, Permission.HANDLE_REPORTS)
    found = session.scalars(select(Letter).where(Letter.code_hash == keys.hashed(codes.read(code)))).first()
    if found is None:
        raise NotFound("inbox.errors.no_code")
    return found


def shape_of(viewer: Viewer, letter: Letter) -> BaseGeometry | None:
    """The point or line of a letter (EPSG:3006) as the viewer may see it; None when it only names where it is.

    Whoever sees reports coarsely gets the middle of the square that the middle of it lies in.
    """
    shape = engine.shape(letter.geom)
    if shape is None or access.coarse_position(viewer) is None:
        return shape
    middle = shape.interpolate(0.5, normalized=True) if shape.geom_type == "LineString" else shape
    return Point(access.coarsened(middle.x), access.coarsened(middle.y))


def words_of(viewer: Viewer, letter: Letter) -> str:
    """What the sender wrote, for those who may read it; "" for others."""
    return (letter.words or "") if access.may(viewer, Permission.SEE_RAW_TEXT, letter) else ""


def age_of(letter: Letter, today: date) -> Age:
    """How old a letter is, counted in working days."""
    came_on = local_day(letter.received_at)
    read_by = _working_days_after(came_on, WORKING_DAYS)
    return Age(came_on, read_by, _working_days_between(today, read_by) if letter.read_at is None else None)


def local_day(moment: datetime) -> date:
    """The day of a moment (UTC) as a Swedish calendar shows it."""
    return moment.replace(tzinfo=UTC).astimezone(STOCKHOLM).date()


def _working_days_after(day: date, number: int) -> date:
    """
    >>> _working_days_after(date(2026, 11, 27), 3)
    datetime.date(2026, 12, 2)
    """
    while number:
        day += timedelta(days=1)
        number -= day.weekday() <= _FRIDAY
    return day


def _working_days_between(first: date, last: date) -> int:
    """How many working days from the first day to the last one; negative when that has been.

    >>> _working_days_between(date(2026, 11, 27), date(2026, 12, 2)), _working_days_between(
    ...     date(2026, 12, 3), date(2026, 12, 2))
    (3, -1)
    """
    if first > last:
        return -_working_days_between(last, first)
    days = (first + timedelta(days=number) for number in range(1, (last - first).days + 1))
    return sum(day.weekday() <= _FRIDAY for day in days)


def place_of(session: Session, letter: Letter) -> Place | None:
    """The place that the report of a letter was linked to by hand, the latest one."""
    if letter.report_id is None:
        return None
    linked = (PlaceReport.report_id == letter.report_id) & PlaceReport.belongs
    question = select(Place).join(PlaceReport, PlaceReport.place_id == Place.id).where(linked)
    return session.scalars(question.order_by(Place.updated_on.desc(), Place.id.desc())).first()


def near_places(session: Session, viewer: Viewer, letter: Letter) -> list[tuple[Place, int | None]]:
    """The places that a letter may be linked to with their distance (m), the one hinted at and the nearest first."""
    access.check(viewer, Permission.HANDLE_REPORTS, letter)
    shape = shape_of(viewer, letter)
    found = [
        (place, None if shape is None else round(places.shape_of(place).distance(shape)))
        for place in places.find(session, viewer)
        if not place.closed_on
    ]
    return sorted(found, key=lambda one: (one[0].id != letter.hinted_id, one[1] is None, one[1] or 0, one[0].name))
