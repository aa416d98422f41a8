"""The layers of the map as a visitor meets them: grouped by focus area, with name, sign and colour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.map_rows import Row
from samverkan_map.question import Question
from samverkan_map.vocabulary import Layer, Phase
from samverkan_map.web.folium_map import LayerSign
from samverkan_map.web.texts import choice, label, t

COLOURS = {
    Layer.PROBLEM: "#f7ce3b",
    Layer.TRAFFIC: "#7db8ff",
    Layer.ACCIDENT: "#6b1a05",
    Layer.STRENGTH: "#ffffff",
    Layer.PLACES: "#5e0a96",
    Layer.SITES: "#14735f",
    Layer.MEASURES: "#101820",
}
"""The computed fills; the dark outline carries the contrast, so they may use the whole range of lightness."""


@dataclass(frozen=True)
class Choice:
    """One layer of one focus area, as a box to tick: `value` is what stands in the address.

    `also` names the types that belong to other focus areas too, as pairs (focus area, types).
    """

    value: str
    layer: Layer
    chosen: bool
    count: int
    also: list[tuple[str, str]]


@dataclass(frozen=True)
class Group:
    """A focus area with its layers."""

    label: str
    choices: list[Choice]


def visible(viewer: Viewer) -> list[Layer]:
    """The layers in which the viewer may see anything, in their fixed order."""
    kinds = access.visible_kinds(viewer)
    return [layer for layer in Layer if layer.kind is None or layer.kind in kinds]


def groups(agreement: Agreement, viewer: Viewer, question: Question, counts: Mapping[str, int]) -> list[Group]:
    """The boxes of the filter: for each focus area the layers that can hold something of it, with their `counts`."""
    return [
        Group(
            choice(area),
            [
                _choice(agreement, question, counts, code, layer)
                for layer in visible(viewer)
                if _has(agreement, layer, code)
            ],
        )
        for code, area in agreement.focus_areas.items()
    ]


def _choice(agreement: Agreement, question: Question, counts: Mapping[str, int], focus: str, layer: Layer) -> Choice:
    value = f"{focus}.{layer}"
    return Choice(value, layer, question.wants(layer, [focus]), counts.get(value, 0), _also(agreement, layer, focus))


def _also(agreement: Agreement, layer: Layer, focus: str) -> list[tuple[str, str]]:
    if layer.kind is None:
        return []
    here = [one for one in agreement.types_of_kind(layer.kind) if one.rows and focus in one.focus]
    found = {
        label(area): ", ".join(label(one).lower() for one in here if code in one.focus)
        for code, area in agreement.focus_areas.items()
        if code != focus
    }
    return [(area, types) for area, types in found.items() if types]


def _has(agreement: Agreement, layer: Layer, focus: str) -> bool:
    if layer.kind is None:
        return True
    return any(focus in one.focus and one.rows for one in agreement.types_of_kind(layer.kind))


def active(agreement: Agreement, viewer: Viewer, question: Question) -> list[Layer]:
    """The layers that the question asks for and the viewer may see."""
    return [layer for layer in visible(viewer) if question.wants(layer, agreement.focus_areas)]


def signs(viewer: Viewer) -> dict[str, LayerSign]:
    """Name and colour of each visible layer, for the script of the map."""
    return {layer.value: LayerSign(t(f"vocabulary.layer.{layer}"), COLOURS[layer]) for layer in visible(viewer)}


def symbol_of(row: Row, agreement: Agreement) -> str:
    """The name of a row's sign in `static/img/symbols.svg`: shape says what it is, glyph the theme or the phase.

    A row's measure is hollow while planned and carries a tick when done.
    """
    if row.layer is Layer.PROBLEM and row.type in agreement.types:
        return f"problem-{agreement.types[row.type].symbol}"
    if row.layer is Layer.PLACES:
        return f"places-{Phase(row.fields['phase']).number}"
    if row.layer is Layer.MEASURES:
        return f"measures-{row.status}"
    return row.layer.value
