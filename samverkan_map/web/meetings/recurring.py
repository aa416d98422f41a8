"""Meeting mode for recurring places: the numbered hotspots of complaints, one at a time.

They are looked for with the traffic group's own eyes whoever is signed in, so that every meeting sees the same ones.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import Response, g, render_template, url_for

from samverkan_map import access, hotspots, meetings, traffic
from samverkan_map.access import TRAFFIC_FORUM, Viewer
from samverkan_map.errors import NotFound
from samverkan_map.hotspots import Hotspots, Spot, Work
from samverkan_map.hotspots import words as spot_words
from samverkan_map.meetings import Ask
from samverkan_map.question import Question
from samverkan_map.traffic import Road
from samverkan_map.vocabulary import Period, Permission, ReportKind, Role
from samverkan_map.web import hotspot_parts, periods
from samverkan_map.web.asking import ask
from samverkan_map.web.meetings import drawn, stage, telling
from samverkan_map.web.meetings.blueprint import blueprint
from samverkan_map.web.meetings.deciding import MOST_NAMED
from samverkan_map.web.meetings.stage import Slide
from samverkan_map.web.texts import Format, label, t
from samverkan_map.web.traffic.words import PUBLIC_LEAST, Change

MOST_ROADS = 2
MOST_TYPES = 3
LONGEST_YEAR = 366
"""Days: a longer period is compared with as long just before it."""


@dataclass(frozen=True)
class SpotSlide(Slide):
    """A list of recurring places, and which of them is shown."""

    found: Hotspots
    work: dict[int, Work]

    endpoint = "meetings.recurring"

    @property
    def period(self) -> Period:
        """The period that is counted."""
        return self.found.counted

    @property
    def accidents(self) -> bool:
        """Whether accidents are counted, which are never added to complaints."""
        return self.found.kinds == (ReportKind.ACCIDENT,)

    def named(self, at: int) -> dict[str, Any]:
        """The address value that names a place."""
        return {"nr": self.rows[at].number}

    def list_address(self) -> str:
        """The place on the page of recurring problems, counted as the meeting does."""
        anchor = f"plats-{self.row.number}" if self.rows else None
        values: dict[str, Any] = self.asked.as_args(
            page=None, kind=",".join(self.found.kinds), type=",".join(self.asked.types)
        )
        return url_for("hotspots.page", **values, _anchor=anchor)


@dataclass(frozen=True)
class Told:
    """What is said of a recurring place, in words; `about` is what a decision may be about, as address values."""

    title: str
    name: str
    reports: str
    count: str
    change: Change | None
    even: str
    history: str
    types: str
    roads: list[str]
    places: list[str]
    at_work: list[str]
    more: int
    decided: str
    ask: str
    about: dict[str, str]
    box: str
    to_make: bool


@blueprint.get("/trafik/moteslage/platser")
def recurring() -> str:
    """One recurring place for everybody in the room, ten of them as a table, or what was decided."""
    slide = _slide()
    if stage.view() == stage.ENDING:
        return stage.ending(slide)
    common: dict[str, Any] = stage.common(slide)
    if not slide.rows:
        few = t("meetings.no_spots", n=PUBLIC_LEAST)
        nothing = spot_words.headline(hotspot_parts.speaker(), slide.found) if slide.found.nothing else few
        return render_template("meetings/nothing.html", nothing=nothing, **common)
    common |= {"period": periods.words(slide.period), "compare": _compared_with(slide.found)}
    if stage.view() == stage.TABLE:
        shown = [(_told(slide, row), row) for _, row in stage.table_rows(slide)]
        return render_template("meetings/spot_table.html", shown=shown, steps=stage.table_steps(slide), **common)
    told = _told(slide, slide.row)
    legend = drawn.spot_legend(slide.rows, accidents=slide.accidents)
    return render_template("meetings/spot.html", told=told, legend=legend, over=telling.over(slide.period), **common)


@blueprint.get("/trafik/moteslage/platser.svg")
def recurring_svg() -> Response:
    """The map of the place that is shown."""
    slide = _slide()
    if not slide.rows:
        raise NotFound("access.errors.not_found")
    title = spot_words.title(hotspot_parts.speaker(), slide.row)
    return Response(drawn.draw_spot(slide.rows, slide.at, title), mimetype="image/svg+xml")


def _slide() -> SpotSlide:
    """The places of the question in the address. Raises BadQuestion, NotAllowed."""
    asked = _for_guests(ask(own=("nr",)))
    access.check(g.viewer, Permission.SHOW_MEETING, g.agreement.forums.get(TRAFFIC_FORUM))
    group = Viewer(None, g.viewer.name, Role.TRAFFIC_GROUP)
    found = hotspots.find(g.session, group, g.agreement, asked, today=g.today)
    # That a place is there at all says that it has three: those with fewer than may be told are no slides.
    rows = [spot for spot in found.spots if telling.leaves(spot.events)]
    work = hotspots.work_at(g.session, group, rows)
    return SpotSlide(asked, rows, stage.shown_at("nr", [spot.number for spot in rows]), found, work)


def _for_guests(asked: Question) -> Question:
    """The question without the types that are never public: a place made by them alone would tell where they are."""
    known = g.agreement.types
    kinds = asked.kinds or tuple(dict.fromkeys(known[code].kind for code in asked.types)) or (ReportKind.TRAFFIC,)
    may = [one.code for kind in kinds for one in g.agreement.types_of_kind(ReportKind(kind)) if not one.never_public]
    # Without a type left nothing is counted, instead of everything.
    types = tuple(code for code in may if not asked.types or code in asked.types) or ("",)
    return replace(asked, kinds=kinds, types=types)


def _compared_with(found: Hotspots) -> str:
    """Which words say what is compared with: the same days a year before, or as long just before."""
    return "before" if (found.counted.days or 0) > LONGEST_YEAR else "year"


def _told(slide: SpotSlide, spot: Spot) -> Told:
    say, work = hotspot_parts.speaker(), slide.work[spot.number]
    places = [one for one in work.places if access.is_traffic(one) and not one.closed_on]
    under_way, roads = telling.at_work(work.measures), _roads(spot)
    counted = "accidents" if slide.accidents else "complaints"
    asks = meetings.to_decide_there(has_place=bool(places), at_work=bool(under_way))
    return Told(
        title=spot_words.title(say, spot),
        name=spot.near or spot_words.title(say, spot),
        reports=telling.counted(f"meetings.{counted}", spot.events),
        count=telling.counted("meetings.count", spot.events),
        change=_change(slide.found, spot),
        even=t("meetings.spot_even", n=Format(g.language).number(spot.expected, 0 if spot.expected >= 10 else 1)),
        history=spot_words.history(say, slide.found, spot),
        types=_types(spot),
        roads=[_road(one) for one in roads[:MOST_ROADS]],
        places=[_place(one) for one in places[: telling.MOST_SHOWN]],
        at_work=[telling.measure(one) for one in under_way[: telling.MOST_SHOWN]],
        more=max(0, len(under_way) - telling.MOST_SHOWN),
        decided=_decided(places, roads),
        ask=t(f"meetings.ask.{asks}"),
        about=_about(places, roads),
        box=hotspot_parts.box(spot.core_box if spot.cells > 9 else spot.shape.bounds, 0),
        to_make=asks is Ask.MAKE_PLACE,
    )


def _change(found: Hotspots, spot: Spot) -> Change | None:
    """The change against the period before, where both counts may be told."""
    if spot.before is None or not telling.leaves(spot.before):
        return None
    arrow, number = spot_words.arrow_of(spot)
    return Change(arrow, number, spot_words.certainty(hotspot_parts.speaker(), spot))


def _types(spot: Spot) -> str:
    """The commonest types by name alone: how many of each may be too few to tell."""
    known = g.agreement.types
    names = [label(known[code]) for code, _ in spot.types[:MOST_TYPES] if code in known]
    return ", ".join(name[:1].lower() + name[1:] for name in names)


def _roads(spot: Spot) -> list[Road]:
    """The stretches through a place, the one with most of its length there first."""
    roads = traffic.roads(g.session)
    (touched,) = roads.touched_by([spot.shape], 0)
    inside = {number: roads.lines[roads.at[number]].intersection(spot.shape).length for number in touched}
    return [roads.rows[roads.at[number]] for number in sorted(inside, key=lambda one: (-inside[one], one))]


def _road(road: Road) -> str:
    """A stretch with what was measured on it."""
    if road.latest is None:
        return t("meetings.road_never", name=road.name, limit=road.speed_limit)
    speed = Format(g.language).number(road.latest.v85, 1)
    return t("meetings.road_measured", name=road.name, speed=speed, limit=road.speed_limit)


def _place(one: Any) -> str:
    """A place in a line: its name and how far it has come."""
    phase = t(f"vocabulary.phase.{one.phase}").lower()
    return t("meetings.place_phase", name=telling.shortened(one.name, telling.MOST_LETTERS["title"]), phase=phase)


def _about(places: list[Any], roads: list[Road]) -> dict[str, str]:
    """What a decision about a recurring place may be about: the places there, and the stretches through it."""
    named = {"plats": places[:MOST_NAMED], "stracka": roads[:MOST_ROADS]}
    return {name: ",".join(str(one.id) for one in those) for name, those in named.items() if those}


def _decided(places: list[Any], roads: list[Road]) -> str:
    """The newest decision of the forum of traffic about the places there or the stretches through it, or nothing."""
    found = [one for place in places for one in meetings.of_place(g.session, stage.eyes(), place)]
    for road in roads[:MOST_ROADS]:
        found += meetings.of_stretch(g.session, stage.eyes(), road.id)
    return telling.newest(found)
