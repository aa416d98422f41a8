"""Meeting mode: one stretch at a time, large enough for the last row of chairs, and nothing that a guest may not see.

Whoever is signed in, it shows what the forum of traffic may have on its map, and no number that is too small to leave
the house.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import access, meetings
from samverkan_map.access import TRAFFIC_FORUM
from samverkan_map.errors import NotFound
from samverkan_map.traffic import Ranking, Row
from samverkan_map.vocabulary import Keeper, Period, Permission
from samverkan_map.web import periods
from samverkan_map.web.meetings import drawn, stage, telling
from samverkan_map.web.meetings.blueprint import blueprint
from samverkan_map.web.meetings.stage import Slide
from samverkan_map.web.texts import Format, t
from samverkan_map.web.traffic import words
from samverkan_map.web.traffic.asked import Work, asked_here, comparison, rank, rows_of, wanted, work_on
from samverkan_map.web.traffic.listing import PER_PAGE


@dataclass(frozen=True)
class StretchSlide(Slide):
    """A list of stretches, and which of them is shown."""

    ranking: Ranking
    work: Work

    endpoint = "meetings.projected"
    kept = ("compare", "kort")

    @property
    def period(self) -> Period:
        """The period that is counted."""
        return self.ranking.spans.now

    def named(self, at: int) -> dict[str, Any]:
        """The address value that names a stretch."""
        return {"stracka": self.rows[at].road.id}

    def list_address(self) -> str:
        """The row in the list of stretches."""
        page = self.at // PER_PAGE + 1
        anchor = f"stracka-{self.row.road.id}" if self.rows else None
        return url_for("traffic.page", **self.args(page=page if page > 1 else None), _anchor=anchor)


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
    """One stretch of the list for everybody in the room, ten of them as a table, or what was decided."""
    slide = _slide()
    if stage.view() == stage.ENDING:
        return stage.ending(slide)
    common: dict[str, Any] = stage.common(slide) | {"words": words, "compare": comparison()}
    if not slide.rows:
        return render_template("meetings/nothing.html", nothing=t("traffic.nothing"), **common)
    common |= {"period": periods.words(slide.period), "told": _told(slide, slide.row)}
    if stage.view() == stage.TABLE:
        shown = [(number, row, _told(slide, row)) for number, row in stage.table_rows(slide)]
        return render_template("meetings/table.html", shown=shown, steps=stage.table_steps(slide), **common)
    return render_template(
        "meetings/slide.html", legend=drawn.legend(slide.rows), over=telling.over(slide.period), **common
    )


@blueprint.get("/trafik/moteslage.svg")
def projected_svg() -> Response:
    """The map of the stretch that is shown."""
    slide = _slide()
    if not slide.rows:
        raise NotFound("access.errors.not_found")
    return Response(drawn.draw(slide.ranking, slide.rows, slide.at), mimetype="image/svg+xml")


def _slide() -> StretchSlide:
    asked = asked_here("stracka")
    access.check(g.viewer, Permission.SHOW_MEETING, g.agreement.forums.get(TRAFFIC_FORUM))
    ranking = rank(asked, stage.eyes())
    work = work_on(ranking, stage.eyes())
    rows = rows_of(ranking, asked, work)
    return StretchSlide(asked, rows, stage.shown_at("stracka", [row.road.id for row in rows]), ranking, work)


def _told(slide: StretchSlide, row: Row) -> Told:
    number = row.road.id
    at_work = telling.at_work(slide.work.meant.get(number, []))
    queued = next(iter(wanted(slide.ranking, [row], slide.work)), None)
    ask = meetings.to_decide(row.held, queued.why if queued else None, at_work=bool(at_work))
    keeper = t(f"vocabulary.keeper.{row.road.keeper}")
    safe = telling.leaves(row.complaints) and (row.before is None or telling.leaves(row.before))
    return Told(
        complaints=telling.counted("meetings.complaints", row.complaints),
        count=telling.counted("meetings.count", row.complaints),
        rate=_rate(row),
        accidents=telling.counted("meetings.accidents", row.accidents),
        change=words.change(row) if safe else None,
        ask=t(f"meetings.ask.{ask}", keeper=keeper),
        at_work=[telling.measure(one) for one in at_work[: telling.MOST_SHOWN]],
        more=max(0, len(at_work) - telling.MOST_SHOWN),
        decided=_decided(slide, number),
        keeper=keeper if row.road.keeper == Keeper.STATE else keeper.lower(),
    )


def _rate(row: Row) -> str:
    """How many complaints per km and year, by which the list is ordered, where the count may be told."""
    if row.per_km_year is None or not telling.leaves(row.complaints):
        return ""
    return t("meetings.rate", rate=Format(g.language).number(row.per_km_year, 1))


def _decided(slide: StretchSlide, number: int) -> str:
    """The newest decision of the forum of traffic about a stretch, or nothing."""
    place_ids = [place.id for place in slide.work.places.get(number, []) if access.is_traffic(place)]
    return telling.newest(meetings.of_stretch(g.session, stage.eyes(), number, place_ids))
