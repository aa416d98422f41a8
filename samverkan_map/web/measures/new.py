"""A new measure in five steps, each kept as a draft: where, what, who and when, the follow-up, and a last look."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import access, measures, people, places, sites
from samverkan_map.errors import NotFound
from samverkan_map.vocabulary import Permission
from samverkan_map.web import forms, sessions
from samverkan_map.web.forms import Faults, Given, Sent, read_day
from samverkan_map.web.measures import follow_ups, last_look, reading, words
from samverkan_map.web.measures.blueprint import blueprint
from samverkan_map.web.measures.edit import cause_choices

FORM = "measure_new"
FOLLOW = ("plan", "waive")
STEPS: Mapping[int, tuple[str, ...]] = {
    1: reading.WHERE,
    2: reading.WHAT,
    3: reading.WHO,
    4: ("follow", *reading.PLAN, "waiver"),
    5: (),
}
FOLLOW_UP, LAST = 4, 5
GO, REACHED = "go", "reached"


@dataclass(frozen=True)
class At:
    """Where the form was opened from: a place, a site, or the action plan."""

    place: Any = None
    site: Any = None

    @property
    def object_id(self) -> str:
        """What the draft belongs to."""
        if self.place:
            return f"plats-{self.place.id}"
        return f"platsutveckling-{self.site.id}" if self.site else ""

    def address(self, step: int = 1) -> str:
        """The address of a step."""
        args = {"plats": self.place and self.place.id, "platsutveckling": self.site and self.site.id}
        return url_for("measures.new", **{name: value for name, value in args.items() if value}, steg=step)


@blueprint.get("/atgarder/ny")
def new() -> str:
    """One step of the form for a new measure."""
    access.check(g.viewer, Permission.EDIT_MEASURE)
    at = _at()
    return _page(at, _step(), _given(at), {})


@blueprint.post("/atgarder/ny")
def take_new() -> AnyResponse | tuple[str, int]:
    """Take one step: keep what was answered and go on, back, or count again; the last step attaches the measure."""
    access.check(g.viewer, Permission.EDIT_MEASURE)
    at, step = _at(), _step()
    go = request.form.get(GO, "next")
    draw = lambda given, faults: _page(at, step, given, faults)  # noqa: E731
    is_step = step < LAST or go != "next"

    def act(sent: Sent) -> str | forms.Done:
        if not is_step:
            return _attach(sent)
        if go == "next":
            answers = _read(step, sent)
            sent.done()
            if step == FOLLOW_UP:
                _check_comparison(sent, answers)
        _keep(at, step, sent)
        return at.address({"next": step + 1, "back": max(1, step - 1)}.get(go, step))

    return forms.carry_out(forms.Page(FORM, at.address(step), draw, at.object_id, is_step=is_step), act)


def _at() -> At:
    place, site = (request.args.get(name, "") for name in ("plats", "platsutveckling"))
    if place:
        return At(place=places.get(g.session, g.viewer, _number(place)))
    return At(site=sites.get(g.session, g.viewer, _number(site))) if site else At()


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise NotFound("access.errors.not_found")
    return int(text)


def _step() -> int:
    text = request.args.get("steg", "1")
    if text not in map(str, STEPS):
        raise NotFound("access.errors.not_found")
    return int(text)


def _given(at: At) -> Given:
    """What has been answered so far, or where the form was opened from."""
    stored = {"places": [at.place.id] if at.place else [], "sites": [at.site.id] if at.site else []}
    return forms.given(FORM, at.object_id, stored)


def _keep(at: At, step: int, sent: Sent) -> None:
    fields = {name: texts for name, texts in forms.typed(sent.values).items() if name != GO}
    fields[REACHED] = [str(max(step, _reached(Given(fields))))]
    assert g.viewer.person_id is not None
    people.save_draft(g.session, g.viewer.person_id, FORM, at.object_id, fields, now=sessions.now())


def _reached(given: Given) -> int:
    text = given.one(REACHED)
    return int(text) if text in map(str, STEPS) else 0


# ---- Reading ---------------------------------------------------------------------------------------------------------


def _read(step: int, sent: Sent) -> dict[str, Any]:
    if step == 4:
        return _read_follow_up(sent)
    return {1: reading.where, 2: reading.what, 3: reading.who}[step](sent)


def _read_follow_up(sent: Sent) -> dict[str, Any]:
    follow = sent.choice("follow", FOLLOW, need="measures.need_follow")
    if follow == "waive":
        return {"waiver": sent.text("waiver", need="refusals.measures.no_waiver", most=600)}
    return reading.plan(sent) if follow else {}


def _check_comparison(sent: Sent, answers: Mapping[str, Any]) -> None:
    """Raises BadValue for a comparison place that lies where the measure works."""
    here, chosen = _chosen(Given(forms.typed(sent.values))), set(answers.get("comparison_place_ids", ()))
    compared = [place for place in places.find(g.session, g.viewer) if place.id in chosen]
    measures.check_comparison([*here.places, *here.sites], compared, answers.get("ring_metres", 0))


def _attach(sent: Sent) -> forms.Done:
    given = _read(1, sent) | _read(2, sent) | _read(3, sent)
    follow = _read(4, sent)
    sent.done()
    measure = measures.attach(g.session, g.viewer, g.agreement, **given, today=g.today)
    if "waiver" in follow:
        measures.waive(g.session, g.viewer, measure.id, follow["waiver"], today=g.today)
    else:
        measures.plan_follow_up(g.session, g.viewer, g.agreement, measure.id, **follow, today=g.today)
    return forms.Done(url_for("measures.one", id=measure.id), "measures.attached")


# ---- Drawing ---------------------------------------------------------------------------------------------------------


def _page(at: At, step: int, given: Given, faults: Faults) -> str:
    here = _chosen(given)
    shown = given if step <= _reached(given) else _begun(step, given, here, at)
    return render_template(
        "measures/new.html",
        at=at,
        step=step,
        steps=list(STEPS),
        reached=max(_reached(given) + 1, step),
        step_of={name: number for number, names in STEPS.items() for name in names} | {"place_ids": 1},
        given=shown,
        faults=faults,
        hidden_fields=_others(step, given),
        here=here,
        **_choices(step, shown, here),
    )


def _chosen(given: Given) -> SimpleNamespace:
    """The places and sites chosen so far, with the days, as a measure would have them."""
    found = {str(one.id): one for one in places.find(g.session, g.viewer)}
    known = {str(one.id): one for one in sites.find(g.session, g.viewer)}
    return SimpleNamespace(
        places=[found[number] for number in given.many("places") if number in found],
        sites=[known[number] for number in given.many("sites") if number in known],
        planned_start=_day(given.one("planned_start")),
        planned_end=_day(given.one("planned_end")),
    )


def _day(text: str) -> date | None:
    try:
        return read_day(text)
    except ValueError:
        return None


def _others(step: int, given: Given) -> list[tuple[str, str]]:
    """What was answered in the other steps, so that it goes along and nothing is lost."""
    return [
        (name, value) for name, values in given.values.items() if name not in (*STEPS[step], GO) for value in values
    ]


def _begun(step: int, given: Given, here: SimpleNamespace, at: At) -> Given:
    """A step that was not open before, with what is known already."""
    entry = words.entry_of(given.one("catalogue_code"))
    first: dict[str, object] = {}
    if step == 3:
        owner = next((one.owner_id for one in (*here.places, *here.sites)), None)
        first = {"owner_id": owner if owner in dict(words.owners()) else None, "dose_planned": ""}
    if step == 4:
        first = {"follow": "plan"} | follow_ups.suggested(here, entry.code if entry else None)
    return Given({name: forms.as_texts(value) for name, value in first.items()} | dict(given.values), draft=given.draft)


def _choices(step: int, given: Given, here: SimpleNamespace) -> dict[str, Any]:
    here_types = {place.type for place in here.places}
    if step == 1:
        return _where_choices(here)
    if step == 2:
        groups = words.entry_groups(sorted(here_types))
        return {"groups": groups, "cause_choices": cause_choices(here.places), **words.word_choices()}
    if step == 3:
        return {"owners": words.owners(), "entry": words.entry_of(given.one("catalogue_code"))}
    start = here.planned_start
    detectable = follow_ups.detectable_of(given, [*here.places, *here.sites], start)
    imagined = _imagined(given, here)
    found = measures.overlaps(g.session, g.viewer, imagined) if imagined else []
    shared = {"overlaps": found, "types_words": words.types_words}
    if step == FOLLOW_UP:
        chosen = {place.id for place in here.places}
        return shared | {"detectable": detectable} | follow_ups.plan_choices(chosen, here_types, imagined)
    planned = given.one("follow") == "plan"
    return shared | {"answers": last_look.answers(given, here), "detectable": detectable if planned else None}


def _imagined(given: Given, here: SimpleNamespace) -> Any:
    """The measure as it would be with the answers so far; None without a place or a first day."""
    if not here.planned_start or not (here.places or here.sites):
        return None
    months, ring = given.one("window_months"), given.one("ring_metres")
    return measures.imagine(
        here.places,
        here.sites,
        start=here.planned_start,
        end=here.planned_end,
        works_while_ongoing=bool(given.one("works_while_ongoing")),
        types=[code for code in given.many("types") if code in g.agreement.types],
        window_months=int(months) if re.fullmatch(r"[1-9]|[12]\d|3[0-6]", months) else follow_ups.USUAL_MONTHS,
        ring_metres=int(ring) if re.fullmatch(r"\d{1,3}|1000", ring) else follow_ups.USUAL_RING,
        due_on=_day(given.one("due_on")),
    )


def _where_choices(here: SimpleNamespace) -> dict[str, Any]:
    all_places, all_sites = places.find(g.session, g.viewer), sites.find(g.session, g.viewer)
    chosen = {one.id for one in here.places}
    already = {measure for one in (*here.places, *here.sites) for measure in one.measures}
    return {
        "place_choices": sorted(
            [(one.id, one.name) for one in all_places], key=lambda one: (one[0] not in chosen, one[1])
        ),
        "site_choices": [(one.id, one.name) for one in all_sites],
        "already": sorted(
            (measure for measure in already if access.sees(g.viewer, measure)),
            key=lambda measure: (measure.planned_start, measure.id),
            reverse=True,
        ),
    }
