"""Counters of tries per person or address, kept under keyed hashes; never a COUNT over a grown table."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import DateTime, Integer, String, bindparam, text
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
    return counted_all(session, [(key, span)], now)[0]


def counted_all(
    session: Session, counters: Sequence[tuple[str, timedelta]], now: datetime
) -> list[tuple[datetime, int]]:
    """`counted` for several keys that differ, held in the order they are given in."""
    values: dict[str, object] = {"now": now}
    for number, (name, span) in enumerate(counters):
        values |= {f"key{number}": name, f"before{number}": now - span}
    found = {row.key: (row.window_start, row.tries) for row in session.execute(_counting(len(counters)), values)}
    return [found[name] for name, _ in counters]


@cache
def _counting(many: int) -> Any:
    rows = ", ".join(f"(:key{number}, :now, 1)" for number in range(many))
    spans = " ".join(f"WHEN :key{number} THEN :before{number}" for number in range(many))
    over = f"attempts.window_start <= CASE attempts.key {spans} END"
    moments = [bindparam(name, type_=DateTime()) for name in ("now", *(f"before{number}" for number in range(many)))]
    return (
        text(
            f"INSERT INTO attempts (key, window_start, tries) VALUES {rows} ON CONFLICT (key) DO UPDATE SET "
            f"window_start = CASE WHEN {over} THEN excluded.window_start ELSE attempts.window_start END, "
            f"tries = CASE WHEN {over} THEN 1 ELSE attempts.tries + 1 END RETURNING key, window_start, tries"
        )
        .bindparams(*moments)
        .columns(key=String(), window_start=DateTime(), tries=Integer())
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
