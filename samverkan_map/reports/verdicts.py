"""What the words of a row make of it. Rows with the same words have the same verdict, so each is thought of once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from samverkan_map.agreement import ProblemType
from samverkan_map.reports import kinds
from samverkan_map.reports.reading import Reading, Why
from samverkan_map.vocabulary import Precision, ReportKind, Severity


class Said(NamedTuple):
    """The words of a row, and whether it has a position."""

    source: str
    municipality: str
    type: str
    kind: str
    place_name: str
    precision: str
    severity: str
    organisation: str
    positioned: bool


@dataclass(frozen=True)
class Verdict:
    """What is stored of a row's words, or why it cannot be: `refused` before its times are looked at, `refused_after`
    when there is nothing wrong with them. Without `type` and reason the row is left out.

    `area` is the sub-area of the place name; a row that is `placed` has that of its position instead, and one that
    `keeps_point` the position too.
    """

    type: ProblemType | None = None
    refused: Why | None = None
    refused_after: Why | None = None
    precision: str = ""
    area: str | None = None
    placed: bool = False
    keeps_point: bool = False
    severity: str | None = None
    organisation_id: int | None = None


class _RefuseError(Exception):
    def __init__(self, key: str, **fields: object) -> None:
        super().__init__(key)
        self.why: Why = (f"reports.rows.{key}", fields)


def verdict(reading: Reading, said: Said, *, has_municipality: bool) -> Verdict:
    """What these words make of a row; `has_municipality` says that the file has such a column."""
    try:
        _check_source(reading, said.source)
        _check_municipality(reading, said, has_municipality)
        found = _type(reading, said.type, said.kind)
    except _RefuseError as no:
        return Verdict(refused=no.why)
    if found is None:
        return Verdict()
    try:
        precision, area = _where(reading, said, found)
        return Verdict(
            type=found,
            precision=precision,
            area=area,
            placed=said.positioned and precision != Precision.MUNICIPALITY,
            keeps_point=said.positioned and precision in (Precision.POINT, Precision.STREET),
            severity=_severity(found, said.severity),
            organisation_id=_organisation(reading, said.organisation),
        )
    except _RefuseError as no:
        return Verdict(type=found, refused_after=no.why)


def _check_source(reading: Reading, source: str) -> None:
    if source not in reading.agreement.sources:
        raise _RefuseError("unknown_source", value=source[:40])


def _check_municipality(reading: Reading, said: Said, has_municipality: bool) -> None:
    given, own = said.municipality, reading.agreement
    if given and given.casefold() not in {own.code, own.name.casefold(), *(name.casefold() for name in own.names)}:
        raise _RefuseError("other_municipality", municipality=given[:60])
    if has_municipality and not (given or said.positioned or said.place_name):
        raise _RefuseError("no_municipality")


def _type(reading: Reading, word: str, kind: str) -> ProblemType | None:
    if not word:
        raise _RefuseError("no_type")
    found = reading.type_of(word)
    if found == "-":
        return None
    if not isinstance(found, ProblemType):
        nearest = reading.agreement.nearest_type(word[:60])
        raise _RefuseError("unknown_type" if nearest else "unknown_word", value=word[:60], **_near(nearest))
    if why := kinds.misfit(found, kind):
        raise _RefuseError(why[0], **why[1])
    return found


def _near(nearest: str) -> dict[str, str]:
    return {"nearest": nearest} if nearest else {}


def _where(reading: Reading, said: Said, found: ProblemType) -> tuple[str, str | None]:
    """Precision, and sub-area by name. A type or a row that is no finer than an area never keeps a position."""
    given = said.precision
    if given and given not in set(Precision):
        raise _RefuseError("unknown_precision", value=given[:40], allowed=", ".join(Precision))
    if not said.positioned:
        return _by_name(reading, said.place_name, given, found)
    precision = Precision(given) if given else Precision.POINT
    if found.finest == Precision.AREA and precision in (Precision.POINT, Precision.STREET):
        precision = Precision.AREA
    return precision.value, None


def _by_name(reading: Reading, name: str, given: str, found: ProblemType) -> tuple[str, str | None]:
    if not name:
        if given == Precision.MUNICIPALITY:
            return Precision.MUNICIPALITY.value, None
        raise _RefuseError("no_place")
    match = reading.agreement.match_place(name)
    if match is None:
        raise _RefuseError("unknown_place", value=name[:60])
    precision = match.precision
    if found.finest == Precision.AREA and precision == Precision.STREET:
        precision = Precision.AREA if match.area else Precision.MUNICIPALITY
    return precision.value, match.area


def _severity(found: ProblemType, value: str) -> str | None:
    if not value:
        return None
    if found.kind != ReportKind.ACCIDENT:
        raise _RefuseError("severity_without_accident")
    if value not in set(Severity):
        raise _RefuseError("unknown_severity", value=value[:40], allowed=", ".join(Severity))
    return value


def _organisation(reading: Reading, value: str) -> int | None:
    if not value:
        return None
    found = reading.organisations.get(value.casefold())
    if found is None:
        raise _RefuseError("unknown_organisation", value=value[:60])
    return found
