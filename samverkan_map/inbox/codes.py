"""The code that follows a letter: eighty bits that only the server can make, kept nowhere but as a hash."""

from __future__ import annotations

import hashlib
import hmac

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Thirty-two signs, none of which is easily taken for another one."""

SIGNS = 16
_READ_AS = str.maketrans("OIL", "011")


def code_of(secret: str, key: str) -> str:
    """The code of the letter that a form with this key sends: the same form always has the same one.

    >>> len(code_of("a", "b")), code_of("a", "b") == code_of("a", "b"), code_of("a", "b") == code_of("a", "c")
    (16, True, False)
    """
    number = int.from_bytes(hmac.digest(secret.encode(), f"letter|{key}".encode(), "sha256"))
    return "".join(LETTERS[number >> 5 * place & 31] for place in range(SIGNS))


def hashed(code: str) -> str:
    """What is kept of a code."""
    return hashlib.sha256(f"letter|{code}".encode()).hexdigest()


def well_written(code: str) -> str:
    """A code as it is written on the receipt.

    >>> well_written("7F3K29QDM4XA8WPT")
    '7F3K-29QD-M4XA-8WPT'
    """
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def read(text: str) -> str:
    """A code as somebody typed it: without blanks and dashes, O read as 0 and I and L as 1; "" when it is none.

    >>> read(" 7f3k 29qd-m4xa-8wpt"), read("OI"), read("å" * 16)
    ('7F3K29QDM4XA8WPT', '', '')
    """
    found = "".join(text[:60].upper().replace("-", " ").split()).translate(_READ_AS)
    return found if len(found) == SIGNS and set(found) <= set(LETTERS) else ""
