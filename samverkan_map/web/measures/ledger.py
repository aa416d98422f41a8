"""The forms for the parts of a measure and for what others promised to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import access, measures
from samverkan_map.errors import NotFound
from samverkan_map.vocabulary import Permission
from samverkan_map.web import forms, merging
from samverkan_map.web.forms import Compared, Faults, Given, Sent
from samverkan_map.web.measures import words
from samverkan_map.web.measures.blueprint import blueprint
from samverkan_map.web.measures.comparing import Belonging, compared
from samverkan_map.web.measures.edit import editable
from samverkan_map.web.texts import t

KEPT = {"yes": True, "no": False, "unknown": None}
"""The answers to whether a promise was kept, as the form spells them."""


@dataclass(frozen=True)
class Sort:
    """One sort of row that belongs to a measure: its form, fields, template, address, and the choices in it."""

    form: str
    fields: Sequence[str]
    template: str
    endpoint: str
    choices: Callable[[], Mapping[str, Sequence[tuple[Any, str]]]]
    beside: Callable[[Any], dict[str, list[str]]] = lambda row: {}
    """What another small form on the same page holds."""

    def draw(self, measure_id: int, row: Any, given: Given, faults: Faults) -> str:
        """The page of the form; `row` is None for a new one."""
        measure = measures.get(g.session, g.viewer, measure_id)
        # A page may hold two small forms; what was not sent stands as it is stored.
        stored = self.stored(row)
        opened = merging.signs(stored) | given.opened
        shown = Given(stored | dict(given.values), draft=given.draft, opened=opened, version=given.version)
        return render_template(
            self.template, measure=measure, row=row, given=shown, faults=faults, choices=self.choices()
        )

    def stored(self, row: Any) -> dict[str, list[str]]:
        """The fields of a row as texts; none for a new one."""
        if not row:
            return {}
        return {name: forms.as_texts(getattr(row, name)) for name in self.fields} | self.beside(row)

    def opened(self, measure_id: int, row: Any) -> str:
        """The page with the person's draft, or what is stored."""
        given = forms.given(self.form, self.object_id(measure_id, row), self.stored(row))
        return self.draw(measure_id, row, given, {})

    def object_id(self, measure_id: int, row: Any) -> str:
        """What the draft of the form belongs to."""
        return f"{measure_id}-{row.id}" if row else str(measure_id)

    def carry_out(
        self, measure_id: int, row: Any, again: Callable[[], Any], act: Callable[[Sent], object]
    ) -> AnyResponse | tuple[str, int]:
        """Take the form; `again` fetches the row anew when the first try was taken back."""
        address = url_for(self.endpoint, id=measure_id, **({"number": row.id} if row else {}))

        def carried(sent: Sent) -> str:
            act(sent)
            return url_for("measures.one", id=measure_id)

        def stored() -> tuple[Any, list[Compared]]:
            found = again()
            values = {name: getattr(found, name) for name in self.fields}
            return Belonging(measure_id, found.version), compared(self.fields, values, self.choices())

        draw = lambda given, faults: self.draw(measure_id, again(), given, faults)  # noqa: E731
        page = forms.Page(self.form, address, draw, self.object_id(measure_id, row), stored if row else None)
        return forms.carry_out(page, carried)


# ---- Parts -----------------------------------------------------------------------------------------------------------

NEW_PART = Sort(
    "measure_part", ("title", "planned_start", "planned_end", "started_on", "ended_on"), "measures/part.html",
    "measures.new_part", dict,
)  # fmt: skip
PART = Sort(NEW_PART.form, NEW_PART.fields, NEW_PART.template, "measures.part", dict)


@blueprint.get("/atgarder/<int:id>/del/ny")
def new_part(id: int) -> str:
    """The form for a new part."""
    editable(id)
    return NEW_PART.opened(id, None)


@blueprint.post("/atgarder/<int:id>/del/ny")
def take_new_part(id: int) -> AnyResponse | tuple[str, int]:
    """Add a part."""
    editable(id)
    add = partial(measures.add_part, g.session, g.viewer, id, today=g.today)
    return NEW_PART.carry_out(id, None, lambda: None, lambda sent: add(**_part_of(sent)))


@blueprint.get("/atgarder/<int:id>/del/<int:number>")
def part(id: int, number: int) -> str:
    """The form that changes a part."""
    return PART.opened(id, _part(id, number))


@blueprint.post("/atgarder/<int:id>/del/<int:number>")
def take_part(id: int, number: int) -> AnyResponse | tuple[str, int]:
    """Change a part."""
    change = partial(measures.change_part, g.session, g.viewer, number, today=g.today)
    return PART.carry_out(
        id, _part(id, number), lambda: _part(id, number), lambda sent: change(**_part_of(sent), version=sent.version())
    )


def _part(id: int, number: int) -> Any:
    editable(id)
    found = measures.get_part(g.session, g.viewer, number)
    if found.measure_id != id:
        raise NotFound("refusals.measures.no_such_part")
    return found


def _part_of(sent: Sent) -> dict[str, Any]:
    given: dict[str, Any] = {"title": sent.text("title", need="refusals.measures.no_part_title", most=120)}
    given["planned_start"] = sent.day("planned_start", need="measures.need_start")
    given |= {name: sent.day(name) for name in ("planned_end", "started_on", "ended_on")}
    sent.done()
    return given


# ---- Promises --------------------------------------------------------------------------------------------------------


def _who() -> dict[str, list[tuple[int, str]]]:
    return {"organisation_id": words.organisations()}


NEW_PROMISE = Sort(
    "measure_promise", ("organisation_id", "what", "kronor", "due_on"), "measures/promise.html", "measures.new_promise",
    _who,
)  # fmt: skip


def _kept(row: Any) -> dict[str, list[str]]:
    return {"kept": [] if row.kept is None else [_kept_word(row.kept)], "note": forms.as_texts(row.note)}


def _kept_word(kept: bool | None) -> str:
    return next(word for word, value in KEPT.items() if value is kept)


PROMISE = Sort(NEW_PROMISE.form, NEW_PROMISE.fields, NEW_PROMISE.template, "measures.promise", _who, _kept)


@blueprint.get("/atgarder/<int:id>/lofte/ny")
def new_promise(id: int) -> str:
    """The form for a new promise."""
    _may_promise(id)
    return NEW_PROMISE.opened(id, None)


@blueprint.post("/atgarder/<int:id>/lofte/ny")
def take_new_promise(id: int) -> AnyResponse | tuple[str, int]:
    """Write down a promise."""
    _may_promise(id)
    add = partial(measures.promise, g.session, g.viewer, id, today=g.today)
    return NEW_PROMISE.carry_out(id, None, lambda: None, lambda sent: add(**_promise_of(sent)))


@blueprint.get("/atgarder/<int:id>/lofte/<int:number>")
def promise(id: int, number: int) -> str:
    """The page of a promise: what was promised, and whether it was kept."""
    measure = measures.get(g.session, g.viewer, id)
    if not access.may(g.viewer, Permission.OFFER_CONTRIBUTION, measure):
        access.check(g.viewer, Permission.EDIT_MEASURE, measure)
    return PROMISE.opened(id, _promise(id, number))


@blueprint.post("/atgarder/<int:id>/lofte/<int:number>")
def take_promise(id: int, number: int) -> AnyResponse | tuple[str, int]:
    """Change what was promised."""
    _may_promise(id)
    change = partial(measures.change_promise, g.session, g.viewer, number, today=g.today)
    again = partial(_promise, id, number)
    return PROMISE.carry_out(id, again(), again, lambda sent: change(**_promise_of(sent), version=sent.version()))


def _may_promise(id: int) -> None:
    access.check(g.viewer, Permission.OFFER_CONTRIBUTION, measures.get(g.session, g.viewer, id))


def _promise(id: int, number: int) -> Any:
    found = measures.get_promise(g.session, g.viewer, number)
    if found.measure_id != id:
        raise NotFound("refusals.measures.no_such_promise")
    return found


def _promise_of(sent: Sent) -> dict[str, Any]:
    known = [str(number) for number, _ in words.organisations()]
    given: dict[str, Any] = {
        "organisation_id": int(
            sent.choice("organisation_id", known, need="refusals.measures.unknown_organisation") or 0
        ),
        "what": sent.text("what", need="refusals.measures.no_promise", most=300),
        "kronor": sent.number("kronor", most=10**9),
        "due_on": sent.day("due_on"),
    }
    sent.done()
    return given


@blueprint.post("/atgarder/<int:id>/lofte/<int:number>/hallet")
def take_kept(id: int, number: int) -> AnyResponse | tuple[str, int]:
    """Say whether a promise was kept."""
    editable(id)
    _promise(id, number)
    address = url_for("measures.promise", id=id, number=number)

    def act(sent: Sent) -> str:
        kept = sent.choice("kept", KEPT, need="measures.need_kept")
        note = sent.text("note", most=300)
        sent.done()
        measures.keep(g.session, g.viewer, number, KEPT[kept], note=note, today=g.today, version=sent.version())
        return url_for("measures.one", id=id)

    def draw(given: Given, faults: Faults) -> str:
        return PROMISE.draw(id, _promise(id, number), given, faults)

    def stored() -> tuple[Any, list[Compared]]:
        found = _promise(id, number)
        values = _kept(found)
        choices = {"kept": [(word, t(f"measures.kept_{word}")) for word in KEPT]}
        return Belonging(id, found.version), compared(("kept", "note"), values, choices)

    return forms.carry_out(forms.Page("promise_kept", address, draw, f"{id}-{number}", stored), act)
