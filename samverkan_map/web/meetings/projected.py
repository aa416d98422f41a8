"""Meeting mode: one stretch at a time, large enough for the last row of chairs, and nothing that a guest may not see.

Whoever is signed in, it shows what the forum of traffic may have on its map, and no number that is too small to leave
the house.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import Any

from flask import Response, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import access, meetings
from samverkan_map.access import TRAFFIC_FORUM
from samverkan_map.errors import BadQuestion, NotFound
from samverkan_map.question import Question
from samverkan_map.traffic import Ranking, Row
from samverkan_map.vocabulary import STOCKHOLM, Keeper, MeasureStatus, Period, Permission
from samverkan_map.web import periods, sessions
from samverkan_map.web.meetings import drawn
from samverkan_map.web.meetings.blueprint import blueprint
from samverkan_map.web.texts import Format, t
from samverkan_map.web.traffic import words
from samverkan_map.web.traffic.asked import Work, asked_here, comparison, rank, rows_of, wanted, work_on
from samverkan_map.web.traffic.listing import PER_PAGE

IN_TABLE = 10
"""So many rows fill an old projector."""

MOST_SHOWN = 2
"""So many measures are shown of a stretch, and the newest decision; its own page has all of them."""

MOST_LETTERS = {"title": 60, "decision": 90}
"""Longer texts are cut, so that nobody has to scroll in front of the meeting."""

AT_WORK = (MeasureStatus.PLANNED, MeasureStatus.ONGOING)


@dataclass(frozen=True)
class Slide:
    """Where the meeting is: the list, and which of its rows is shown."""

    asked: Question
    ranking: Ranking
    work: Work
    rows: list[Row]
    at: int

    @property
    def row(self) -> Row:
        """The row that is shown."""
        return self.rows[self.at]

    def args(self, **changes: object) -> dict[str, Any]:
        """The address values of another view of the same meeting."""
        kept = {name: request.args.get(name) for name in ("compare", "kort")}
        return self.asked.as_args(page=None) | kept | changes

    def address(self, step: int = 0, **changes: object) -> str | None:
        """The address of the stretch so many rows on, or None where the list ends."""
        at = self.at + step
        if not 0 <= at < len(self.rows):
            return None
        return url_for("meetings.projected", **self.args(stracka=self.rows[at].road.id, **changes))

    def list_address(self) -> str:
        """The row in the list of stretches: there the work goes on when meeting mode is left."""
        page = self.at // PER_PAGE + 1
        anchor = f"stracka-{self.row.road.id}" if self.rows else None
        return url_for("traffic.page", **self.args(kort=None, page=page if page > 1 else None), _anchor=anchor)


@dataclass(frozen=True)
class Told:
    """What is said of a stretch, in words."""

    complaints: str
    count: str
    rate: str
    accidents: str
    change: words.Change | None
    ask: str
    at_work: list[str]
    more: int
    decided: str
    keeper: str


@blueprint.get("/trafik/motesläge")
def by_its_name() -> AnyResponse:
    """The same address as people write it."""
    return redirect(f"{url_for('meetings.projected')}?{request.query_string.decode('latin-1')}", 302)


@blueprint.get("/trafik/moteslage")
def projected() -> str:
    """One stretch of the list for everybody in the room, or ten of them as a table."""
    slide = _slide()
    common: dict[str, Any] = {
        "slide": slide,
        "words": words,
        "keys": request.args.get("kort") != "av",
        "clock": _clock(),
        "compare": comparison(),
        "forum": TRAFFIC_FORUM if TRAFFIC_FORUM in g.agreement.forums else "",
    }
    if not slide.rows:
        return render_template("meetings/nothing.html", **common)
    common |= {"period": periods.words(slide.ranking.spans.now), "told": _told(slide, slide.row)}
    if request.args.get("visa") == "tabell":
        first = slide.at // IN_TABLE * IN_TABLE
        shown = [(number, row, _told(slide, row)) for number, row in enumerate(slide.rows, 1)][first : first + IN_TABLE]
        return render_template("meetings/table.html", shown=shown, steps=_table_steps(slide, first), **common)
    return render_template(
        "meetings/slide.html", legend=drawn.legend(slide.rows), over=_over(slide.ranking.spans.now), **common
    )


@blueprint.get("/trafik/moteslage.svg")
def projected_svg() -> Response:
    """The map of the stretch that is shown."""
    slide = _slide()
    if not slide.rows:
        raise NotFound("access.errors.not_found")
    return Response(drawn.draw(slide.ranking, slide.rows, slide.at), mimetype="image/svg+xml")


def _slide() -> Slide:
    asked = asked_here("stracka", "kort")
    access.check(g.viewer, Permission.MEET, g.agreement.forums.get(TRAFFIC_FORUM))
    ranking = rank(asked)
    work = work_on(ranking)
    rows = rows_of(ranking, asked, work)
    return Slide(asked, ranking, work, rows, _at(rows))


def _at(rows: list[Row]) -> int:
    """Which row the address means: the first when it says nothing, or a stretch that the list no longer holds."""
    value = request.args.get("stracka", "")
    if not value:
        return 0
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise BadQuestion("question.errors.malformed", name="stracka", value=value[:40], example="1")
    return next((at for at, row in enumerate(rows) if row.road.id == int(value)), 0)


def _clock() -> str:
    return f"{sessions.now().replace(tzinfo=UTC).astimezone(STOCKHOLM):%H:%M}"


def _table_steps(slide: Slide, first: int) -> tuple[str | None, str | None]:
    """The addresses of the ten rows before and after."""
    back, on = first - slide.at - IN_TABLE, first - slide.at + IN_TABLE
    return slide.address(back, visa="tabell"), slide.address(on, visa="tabell")


def _told(slide: Slide, row: Row) -> Told:
    number = row.road.id
    at_work = [one for one in slide.work.meant.get(number, []) if access.is_traffic(one) and one.status in AT_WORK]
    queued = next(iter(wanted(slide.ranking, [row], slide.work)), None)
    ask = meetings.to_decide(row.held, queued.why if queued else None, at_work=bool(at_work))
    keeper = t(f"vocabulary.keeper.{row.road.keeper}")
    safe = _leaves(row.complaints) and (row.before is None or _leaves(row.before))
    return Told(
        complaints=_counted("meetings.complaints", row.complaints),
        count=_counted("meetings.count", row.complaints),
        rate=_rate(row),
        accidents=_counted("meetings.accidents", row.accidents),
        change=words.change(row) if safe else None,
        ask=t(f"meetings.ask.{ask}", keeper=keeper),
        at_work=[_measure(one) for one in at_work[:MOST_SHOWN]],
        more=max(0, len(at_work) - MOST_SHOWN),
        decided=_decided(slide, number),
        keeper=keeper if row.road.keeper == Keeper.STATE else keeper.lower(),
    )


def _leaves(count: int) -> bool:
    return count >= words.PUBLIC_LEAST


def _counted(key: str, count: int) -> str:
    """A count as it may leave the house: there may be guests in the room."""
    shown = Format(g.language).number(count)
    return t(key, n=count, shown=shown) if _leaves(count) else t(f"{key}_few", n=words.PUBLIC_LEAST)


def _rate(row: Row) -> str:
    """How many complaints per km and year, by which the list is ordered, where the count may be told."""
    if row.per_km_year is None or not _leaves(row.complaints):
        return ""
    return t("meetings.rate", rate=Format(g.language).number(row.per_km_year, 1))


def _measure(one: Any) -> str:
    fmt = Format(g.language)
    end = one.planned_end
    key = "meetings.measure_until" if end else "meetings.measure_from"
    day = fmt.month(end or one.started_on or one.planned_start)
    status = t(f"vocabulary.measure_status.{one.status}")
    return t(key, status=status, title=shortened(one.title, MOST_LETTERS["title"]), owner=one.owner.name, date=day)


def _over(period: Period) -> str:
    """How long the period is, in whole months where it is that; its days stand below the map."""
    start, end = period.start, period.end
    if not (start and end) or start.day != 1 or end.day != 1:
        return periods.words(period)
    return t("meetings.in_months", n=12 * (end.year - start.year) + end.month - start.month)


def _decided(slide: Slide, number: int) -> str:
    """The newest decision of the forum of traffic about a stretch, or nothing."""
    place_ids = [place.id for place in slide.work.places.get(number, []) if access.is_traffic(place)]
    found = meetings.of_stretch(g.session, g.viewer, number, place_ids)
    newest = next((one for one in found if access.is_traffic(one)), None)
    if newest is None:
        return ""
    status = t(f"vocabulary.decision_status.{newest.status}")
    day = Format(g.language).short(newest.held_on)
    return t("meetings.decided_one", date=day, text=shortened(newest.text, MOST_LETTERS["decision"]), status=status)


def shortened(text: str, most: int) -> str:
    """A text as long as a line or two of a projector, cut between two words.

    >>> shortened("Farthinder", 20), shortened("Gupp vid två korsningar", 12)
    ('Farthinder', 'Gupp vid…')
    """
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    return (cut.rpartition(" ")[0] or cut) + "…"
