"""Counters of tries per person or address, kept under keyed hashes; never a COUNT over a grown table."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from datetime import datetime, timedelta

from sqlalchemy import DateTime, Integer, bindparam, text
from sqlalchemy.orm import Session

from samverkan_map.db.tables import Attempt


def held(session: Session, key: str, now: datetime) -> Attempt:
    """The counter, made at need and held until the transaction ends, so that two tries at once count as two."""
    session.flush()
    session.execute(_NEW_COUNTER, {"key": key, "now": now})
    return session.get_one(Attempt, key, with_for_update=True, populate_existing=True)


_NEW_COUNTER = text(
    "INSERT INTO attempts (key, window_start, tries) VALUES (:key, :now, 0) ON CONFLICT (key) DO NOTHING"
).bindparams(bindparam("now", type_=DateTime()))


def counted(session: Session, key: str, span: timedelta, now: datetime) -> tuple[datetime, int]:
    """Count one more, held until the transaction ends: when the counter's run began, and how many are counted in it.

    A run that has lasted `span` is over, and another one begins.
    """
    row = session.execute(_COUNTED, {"key": key, "now": now, "before": now - span}).one()
    return row.window_start, row.tries


_COUNTED = (
    text(
        "INSERT INTO attempts (key, window_start, tries) VALUES (:key, :now, 1) ON CONFLICT (key) DO UPDATE SET "
        "window_start = CASE WHEN attempts.window_start <= :before THEN excluded.window_start "
        "ELSE attempts.window_start END, "
        "tries = CASE WHEN attempts.window_start <= :before THEN 1 ELSE attempts.tries + 1 END "
        "RETURNING window_start, tries"
    )
    .bindparams(bindparam("now", type_=DateTime()), bindparam("before", type_=DateTime()))
    .columns(window_start=DateTime(), tries=Integer())
)


def network(address: str) -> str:
    """The address itself, or the /64 an IPv6 address belongs to: a household has millions of those.

    >>> network("192.0.2.7"), network("2001:db8::7")
    ('192.0.2.7', '2001:db8::/64')
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(found) if found.version == 4 else str(ipaddress.ip_network((found, 64), strict=False))


def key(secret: str, kind: str, *parts: str) -> str:
    """The name of a counter, from which what it counts cannot be found without the secret."""
    return f"{kind}:{hmac.new(secret.encode(), '|'.join(parts).encode(), hashlib.sha256).hexdigest()}"
