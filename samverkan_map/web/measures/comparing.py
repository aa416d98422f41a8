"""What a conflict page lays beside what was typed: the fields as they are stored, with labels and words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from samverkan_map.web import forms
from samverkan_map.web.forms import Compared
from samverkan_map.web.texts import t

MANY = ("places", "sites", "causes", "types", "comparison_place_ids")
TICKS = ("works_while_ongoing", "same_season", "chosen_for_height")


@dataclass(frozen=True)
class Belonging:
    """A row that belongs to a measure: its own version, and the measure whose changes the log tells of."""

    id: int
    version: int
    __tablename__: str = "measures"


def compared(
    names: Iterable[str], stored: Mapping[str, object], choices: Mapping[str, Sequence[tuple[Any, str]]]
) -> list[Compared]:
    """The fields of a form, each with its label, what is stored and how a value is put in words."""
    return [
        Compared(
            name, t(f"measures.field_{name}"), forms.as_texts(stored.get(name)), _words(name, choices.get(name, ())),
            many=name in MANY or name in TICKS,
        )
        for name in names
    ]  # fmt: skip


def _words(name: str, choices: Sequence[tuple[Any, str]]) -> Callable[[str], str]:
    known = {str(value): words for value, words in choices}
    if name in TICKS:
        known = {"yes": t("measures.yes")}
    return lambda value: known.get(value, value)
