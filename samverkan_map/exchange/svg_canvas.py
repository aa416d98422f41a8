"""The picture while it is made, and the symbols that are defined in it once and used many times."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .svg_layers import HATCHES, Frame, Symbols
from .svg_shapes import OUTLINE, SHAPES, symbol, tag, text_at


@dataclass
class Canvas:
    """The picture while it is made: what is drawn, what is defined, and which places are taken.

    `ground` lies at the bottom, then come `names`, the `marks`, and on top what the picture is about; its discs
    (x, y, r) are `spoken`. `ranks` are the boxes of the pills with a place in a list.
    """

    frame: Frame
    width: int
    height: int
    prefix: str
    ground: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    above: list[str] = field(default_factory=list)
    spoken: list[tuple[float, float, float]] = field(default_factory=list)
    defined: list[str] = field(default_factory=list)
    taken: list[tuple[float, float, float, float]] = field(default_factory=list)
    ranks: list[tuple[float, float, float, float]] = field(default_factory=list)

    @property
    def scale(self) -> float:
        """Pixels per metre."""
        return self.width / (self.frame.east - self.frame.west)

    def to_pixels(self, corners: np.ndarray) -> np.ndarray:
        return (corners - (self.frame.west, self.frame.north)) * (self.scale, -self.scale)

    def pixel(self, x: float, y: float) -> tuple[float, float]:
        return (x - self.frame.west) * self.scale, (self.frame.north - y) * self.scale

    def shows(self, x: float, y: float) -> bool:
        return self.frame.west <= x <= self.frame.east and self.frame.south <= y <= self.frame.north

    def take(self, x: float, y: float, half_wide: float, half_high: float) -> None:
        """Keep names away from here."""
        self.taken.append((x - half_wide, y - half_high, x + half_wide, y + half_high))


def defined(canvas: Canvas, layer: Symbols) -> str:
    """The name under which a layer's symbol is defined; layers that look alike share it."""
    identifier = f"{canvas.prefix}-{layer.shape}-{layer.fill.strip('#')}"
    definition = symbol(identifier, layer.shape, layer.fill)
    if definition not in canvas.defined:
        canvas.defined.append(definition)
    return identifier


def used(identifier: str, shape: str, text: str) -> str:
    """A defined symbol with its number or letter."""
    x, y = SHAPES[shape].text_at
    number = text_at(x, y, text, font_size=12 if len(text) < 3 else 9) if text else ""
    return tag("use", href=f"#{identifier}") + number


def hatched(canvas: Canvas, name: str) -> str:
    """A fill of lines, defined in the picture once."""
    side, strokes = HATCHES[name]
    identifier = f"{canvas.prefix}-{name}"
    path = tag(
        "path",
        d=strokes,
        fill="none",
        stroke=OUTLINE,
        stroke_width=1.6 if name == "dots" else 0.8,
        stroke_linecap="round",
        stroke_opacity=0.55,
    )
    definition = tag("pattern", path, id=identifier, width=side, height=side, patternUnits="userSpaceOnUse")
    if definition not in canvas.defined:
        canvas.defined.append(definition)
    return f"url(#{identifier})"
