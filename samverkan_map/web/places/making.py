"""Making a place and drawing it anew: on the map, from a stretch, a name, typed numbers, or chosen reports."""

from __future__ import annotations

import re
from functools import partial
from typing import Any
from urllib.parse import urlencode

import shapely
from flask import g, render_template, request, url_for
from shapely.geometry import MultiPoint
from shapely.geometry.base import BaseGeometry
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import access, hotspots, people, places, question, reports, traffic
from samverkan_map.errors import BadValue, NotFound
from samverkan_map.map_rows import Box
from samverkan_map.vocabulary import Permission
from samverkan_map.web import drawing, forms, merging
from samverkan_map.web.forms import Compared, Done, Given, Sent
from samverkan_map.web.places.changing import choices, read_words
from samverkan_map.web.places.door import blueprint, enter

Drawn = AnyResponse | tuple[str, int]

FORM = "new_place"

ROOM_METRES = 25
"""So much room is left around chosen reports."""

WIDEST_METRES = 1500
"""A heap of reports wider than this says where to look, not how large the place is."""


@blueprint.get("/platser/ny")
def new() -> str | tuple[str, int]:
    """The form that makes a place: drawn, chosen, or around reports."""
    access.check(g.viewer, Permission.EDIT_PLACE)
    chosen = _chosen_reports(request.args.getlist("rapporter"))
    if not chosen and "valda" in request.args:
        return render_template("places/none_chosen.html", back=_list_again()), 422
    shape = _around(chosen) if chosen else _of_run()
    stored = {"geometry": drawing.as_text(shape), "rapporter": [f"{one['kind']}.{one['id']}" for one in chosen]}
    return _new_page(forms.given(FORM, _draft_name(), stored), {})


def _draft_name() -> str:
    """What the draft belongs to: reports and a view in the address begin one of their own beside an older one."""
    if (kept := request.args.get("utkast", "")) and re.fullmatch(r"[a-z]{1,40}", kept):
        return kept
    begun = [*request.args.getlist("rapporter"), *(request.args.get(name, "") for name in ("bbox", "aterkommande"))]
    return merging.sign(begun) if any(begun) else ""


def _list_again() -> str:
    """The list that the form was sent from."""
    values = {name: [text for text in texts if text] for name, texts in request.args.to_dict(flat=False).items()}
    return f"{url_for('karta.page')}?{urlencode(values | {'valda': []}, doseq=True)}"


@blueprint.post("/platser/ny")
def take_new() -> Drawn:
    """Make a place."""
    access.check(g.viewer, Permission.EDIT_PLACE)
    name = _draft_name()
    return forms.carry_out(forms.Page(FORM, url_for("places.new", utkast=name or None), _new_page, name), _make)


def _make(sent: Sent) -> Done:
    words, where = read_words(sent), drawing.read(sent)
    chosen = _chosen_reports(sent.many("rapporter"))
    place = places.create(
        g.session, g.viewer, g.agreement, **words, shape=where.shape, stretch_id=where.stretch_id, today=g.today
    )
    if chosen:
        places.pick(g.session, g.viewer, place.id, [one["id"] for one in chosen], True, today=g.today)
    return Done(url_for("places.one", id=place.id, form=where.note or None), "places.made")


@blueprint.get("/platser/<int:id>/lage")
def redraw(id: int) -> str:
    """The form that draws a place anew."""
    place = enter(id, Permission.EDIT_PLACE)
    shape = places.shape_of(place)
    stored = {"geometry": drawing.as_text(shape)}
    return _redraw_page(id, forms.given("redraw", str(id), stored), {})


@blueprint.post("/platser/<int:id>/lage")
def take_redraw(id: int) -> Drawn:
    """Draw a place anew."""
    enter(id, Permission.EDIT_PLACE)

    def act(sent: Sent) -> str:
        place, where = places.get(g.session, g.viewer, id), drawing.read(sent)
        places.redraw(
            g.session, g.viewer, g.agreement, id, where.shape, today=g.today, version=sent.version(),
            stretch_id=where.stretch_id or _stretch_still(place, where.shape),
        )  # fmt: skip
        return url_for("places.one", id=id, form=where.note or None)

    def stored() -> tuple[Any, list[Compared]]:
        place = places.get(g.session, g.viewer, id)
        return place, [drawing.compared(places.shape_of(place))]

    address = url_for("places.redraw", id=id)
    return forms.carry_out(forms.Page("redraw", address, partial(_redraw_page, id), str(id), stored), act)


def _stretch_still(place: Any, shape: BaseGeometry) -> int | None:
    """The stretch of a place, as long as its new shape lies on it: a moved corner does not part them."""
    if place.stretch is None or traffic.shape_of(place.stretch).distance(shape) > ROOM_METRES:
        return None
    return place.stretch_id


# ---- What the form begins with ---------------------------------------------------------------------------------------


def _chosen_reports(values: list[str]) -> list[dict[str, Any]]:
    """The reports that were ticked in the list, as `problem.12`. Raises NotFound, BadValue."""
    numbers = _numbers(values)
    if len(numbers) > places.MOST_PICKED:
        raise BadValue("refusals.places.too_many_picked", field="form", most=places.MOST_PICKED)
    return [reports.get(g.session, g.viewer, number) for number in numbers]


def _numbers(values: list[str]) -> list[int]:
    named = [part for value in values for part in value.split(",") if part]
    found = [match[1] for part in named if (match := re.fullmatch(r"[a-z]+\.([1-9]\d{0,9})", part, re.ASCII))]
    return [int(number) for number in dict.fromkeys(found)]


def _around(chosen: list[dict[str, Any]]) -> BaseGeometry | None:
    """One report is a point; several are the area that holds them, with some room around, unless they lie far apart."""
    spots = [(one["e"], one["n"]) for one in chosen if one.get("e") is not None]
    if not spots:
        return None
    if len(set(spots)) == 1:
        return shapely.Point(spots[0])
    shape = MultiPoint(spots).convex_hull.buffer(ROOM_METRES, quad_segs=drawing.CURVE).simplify(1)
    return None if _wide(shape) else shape


def _wide(shape: BaseGeometry) -> bool:
    west, south, east, north = shape.bounds
    return max(east - west, north - south) > WIDEST_METRES


def _of_run() -> BaseGeometry | None:
    """The recurring problem that the address names as `run.number`, exactly as it was found. Raises NotFound."""
    match = re.fullmatch(r"([1-9]\d{0,9})\.([1-9]\d{0,3})", request.args.get("aterkommande", ""), re.ASCII)
    if not match:
        return None
    found = hotspots.found_in(g.viewer, hotspots.get_run(g.session, g.viewer, int(match[1])))
    spot = found.spot(int(match[2]))
    if spot is None:
        raise NotFound("hotspots.errors.no_such_run")
    return spot.shape


def _view() -> Box | None:
    """The box that the visitor looked at, in degrees. Raises BadQuestion."""
    given = request.args.get("bbox") if request.method == "GET" else None
    return question.parse({"bbox": given}, g.agreement, g.today).bbox if given else None


# ---- The pages -------------------------------------------------------------------------------------------------------


def _new_page(given: Given, faults: forms.Faults) -> str:
    name = _draft_name()
    older = [one for one in people.own_drafts(g.session, g.viewer) if one.form == FORM and one.object_id != name]
    return render_template(
        "places/new.html",
        name=name,
        older=older,
        given=given,
        faults=faults,
        choices=choices(),
        chosen=reports.rows_of(g.session, g.viewer, _numbers(given.many("rapporter"))[: places.MOST_PICKED]),
        **drawing.context(drawing.bounds_of(drawing.standing(given)) or _view()),
    )


def _redraw_page(id: int, given: Given, faults: forms.Faults) -> str:
    place = places.get(g.session, g.viewer, id)
    seen = drawing.context(drawing.bounds_of(drawing.standing(given) or places.shape_of(place)))
    return render_template("places/redraw.html", place=place, given=given, faults=faults, **seen)
