"""The inbox: the list of what residents have reported, and one letter with everything that can be done with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import g, render_template, request, url_for
from shapely.geometry.base import BaseGeometry
from werkzeug.wrappers import Response

from samverkan_map import access, geometry, inbox, places
from samverkan_map.errors import BadQuestion
from samverkan_map.formats import Format
from samverkan_map.inbox import Where
from samverkan_map.vocabulary import (
    Answer,
    DayKind,
    DayPart,
    HowOften,
    LetterStatus,
    Permission,
    Precision,
    Recipient,
    Role,
    Unusable,
    Whose,
)
from samverkan_map.web import finding, forms, reading_log, sessions
from samverkan_map.web.forms import Compared, Done, Faults, Given, Sent
from samverkan_map.web.inbox import locating, photos, preview
from samverkan_map.web.inbox.blueprint import blueprint
from samverkan_map.web.texts import choice, label, t

STATUSES = {
    "nya": LetterStatus.NEW,
    "pagar": LetterStatus.TAKEN_UP,
    "besvarade": LetterStatus.ANSWERED,
    "dolda": LetterStatus.HIDDEN,
}
"""The lists as the address names them."""

AROUND_METRES = 200
MOST_PLACES = 40
PER_PAGE = 50

_TICKED = re.compile(r"(?P<number>[1-9]\d{0,8})\.(?P<version>\d{1,8})", re.ASCII)
"""A letter as it is ticked in the list: its number, and its version when the list was drawn."""

Drawn = Response | tuple[str, int]


@blueprint.get("/inkorg")
def page() -> str:
    """The letters of one status, those that have waited longest first."""
    return _list_page(_chosen(), _whose(), Given({}), {})


def _chosen() -> str:
    """Which list the address names. Raises BadQuestion."""
    chosen = request.args.get("lage") or _first_list()
    if chosen not in STATUSES:
        raise BadQuestion("question.errors.unknown", name="lage", value=chosen[:40], allowed=", ".join(STATUSES))
    return chosen


def _first_list() -> str:
    """The list to begin with: the new ones; for somebody with tasks the first list that has any."""
    if access.may(g.viewer, Permission.HANDLE_REPORTS):
        return "nya"
    numbers = inbox.counts(g.session, g.viewer)
    return next((name for name, status in STATUSES.items() if numbers[status]), "nya")


def _whose() -> Whose:
    """Whose letters the address asks for; whoever has only tasks is not asked. Raises BadQuestion."""
    asked = request.args.get("vem", Whose.ALL.value)
    if asked not in set(Whose):
        raise BadQuestion("question.errors.unknown", name="vem", value=asked[:40], allowed=", ".join(Whose))
    return Whose(asked)


def _list_page(chosen: str, whose: Whose, given: Given, faults: Faults) -> str:
    numbers = inbox.counts(g.session, g.viewer, whose)
    lists = [(name, status, numbers[status]) for name, status in STATUSES.items()]
    total = numbers[STATUSES[chosen]]
    pages = max(1, -(-total // PER_PAGE))
    number = min(max(1, request.args.get("page", 1, type=int)), pages)
    found = inbox.find(g.session, g.viewer, STATUSES[chosen], whose=whose, first=(number - 1) * PER_PAGE, most=PER_PAGE)
    return render_template(
        "inbox/page.html",
        chosen=chosen,
        whose=whose,
        whose_all=list(Whose),
        coarse=access.coarse_time(g.viewer),
        sees=partial(access.sees, g.viewer),
        replies=inbox.replying.of_letter,
        unsent=[(letter.id, _where(letter)) for letter in inbox.unsent(g.session, g.viewer)],
        lists=lists,
        total=total,
        page=number,
        pages=pages,
        letters=[(letter, inbox.age_of(letter, g.today), _where(letter)) for letter in found],
        median=inbox.median_days(g.session, now=sessions.now()),
        type_words=_type_words,
        places=[(place.id, place.name) for place in places.find(g.session, g.viewer) if not place.closed_on],
        given=given,
        faults=faults,
    )


@blueprint.post("/inkorg/koppla")
def take_links() -> Drawn:
    """Link the letters that were ticked to one place."""
    chosen, whose = _chosen(), _whose()
    address = url_for("inbox.page", lage=chosen, vem=whose.value)

    def act(sent: Sent) -> Done:
        ticked = [match for one in sent.many("letter") if (match := _TICKED.fullmatch(one))]
        if not ticked:
            sent.fault("letter", "inbox.errors.need_letters")
        known = [str(place.id) for place in places.find(g.session, g.viewer)]
        place = sent.choice("place", known, need="inbox.errors.need_place")
        sent.done()
        for one in ticked:
            number, version = int(one["number"]), int(one["version"])
            inbox.link(g.session, g.viewer, g.agreement, number, int(place), today=g.today, version=version, **_now())
        return Done(address, "inbox.bulk_linked")

    return forms.carry_out(forms.Page("inbox_links", address, partial(_list_page, chosen, whose)), act)


@blueprint.get("/inkorg/<int:id>")
def one(id: int) -> str:
    """One letter."""
    letter = inbox.get(g.session, g.viewer, id)
    if letter.words:
        reading_log.note_words(letter, letter=id)
    return _one_page(id, Given({}), {})


def _act(id: int, name: str, done: str, act: Callable[[Sent], Any], compared: Any = None) -> Drawn:
    """Carry out one of the forms on a letter's page."""
    inbox.get(g.session, g.viewer, id)
    address = url_for("inbox.one", id=id)

    def carried(sent: Sent) -> Done:
        return Done(act(sent) or address, done)

    return forms.carry_out(forms.Page(name, address, partial(_one_page, id), str(id), compared), carried)


def _now() -> dict[str, Any]:
    return {"now": sessions.now()}


@blueprint.post("/inkorg/<int:id>/handlaggare")
def take_handler(id: int) -> Drawn:
    """Hand a letter to somebody, or take it back."""

    def act(sent: Sent) -> None:
        chosen = sent.choice("handler", [str(one.id) for one in _handlers(inbox.get(g.session, g.viewer, id))])
        sent.done()
        who = int(chosen) if chosen else None
        inbox.assign(g.session, g.viewer, g.agreement, id, who, version=sent.version())

    return _act(id, "inbox_handler", "inbox.was_handed", act)


@blueprint.post("/inkorg/<int:id>/koppla")
def take_link(id: int) -> Drawn:
    """Link a letter to a place."""

    def act(sent: Sent) -> None:
        known = [str(place.id) for place, _ in _places(id)]
        place = sent.choice("place", known, need="inbox.errors.need_place")
        sent.done()
        inbox.link(g.session, g.viewer, g.agreement, id, int(place), today=g.today, version=sent.version(), **_now())

    return _act(id, "inbox_link", "inbox.linked", act)


@blueprint.post("/inkorg/<int:id>/plats")
def take_place(id: int) -> Drawn:
    """Take a letter up and go on to the form that makes a place of it."""

    def act(sent: Sent) -> str:
        letter = inbox.take_up(g.session, g.viewer, g.agreement, id, version=sent.version(), **_now())
        kind = g.agreement.types[letter.type].kind
        return url_for("places.new", rapporter=f"{kind}.{letter.report_id}")

    return _act(id, "inbox_place", "inbox.taken_up", act)


@blueprint.post("/inkorg/<int:id>/typ")
def take_type(id: int) -> Drawn:
    """Take a letter up, as of the type that it turned out to be."""

    def act(sent: Sent) -> str | None:
        code = sent.choice("type", dict(_types()), need="inbox.errors.need_type")
        sent.done()
        letter = inbox.take_up(g.session, g.viewer, g.agreement, id, type=code, version=sent.version(), **_now())
        # The traffic group may find that it is about something else, and then no longer sees it.
        return None if access.may(g.viewer, Permission.HANDLE_REPORTS, letter) else url_for("inbox.page")

    return _act(id, "inbox_type", "inbox.taken_up", act)


@blueprint.post("/inkorg/<int:id>/vidare")
def take_send_on(id: int) -> Drawn:
    """Note that a letter was sent on."""

    def act(sent: Sent) -> None:
        to = sent.choice("to", list(Recipient), need="inbox.errors.need_recipient")
        sent.done()
        inbox.send_on(g.session, g.viewer, g.agreement, id, Recipient(to), version=sent.version(), **_now())

    return _act(id, "inbox_send_on", "inbox.was_sent_on", act)


@blueprint.post("/inkorg/<int:id>/svara")
def take_answer(id: int) -> Drawn:
    """Answer a letter."""

    def act(sent: Sent) -> None:
        sentence = sent.choice("answer", list(Answer), need="inbox.errors.need_answer")
        words = sent.text("answer_words", most=600)
        sent.done()
        inbox.answer(g.session, g.viewer, g.agreement, id, Answer(sentence), words, version=sent.version(), **_now())

    def stored() -> tuple[Any, list[Compared]]:
        letter = inbox.get(g.session, g.viewer, id)
        known = dict(_answers())
        return letter, [
            Compared("answer", t("inbox.answer"), forms.as_texts(letter.answer), lambda code: known.get(code, code)),
            Compared("answer_words", t("inbox.answer_words"), forms.as_texts(letter.answer_words)),
        ]

    return _act(id, "inbox_answer", "inbox.was_answered", act, stored)


@blueprint.post("/inkorg/<int:id>/dolj")
def take_hide(id: int) -> Drawn:
    """Hide a letter that cannot be used."""

    def act(sent: Sent) -> None:
        why = sent.choice("why", list(Unusable), need="inbox.errors.need_why")
        sent.done()
        inbox.hide(g.session, g.viewer, id, Unusable(why), pictures=photos.folder(), version=sent.version(), **_now())

    return _act(id, "inbox_hide", "inbox.was_hidden", act)


@blueprint.post("/inkorg/<int:id>/oppna")
def take_reopen(id: int) -> Drawn:
    """Take a hidden letter back."""
    return _act(
        id, "inbox_reopen", "inbox.was_reopened",
        lambda sent: inbox.reopen(g.session, g.viewer, id, version=sent.version(), **_now()) and None,
    )  # fmt: skip


# ---- What stands on the pages ----------------------------------------------------------------------------------------


def _one_page(id: int, given: Given, faults: Faults) -> str:
    letter = inbox.get(g.session, g.viewer, id)
    place = inbox.place_of(g.session, letter)
    place = place if place and access.sees(g.viewer, place) else None
    next_new = _next_new(letter)
    stored = {
        "answer": letter.answer, "answer_words": letter.answer_words, "to": letter.sent_to, "type": letter.type,
        "handler": letter.handler_id,
    }  # fmt: skip
    values = {name: forms.as_texts(value) for name, value in stored.items()}
    values |= {"place": forms.as_texts(place.id if place else letter.hinted_id)}
    shown = Given(values | dict(given.values), opened=given.opened, version=given.version)
    return render_template(
        "inbox/one.html",
        letter=letter,
        age=inbox.age_of(letter, g.today),
        coarse=access.coarse_time(g.viewer),
        sees=partial(access.sees, g.viewer),
        handlers=[(one.id, _handler_words(one)) for one in _handlers(letter)],
        where=_where(letter),
        when=_when(letter),
        words=inbox.words_of(g.viewer, letter),
        place=place,
        next_new=next_new,
        next_where=_where(next_new) if next_new else "",
        on_map=_on_map(letter),
        places=[(one.id, _place_words(one, metres)) for one, metres in _places(id)],
        types=_types(),
        type_words=_type_words,
        recipients=[(one.value, t(f"vocabulary.recipient.{one}")) for one in Recipient],
        answers=_answers(),
        reasons=[(one.value, t(f"vocabulary.unusable.{one}")) for one in Unusable],
        ready=_ready(letter),
        pictures=_pictures(letter),
        replies=inbox.replying.of_letter(letter),
        may_release=access.may(g.viewer, Permission.RELEASE_PHOTO, letter),
        given=shown,
        faults=faults,
    )  # fmt: skip


def _next_new(letter: Any) -> Any:
    """The letter that has waited longest to be read, besides this one; None when there is none."""
    waiting = inbox.find(g.session, g.viewer, LetterStatus.NEW, most=2)
    return next((one for one in waiting if one.id != letter.id), None)


def _ready(letter: Any) -> str:
    """What a letter says, ready to be sent on to somebody else."""
    lines = [t("inbox.ready_type", type=_type_words(letter.type)), t("inbox.ready_where", where=_where(letter))]
    shape = _shape(letter)
    if shape is not None:
        lon, lat = (float(side) for side in geometry.to_degrees(shape.centroid.x, shape.centroid.y))
        lines.append(t("inbox.ready_at", lat=f"{lat:.5f}", lon=f"{lon:.5f}"))
    if when := _when(letter):
        lines.append(t("inbox.ready_when", when=when))
    if words := inbox.words_of(g.viewer, letter):
        lines.append(t("inbox.ready_words", words=words))
    came = inbox.age_of(letter, g.today).came_on
    told = Format(g.language).month(came) if access.coarse_time(g.viewer) else came
    return "\n".join([*lines, t("inbox.ready_came", date=told)])


def _pictures(letter: Any) -> list[Any]:
    return inbox.photos.all_of(letter) if access.may(g.viewer, Permission.SEE_RAW_TEXT, letter) else []


def _handlers(letter: Any) -> list[Any]:
    """Those whom the visitor may hand a letter."""
    if not access.may(g.viewer, Permission.ASSIGN_REPORTS, letter):
        return []
    return inbox.assignable(g.session, g.viewer, g.agreement, letter)


def _handler_words(person: Any) -> str:
    return t("inbox.handler_as", name=person.name, role=Role(person.role))


def _when(letter: Any) -> str:
    return preview.when(
        [DayKind(one) for one in letter.days],
        [DayPart(one) for one in letter.parts],
        HowOften(letter.how_often) if letter.how_often else None,
    )


def _places(id: int) -> list[tuple[Any, int | None]]:
    return inbox.near_places(g.session, g.viewer, inbox.get(g.session, g.viewer, id))[:MOST_PLACES]


def _place_words(place: Any, metres: int | None) -> str:
    return place.name if metres is None else t("inbox.place_at", name=place.name, metres=metres)


def _types() -> list[tuple[str, str]]:
    return [(code, choice(one)) for code, one in g.agreement.types.items() if one.has_points]


def _type_words(code: str) -> str:
    return label(g.agreement.types[code]) if code in g.agreement.types else code


def _answers() -> list[tuple[str, str]]:
    return [(one.value, t(f"vocabulary.answer.{one}")) for one in Answer]


def _shape(letter: Any) -> BaseGeometry | None:
    return inbox.shape_of(g.viewer, letter)


def _where(letter: Any) -> str:
    shape, name = _shape(letter), letter.place_name or ""
    if shape is not None and access.coarse_position(g.viewer) is not None:
        # A name may say more than the square does: that of a stop, or of the street that is nearest to the very point.
        name = finding.nearest_street(g.agreement, shape)
    return locating.in_words(g.agreement, Where(shape, name, Precision(letter.precision)), letter.area)


def _on_map(letter: Any) -> str:
    """The address of the map with the letter's surroundings; "" when it has no position."""
    shape = _shape(letter)
    if shape is None:
        return ""
    if letter.report_id is not None:
        return url_for("karta.page", objekt=f"{g.agreement.types[letter.type].kind}.{letter.report_id}")
    seen = geometry.transform(shape.buffer(AROUND_METRES), geometry.METRIC, geometry.DEGREES).bounds
    return url_for("karta.page", vy=",".join(f"{side:.5f}" for side in seen))
