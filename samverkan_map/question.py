"""One question, everywhere: the filters of the address and of the command line, parsed once and handed on unchanged.

Map, list, table, GeoJSON, CSV and export answer the same `Question`, so they cannot disagree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from samverkan_map.agreement import Agreement
from samverkan_map.errors import BadQuestion
from samverkan_map.vocabulary import Keeper, Layer, Period, Phase, PhaseStatus, ReportKind, add_months

NAMES = (
    "from", "to", "period", "focus", "kind", "type", "area", "bbox", "source", "phase", "status", "keeper", "weekday",
    "hour", "q", "layer", "sort", "page",
)  # fmt: skip
"""The filters, as the address and the command line spell them."""

PUBLIC_NAMES = ("focus", "area", "phase", "status", "q", "layer", "sort", "page")
"""The filters an anonymous visitor has; any other answers 400 for that visitor."""

NO_LAYER = "inga"
"""As a value of `layer`: no layer at all, so that an empty choice has an address too. Beside others it says nothing."""

DISPLAY_NAMES = (
    "visa", "plats", "kring", "objekt", "vy", "som", "lang", "storlek", "z", "v", "klart", "till", "kort",
)  # fmt: skip
"""What else an address may say: how a page is shown, never which rows it holds. So may names that begin `utm_`."""

SORTS = ("newest", "oldest", "type", "area")
LONGEST_TEXT = 100
LAST_PAGE = 1_000_000
YEARS = range(1900, 2201)
"""The years that can be asked for, so that a period before or after is a period too."""


@dataclass(frozen=True)
class Question:
    """What is asked for. Empty tuples and None mean "all"."""

    period: Period = Period()
    focus: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    bbox: tuple[float, float, float, float] | None = None
    sources: tuple[str, ...] = ()
    phases: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    keepers: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = ()
    hours: tuple[int, int] | None = None
    text: str = ""
    layers: tuple[tuple[str, str], ...] = ()
    """Pairs (focus area or "", layer); the only one may be `NO_LAYER`."""
    without: tuple[tuple[str, str], ...] = ()
    """Such pairs that are left out, written with a minus in the address."""
    sort: str = "newest"
    page: int = 1
    given: Mapping[str, str] = field(default_factory=dict, compare=False)
    """The filters as they stood in the address, without empty ones, in the order of `NAMES`."""

    def as_args(self, **changes: object) -> dict[str, str]:
        """The address values of this question, with some changed; None takes one away."""
        values = dict(self.given) | {name: None if value is None else str(value) for name, value in changes.items()}
        return {name: value for name, value in values.items() if value not in (None, "")}

    def within(self, bbox: tuple[float, float, float, float]) -> Question:
        """The same question narrowed to a box (west, south, east, north in degrees)."""
        return replace(self, bbox=bbox if self.bbox is None else _both(self.bbox, bbox))

    def step(self, direction: int) -> Question:
        """The same question one period earlier (-1) or later (+1)."""
        period = self.period.step(direction)
        given = {name: value for name, value in self.given.items() if name not in ("period", "page")}
        if period.start and period.end:
            given |= {"from": period.start.isoformat(), "to": period.end.isoformat()}
        return replace(self, period=period, page=1, given=given)

    def wants(self, layer: Layer, focus: Iterable[str]) -> bool:
        """Whether a row of `layer` that belongs to the focus areas `focus` is asked for."""
        focus = set(focus)
        if (self.focus and not focus & set(self.focus)) or self._left_out(layer, focus):
            return False
        if not self.layers:
            return True
        return any(name == layer and (not prefix or prefix in focus) for prefix, name in self.layers)

    def _left_out(self, layer: Layer, focus: set[str]) -> bool:
        """What belongs to two focus areas is left out only when it is in both."""
        gone = {prefix for prefix, name in self.without if name == layer}
        return "" in gone or (bool(focus) and focus <= gone)


def parse(
    args: Mapping[str, Any],
    agreement: Agreement,
    today: date,
    *,
    public: bool = False,
    own: tuple[str, ...] = (),
    sorts: tuple[str, ...] = SORTS,
) -> Question:
    """Read the filters out of an address or a command line. `args` may hold lists (`getlist`) or single values.

    `own` names what one page asks besides, and reads itself; `sorts` are the orders it knows, the usual one first.

    Raises BadQuestion for a name that is no filter and nothing that an address may say besides, for a value that is not
    understood, and for a filter that an anonymous visitor does not have.
    """
    _check_names(args, (*(PUBLIC_NAMES if public else NAMES), *own))
    given = _given(args)
    layers, without = _layers(given, agreement)
    if public and (closed := [name for name in given if name not in PUBLIC_NAMES]):
        raise BadQuestion("question.errors.not_public", name=closed[0], allowed=", ".join(PUBLIC_NAMES))
    return Question(
        period=_period(given, agreement, today),
        focus=_codes(given, "focus", agreement.focus_areas),
        kinds=_codes(given, "kind", list(ReportKind)),
        types=_codes(given, "type", agreement.types),
        areas=_codes(given, "area", agreement.areas),
        bbox=_bbox(given["bbox"]) if "bbox" in given else None,
        sources=_codes(given, "source", agreement.sources),
        phases=_codes(given, "phase", list(Phase)),
        statuses=_codes(given, "status", list(PhaseStatus)),
        keepers=_codes(given, "keeper", list(Keeper)),
        weekdays=_weekdays(given["weekday"]) if "weekday" in given else (),
        hours=_hours(given["hour"]) if "hour" in given else None,
        text=_text(given.get("q", "")),
        layers=layers,
        without=without,
        sort=_codes(given, "sort", sorts)[0] if "sort" in given else sorts[0],
        page=_page(given.get("page", "1")),
        given=given,
    )


def faults(args: Mapping[str, Any], agreement: Agreement, today: date, **how: Any) -> list[BadQuestion]:
    """Everything that is wrong with the filters of an address, one for each; `how` as in `parse`."""
    left = {name: args.getlist(name) if hasattr(args, "getlist") else args[name] for name in args}
    found: list[BadQuestion] = []
    while True:
        try:
            parse(left, agreement, today, **how)
            return found
        except BadQuestion as fault:
            found.append(fault)
            left.pop(str(fault.fields["name"]))


def _check_names(args: Mapping[str, Any], allowed: tuple[str, ...]) -> None:
    for name in args:
        if name not in (*NAMES, *allowed, *DISPLAY_NAMES) and not name.startswith("utm_"):
            raise BadQuestion("question.errors.unknown_name", name=name, allowed=", ".join(allowed))


def _given(args: Mapping[str, Any]) -> dict[str, str]:
    """The filters that hold something, each as one text; several of the same name are joined with commas."""
    found = {}
    for name in NAMES:
        many = args.getlist(name) if hasattr(args, "getlist") else args.get(name)
        values = [many] if isinstance(many, str) else list(many or ())
        if joined := ",".join(value.strip() for value in values if value and value.strip()):
            found[name] = joined
    return found


def _codes(given: Mapping[str, str], name: str, allowed: Iterable[str]) -> tuple[str, ...]:
    values = [value.strip() for value in given.get(name, "").split(",") if value.strip()]
    allowed = [str(code) for code in allowed]
    for value in values:
        if value not in allowed:
            raise BadQuestion("question.errors.unknown", name=name, value=_short(value), allowed=", ".join(allowed))
    return tuple(dict.fromkeys(values))


def _short(value: str) -> str:
    return value if len(value) <= 40 else value[:40] + "…"


def _layers(given: dict[str, str], agreement: Agreement) -> tuple[tuple[tuple[str, str], ...], ...]:
    """The layers asked for and those left out. What `given` holds of them is written as it is understood."""
    known = [*Layer, *(f"{focus}.{layer}" for focus in agreement.focus_areas for layer in Layer)]
    codes = _codes(given, "layer", [NO_LAYER, *known, *(f"-{code}" for code in known)])
    if len(codes) > 1:
        codes = tuple(code for code in codes if code != NO_LAYER)
        given["layer"] = ",".join(codes)
    out = [code[1:] for code in codes if code.startswith("-")]
    return _pairs((code for code in codes if not code.startswith("-")), agreement), _pairs(out, agreement)


def _pairs(codes: Iterable[str], agreement: Agreement) -> tuple[tuple[str, str], ...]:
    """(focus area, layer) of each code; a layer in every focus area is the layer whole, whatever its rows belong to."""
    pairs = [(focus, layer) for focus, _, layer in (code.rpartition(".") for code in codes)]
    whole = {layer for _, layer in pairs if {(focus, layer) for focus in agreement.focus_areas} <= set(pairs)}
    return tuple(dict.fromkeys(("", layer) if layer in whole else (focus, layer) for focus, layer in pairs))


def _period(given: Mapping[str, str], agreement: Agreement, today: date) -> Period:
    if "period" in given:
        if "from" in given or "to" in given:
            raise BadQuestion("question.errors.period_twice", name="period")
        named = agreement.period_of(given["period"])
        return named.days if named else _last_months(given["period"], today)
    start = _day("from", given["from"])[0] if "from" in given else None
    end = _day("to", given["to"])[1] if "to" in given else None
    if start and end and start >= end:
        raise BadQuestion("question.errors.period_empty", name="to", start=given["from"], end=given["to"])
    return Period(start, end)


def _last_months(value: str, today: date) -> Period:
    match = re.fullmatch(r"([1-9][0-9]{0,2})m", value)
    if not match:
        raise BadQuestion("question.errors.malformed", name="period", value=_short(value), example="12m")
    end = today.replace(day=1)
    return Period(add_months(end, -int(match[1])), end)


def _day(name: str, value: str) -> tuple[date, date]:
    """The day a value means as a start and as an end: a bare month as an end is the end of that month."""
    match = re.fullmatch(r"(\d{4})-(\d{2})(?:-(\d{2}))?", value, re.ASCII)
    try:
        if not match:
            raise ValueError
        day = date(int(match[1]), int(match[2]), int(match[3] or 1))
        if day.year not in YEARS:
            raise ValueError
        return day, day if match[3] else add_months(day, 1)
    except ValueError as error:
        raise BadQuestion("question.errors.malformed", name=name, value=_short(value), example="2025-01-31") from error


def _bbox(value: str) -> tuple[float, float, float, float]:
    parts = value.split(",")
    try:
        if len(parts) != 4 or not all(re.fullmatch(r"\s*-?\d{1,3}(\.\d{1,15})?\s*", part, re.ASCII) for part in parts):
            raise ValueError
        w, s, e, n = (float(part) for part in parts)
        if not (-180 <= w < e <= 180 and -90 <= s < n <= 90):
            raise ValueError
    except ValueError as error:
        example = "12.8,55.3,13.2,55.6"
        raise BadQuestion("question.errors.malformed", name="bbox", value=_short(value), example=example) from error
    return w, s, e, n


def _both(a: tuple[float, ...], b: tuple[float, ...]) -> tuple[float, float, float, float]:
    return max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])


def _weekdays(value: str) -> tuple[int, ...]:
    found: set[int] = set()
    for part in value.split(","):
        match = re.fullmatch(r"\s*([0-6])(?:-([0-6]))?\s*", part, re.ASCII)
        if not match:
            raise BadQuestion("question.errors.weekday", name="weekday", value=_short(value))
        first, last = int(match[1]), int(match[2] or match[1])
        found |= {day % 7 for day in range(first, last + 1 if last >= first else last + 8)}
    return tuple(sorted(found))


def _hours(value: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,2})-(\d{1,2})", value, re.ASCII)
    if match:
        start, end = int(match[1]), int(match[2])
        if start <= 23 and end <= 24 and start != end:
            return start, end
    raise BadQuestion("question.errors.hour", name="hour", value=_short(value))


def _text(value: str) -> str:
    if "\x00" in value:
        raise BadQuestion("question.errors.text_odd", name="q")
    if len(value) > LONGEST_TEXT:
        raise BadQuestion("question.errors.text_too_long", name="q", most=LONGEST_TEXT)
    return value


def _page(value: str) -> int:
    if re.fullmatch(r"[1-9]\d{0,6}", value, re.ASCII) and int(value) <= LAST_PAGE:
        return int(value)
    raise BadQuestion("question.errors.malformed", name="page", value=_short(value), example="1")


def hours_of(hours: tuple[int, int]) -> tuple[int, ...]:
    """The hours 0-23 that a half-open window holds; it may pass midnight.

    >>> hours_of((22, 2))
    (22, 23, 0, 1)
    """
    start, end = hours
    return tuple(hour % 24 for hour in range(start, end if end > start else end + 24))


def days_since_1970(day: date) -> int:
    """The day as the tables count it.

    >>> days_since_1970(date(1970, 1, 2))
    1
    """
    return (day - date(1970, 1, 1)).days


def day_of(number: int) -> date:
    """The date of a day number of the tables."""
    return date(1970, 1, 1) + timedelta(days=int(number))
