"""Counters of tries per person or address, kept under keyed hashes; never a COUNT over a grown table."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from datetime import datetime

from sqlalchemy import DateTime, bindparam, text
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
