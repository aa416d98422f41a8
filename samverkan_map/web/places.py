"""Places, and the card of one place with its way through the four phases."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import access, geometry, map_rows, people, places, reports
from samverkan_map.map_rows import Row
from samverkan_map.question import Question
from samverkan_map.vocabulary import Layer, Period, Permission, Phase, PhaseStatus, add_months
from samverkan_map.web import forms, row_words
from samverkan_map.web.asking import ask, csv_answer, geojson_answer, page_of
from samverkan_map.web.forms import Compared, Given, Sent
from samverkan_map.web.measures import follow_up_state
from samverkan_map.web.texts import label, t

blueprint = Blueprint("places", __name__)

NEAR_METRES = 100
MONTHS = 12
CLOSE_METRES = 50
SHOWN_REPORTS = 5


@blueprint.get("/platser")
def page() -> str:
    """The places the visitor may see, with their phase."""
    asked = ask(Layer.PLACES)
    found = page_of(asked)
    lines = [row_words.line(row) for row in found.rows]
    return render_template(
        "places/page.html", question=asked, page=found, lines=lines, phases=list(Phase), statuses=list(PhaseStatus)
    )


@blueprint.get("/platser.geojson")
def geojson() -> Response:
    """The page's places as GeoJSON."""
    asked = ask(Layer.PLACES)
    return geojson_answer(page_of(asked), asked)


@blueprint.get("/platser.csv")
def csv() -> Response:
    """All places of the question."""
    return csv_answer(ask(Layer.PLACES), "platser.csv")


@blueprint.get("/platser/<int:id>")
def one(id: int) -> str:
    """The card of one place."""
    place = places.get(g.session, g.viewer, id)
    row, near = map_rows.one(g.session, g.viewer, g.agreement, Layer.PLACES, id)
    shown = [measure for measure in place.measures if access.sees(g.viewer, measure)]
    return render_template(
        "places/one.html",
        place=place,
        row=row,
        line=row_words.line(row),
        phase=Phase(place.phase),
        track=[(phase, places.phase_of(place, phase)) for phase in Phase],
        moves=list(reversed(places.laps(place))),
        measures=sorted(shown, key=lambda measure: measure.planned_start, reverse=True),
        near=[other for other in near if other.layer is Layer.SITES],
        reported=_reported(row),
        newest=_newest(place),
        internal=bool(access.visible_kinds(g.viewer)),
        follow_up_state=lambda measure: follow_up_state(measure, g.today),
    )


def _newest(place: Any) -> list[dict[str, Any]]:
    """The newest reports in or close to the place, for those who see single reports exactly."""
    shape = places.shape_of(place)
    return reports.near(g.session, g.viewer, g.agreement, shape, metres=CLOSE_METRES, most=SHOWN_REPORTS)


def _reported(row: Row) -> tuple[int, dict[str, str]] | None:
    """How many reports lie near the place in the last whole twelve months, and the question that shows them."""
    if row.shape is None or not access.visible_kinds(g.viewer):
        return None
    metres = geometry.transform(row.shape, geometry.DEGREES, geometry.METRIC).buffer(NEAR_METRES)
    box = geometry.transform(metres, geometry.METRIC, geometry.DEGREES).bounds
    this_month = g.today.replace(day=1)
    layers = tuple(("", layer.value) for layer in Layer if layer.kind)
    asked = Question(period=Period(add_months(this_month, -MONTHS), this_month), bbox=box, layers=layers)
    found = page_of(asked)
    values = {"bbox": ",".join(f"{value:.5f}" for value in box), "period": f"{MONTHS}m"}
    return found.total, values | {"layer": ",".join(layer for _, layer in layers)}


# ---- Changing a place ------------------------------------------------------------------------------------------------

FIELDS = ("name", "summary", "focus", "type", "forum", "owner_id")


@blueprint.get("/platser/<int:id>/andra")
def edit(id: int) -> str:
    """The form that changes what a place is called and belongs to."""
    place = _editable(id)
    stored = {name: getattr(place, name) for name in FIELDS}
    return _edit_page(id, forms.given("place", str(id), stored), {})


@blueprint.post("/platser/<int:id>/andra")
def take_edit(id: int) -> AnyResponse | tuple[str, int]:
    """Change a place."""
    _editable(id)

    def act(sent: Sent) -> str:
        words = {name: sent.text(name) for name in ("name", "summary")}
        codes = {name: sent.text(name) for name in ("focus", "type", "forum")}
        owner = sent.choice(
            "owner_id", [str(owner.id) for owner in people.find_organisations(g.session)], need="places.need_owner"
        )
        sent.done()
        places.edit(
            g.session, g.viewer, g.agreement, id, **words, **codes, owner_id=int(owner or 0), today=g.today,
            version=sent.version(),
        )  # fmt: skip
        return url_for("places.one", id=id)

    address = url_for("places.edit", id=id)
    draw = lambda given, faults: _edit_page(id, given, faults)  # noqa: E731
    return forms.carry_out(forms.Page("place", address, draw, str(id), lambda: _compared(id)), act)


def _editable(id: int) -> Any:
    place = places.get(g.session, g.viewer, id)
    access.check(g.viewer, Permission.EDIT_PLACE, place)
    return place


def _edit_page(id: int, given: Given, faults: forms.Faults) -> str:
    place = places.get(g.session, g.viewer, id)
    return render_template("places/edit.html", place=place, given=given, faults=faults, **_choices())


def _choices() -> dict[str, list[tuple[Any, str]]]:
    agreement = g.agreement
    return {
        "focus_areas": [(code, label(one)) for code, one in agreement.focus_areas.items()],
        "types": [(code, label(one)) for code, one in agreement.types.items() if one.has_points],
        "forums": [(code, label(one)) for code, one in agreement.forums.items() if one.may_map != "none"],
        "owners": [(one.id, one.name) for one in people.find_organisations(g.session)],
    }


def _compared(id: int) -> tuple[Any, list[Compared]]:
    place = places.get(g.session, g.viewer, id)
    words = {
        name: dict(found)
        for name, found in zip(("focus", "type", "forum", "owner_id"), _choices().values(), strict=True)
    }
    names = {name: t(f"places.field_{name}") for name in FIELDS}

    def shown(name: str):
        known = {str(value): text for value, text in words.get(name, {}).items()}
        return lambda value: known.get(value, value)

    stored = {name: forms.as_texts(getattr(place, name)) for name in FIELDS}
    return place, [Compared(name, names[name], stored[name], shown(name)) for name in FIELDS]
