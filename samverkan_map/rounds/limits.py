"""How many answers may come from one address and by one link; counters only, under keys that change every day."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from samverkan_map.db.tables import Attempt
from samverkan_map.errors import TooManyTries
from samverkan_map.people import counters
from samverkan_map.rounds.respondents import Respondent

SHORT, PER_SHORT = timedelta(minutes=10), 5
DAY, PER_DAY = timedelta(days=1), 20
HOUR, PER_HOUR = timedelta(hours=1), 10
"""So many times an hour the answer of one link may be sent."""

KEPT = timedelta(days=7)


def count(session: Session, who: Respondent, address: str, *, secret: str, now: datetime) -> None:
    """Count one answer that is about to be stored. Raises TooManyTries.

    Somebody without an account is counted by address, which is only kept hashed with `secret` and the day; a link by
    its invitation. Whoever is signed in is known by name and not counted. Whoever is refused is not counted: the caller
    rolls back.
    """
    if who.invitation:
        _one_more(session, counters.key(secret, "review-link", str(who.invitation.id)), HOUR, PER_HOUR, now)
    elif who.person_id is None:
        where = (f"{now:%Y-%m-%d}", counters.network(address))
        for span, most in ((SHORT, PER_SHORT), (DAY, PER_DAY)):
            _one_more(session, counters.key(secret, f"review{span.days}", *where), span, most, now)


def _one_more(session: Session, key: str, span: timedelta, most: int, now: datetime) -> None:
    began, tries = counters.counted(session, key, span, now)
    if tries > most:
        seconds = max(1, round((began + span - now).total_seconds()))
        raise TooManyTries("refusals.rounds.too_many", seconds=seconds, n=-(-seconds // 60))
    if tries == 1:
        session.execute(delete(Attempt).where(Attempt.key.startswith("review"), Attempt.window_start < now - KEPT))
