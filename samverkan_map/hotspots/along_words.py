"""What lies along the streets, in words, the same on the page, on the command line and in files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from samverkan_map.hotspots import along
from samverkan_map.hotspots.along import Along, Window
from samverkan_map.hotspots.injury import LEAST_ACCIDENTS, TARGET
from samverkan_map.hotspots.words import Speaker
from samverkan_map.translations import text

COLUMNS = (
    "part", "number", "stretch", "from_metres", "to_metres", "count", "of_stretch", "density_from", "density_to",
    "accidents", "severe", "score", "metres",
)  # fmt: skip


def _say(say: Speaker, key: str, **fields: object) -> str:
    return text(say.language, f"along.{key}", **fields)


def where(say: Speaker, window: Window) -> str:
    """Which part of its stretch a window is."""
    if window.end - window.start >= window.length - 1:
        return _say(say, "window_whole", metres=say.fmt.number(window.end))
    start, end = (say.fmt.number(round(metres, -1)) for metres in (window.start, window.end))
    return _say(say, f"window_part.{window.side}", start=start, end=end)


def headline(say: Speaker, found: Along) -> str:
    """Where it is worst, in a sentence."""
    if not found.windows:
        return _say(say, "no_windows", n=found.fewest)
    first = found.windows[0]
    return _say(
        say, "worst", metres=say.fmt.number(first.end - first.start), stretch=first.name,
        where=where(say, first), count=say.fmt.number(first.events), whole=say.fmt.number(first.whole),
    )  # fmt: skip


def density(say: Speaker, found: Along) -> str:
    """How densely complaints lie where they are densest, or why that is not told."""
    if found.nothing:
        return _say(say, f"density_{found.nothing}", n=found.complaints)
    if found.peak is None:
        return _say(say, "density_none", n=found.fewest, metres=along.BANDWIDTH_METRES)
    value, stretch = found.peak
    return _say(say, "density_peak", value=say.fmt.number(value, 0 if value >= 10 else 1), stretch=stretch)


def class_words(say: Speaker, found: Along, step: int, *, unit: bool = True) -> str:
    """A class of the ramp, with its unit or for a column that has it."""
    low, short = say.fmt.number(found.limits[step]), "" if unit else "_short"
    if step + 1 == len(found.limits):
        return _say(say, f"class_most{short}", low=low)
    return _say(say, f"class{short}", low=low, high=say.fmt.number(found.limits[step + 1]))


def injuries(say: Speaker, found: Along) -> list[str]:
    """How few kilometres hold most of the harm, in sentences."""
    one, number = found.injury, say.fmt.number
    if one.nothing:
        told = [_say(say, "injury_few", n=number(one.all_graded), least=LEAST_ACCIDENTS)]
    else:
        key = "injury_weighed" if one.weighed else "injury_severe"
        length = number(100 * one.length, 1 if one.length < 0.1 else 0)
        told = [
            _say(say, key, n=len(one.rows), score=number(100 * one.score), length=length),
            _say(say, "injury_counts" if one.all_severe else "injury_no_severe", severe=number(one.severe),
                 all_severe=number(one.all_severe), graded=number(one.graded), all_graded=number(one.all_graded)),
        ]  # fmt: skip
    return [*told, _say(say, "injury_elsewhere", n=number(one.elsewhere))] if one.elsewhere else told


def method_card(say: Speaker, found: Along) -> list[str]:
    """How the windows and the density are made, and what they cannot say."""
    return [
        _say(say, "card_windows", window=along.WINDOW_METRES, step=along.STEP_METRES, n=found.fewest),
        _say(say, "card_density", metres=along.BANDWIDTH_METRES, piece=found.piece_metres),
        _say(say, "card_density_fewest", n=found.fewest, metres=along.BANDWIDTH_METRES),
        _say(say, "card_limits"),
    ]


def injury_card(say: Speaker, found: Along) -> list[str]:
    """How the part of the road with most harm is chosen, and what that cannot say."""
    weights = say.agreement.traffic.severity
    told = [_say(say, "card_injury", percent=round(100 * TARGET), least=LEAST_ACCIDENTS)]
    if weights:
        each = ", ".join(
            f"{text(say.language, f'vocabulary.severity.{code}').lower()} {say.fmt.number(weight)}"
            for code, weight in weights.weights.items()
        )
        told.append(_say(say, "card_weights", weights=each, source=weights.source[say.language], year=weights.year))
    return [*told, _say(say, "card_injury_limits")]


def rows(say: Speaker, found: Along) -> Iterator[dict[str, Any]]:
    """Windows, pieces of street by density and the stretches with most harm as rows of a file, with `id` and
    `geometry` (EPSG:3006) beside the columns."""
    empty = dict.fromkeys(COLUMNS)
    for one in found.windows:
        yield empty | {
            "id": f"window-{one.number}", "geometry": one.shape, "part": "window", "number": one.number,
            "stretch": one.name, "from_metres": round(one.start), "to_metres": round(one.end),
            "count": one.events, "of_stretch": one.whole, "metres": round(one.end - one.start),
        }  # fmt: skip
    for number, (shape, step) in enumerate(found.parts, 1):
        upper = found.limits[step + 1] if step + 1 < len(found.limits) else None
        yield empty | {
            "id": f"density-{number}", "geometry": shape, "part": "density", "density_from": found.limits[step],
            "density_to": upper, "metres": round(shape.length),
        }  # fmt: skip
    for number, row in enumerate(found.injury.rows, 1):
        yield empty | {
            "id": f"injury-{number}", "geometry": row.shape, "part": "injury", "number": number,
            "stretch": row.name, "accidents": row.accidents, "severe": row.severe,
            "score": row.score if found.injury.weighed else None, "metres": round(row.metres),
        }  # fmt: skip
