"""How counted things are drawn: a ring with a number, its parts the shares of the layers, and signs at its edge."""

from __future__ import annotations

from collections.abc import Mapping
from math import cos, pi, sin

from .svg_grouping import SINGLE, Disc
from .svg_layers import Look
from .svg_shapes import HALO, OUTLINE, tag, text_at, thousands, words

_SIGN = 30.0
"""How wide a single sign is drawn, whose own board is 32 units wide with the head of a pin at 16/13."""


def drawn_disc(disc: Disc, looks: Mapping[str, Look], signs: Mapping[str, str]) -> str:
    """One disc as an element: a single thing's own sign, a number in the sign of its layer, or a ring."""
    part = disc.part
    layer = next(iter(part.counts))
    name = tag("title", words(part.name or _told(part.counts, looks)))
    if part.n == 1:
        inside = _placed_sign(signs[part.sign or layer], disc)
    elif looks[layer].body and not disc.main:
        inside = _numbered(disc, looks[layer])
    else:
        inside = ring(part.counts, looks, disc.r, thousands(part.n), disc.x, disc.y)
    return tag("g", name + inside)


def ring(
    counts: Mapping[str, int], looks: Mapping[str, Look], r: float, number: str, x: float = 0, y: float = 0
) -> str:
    """A ring around x/y with `number` in the middle; its parts are the shares of `counts` per layer."""
    inner = r - (3 if r < 13 else r * 0.3)
    total, start, parts = sum(counts.values()), 0.0, []
    for layer, n in counts.items():
        end = start + n / total
        parts.append(
            tag("path", d=_arc(start, end, r, inner), fill=looks[layer].colour, stroke=OUTLINE, fill_rule="evenodd")
        )
        start = end
    pieces = [
        tag("circle", r=r + 2, fill=HALO),
        *parts,
        tag("circle", r=r, fill="none", stroke=OUTLINE, stroke_width=2),
        tag("circle", r=inner, fill=HALO, stroke=OUTLINE),
        text_at(0, 0, number, fill=OUTLINE, font_size=_size(number, inner * 0.88)),
    ]
    return tag("g", "".join(pieces), transform=f"translate({x:.1f} {y:.1f})")


def _numbered(disc: Disc, look: Look) -> str:
    scale = f"scale({disc.r / 10:.3f})"
    shape = tag("g", look.body, fill=HALO, stroke=HALO, stroke_width=5, stroke_linejoin="round", transform=scale)
    shape += tag(
        "g", look.body, fill=look.colour, stroke=OUTLINE, stroke_width=2, stroke_linejoin="round", transform=scale
    )
    number = thousands(disc.part.n)
    shape += text_at(0, 0, number, fill=look.ink, font_size=_size(number, disc.r * 0.76))
    return tag("g", shape, transform=f"translate({disc.x:.1f} {disc.y:.1f})")


def _placed_sign(body: str, disc: Disc) -> str:
    head = 13.0 if disc.part.is_pin else 16.0
    scale = _SIGN / 32
    where = f"translate({disc.x - 16 * scale:.1f} {disc.y - head * scale:.1f}) scale({scale:.3f})"
    return tag("g", body, transform=where)


def reach(disc: Disc) -> tuple[float, float, float, float]:
    """The box (left, top, right, bottom) that a disc takes, with its halo and the point of a pin."""
    r = disc.r + 2
    return disc.x - r, disc.y - r, disc.x + r, disc.y + r + (SINGLE if disc.part.is_pin else 0)


def _told(counts: Mapping[str, int], looks: Mapping[str, Look]) -> str:
    return ", ".join(f"{thousands(n)} {looks[layer].label}" for layer, n in counts.items())


def _size(number: str, half: float) -> float:
    return round(min(13.0, 2 * half / (len(number) * 0.6)), 1)


def _arc(start: float, end: float, outer: float, inner: float) -> str:
    if end - start > 0.9999:
        return (
            f"M0 {-outer:.2f}A{outer:.2f} {outer:.2f} 0 1 1 -.01 {-outer:.2f}Z"
            f"M0 {-inner:.2f}A{inner:.2f} {inner:.2f} 0 1 0 .01 {-inner:.2f}Z"
        )
    large = int(end - start > 0.5)
    a, b, c, d = (_at(start, outer), _at(end, outer), _at(end, inner), _at(start, inner))
    return f"M{a}A{outer:.2f} {outer:.2f} 0 {large} 1 {b}L{c}A{inner:.2f} {inner:.2f} 0 {large} 0 {d}Z"


def _at(share: float, radius: float) -> str:
    angle = 2 * pi * share - pi / 2
    return f"{radius * cos(angle):.2f} {radius * sin(angle):.2f}"
