"""The layers of the map as a visitor meets them: grouped by focus area, with name, sign and colour."""

from __future__ import annotations

from dataclasses import dataclass

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.map_rows import Row
from samverkan_map.question import Question
from samverkan_map.vocabulary import Layer, Phase
from samverkan_map.web.folium_map import LayerSign
from samverkan_map.web.texts import label, t

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
    """One layer of one focus area, as a box to tick: `value` is what stands in the address."""

    value: str
    layer: Layer
    chosen: bool


@dataclass(frozen=True)
class Group:
    """A focus area with its layers."""

    label: str
    choices: list[Choice]


def visible(viewer: Viewer) -> list[Layer]:
    """The layers in which the viewer may see anything, in their fixed order."""
    kinds = access.visible_kinds(viewer)
    return [layer for layer in Layer if layer.kind is None or layer.kind in kinds]


def groups(agreement: Agreement, viewer: Viewer, question: Question) -> list[Group]:
    """The boxes of the filter: for each focus area the layers that can hold something of it."""
    return [
        Group(
            label(area),
            [
                Choice(f"{code}.{layer}", layer, question.wants(layer, [code]))
                for layer in visible(viewer)
                if _has(agreement, layer, code)
            ],
        )
        for code, area in agreement.focus_areas.items()
    ]


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
