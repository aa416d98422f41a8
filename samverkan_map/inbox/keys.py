"""What follows a letter: a code that only the server can make, kept nowhere but as a hash."""

from __future__ import annotations

import hashlib
import hmac

from samverkan_map import codes


def code_of(secret: str, key: str) -> str:
    """The code of the letter that a form with this key sends: the same form always has the same one.

    >>> len(code_of("a", "b")), code_of("a", "b") == code_of("a", "b"), code_of("a", "b") == code_of("a", "c")
    (16, True, False)
    """
    return codes.made_of(int.from_bytes(hmac.digest(secret.encode(), f"letter|{key}".encode(), "sha256")))


def hashed(code: str) -> str:
    """What is kept of a code."""
    return hashlib.sha256(f"letter|{code}".encode()).hexdigest()
