"""How many reports may come from one address and from everywhere; counters only, under keys that change every day."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from samverkan_map.db.tables import Attempt
from samverkan_map.errors import TooManyTries
from samverkan_map.people import counters

SHORT, PER_SHORT = timedelta(minutes=10), 5
DAY, PER_DAY = timedelta(days=1), 20
OF_ONE = ((SHORT, PER_SHORT), (DAY, PER_DAY))
HOUR, PER_HOUR = timedelta(hours=1), 300
MINUTE, PER_MINUTE = timedelta(minutes=1), 5
"""Beyond `PER_HOUR` from everywhere so many a minute are still let through, and the others are asked to try again."""

KEPT = timedelta(days=7)


def count(session: Session, address: str, *, secret: str, now: datetime) -> None:
    """Count one report that is about to be stored. Raises TooManyTries.

    Whoever is refused is not counted: the caller rolls back. `address` is only kept hashed with `secret` and the day,
    so that nobody can be followed from one day to the next.
    """
    where = (f"{now:%Y-%m-%d}", counters.network(address))
    # Everybody's come first: whoever holds them holds up nobody who holds something else, so that none wait in a ring.
    everybody = [(counters.key(secret, "letters"), HOUR), (counters.key(secret, "letters-minute"), MINUTE)]
    own = [(counters.key(secret, f"letter{span.seconds}", *where), span) for span, _ in OF_ONE]
    (_, in_hour), (minute_began, in_minute), *mine = counters.counted_all(session, everybody + own, now)
    for (span, most), (began, tries) in zip(OF_ONE, mine, strict=True):
        if tries > most:
            # The key changes at midnight, and with it the counter.
            midnight = datetime.combine(now.date(), time()) + DAY
            sentence = "inbox.errors.too_many" if span is SHORT else "inbox.errors.enough_today"
            raise _wait(sentence, min(began + span, midnight) - now)
    if in_hour > PER_HOUR and in_minute > PER_MINUTE:
        raise _wait("inbox.errors.queue", minute_began + MINUTE - now)
    if in_hour == 1:
        session.execute(delete(Attempt).where(Attempt.key.startswith("letter"), Attempt.window_start < now - KEPT))


def _wait(key: str, wait: timedelta) -> TooManyTries:
    seconds = max(1, round(wait.total_seconds()))
    return TooManyTries(key, seconds=seconds, n=-(-seconds // 60))
