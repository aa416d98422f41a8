"""Hours as they are written on a door, read into spans per weekday and written back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from samverkan_map.errors import BadValue

NAMES = {
    "sv": ("mån", "tis", "ons", "tors", "fre", "lör", "sön"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
LONGEST = 300

_DAYS = (
    (r"m[åa]n(?:dag(?:ar)?)?|mon(?:days?)?", (0,)),
    (r"tis(?:dag(?:ar)?)?|tues?(?:days?)?", (1,)),
    (r"ons(?:dag(?:ar)?)?|wed(?:nesdays?)?", (2,)),
    (r"tors?(?:dag(?:ar)?)?|thu(?:rs)?(?:days?)?", (3,)),
    (r"fre(?:dag(?:ar)?)?|fri(?:days?)?", (4,)),
    (r"l[öo]r(?:dag(?:ar)?)?|sat(?:urdays?)?", (5,)),
    (r"s[öo]n(?:dag(?:ar)?)?|sun(?:days?)?", (6,)),
    (r"vardag(?:ar)?|weekdays?", (0, 1, 2, 3, 4)),
    (r"helg(?:er)?|weekends?", (5, 6)),
    (r"alla dagar|varje dag|dagligen|every day|daily", tuple(range(7))),
)
_DAY = "|".join(words for words, _ in _DAYS)
_PIECE = re.compile(
    rf"(?:(?P<first>{_DAY})\.?(?: ?- ?(?P<last>{_DAY})\.?)?)? ?"
    r"(?P<times>(?:kl\.? ?)?(?P<h1>\d{1,2})(?:[.:](?P<m1>\d\d))? ?- ?(?P<h2>\d{1,2})(?:[.:](?P<m2>\d\d))?"
    r"|(?P<always>dygnet runt|hela dygnet|all day))?",
    re.IGNORECASE,
)

Spans = dict[str, list[list[float]]]


def read(text: str, *, field: str) -> Spans:
    """The spans of a text, per weekday ("0" is Monday) rising and without overlap; nothing for an empty text.

    Days before a comma share the next times, times without a day are for the days before them, or for every day.
    Raises BadValue naming the `field` and the piece that cannot be read.

    >>> read("mån-tis 10-18, lör 22.30-02", field="opening")
    {'0': [[10.0, 18.0]], '1': [[10.0, 18.0]], '5': [[22.5, 26.0]]}
    """
    found: dict[int, list[list[float]]] = {}
    waiting: list[int] = []
    days: list[int] = []
    if len(text) > LONGEST:
        raise BadValue("refusals.places.hours_too_long", field=field, most=LONGEST)
    for piece in _pieces(text):
        match = _PIECE.fullmatch(piece)
        if not match or not (match["first"] or match["times"]):
            raise BadValue("refusals.places.hours_unreadable", field=field, value=piece[:40])
        if match["first"]:
            waiting += _days(match["first"], match["last"])
        if not match["times"]:
            continue
        days, waiting = waiting or days or list(range(7)), []
        for day in days:
            found.setdefault(day, []).append(_span(match, piece, field))
    if waiting:
        raise BadValue("refusals.places.hours_without_times", field=field, value=NAMES["sv"][waiting[0]])
    return {str(day): _merged(found[day]) for day in sorted(found)}


def _pieces(text: str) -> Iterator[str]:
    plain = re.sub(r"[\u2010-\u2015\u2212]", "-", text.replace("\u00a0", " "))
    for piece in re.split(r"[,;\n]|\boch\b|\band\b|&", plain):
        if words := " ".join(piece.split()).strip(" ."):
            yield words


def _days(first: str, last: str | None) -> list[int]:
    begin = _day(first)
    if last is None:
        return list(begin)
    end = _day(last)[-1]
    return [(begin[0] + more) % 7 for more in range((end - begin[0]) % 7 + 1)]


def _day(word: str) -> tuple[int, ...]:
    return next(days for words, days in _DAYS if re.fullmatch(words, word, re.IGNORECASE))


def _span(match: re.Match[str], piece: str, field: str) -> list[float]:
    if match["always"]:
        return [0.0, 24.0]
    start, end = (int(match[f"h{one}"]) + int(match[f"m{one}"] or 0) / 60 for one in (1, 2))
    if max(start, end) > 24 or any(int(match[f"m{one}"] or 0) > 59 for one in (1, 2)) or start == end or start == 24:
        raise BadValue("refusals.places.hours_impossible", field=field, value=piece[:40])
    return [round(start, 4), round(end if end > start else end + 24, 4)]


def _merged(spans: list[list[float]]) -> list[list[float]]:
    found: list[list[float]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1][1] = max(found[-1][1], end)
        else:
            found.append([start, end])
    return found


def write(spans: Mapping[str, Any], language: str) -> str:
    """Spans as they are written on a door; `read` reads it back the same.

    >>> write(read("mån-fre 8-18; lör 10.30-15, sön 22-02", field="opening"), "sv")
    'mån–fre 08–18, lör 10.30–15, sön 22–02'
    """
    alike: dict[str, list[int]] = {}
    for day in sorted(spans, key=int):
        times = ", ".join(_times(start, end, language) for start, end in spans[day])
        alike.setdefault(times, []).append(int(day))
    return ", ".join(f"{days_in_words(days, language)} {times}" for times, days in alike.items())


def _times(start: float, end: float, language: str) -> str:
    if (start, end) == (0, 24):
        return "dygnet runt" if language == "sv" else "all day"
    return f"{_clock(start)}–{_clock(end)}"


def _clock(hours: float) -> str:
    hour, minute = divmod(round((hours if hours <= 24 else hours - 24) * 60), 60)
    return f"{hour:02d}.{minute:02d}" if minute else f"{hour:02d}"


def days_in_words(days: Sequence[int], language: str) -> str:
    """Weekdays (0 = Monday, rising) by their short names, runs of them together.

    >>> days_in_words((0, 1, 2, 6), "sv")
    'mån–ons, sön'
    """
    names, words = NAMES[language], []
    for _, run in groupby(enumerate(days), lambda one: one[1] - one[0]):
        several = [day for _, day in run]
        words.append(names[several[0]] if len(several) == 1 else f"{names[several[0]]}–{names[several[-1]]}")
    return ", ".join(words)
