"""Reporting a place in three screens: where, what, check. Nothing is stored, and no cookie set, before it is sent.

What was answered so far goes along in the form itself, so that every screen works without scripts and can be gone back
to. A screen that is only drawn reads with a session of its own: it must not hold the lock that writers queue for.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from flask import current_app, g, make_response, redirect, render_template, request, url_for
from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from samverkan_map import codes, inbox, screening
from samverkan_map.errors import BadValue, NotAllowed, NotFound, Refusal
from samverkan_map.inbox import Where
from samverkan_map.question import NO_LAYER
from samverkan_map.vocabulary import DayKind, DayPart, HowOften
from samverkan_map.web import answers, drawing, forms, sessions, transactions
from samverkan_map.web.forms import Faults, FaultyForm, Given, Sent
from samverkan_map.web.inbox import following, locating, preview, replying
from samverkan_map.web.inbox.blueprint import blueprint
from samverkan_map.web.texts import label, t

SCREENS = ("var", "karta", "vad", "kontrollera")
CARRIED = ("geometry", "namn", "vad", "dagar", "tider", "ofta", "text", "samma", "epost", "nyckel", "klar")
"""What goes along from screen to screen."""

OF_WHERE, OF_WHAT = {"plats", "namn", "geometry"}, {"vad", "dagar", "tider", "ofta", "text", "samma", "webbplats"}
QUICKEST_SECONDS, SLOWEST_SECONDS = 3, 12 * 3600
"""Nobody answers faster than this, and a form that has been open longer begins anew."""

Drawn = Response | tuple[str, int]


@dataclass(frozen=True)
class Answers:
    """What was answered on the first two screens."""

    where: Where
    choice: str
    days: tuple[DayKind, ...]
    parts: tuple[DayPart, ...]
    how_often: HowOften | None
    words: str
    hinted_id: int | None


@blueprint.get("/rapportera")
def report() -> str:
    """The first screen: where."""
    _open_for_reports()
    return _draw("var", MultiDict(), {})


@blueprint.post("/rapportera")
def take_report() -> Drawn:
    """Take what one screen says, and show the next one; the last one sends it all."""
    _open_for_reports()
    values = MultiDict(request.form)
    steps: dict[str, Callable[[MultiDict], Drawn]] = {"vad": _take_what, "skicka": _take_all}
    try:
        if (shown := values.get("visa", "")) in SCREENS:
            return _draw(shown, values, {}), 200
        return steps.get(values.get("steg", ""), _take_where)(values)
    except FaultyForm as faulty:
        return _draw(_screen_of(faulty.faults), values, faulty.faults), 422


def _open_for_reports() -> None:
    if not g.agreement.report_choices:
        raise NotFound("access.errors.not_found")


def _screen_of(faults: Faults) -> str:
    """The screen on which something is wrong."""
    if faults.keys() & OF_WHERE:
        return "var"
    return "vad" if faults.keys() & OF_WHAT else "kontrollera"


# ---- Where -----------------------------------------------------------------------------------------------------------


def _take_where(values: MultiDict) -> Drawn:
    sent = Sent(values)
    where = _located(sent)
    if where is None:
        return _draw("var", values, {}), 200
    if not values.get("namn"):
        values["geometry"] = locating.as_text(where)
    return _draw("kontrollera" if values.get("klar") else "vad", values, {}), 200


def _located(sent: Sent) -> Where | None:
    """Where it is, by what was written, chosen or pointed at, in this order; None when several places may be meant.

    Raises FaultyForm.
    """
    if written := sent.text("plats", most=200):
        if (found := _written(sent, written)) is None:
            return None
    else:
        if listed := sent.text("lista", most=200):
            sent.values["namn"], sent.values["geometry"] = listed, ""
        found = _carried(sent)
    sent.done()
    assert found
    return found


def _written(sent: Sent, written: str) -> Where | None:
    """The place of a name that somebody wrote. What may not be written is not looked up either."""
    try:
        screening.screen(written, field="plats")
    except BadValue as refusal:
        sent.refused(refusal)
        sent.done()
    found = locating.matches(g.agreement, written)
    if not found:
        sent.fault("plats", "inbox.errors.unknown_place")
        sent.done()
    if len(found) > 1:
        sent.values.setlist("menar", [locating.key_of(one) for one in found])
        return None
    sent.values["namn"], sent.values["geometry"], sent.values["plats"] = locating.key_of(found[0]), "", ""
    return locating.of_entry(g.agreement, found[0])


def _carried(sent: Sent) -> Where | None:
    """The place that a form carries: named, or pointed at."""
    if name := sent.text("namn", most=200):
        entry = locating.entries(g.agreement).get(name)
        if entry is not None:
            return locating.of_entry(g.agreement, entry)
    elif pointed := sent.text("geometry", most=6000):
        try:
            return locating.of_shape(g.agreement, pointed)
        except BadValue as refusal:
            sent.fault("plats", refusal.key, **refusal.fields)
            return None
    sent.fault("plats", "inbox.errors.need_where")
    return None


# ---- What ------------------------------------------------------------------------------------------------------------


def _take_what(values: MultiDict) -> Drawn:
    _read(Sent(values))
    values["klar"] = "yes"
    return _draw("kontrollera", values, {}), 200


def _read(sent: Sent) -> Answers:
    """All answers. Raises FaultyForm, naming everything that is wrong; the text is screened before it goes on."""
    sent.values.setlist("plats", [])
    where = _carried(sent)
    choice = sent.choice("vad", g.agreement.report_choices, need="inbox.errors.need_what")
    days = [DayKind(one) for one in sent.many("dagar", list(DayKind)) if one in set(DayKind)]
    parts = [DayPart(one) for one in sent.many("tider", list(DayPart)) if one in set(DayPart)]
    often = sent.choice("ofta", list(HowOften))
    words = sent.text("text", most=inbox.LONGEST)
    hinted = sent.text("samma", most=12)
    if sent.text("webbplats"):
        sent.fault("webbplats", "inbox.errors.trap")
    try:
        screening.screen(words, field="text")
    except BadValue as refusal:
        sent.refused(refusal)
    sent.done()
    assert where
    return Answers(
        where, choice, tuple(days), tuple(parts), HowOften(often) if often else None, words,
        int(hinted) if hinted.isascii() and hinted.isdigit() else None,
    )  # fmt: skip


# ---- Sending ---------------------------------------------------------------------------------------------------------


def _take_all(values: MultiDict) -> Drawn:
    sent = Sent(values)
    found = _read(sent)
    reply_to = _reply_to(sent)
    key = _opened(sent)
    sent.done()
    try:
        code = _send(found, reply_to, key)
    except Exception as error:
        return _refused(values, error)
    return redirect(url_for("inbox.receipt", code=codes.well_written(code), ny="1"), 303)


def _reply_to(sent: Sent) -> str:
    """The address that was left, when one was asked for; it is the one text that may hold an address."""
    if not replying.takes_addresses():
        return ""
    try:
        return inbox.replying.checked(sent.text("epost", most=254))
    except BadValue as refusal:
        sent.refused(refusal)
        return ""


def _send(found: Answers, reply_to: str, key: str) -> str:
    # With what was answered in the key, the same form sent twice is one report, and a changed one another.
    content = hashlib.sha256(repr((found, reply_to)).encode()).hexdigest()
    return transactions.together(partial(
        inbox.send, actor=g.viewer, agreement=g.agreement,
        choice=found.choice, where=found.where, days=found.days, parts=found.parts, how_often=found.how_often,
        words=found.words, hinted_id=found.hinted_id, reply_to=reply_to, language=g.language,
        key=f"{key}|{content}", secret=current_app.extensions["secret"], address=request.remote_addr or "",
        now=sessions.now(),
    ))  # fmt: skip


def _refused(values: MultiDict, error: Exception) -> Drawn:
    """The screen once more with the reason and everything that was answered."""
    error = current_app.extensions["translate"](error) or error
    if not isinstance(error, Refusal) or isinstance(error, NotAllowed):
        raise error
    name = str(error.fields.get("field", "form")) if isinstance(error, BadValue) else "form"
    faults = {name: answers.sentence(g.language, error)}
    response = make_response(_draw(_screen_of(faults), values, faults), answers.status_of(error))
    if seconds := error.fields.get("seconds"):
        response.headers["Retry-After"] = str(seconds)
    return response


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.extensions["secret"], salt="letter")


def _opened(sent: Sent) -> str:
    """The key of the form, which says when it was opened; a form that is too old gets a new one."""
    given = sent.values.get("nyckel", "")
    try:
        key, opened = _signer().loads(given, max_age=SLOWEST_SECONDS, return_timestamp=True)
    except SignatureExpired:
        key, opened = "", datetime.now(UTC)
        sent.fault("form", "inbox.errors.too_old")
    except BadData:
        key, opened = "", datetime.now(UTC)
        sent.fault("form", "inbox.errors.no_key")
    if not key:
        sent.values["nyckel"] = ""
    elif (datetime.now(UTC) - opened).total_seconds() < QUICKEST_SECONDS:
        sent.fault("form", "inbox.errors.too_fast")
    return str(key)


# ---- The screens -----------------------------------------------------------------------------------------------------


def _draw(screen: str, values: MultiDict, faults: Faults) -> str:
    """One of the screens, holding what was answered so far."""
    if screen != "var" and not values.get("nyckel"):
        values["nyckel"] = _signer().dumps(secrets.token_urlsafe(16))
    if screen == "kontrollera":
        return _draw_check(values, faults)
    where = _where_or_none(values)
    context: dict[str, Any] = {}
    if screen == "var":
        found = [locating.entries(g.agreement).get(key) for key in values.getlist("menar")]
        context = {"meant": [one for one in found if one], "groups": locating.grouped(g.agreement), "median": _median()}
        context["options"] = [(locating.key_of(one), _entry_words(one)) for one in context["meant"]]
    elif screen == "karta":
        context = _map(where)
    else:
        context = {"near": _near(where), "choices": _choices()}
    return render_template(
        f"inbox/{_TEMPLATES[screen]}.html",
        given=Given(forms.typed(values)),
        faults=faults,
        where=locating.in_words(g.agreement, where) if where else "",
        carried=_carry(values, screen),
        **context,
    )


_TEMPLATES = {"var": "where", "karta": "map", "vad": "what", "kontrollera": "check"}
_OWN_FIELDS = {
    "karta": {"geometry", "namn"}, "vad": {"vad", "dagar", "tider", "ofta", "text", "samma"}, "kontrollera": {"epost"},
}  # fmt: skip


def _carry(values: MultiDict, screen: str) -> list[tuple[str, str]]:
    """The hidden fields of a screen: every answer that has no field of its own there."""
    own = _OWN_FIELDS.get(screen, set())
    return [(name, text) for name in CARRIED if name not in own for text in values.getlist(name) if text]


def _where_or_none(values: MultiDict) -> Where | None:
    return _carried(Sent(MultiDict(values)))


def _draw_check(values: MultiDict, faults: Faults) -> str:
    found = _read(Sent(values))
    choice = g.agreement.report_choices[found.choice]
    with g.database.reading() as session:
        hinted = next((one.name for one in inbox.near_published(session, found.where) if one.id == found.hinted_id), "")
        goes = following.told_when_it_goes(session) if replying.takes_addresses() else ""
    return render_template(
        "inbox/check.html",
        given=Given(forms.typed(values)),
        faults=faults,
        takes_address=replying.takes_addresses(),
        goes=goes,
        where=locating.in_words(g.agreement, found.where),
        what=label(choice),
        when=preview.when(found.days, found.parts, found.how_often),
        words=found.words,
        hinted=hinted,
        seen=preview.seen_by(g.agreement, choice.type, found.where, g.today),
        carried=_carry(values, "kontrollera"),
    )


def _near(where: Where | None) -> list[tuple[int, str]]:
    """The published places that the sender may mean, by number and name."""
    if where is None:
        return []
    with g.database.reading() as session:
        return [(one.id, one.name) for one in inbox.near_published(session, where)]


def _choices() -> list[tuple[str, str]]:
    return [(code, label(one)) for code, one in g.agreement.report_choices.items()]


def _entry_words(entry: Any) -> str:
    kind = t(f"karta.found_{entry.kind}").lower()
    area = g.agreement.areas.get(entry.area or "")
    return f"{entry.name} ({kind}, {label(area)})" if area and entry.kind != "area" else f"{entry.name} ({kind})"


def _map(where: Where | None) -> dict[str, Any]:
    """The map to point on, beginning where the report is so far; a report knows no stretches to choose from."""
    shape = where.shape if where else None
    context = drawing.bare_context(drawing.bounds_of(shape))
    # Whoever has signed in would see what others reported where they are about to point.
    return context | {"map_query": context["map_query"] | {"layer": NO_LAYER}}


def _median() -> int | None:
    with g.database.reading() as session:
        return inbox.median_days(session, now=sessions.now())
