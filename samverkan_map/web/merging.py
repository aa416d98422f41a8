"""Two who changed the same thing: what only one of them changed is taken without a question, what both did is asked.

A form carries a sign for each field it was opened with, so that it can be told who changed what.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

Values = Mapping[str, Sequence[str]]
Signs = Mapping[str, str]

LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")


@dataclass(frozen=True)
class Compared:
    """A field as the conflict page shows it: its name and label, what is stored, and how a value is put in words."""

    name: str
    label: str
    stored: list[str]
    words: Callable[[str], str] = str
    many: bool = False
    """A field of boxes to tick: when none is ticked a browser sends nothing at all."""


@dataclass
class Merged:
    """What two made of a form: the values that stand, what only the other changed, and what both did."""

    values: dict[str, list[str]]
    taken: list[Compared] = field(default_factory=list)
    clashing: list[Compared] = field(default_factory=list)


def sign(texts: Iterable[str]) -> str:
    """A short sign for what a field holds. Blanks around it, line ends, order and empty texts make no difference.

    Letters only, since a sign that is kept with a draft must never look like the number of a person.

    >>> sign(["a", "b "]) == sign(["b", "", "a"]), sign([]) == sign([" "]), sign(["a"]) == sign(["b"])
    (True, True, False)
    """
    plain = sorted(filter(None, (text.replace("\r\n", "\n").strip() for text in texts)))
    return hashlib.sha256("\0".join(plain).encode()).hexdigest()[:16].translate(LETTERS)


def signs(values: Values) -> dict[str, str]:
    """The sign of every field."""
    return {name: sign(texts) for name, texts in values.items()}


def written(opened: Signs) -> str:
    """Signs as a form carries them."""
    return json.dumps(dict(opened), separators=(",", ":"))


def read(text: str) -> dict[str, str]:
    """Signs as a form carried them; none when that cannot be understood, and then every difference is asked.

    >>> read('{"name":"abc","x":1}'), read("[1]"), read("{")
    ({'name': 'abc'}, {}, {})
    """
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    pairs = found.items() if isinstance(found, dict) else ()
    return {name: value for name, value in pairs if isinstance(value, str)}


def merge(mine: Values, fields: Sequence[Compared], opened: Signs) -> Merged:
    """Lay what somebody sent over what is stored, by what both began with."""
    found = Merged({one.name: [] for one in fields if one.many} | {name: list(texts) for name, texts in mine.items()})
    for one in fields:
        if one.name not in found.values:
            continue
        sent, stored, begun = sign(found.values[one.name]), sign(one.stored), opened.get(one.name)
        if sent == stored or begun == stored:
            continue
        if begun == sent:
            found.values[one.name] = list(one.stored)
            found.taken.append(one)
        else:
            found.clashing.append(one)
    return found
