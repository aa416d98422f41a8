"""The form and the receipt of a review, the same for all four voices, whoever brought somebody to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Response, current_app, g, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import rounds, sites
from samverkan_map.access import Viewer
from samverkan_map.rounds import Respondent
from samverkan_map.vocabulary import DayPart, Dimension, Voice
from samverkan_map.web import forms, sessions
from samverkan_map.web.forms import Faults, Given, Sent
from samverkan_map.web.texts import t

LONGEST = 300
TEXTS = ("good", "idea", "contribution")
"""Only organisations are asked for the last one."""

TRAP = "webbplats"
"""A field that nobody sees, and that only robots fill in."""

Answer = AnyResponse | tuple[str, int]


@dataclass(frozen=True)
class Sheet:
    """Who answers, as whom, and the addresses of the form and of the receipt."""

    who: Respondent
    viewer: Viewer
    form: str
    receipt: str

    @property
    def kept(self) -> Any:
        """The answer so far, or None."""
        return rounds.answer_of(g.session, self.who)

    @property
    def many(self) -> bool:
        """Whether an organisation answers, and is spoken to as several."""
        return self.who.voice is Voice.BUSINESS


def show_form(sheet: Sheet) -> Response:
    """The review: empty, or as it was answered."""
    return private(_draw(sheet, _stored(sheet.kept), {}))


def take(sheet: Sheet, check: Callable[[Sent], None] | None = None) -> Answer:
    """Take a review in; `check` may find more that is wrong."""

    def act(sent: Sent) -> str:
        words = _read(sent, TEXTS if sheet.many else TEXTS[:2])
        if sent.text(TRAP):
            sent.fault(TRAP, "inbox.errors.trap")
        if check:
            check(sent)
        sent.done()
        rounds.count(
            g.session, sheet.who, request.remote_addr or "", secret=current_app.extensions["secret"], now=sessions.now()
        )
        rounds.answer(g.session, sheet.viewer, sheet.who, **words, today=g.today)
        return sheet.receipt

    # A step keeps no key of the form, which would need a person: the same answer twice is one answer anyway.
    return forms.carry_out(forms.Page("omdome", "", partial(_draw, sheet), is_step=True), act)


def show_receipt(sheet: Sheet) -> Response:
    """The receipt: the own answer beside what others said, voice by voice, and what was promised."""
    found = rounds.receipt(g.session, sheet.viewer, sheet.who)
    page = render_template(
        "reviews/receipt.html",
        round=sheet.who.round,
        many=sheet.many,
        lasts=sheet.who.key_hash is None,
        found=found,
        told=[voice for voice in found.voices if _is_told(found, voice)],
        too_few=", ".join(t(f"vocabulary.voice.{voice}") for voice in found.voices if not _is_told(found, voice)),
        rows=[(part, found.own.get(part), found.others[part]) for part in DayPart],
        change=sheet.form,
    )
    return private(page)


def _is_told(found: rounds.Receipt, voice: Voice) -> bool:
    return any(said.answers for said in found.voices[voice].values())


def private(page: str) -> Response:
    """A page that no browser and no proxy keeps, and no search engine shows."""
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _stored(kept: Any) -> Given:
    if kept is None:
        return Given({}, version="0")
    values = {name: getattr(kept, name) for name in ("strengths", "improve", *TEXTS)}
    values |= {f"score_{part}": score for part, score in kept.scores.items()}
    return Given({name: forms.as_texts(value) for name, value in values.items()}, version=str(kept.version))


def _read(sent: Sent, texts: Sequence[str]) -> dict[str, Any]:
    scores = {part: sent.choice(f"score_{part}", "12345") for part in DayPart}
    return {
        "scores": {part.value: int(score) for part, score in scores.items() if score},
        "strengths": sent.many("strengths", Dimension),
        "improve": sent.many("improve", sites.IMPROVEMENTS),
        **{name: sent.text(name, most=LONGEST) for name in texts},
        "version": sent.version(),
    }


def _draw(sheet: Sheet, given: Given, faults: Faults) -> str:
    kept, who = sheet.kept, sheet.who
    version = kept.version if kept else 0
    name = f"omdome:{who.invitation.id}" if who.invitation else f"omdome:{who.voice}:{who.round.id}"
    return render_template(
        "reviews/form.html",
        site=who.round.site,
        voice=who.voice,
        many=sheet.many,
        action=sheet.form,
        spare=f"{name}:{given.version or version}",
        version=version,
        parts=list(DayPart),
        dimensions=list(Dimension),
        wishes=sites.IMPROVEMENTS,
        longest=LONGEST,
        trap=TRAP,
        given=given,
        faults=faults,
    )
