"""Days made into a file that calendars read (iCalendar, RFC 5545): whole days, stable names, no text but titles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

LINE_OCTETS = 75
PRODUCT = "-//samverkan_map//action plan//"


@dataclass(frozen=True)
class Event:
    """Something that is due on a day. `uid` stays as long as it is the same thing, whatever day it moves to."""

    uid: str
    day: date
    title: str
    changed: date
    address: str = ""


def calendar(events: Iterable[Event], *, name: str, language: str) -> bytes:
    """A calendar with one whole-day entry per event, in UTF-8 with lines of at most 75 octets that end in CR LF."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}{language.upper()}", "CALSCALE:GREGORIAN"]
    lines += ["METHOD:PUBLISH", f"X-WR-CALNAME:{escaped(name)}"]
    for event in events:
        lines += _event(event)
    return b"".join(piece + b"\r\n" for line in [*lines, "END:VCALENDAR"] for piece in folded(line))


def _event(event: Event) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{escaped(event.uid)}"
    yield f"DTSTAMP:{event.changed:%Y%m%d}T000000Z"
    yield f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{event.day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{escaped(event.title)}"
    if event.address:
        yield f"URL:{event.address}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def escaped(text: str) -> str:
    r"""A text as a value: signs that separate values are marked, line breaks written, other control signs left out.

    >>> escaped("Gupp; två, tre\nslut")
    'Gupp\\; två\\, tre\\nslut'
    """
    text = text.replace("\\", "\\\\").replace(";", r"\;").replace(",", r"\,")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", r"\n")
    return "".join(sign for sign in text if sign >= " " and sign != "\x7f")


def folded(line: str) -> Iterator[bytes]:
    """A line in pieces of at most 75 octets, each but the first begun with a blank; no letter is cut in two.

    >>> [len(piece) for piece in folded("å" * 60)]
    [74, 47]
    """
    piece = b""
    for sign in line:
        octets = sign.encode("utf-8", "replace")
        if len(piece) + len(octets) > LINE_OCTETS:
            yield piece
            piece = b" "
        piece += octets
    yield piece
