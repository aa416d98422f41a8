"""Which agreement is to be started next, whether it may be, and in what it differs from the one before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement, AgreementPeriod
from samverkan_map.db.tables import Measure, PeriodChoice, PeriodStart
from samverkan_map.errors import BadValue, Conflict, NotFound
from samverkan_map.vocabulary import Permission


@dataclass(frozen=True)
class Change:
    """In what an agreement differs from the one before, as codes. `renamed` is old code -> new code."""

    dropped: Sequence[str] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    new: Sequence[str] = ()


def find(session: Session, viewer: Viewer) -> dict[int, PeriodStart]:
    """Every start that was made, by the first year of its agreement. Raises NotAllowed."""
    access.check(viewer, Permission.START_PERIOD)
    loaded = selectinload(PeriodStart.choices)
    question = select(PeriodStart).options(
        loaded.selectinload(PeriodChoice.place), loaded.selectinload(PeriodChoice.measure)
    )
    return {one.start_year: one for one in session.scalars(question.order_by(PeriodStart.start_year))}


def closing_of(session: Session, viewer: Viewer, measure: Measure) -> PeriodChoice | None:
    """Why a measure was closed when an agreement ran out; None when it was not, and for those who see not inside it."""
    if not access.sees_inside(viewer, measure):
        return None
    question = select(PeriodChoice).where(PeriodChoice.measure_id == measure.id, PeriodChoice.carried.is_(False))
    return session.scalars(question.order_by(PeriodChoice.id.desc()).limit(1)).first()


def coming(agreement: Agreement, started: Mapping[int, PeriodStart]) -> AgreementPeriod | None:
    """The agreement whose work is to be started next; None when the folder holds none after the last that was."""
    return next((one for one in agreement.periods[1:] if one.start_year not in started), None)


def before(agreement: Agreement, period: AgreementPeriod) -> AgreementPeriod | None:
    """The agreement that a period follows upon; None for the first."""
    place = agreement.periods.index(period)
    return agreement.periods[place - 1] if place else None


def changes(old: Sequence[str], new: AgreementPeriod, mine: Sequence[str]) -> Change:
    """How the codes that an agreement knows (`mine`) differ from those of the one before (`old`)."""
    gone = [code for code in old if code not in mine]
    renamed = {code: new.called_now[code] for code in gone if code in new.called_now}
    added = [code for code in mine if code not in old and code not in renamed.values()]
    return Change([code for code in gone if code not in renamed], renamed, added)


def check_may_start(
    agreement: Agreement, started: Mapping[int, PeriodStart], start_year: int, today: date
) -> AgreementPeriod:
    """The period of that first year, if it may be started.

    Raises NotFound for no agreement of the folder, BadValue for the first of all and when the one before has not begun,
    Conflict when it was started already or the one before it was not.
    """
    period = next((one for one in agreement.periods if one.start_year == start_year), None)
    if period is None:
        raise NotFound("renewal.errors.unknown", year=start_year)
    old = before(agreement, period)
    if old is None:
        raise BadValue("renewal.errors.first", field="year", code=period.code)
    if start_year in started:
        made = started[start_year]
        raise Conflict("renewal.errors.twice", code=period.code, date=made.on, who=made.who)
    if old != agreement.periods[0] and old.start_year not in started:
        raise Conflict("renewal.errors.order", code=period.code, before=old.code)
    if today < old.starts_on:
        raise BadValue("renewal.errors.early", field="year", code=period.code, before=old.code, date=old.starts_on)
    return period
