"""A figure: what it concludes in a sentence, its rows, and what it rests on. Plain values all through, so that it can
be frozen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Sentence = tuple[str, dict[str, Any]]
"""The name of a sentence among those of the situation picture, and its fields; codes of the agreement as codes."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Figure:
    """One figure of a section.

    `columns` name the values of each of the `rows`, in order. `picture` says how it is drawn: `kind` and what that
    needs besides the rows; None for a table alone. `n` is how many things it rests on; with none it says so and shows
    nothing else. `method` names its method card.
    """

    key: str
    title: Sentence
    columns: Sequence[str]
    rows: Sequence[Row]
    n: int
    method: str
    sources: Sequence[str] = ()
    picture: dict[str, Any] | None = None
    notes: Sequence[Sentence] = field(default=())
    parameters: dict[str, Any] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        return not self.n


MOST_TIED = 3
"""Of more than so many with the same number none stands out."""


def leading(key: str, name: str, rows: Sequence[Row], fields: dict[str, Any]) -> Sentence:
    """A title about what has most: of rows with `name` and `count`, the one, the few that share the place, or none."""
    most = max(row["count"] for row in rows)
    first = [row[name] for row in rows if row["count"] == most]
    if len(first) > MOST_TIED:
        return (f"{key}_even", fields)
    if len(first) > 1:
        return (f"{key}_tied", fields | {f"{name}s": first, "most": most})
    return (key, fields | {name: first[0], "most": most})


def nothing(key: str, method: str, why: str, **fields: Any) -> Figure:
    """A figure without data: it says so, and is never an empty chart."""
    return Figure(key, (f"nothing.{why}", fields), (), (), 0, method)
