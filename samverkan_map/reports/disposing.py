"""Reports that are kept no longer: gone for good, as a decided rule of disposal finds them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, delete, func, select, tuple_, update
from sqlalchemy.orm import Session

from samverkan_map.db.tables import Delivery, Report, Snap, State
from samverkan_map.question import day_of
from samverkan_map.reports import snapshot

_GONE_TO = "reports_gone_to"


def dispose(session: Session, due: ColumnElement[bool]) -> None:
    """Take away the reports that a condition finds, with what was decided by hand about where they lie.

    Until which day reports are gone is kept (`gone_to`): counts of earlier days are not the whole any more.
    """
    last = session.scalar(select(func.max(Report.day)).where(due))
    if last is None:
        return
    named = select(Report.source, Report.source_ref).where(due)
    session.execute(delete(Snap).where(tuple_(Snap.source, Snap.source_ref).in_(named)))
    # Whatever is kept in memory of a delivery is read anew.
    theirs = Delivery.id.in_(select(Report.delivery_id).where(due))
    session.execute(update(Delivery).where(theirs).values(version=Delivery.version + 1))
    session.execute(delete(Report).where(due))
    before = session.get(State, _GONE_TO)
    session.merge(State(key=_GONE_TO, value=str(max(last, int(before.value)) if before else last)))
    session.flush()
    snapshot.drop(session)


def gone_to(session: Session) -> date | None:
    """The last day from which reports have been disposed of; None when none have."""
    found = session.get(State, _GONE_TO)
    return day_of(int(found.value)) if found else None
