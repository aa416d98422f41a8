"""What meeting mode has in common whatever is looked at: where it is in a list, its views, and its last page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from flask import g, render_template, request, url_for

from samverkan_map import meetings
from samverkan_map.access import TRAFFIC_FORUM, Viewer
from samverkan_map.errors import BadQuestion
from samverkan_map.question import Question
from samverkan_map.vocabulary import STOCKHOLM, Period, Role
from samverkan_map.web import sessions
from samverkan_map.web.texts import t

IN_TABLE = 10
"""So many rows fill an old projector."""

TABLE, ENDING = "tabell", "beslut"
"""The views beside one at a time, as the address names them."""

IN_BOTH = ("area", "type", "hour", "source")
"""The filters that the meeting keeps when it looks at something else."""

LOOKS = {"meetings.projected": "meetings.look_stretches", "meetings.recurring": "meetings.look_places"}
"""What a meeting may look at: the page and its word."""


@dataclass(frozen=True)
class Slide:
    """Where the meeting is: a list of `rows`, and which of them is shown. Each kind of list says its own addresses."""

    asked: Question
    rows: list[Any]
    at: int

    endpoint: ClassVar[str]
    kept: ClassVar[tuple[str, ...]] = ("kort",)
    """What else of the address goes along from row to row."""

    @property
    def row(self) -> Any:
        """The row that is shown."""
        return self.rows[self.at]

    @property
    def period(self) -> Period:
        """The period that is counted."""
        raise NotImplementedError

    def named(self, at: int) -> dict[str, Any]:
        """The address value that names a row."""
        raise NotImplementedError

    def list_address(self) -> str:
        """The row in the list: there the work goes on when meeting mode is left."""
        raise NotImplementedError

    def args(self, **changes: object) -> dict[str, Any]:
        """The address values of another view of the same meeting."""
        return self.asked.as_args(page=None) | {name: request.args.get(name) for name in self.kept} | changes

    def address(self, step: int = 0, **changes: object) -> str | None:
        """The address of the row so many on, or None where the list ends."""
        at = self.at + step
        if not 0 <= at < len(self.rows):
            return None
        return url_for(self.endpoint, **self.args(**self.named(at), **changes))

    def here(self, **changes: object) -> str:
        """The address of this row, or of the empty list, with some values changed."""
        return self.address(0, **changes) or url_for(self.endpoint, **self.args(**changes))

    def in_both(self) -> dict[str, Any]:
        """The address values with which something else is looked at: the same filters, over the same whole months."""
        values = {name: value for name, value in self.asked.given.items() if name in IN_BOTH}
        start, end = self.period.start, self.period.end
        if start and end and self.asked.period != Period():
            values |= {"from": f"{start:%Y-%m}", "to": f"{end - timedelta(days=1):%Y-%m}"}
        return values | {"kort": request.args.get("kort")}


def eyes() -> Viewer:
    """With whose eyes a meeting looks: the visitor's; a screen, which is nobody, shows what the forum itself sees."""
    return Viewer(None, g.viewer.name, Role.TRAFFIC_GROUP) if g.viewer.screen_of else g.viewer


def shown_at(name: str, numbers: list[int]) -> int:
    """Which row the address means: the first when it says nothing, or a row that the list no longer holds.

    Raises BadQuestion.
    """
    value = request.args.get(name, "")
    if not value:
        return 0
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise BadQuestion("question.errors.malformed", name=name, value=value[:40], example="1")
    return numbers.index(int(value)) if int(value) in numbers else 0


def common(slide: Slide) -> dict[str, Any]:
    """What every page of meeting mode needs."""
    return {
        "slide": slide,
        "keys": request.args.get("kort") != "av",
        "clock": _clock(sessions.now()),
        "screen_until": _clock(g.screen_until) if g.screen_until else "",
        "forum": TRAFFIC_FORUM if TRAFFIC_FORUM in g.agreement.forums else "",
        "looks": [
            (t(words), slide.here() if endpoint == slide.endpoint else url_for(endpoint, **slide.in_both()), endpoint)
            for endpoint, words in LOOKS.items()
        ],
    }


def _clock(moment: datetime) -> str:
    return f"{moment.replace(tzinfo=UTC).astimezone(STOCKHOLM):%H:%M}"


def view() -> str:
    """The view that the address asks for: "" for one at a time."""
    asked = request.args.get("visa", "")
    return asked if asked in (TABLE, ENDING) else ""


def table_rows(slide: Slide) -> list[tuple[int, Any]]:
    """The ten rows with the one that is shown among them, numbered by their order in the list."""
    first = slide.at // IN_TABLE * IN_TABLE
    return list(enumerate(slide.rows, 1))[first : first + IN_TABLE]


def table_steps(slide: Slide) -> tuple[str | None, str | None]:
    """The addresses of the ten rows before and after."""
    first = slide.at // IN_TABLE * IN_TABLE
    back, on = first - slide.at - IN_TABLE, first - slide.at + IN_TABLE
    return slide.address(back, visa=TABLE), slide.address(on, visa=TABLE)


def ending(slide: Slide) -> str:
    """The last page of a meeting: what was decided today, and the way to the extract of its minutes."""
    found = []
    if TRAFFIC_FORUM in g.agreement.forums:
        forum = meetings.forum_of(eyes(), g.agreement, TRAFFIC_FORUM)
        found = meetings.find(g.session, eyes(), forum, held_on=g.today)[::-1]
    return render_template("meetings/ending.html", decisions=found, today=g.today, **common(slide))
