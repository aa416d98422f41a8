"""The form of a decision: written at a meeting, changed, said to be carried out."""

from __future__ import annotations

from functools import partial
from typing import Any

import shapely
from flask import g, render_template, request, url_for
from shapely.geometry.base import BaseGeometry
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import access, meetings, people, places, traffic
from samverkan_map.agreement import Forum
from samverkan_map.errors import NotFound
from samverkan_map.vocabulary import DecisionStatus, Permission
from samverkan_map.web import forms
from samverkan_map.web.addresses import local_path
from samverkan_map.web.forms import Compared, Done, Faults, Given, Sent
from samverkan_map.web.measures.comparing import Belonging
from samverkan_map.web.meetings.blueprint import blueprint
from samverkan_map.web.meetings.minutes import address_of
from samverkan_map.web.texts import t, url_with
from samverkan_map.web.traffic.asked import ON_METRES

FORM, NEW_FORM = "decision", "decision_new"
FIELDS = ("text", "owner_id", "due_on", "held_on", "status")
PLACE, STRETCH = "plats", "stracka"
MOST_NAMED = 10
"""So many places or stretches an address names at most."""
Drawn = AnyResponse | tuple[str, int]


@blueprint.get("/moten/<forum>/beslut/nytt")
def new(forum: str) -> str:
    """The form of a new decision, about the place or the stretch that the address names."""
    found = _enter(forum)
    about = _about(found)
    stored: dict[str, object] = {"held_on": g.today, "about": next(iter(about), "")}
    return _page(found, about, None, forms.given(NEW_FORM, _draft_of(found), stored), {})


@blueprint.post("/moten/<forum>/beslut/nytt")
def take_new(forum: str) -> Drawn:
    """Write down a decision."""
    found = _enter(forum)
    about = _about(found)

    def act(sent: Sent) -> Done:
        chosen = sent.choice("about", about, need="meetings.errors.about_nothing")
        words = _words(sent)
        sent.done()
        place_id, stretch_id = _numbers(chosen)
        made = meetings.write(
            g.session, g.viewer, g.agreement, forum, today=g.today, place_id=place_id, stretch_id=stretch_id, **words
        )
        return Done(_back(address_of(made)), "meetings.decision_saved")

    draw = partial(_page, found, about, None)
    return forms.carry_out(forms.Page(NEW_FORM, url_with(), draw, _draft_of(found)), act)


@blueprint.get("/moten/<forum>/beslut/<int:id>")
def change(forum: str, id: int) -> str:
    """The form that changes a decision, or says that it is carried out."""
    found, decision = _enter(forum), _one(forum, id)
    return _page(found, {}, decision, forms.given(FORM, str(id), _stored(decision)), {})


@blueprint.post("/moten/<forum>/beslut/<int:id>")
def take_change(forum: str, id: int) -> Drawn:
    """Change a decision."""
    found = _enter(forum)
    _one(forum, id)

    def act(sent: Sent) -> Done:
        words = _words(sent)
        status = sent.choice("status", list(DecisionStatus), need="meetings.errors.no_status")
        sent.done()
        meetings.change(
            g.session, g.viewer, g.agreement, id, **words, status=DecisionStatus(status), today=g.today,
            version=sent.version(),
        )  # fmt: skip
        return Done(url_for("meetings.minutes", forum=forum, dag=words["held_on"]), "meetings.decision_saved")

    def stored() -> tuple[Any, list[Compared]]:
        one = _one(forum, id)
        known: dict[str, dict[Any, str]] = {"owner_id": dict(_owners()), "status": dict(_statuses())}
        fields = [
            Compared(name, t(f"meetings.field_{name}"), forms.as_texts(value), partial(_shown, known.get(name, {})))
            for name, value in _stored(one).items()
        ]
        about = one.place or one.stretch
        return Belonging(about.id, one.version, about.__tablename__), fields

    def draw(given: Given, faults: Faults) -> str:
        return _page(found, {}, _one(forum, id), given, faults)

    address = url_for("meetings.change", forum=forum, id=id)
    return forms.carry_out(forms.Page(FORM, address, draw, str(id), stored), act)


def _enter(code: str) -> Forum:
    """The forum, for somebody who may write its decisions. Raises NotFound, NotAllowed, SignInNeeded."""
    found = meetings.forum_of(g.viewer, g.agreement, code)
    access.check(g.viewer, Permission.WRITE_DECISION, found)
    return found


def _one(forum: str, id: int) -> Any:
    found = meetings.get(g.session, g.viewer, id)
    if found.forum != forum:
        raise NotFound("meetings.errors.no_decision")
    access.check(g.viewer, Permission.WRITE_DECISION, found)
    return found


def _about(forum: Forum) -> dict[str, str]:
    """What the decision may be about, by code: the named places, and the named stretches with the places on them.

    Only places of the forum itself, also when the address names others. Raises NotFound.
    """
    own = [places.get(g.session, g.viewer, number) for number in _named(PLACE)]
    roads = [traffic.get(g.session, g.viewer, number) for number in _named(STRETCH)]
    if roads:
        near = shapely.union_all([traffic.shape_of(road).buffer(ON_METRES) for road in roads])
        on = [one for one in places.find(g.session, g.viewer) if not one.closed_on and _is_on(one, near)]
        own += on
    own = [one for one in own if meetings.belongs(g.agreement, forum, one)]
    found = {f"{PLACE}.{one.id}": t("meetings.the_place", name=one.name) for one in own}
    return found | {f"{STRETCH}.{one.id}": t("meetings.the_stretch", name=one.name) for one in roads}


def _is_on(place: Any, near: BaseGeometry) -> bool:
    return place.stretch_id in _named(STRETCH) or places.shape_of(place).intersects(near)


def _named(name: str) -> list[int]:
    """The numbers in the address. Raises NotFound."""
    values = [value for value in request.args.get(name, "").split(",") if value]
    if len(values) > MOST_NAMED or not all(one.isascii() and one.isdigit() and len(one) < 10 for one in values):
        raise NotFound("access.errors.not_found")
    return [int(value) for value in values]


def _numbers(chosen: str) -> tuple[int | None, int | None]:
    """The place and the stretch of a decision; one about a place found on the one named stretch is kept with both."""
    kind, _, number = chosen.partition(".")
    if kind != PLACE:
        return None, int(number)
    stretches = _named(STRETCH)
    return int(number), stretches[0] if len(stretches) == 1 and int(number) not in _named(PLACE) else None


def _words(sent: Sent) -> dict[str, Any]:
    text = sent.text("text", need="meetings.errors.no_text", most=meetings.MOST_LETTERS)
    owners = [str(number) for number, _ in _owners()]
    owner = sent.choice("owner_id", owners, need="meetings.errors.no_owner")
    held_on = sent.day("held_on", need="meetings.errors.no_day")
    return {
        "text": text,
        "owner_id": int(owner) if owner in owners else 0,
        "held_on": held_on,
        "due_on": sent.day("due_on"),
    }


def _stored(decision: Any) -> dict[str, object]:
    return {name: getattr(decision, name) for name in FIELDS}


def _owners() -> list[tuple[int, str]]:
    return [(one.id, one.name) for one in people.find_organisations(g.session)]


def _statuses() -> list[tuple[str, str]]:
    return [(one.value, t(f"vocabulary.decision_status.{one}")) for one in DecisionStatus]


def _shown(known: dict[Any, str], value: str) -> str:
    return {str(code): words for code, words in known.items()}.get(value, value)


def _draft_of(forum: Forum) -> str:
    """A decision in the making belongs to what it is about."""
    return "-".join([*(".".join(map(str, _named(name))) or "0" for name in (PLACE, STRETCH)), forum.code])


def _back(address: str) -> str:
    """Where the writer came from (the meeting), or the page of what was decided about."""
    asked = request.args.get("till", "")
    return local_path(asked) if asked else address


def _page(forum: Forum, about: dict[str, str], decision: Any, given: Given, faults: Faults) -> str:
    return render_template(
        "meetings/decision.html",
        forum=forum,
        about=list(about.items()),
        others=not decision and not about and bool(_named(PLACE)),
        decision=decision,
        form=FORM if decision else NEW_FORM,
        object_id=str(decision.id) if decision else _draft_of(forum),
        given=given,
        faults=faults,
        owners=_owners(),
        statuses=_statuses(),
        most=meetings.MOST_LETTERS,
        back=_back(address_of(decision) if decision else url_for("meetings.agenda", forum=forum.code)),
    )
