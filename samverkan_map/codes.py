"""Codes that people read aloud, write down and type in: eighty bits that nobody guesses."""

from __future__ import annotations

import secrets

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Thirty-two signs, none of which is easily taken for another one."""

SIGNS = 16
_READ_AS = str.maketrans("OIL", "011")


def made_of(number: int) -> str:
    """The code that the last eighty bits of a number make.

    >>> made_of(33)
    '1100000000000000'
    """
    return "".join(LETTERS[number >> 5 * place & 31] for place in range(SIGNS))


def fresh() -> str:
    """A code that was never there before."""
    return made_of(secrets.randbits(5 * SIGNS))


def well_written(code: str) -> str:
    """A code as it is written on paper.

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
