"""The reports of a place one by one, with buttons that pick in and out by hand."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import access, places, reports
from samverkan_map.errors import NotFound
from samverkan_map.question import Question
from samverkan_map.vocabulary import Permission
from samverkan_map.web import forms
from samverkan_map.web.forms import Done, Given, Sent
from samverkan_map.web.places.door import blueprint, enter, look_inside

PER_PAGE = 25
AROUND_METRES = 200
MOST_AROUND = 20

ACTS = {"in": True, "out": False, "forget": None}


@blueprint.get("/platser/<int:id>/rapporter")
def reported(id: int) -> str:
    """The reports that belong to a place, those picked out, and those close by."""
    _look(id)
    return _reports_page(id, Given({}), {})


@blueprint.post("/platser/<int:id>/rapporter")
def pick(id: int) -> AnyResponse | tuple[str, int]:
    """Pick a report in or out, or let its position decide again."""
    _look(id)
    enter(id, Permission.EDIT_PROBLEM)

    def act(sent: Sent) -> Done:
        choice = sent.choice("act", ACTS, need="places.need_act")
        numbers = sent.ids("report")
        sent.done()
        places.pick(g.session, g.viewer, id, numbers, ACTS[choice], today=g.today)
        return Done(url_for("places.reported", id=id), "places.picked_now")

    address = url_for("places.reported", id=id)
    return forms.carry_out(forms.Page("picks", address, partial(_reports_page, id), str(id)), act)


def _look(id: int) -> Any:
    """The place, for somebody who sees inside it and sees single reports exactly. Raises NotFound."""
    place = look_inside(id)
    if access.coarse_position(g.viewer) is not None:
        raise NotFound("access.errors.not_found")
    return place


def _reports_page(id: int, given: Given, faults: forms.Faults) -> str:
    place = _look(id)
    found = places.reports_of(g.session, g.viewer, g.agreement, place)
    by_hand = {one.report_id: one for one in place.picked}
    pages = max(1, -(-len(found) // PER_PAGE))
    number = min(max(1, request.args.get("page", 1, type=int)), pages)
    first = (number - 1) * PER_PAGE
    rows = partial(reports.rows_of, g.session, g.viewer)
    return render_template(
        "places/reports.html",
        place=place,
        found=found,
        rows=rows(found.ids[first : first + PER_PAGE].tolist()),
        by_hand=by_hand,
        out=rows([report for report, one in by_hand.items() if not one.belongs]),
        around=rows(_around(place, found, by_hand)),
        around_metres=AROUND_METRES,
        page=number,
        pages=pages,
        may_work=access.may(g.viewer, Permission.EDIT_PROBLEM, place),
        faults=faults,
    )


def _around(place: Any, found: places.Belonging, by_hand: dict[int, Any]) -> list[int]:
    """The newest reports close by that do not belong."""
    shape = places.shape_of(place)
    near = reports.within(g.session, g.viewer, g.agreement, Question(), shape, metres=AROUND_METRES)
    known = {*found.ids.tolist(), *by_hand}
    return [number for number in near.column("id").tolist() if number not in known][:MOST_AROUND]
