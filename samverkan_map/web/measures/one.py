"""The page of one measure, and the buttons that take it from planned to done and to the public."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import access, map_rows, measures, places, renewal
from samverkan_map.vocabulary import Layer, MeasureStatus, Permission
from samverkan_map.web import audit_words, earlier_words, forms, row_words
from samverkan_map.web.forms import Done, Faults, Given, Sent
from samverkan_map.web.measures.blueprint import blueprint
from samverkan_map.web.measures.comparing import compared
from samverkan_map.web.measures.words import codes, entry_of, follow_up_state, internal, types_words
from samverkan_map.web.publishing import Publishing
from samverkan_map.web.texts import label, t


@blueprint.get("/atgarder/<int:id>")
def one(id: int) -> str:
    """One measure: where, why, who, when, how it is followed up and what came of it."""
    return measure_page(id, Given({"on": [g.today.isoformat()]}), {})


def measure_page(id: int, given: Given, faults: Faults) -> str:
    """The page of a measure, with what was typed in its small form when that could not be taken."""
    measure = measures.get(g.session, g.viewer, id)
    row, _ = map_rows.one(g.session, g.viewer, g.agreement, Layer.MEASURES, id)
    return render_template(
        "measures/one.html",
        measure=measure,
        given=given,
        faults=faults,
        line=row_words.line(row),
        places=[place for place in measure.places if access.sees(g.viewer, place)],
        sites=[site for site in measure.sites if access.sees(g.viewer, site)],
        entry=entry_of(measure.catalogue_code),
        overlaps=measures.overlaps(g.session, g.viewer, measure),
        promises=measures.shown_promises(g.viewer, measure),
        changes=[(plan, changes_of(plan)) for plan in measure.follow_ups],
        steps=measures.NEXT[MeasureStatus(measure.status)],
        types_words=types_words,
        late=measures.not_started_in_time(measure, g.today),
        unfinished=measures.not_finished_in_time(measure, g.today),
        log=[(line, audit_words.changes(line)) for line in access.changes_of(g.session, g.viewer, measure)],
        earlier=earlier_words.told(measure),
        internal=internal(),
        closing=renewal.closing_of(g.session, g.viewer, measure),
        follow_up_state=lambda measure: follow_up_state(measure, g.today),
    )


def changes_of(plan: Any) -> list[tuple[date, str, list[tuple[str, str]]]]:
    """The later changes of a plan, newest first: day, who (for those who work with it), and what stood there before."""
    return [
        (
            date.fromisoformat(change["on"]),
            change["who"] if internal() else "",
            [_was(name, old) for name, old in change["before"].items()],
        )
        for change in reversed(plan.changes)
    ]


def _was(name: str, value: Any) -> tuple[str, str]:
    shown: str
    if isinstance(value, bool):
        shown = t("measures.yes" if value else "measures.no")
    elif name == "types":
        shown = ", ".join(label(g.agreement.types[code]) for code in value if code in g.agreement.types)
    elif name == "comparison_place_ids":
        shown = ", ".join(place.name for place in _places(value))
    elif name == "comparison_area" and value in g.agreement.areas:
        shown = label(g.agreement.areas[value])
    else:
        shown = str(value if value is not None else "")
    return t(f"measures.field_{name}"), shown or t("forms.empty")


def _places(numbers: list[int]) -> list[Any]:
    return [place for place in places.find(g.session, g.viewer) if place.id in numbers]


@blueprint.post("/atgarder/<int:id>/lage")
def take_step(id: int) -> AnyResponse | tuple[str, int]:
    """Start, finish or cancel a measure."""
    access.check(g.viewer, Permission.EDIT_MEASURE, measures.get(g.session, g.viewer, id))
    address = url_for("measures.one", id=id)

    def act(sent: Sent) -> Done:
        to = sent.choice("to", MeasureStatus, need="measures.need_step")
        on = sent.day("on", need="measures.need_day")
        sent.done()
        now = measures.get(g.session, g.viewer, id).status
        # Other changes of the measure are no matter, as long as it stands where the page showed it.
        version = None if sent.text("from") == now else sent.version()
        if to != now:
            measures.move(g.session, g.viewer, id, MeasureStatus(to), on=on or g.today, today=g.today, version=version)
        return Done(address, "measures.moved", {"status": t(f"vocabulary.measure_status.{to}")})

    def draw(given: Given, faults: Faults) -> str:
        return measure_page(id, given, faults)

    return forms.carry_out(forms.Page("measure_step", address, draw, str(id), lambda: _compared(id)), act)


def _compared(id: int) -> tuple[Any, list[forms.Compared]]:
    measure = measures.get(g.session, g.viewer, id)
    stored = {"to": measure.status, "on": measure.ended_on or measure.started_on}
    return measure, compared(("to", "on"), stored, {"to": codes("measure_status", MeasureStatus)})


PUBLIC = Publishing(
    "measures", "title", lambda id: measures.get(g.session, g.viewer, id),
    lambda id, version: measures.publish(g.session, g.viewer, id, today=g.today, version=version),
    lambda id, version: measures.unpublish(g.session, g.viewer, id, today=g.today, version=version),
)  # fmt: skip


@blueprint.get("/atgarder/<int:id>/publicera")
def publish(id: int) -> str:
    """Ask once more before a measure is shown to the public."""
    return PUBLIC.page(id)


@blueprint.post("/atgarder/<int:id>/publicera")
def take_publish(id: int) -> AnyResponse | tuple[str, int]:
    """Show a measure to the public."""
    return PUBLIC.take(id)


@blueprint.get("/atgarder/<int:id>/avpublicera")
def unpublish(id: int) -> str:
    """Ask once more before a measure is taken back from the public."""
    return PUBLIC.page(id, back=True)


@blueprint.post("/atgarder/<int:id>/avpublicera")
def take_unpublish(id: int) -> AnyResponse | tuple[str, int]:
    """Take a measure back from the public."""
    return PUBLIC.take(id, back=True)
