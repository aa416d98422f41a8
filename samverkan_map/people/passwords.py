"""Passwords: what is refused, how they are kept, and that a check takes the same time for nobody."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from samverkan_map.db.tables import Person
from samverkan_map.errors import BadValue

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200
NO_PASSWORD = "-"
"""Is kept for whoever signs in by way of the sign-in service only."""

# 19 MiB and two passes: about 30 ms of a server's time, and as much of a guesser's.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_COMMON = (
    "password", "passord", "lösenord", "losenord", "qwerty", "asdfgh", "zxcvbn", "qazwsx", "letmein", "welcome",
    "välkommen", "valkommen", "hemligt", "hemlig", "secret", "admin", "administrator", "iloveyou",
    "abcdefghijklmnop", "abcdef", "abc", "sommar", "vinter", "hösten", "höst", "våren", "vår", "summer", "winter",
    "january", "januari", "samverkanskartan", "samverkan", "karta", "kartan", "kommun", "kommunen", "polisen",
    "polis", "police", "trygghet", "planerare", "samordnare", "trafikgrupp", "test", "demo", "hejsan", "hej",
    "dragon", "monkey", "football", "fotboll",
)  # fmt: skip


def check_password(password: str, context: Iterable[str] = (), *, field: str = "password") -> None:
    """Refuse a short password and one that is only common words, words of the setting, digits or a repetition.

    >>> check_password("grönt cykelställ vid muren")
    """
    if len(password) < SHORTEST_PASSWORD:
        raise BadValue("people.errors.password_short", field=field, n=SHORTEST_PASSWORD)
    if len(password) > LONGEST_PASSWORD:
        raise BadValue("people.errors.password_long", field=field, n=LONGEST_PASSWORD)
    rest = password.casefold()
    for word in sorted({*_COMMON, *(word.casefold() for word in context)}, key=len, reverse=True):
        if len(word) > 2:
            rest = rest.replace(word, " ")
    letters = re.sub(r"[\W\d_]", "", rest)
    if len(letters) < 5 or len(set(password.casefold())) < 5:
        raise BadValue("people.errors.password_common", field=field)


def random_password() -> str:
    """A password that nobody chose: 120 random bits.

    >>> check_password(random_password())
    """
    while True:
        password = secrets.token_urlsafe(15)
        try:
            check_password(password)
        except BadValue:
            continue
        return password


def matches(person: Person | None, password: str) -> bool:
    """Whether the password is the person's. Takes the same time for nobody, a closed account and one without any."""
    open_account = person is not None and person.disabled_at is None and has_password(person)
    try:
        _HASHER.verify(person.password_hash if person and open_account else _nobodys_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return open_account


def has_password(person: Person) -> bool:
    """Whether the person can sign in with a password at all."""
    return person.password_hash != NO_PASSWORD


@cache
def _nobodys_hash() -> str:
    return nobodys_password()


def nobodys_password() -> str:
    """What is kept instead of a password when nobody is to know one."""
    return hashed(secrets.token_hex(16))


def hashed(password: str) -> str:
    """The password as it is kept."""
    return _HASHER.hash(password)
