"""A form on its way in: read field by field, refused with nothing lost, carried out once, or laid beside what somebody
else saved meanwhile."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import Blueprint, Response, current_app, g, jsonify, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import access, people
from samverkan_map.errors import BadValue, Conflict, NotAllowed, NotFound, Refusal, SignInNeeded, StepNotAllowed
from samverkan_map.web import answers, merging, saying, sessions
from samverkan_map.web.addresses import local_path
from samverkan_map.web.merging import Compared
from samverkan_map.web.texts import Format, t


def key() -> str:
    """A new key for a form on a page, by which the same form sent twice is known."""
    return secrets.token_urlsafe(16)


blueprint = Blueprint("forms", __name__)
blueprint.record(lambda state: state.app.jinja_env.globals.update(form_key=key))

BEGUN = ("version", "opened")
"""The fields that say what a form was opened with. A draft keeps them, since others may save while it lies."""

ASKED = "asked"
OURS = ("csrf_token", "form_key", "save_draft", ASKED, *BEGUN)
"""The fields of a form that belong to its handling, not to what somebody typed."""

MINE, STORED = "mine", "stored"
LONGEST = 4000
MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")

Faults = dict[str, str]


class FaultyForm(Exception):
    """A form with one or more fields that cannot be taken; `faults` has a sentence per field."""

    def __init__(self, faults: Faults) -> None:
        super().__init__(faults)
        self.faults = faults


@dataclass(frozen=True)
class Done:
    """What a form led to: the address to go to, and what is said there."""

    address: str
    key: str = "forms.saved"
    fields: Mapping[str, object] = field(default_factory=dict)


Act = Callable[["Sent"], "str | Done"]


@dataclass(frozen=True)
class Page:
    """The page that a form stands on: its address, how it is drawn again with what was typed, and its draft."""

    form: str
    address: str
    draw: Callable[[Given, Faults], str]
    object_id: str = ""
    compared: Callable[[], tuple[Any, Sequence[Compared]]] | None = None
    """The object as it is stored now, with its fields; a form without it is told of a conflict in a sentence."""
    is_step: bool = False
    """One of several steps that store nothing yet: it may be sent again, and the draft stays for the next one."""


class Given:
    """What stands in the fields of a form: stored values, a draft, or what was typed. Always texts.

    `opened` and `version` say what the form was opened with; without a `version` it is the one stored now.
    """

    def __init__(
        self,
        values: Mapping[str, Sequence[str]],
        *,
        draft: people.SavedDraft | None = None,
        opened: merging.Signs | None = None,
        version: str = "",
    ) -> None:
        self.values = values
        self.draft = draft
        self.opened = dict(opened or {})
        self.version = version

    def one(self, name: str) -> str:
        """The text of a field, empty when there is none."""
        return next(iter(self.values.get(name, ())), "")

    def many(self, name: str) -> list[str]:
        """All texts of a field with several choices."""
        return list(self.values.get(name, ()))

    def signs(self) -> str:
        """What the form was opened with, as it carries it."""
        return merging.written(self.opened) if self.opened else ""


def given(form: str, object_id: str, stored: Mapping[str, object]) -> Given:
    """What a form shows when it is opened: the person's draft where there is one, otherwise what is stored.

    What the draft left as it was is shown as it is stored now.
    """
    draft = people.draft_of(g.session, g.viewer.person_id, form, object_id)
    values = {name: as_texts(value) for name, value in stored.items()}
    if draft is None:
        return Given(values, opened=merging.signs(values))
    kept = {name: texts for name, texts in draft.fields.items() if name not in BEGUN}
    version, opened = (next(iter(draft.fields.get(name, ())), "") for name in BEGUN)
    begun = merging.read(opened) or merging.signs(values)
    changed = {name: texts for name, texts in kept.items() if begun.get(name) != merging.sign(texts)}
    return Given(values | changed, draft=draft, opened=begun, version=version)


def as_texts(value: object) -> list[str]:
    """A stored value as the texts of a field.

    >>> as_texts(date(2026, 3, 1)), as_texts(None), as_texts(True), as_texts(["a", "b"])
    (['2026-03-01'], [], ['yes'], ['a', 'b'])
    """
    if value is None or value is False:
        return []
    if value is True:
        return ["yes"]
    if isinstance(value, list | tuple):
        return [str(one) for one in value]
    return [value.isoformat() if isinstance(value, date) else str(value)]


@dataclass
class Sent:
    """A form that was sent. Faults are gathered, so that the page can name all of them; `done()` refuses if any."""

    values: MultiDict
    faults: Faults = field(default_factory=dict)
    unanswered: Sequence[str] = ()
    """What a conflict page asked, and nobody chose."""

    def fault(self, name: str, key: str, **fields: object) -> None:
        """Note what is wrong with a field; the first sentence stays."""
        self.faults.setdefault(name, t(key, **fields))

    def refused(self, refusal: BadValue) -> None:
        """Note a refusal by its field, beside what else is wrong."""
        self.faults.setdefault(str(refusal.fields.get("field", "form")), answers.sentence(g.language, refusal))

    def done(self) -> None:
        """Raises FaultyForm when a field could not be taken."""
        if self.faults:
            raise FaultyForm(self.faults)

    def text(self, name: str, *, need: str = "", most: int = LONGEST) -> str:
        """A text without blanks around it; `need` is the sentence when it is empty."""
        found = self.values.get(name, "").replace("\r\n", "\n").strip()
        if need and not found:
            self.fault(name, need)
        if len(found) > most:
            self.fault(name, "forms.errors.too_long", most=most)
        if "\x00" in found:
            self.fault(name, "forms.errors.strange_sign")
        return found

    def day(self, name: str, *, need: str = "") -> date | None:
        """A day, written 2026-03-01, 2026-3-1, 1/3 2026 or 1 mars 2026."""
        found = self.text(name, need=need, most=40)
        try:
            return read_day(found) if found else None
        except ValueError:
            self.fault(name, "forms.errors.day", value=found[:40])
            return None

    def number(self, name: str, *, need: str = "", least: int = 0, most: int = 10**9) -> int | None:
        """A whole number; blanks between thousands are no matter."""
        found = re.sub(r"[\s\u00a0]", "", self.text(name, need=need, most=40))
        if not found:
            return None
        if not re.fullmatch(r"-?\d{1,12}", found, re.ASCII) or not least <= int(found) <= most:
            shown = Format(g.language).number
            self.fault(name, "forms.errors.number", least=shown(least), most=shown(most))
            return None
        return int(found)

    def choice(self, name: str, allowed: Iterable[str], *, need: str = "") -> str:
        """One of some codes, or empty."""
        found = self.text(name, need=need)
        if found and found not in set(map(str, allowed)):
            self.fault(name, "forms.errors.choice")
        return found

    def many(self, name: str, allowed: Iterable[str] | None = None) -> list[str]:
        """Several codes of a field."""
        found = [value for value in self.values.getlist(name) if value]
        if allowed is not None and set(found) - set(map(str, allowed)):
            self.fault(name, "forms.errors.choice")
        return found

    def ids(self, name: str) -> list[int]:
        """Several numbers of rows."""
        found = self.many(name)
        if not all(re.fullmatch(r"[1-9]\d{0,9}", value, re.ASCII) for value in found):
            self.fault(name, "forms.errors.choice")
            return []
        return [int(value) for value in found]

    def yes(self, name: str) -> bool:
        """Whether a box is ticked."""
        return bool(self.values.get(name))

    def version(self) -> int:
        """The version of the object that the page showed. Raises Conflict for a form that carries none."""
        found = self.values.get("version", "")
        if not re.fullmatch(r"\d{1,9}", found, re.ASCII):
            raise Conflict("errors.sentence_409")
        return int(found)

    def opened(self) -> dict[str, str]:
        """What the form was opened with; nothing for a field that a conflict page asked about without an answer."""
        found = merging.read(self.values.get("opened", ""))
        return {name: sign for name, sign in found.items() if name not in self.unanswered}


def read_day(words: str) -> date:
    """A day as people write it. Raises ValueError.

    >>> [str(read_day(words)) for words in ("2026-3-1", "1/3 2026", "1 mars 2026", "20260301")]
    ['2026-03-01', '2026-03-01', '2026-03-01', '2026-03-01']
    """
    words = " ".join(words.lower().split())
    if match := re.fullmatch(r"(\d{4})-?(\d{1,2})-?(\d{1,2})", words, re.ASCII):
        return date(int(match[1]), int(match[2]), int(match[3]))
    if match := re.fullmatch(r"(\d{1,2})[/.](\d{1,2})[ /.](\d{4})", words, re.ASCII):
        return date(int(match[3]), int(match[2]), int(match[1]))
    if match := re.fullmatch(r"(\d{1,2}) ([a-zåäö]{3,9})\.? (\d{4})", words):
        month = match[2][:3].replace("may", "maj").replace("oct", "okt")
        return date(int(match[3]), MONTHS.index(month) + 1, int(match[1]))
    raise ValueError(words)


def carry_out(page: Page, act: Act) -> AnyResponse | tuple[str, int]:
    """Read the form and let `act` do what it says; `act` returns the address to go to, or what is `Done`.

    What cannot be taken draws the page again with everything typed and a sentence per field. What somebody else
    changed meanwhile stands, and what both changed is shown side by side to choose from. The same form sent twice is
    carried out once. The page that follows says what was done.
    """
    sent = Sent(_chosen(request.form), unanswered=_unanswered(request.form))
    if "save_draft" in request.form:
        return _keep_draft(page, sent)
    return _attempt(page, sent, act, [])


def _attempt(page: Page, sent: Sent, act: Act, merged: list[saying.Sentence]) -> AnyResponse | tuple[str, int]:
    who, key = g.viewer.person_id, "" if page.is_step else request.form.get("form_key", "")
    if key and (address := people.begin_form(g.session, who, key, now=sessions.now())):
        return redirect(address, 303)
    try:
        if sent.unanswered:
            raise Conflict("forms.choose_each")
        done = act(sent)
        g.session.flush()
    except Exception as error:
        return _refused(page, sent, error, None if merged else act)
    address = _address(page, done, merged)
    if key:
        people.end_form(g.session, who, key, address)
    if not page.is_step:
        people.drop_draft(g.session, who, page.form, page.object_id)
    return redirect(address, 303)


def _address(page: Page, done: str | Done, merged: list[saying.Sentence]) -> str:
    done = done if isinstance(done, Done) else Done(done)
    return done.address if page.is_step else saying.with_words(done.address, [(done.key, done.fields), *merged])


def _refused(page: Page, sent: Sent, error: Exception, act: Act | None) -> AnyResponse | tuple[str, int]:
    """Say why not. With `act`, a conflict is tried once more with what the other one changed laid in."""
    g.session.rollback()
    if isinstance(error, FaultyForm):
        return page.draw(sent_back(sent.values), error.faults), 422
    error = current_app.extensions["translate"](error) or error
    if isinstance(error, Conflict) and page.compared:
        return _beside(page, sent, act)
    if isinstance(error, Refusal) and not isinstance(error, NotFound | NotAllowed | SignInNeeded):
        status = answers.status_of(error)
        name = str(error.fields.get("field", "form")) if isinstance(error, BadValue | StepNotAllowed) else "form"
        # After a conflict the page shows what is stored now, and is sent again as an answer to that.
        given = Given(typed(sent.values)) if isinstance(error, Conflict) else sent_back(sent.values)
        return page.draw(given, {name: answers.sentence(g.language, error)}), status
    raise error


def sent_back(values: MultiDict) -> Given:
    """What was typed, still begun with what the form was opened with."""
    version = values.get("version", "")
    return Given(typed(values), opened=merging.read(values.get("opened", "")), version=version)


def typed(values: MultiDict) -> dict[str, list[str]]:
    """What somebody typed, without the fields that belong to the handling of the form."""
    names = (name for name in values if name not in OURS)
    return {name: [value.replace("\r\n", "\n") for value in values.getlist(name)] for name in names}


def _keep_draft(page: Page, sent: Sent) -> AnyResponse | tuple[str, int]:
    try:
        _save(page.form, page.object_id, sent.values)
    except BadValue as refusal:
        return _refused(page, sent, refusal, None)
    return redirect(page.address, 303)


def _save(form: str, object_id: str, values: MultiDict) -> people.SavedDraft:
    if g.viewer.person_id is None:
        raise NotAllowed("access.errors.not_allowed")
    fields = typed(values) | {name: [values[name]] for name in BEGUN if values.get(name)}
    return people.save_draft(g.session, g.viewer.person_id, form, object_id, fields, now=sessions.now())


def _beside(page: Page, sent: Sent, act: Act | None) -> AnyResponse | tuple[str, int]:
    """Take what only the other one changed; ask, field by field, what both did. What was typed is on the page too."""
    assert page.compared
    stored, fields = page.compared()
    found = merging.merge(typed(sent.values), fields, sent.opened())
    who = access.last_change(g.session, stored)
    if act and not found.clashing:
        again = MultiDict((name, text) for name, texts in found.values.items() for text in texts)
        again["version"] = str(stored.version)
        again["opened"] = merging.written(merging.signs({one.name: one.stored for one in fields}))
        return _attempt(page, Sent(again), act, [_merged(found, who)])
    return _ask(page, sent, found, stored, fields, who), 409


def _merged(found: merging.Merged, who: Any) -> saying.Sentence:
    if not found.taken:
        return "forms.merged_same", {}
    labels = ", ".join(one.label for one in found.taken)
    return ("forms.merged_by", {"who": who[0], "fields": labels}) if who else ("forms.merged", {"fields": labels})


def _ask(page: Page, sent: Sent, found: merging.Merged, stored: Any, fields: Sequence[Compared], who: Any) -> str:
    names = {one.name for one in found.clashing}
    return render_template(
        "forms/conflict.html",
        page=page,
        about=getattr(stored, "name", None) or getattr(stored, "title", None),
        change=who,
        version=stored.version,
        # What the page shows as stored is what the next try begins with.
        given=Given({}, opened=merging.signs({one.name: one.stored for one in fields})),
        asked=",".join(one.name for one in found.clashing),
        unanswered=bool(sent.unanswered),
        taken=", ".join(one.label for one in found.taken),
        differing=[_pair(one, found.values[one.name]) for one in found.clashing],
        others=[(name, text) for name, texts in found.values.items() if name not in names for text in texts],
    )


def _pair(one: Compared, mine: list[str]) -> dict[str, Any]:
    """The two texts of a field. The one with words is chosen beforehand when the other is empty; else none."""
    kept, typed_in = any(one.stored), any(text.strip() for text in mine)
    first = "" if kept and typed_in else STORED if kept else MINE
    return {
        "field": one, "mine": mine, "first": first,
        "stored_words": _shown(one, one.stored), "my_words": _shown(one, mine),
    }  # fmt: skip


def _shown(one: Compared, values: Sequence[str]) -> str:
    return ", ".join(one.words(value) for value in values if value) or t("forms.empty")


def _unanswered(form: MultiDict) -> list[str]:
    return [name for name in _asked(form) if f"choice.{name}" not in form]


def _asked(form: MultiDict) -> list[str]:
    """The fields that a conflict page asked about."""
    return [name for name in form.get(ASKED, "").split(",") if name]


def _chosen(form: MultiDict) -> MultiDict:
    """The form with the choices of a conflict page carried out: where `stored` was chosen, the stored text stands."""
    found = MultiDict((name, value) for name, value in form.items(multi=True) if "." not in name)
    for name in _asked(form):
        source = STORED if form.get(f"choice.{name}") == STORED else MINE
        found.setlist(name, list(form.getlist(f"{source}.{name}")))
    return found


@blueprint.post("/utkast/<form>/<object_id>")
def draft(form: str, object_id: str) -> Response | tuple[Response, int]:
    """Keep what stands in a form on the page, without sending it."""
    if not re.fullmatch(r"[a-z_]{1,40}", form) or not re.fullmatch(r"[0-9a-z-]{1,40}", object_id):
        raise NotFound("access.errors.not_found")
    try:
        saved = _save(form, "" if object_id == "-" else object_id, request.form)
    except BadValue as refusal:
        return jsonify(error=answers.sentence(g.language, refusal)), 422
    return jsonify(saved=t("forms.draft_saved", at=Format(g.language).datetime(saved.saved_at)))


@blueprint.post("/utkast/<form>/<object_id>/kasta")
def drop(form: str, object_id: str) -> AnyResponse:
    """Throw a draft away and show the form as it is stored."""
    people.drop_draft(g.session, g.viewer.person_id, form, "" if object_id == "-" else object_id)
    return redirect(local_path(request.form.get("till", "/")), 303)
