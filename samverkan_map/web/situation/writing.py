"""The words of a party beside a section, and the period and outcome of a version."""

from __future__ import annotations

from flask import g, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import access, situation
from samverkan_map.situation.keeping import LONGEST, to_change
from samverkan_map.vocabulary import Permission, SituationOutcome, SituationState
from samverkan_map.web import forms, sessions
from samverkan_map.web.forms import Compared, Done, Faults, Given, Sent
from samverkan_map.web.situation import listing
from samverkan_map.web.situation.blueprint import blueprint
from samverkan_map.web.situation.reading import shown
from samverkan_map.web.texts import label, t


@blueprint.get("/<int:id>/skriv/<section>/<party>")
def write(id: int, section: str, party: str) -> str:
    """The form for a party's words beside a section."""
    text = _text(id, section, party)
    given = forms.given("situation_text", _draft(id, section, party), {"text": text.text})
    return _page(id, section, party, given, {})


@blueprint.post("/<int:id>/skriv/<section>/<party>")
def take_write(id: int, section: str, party: str) -> AnyResponse | tuple[str, int]:
    """Keep a party's words."""
    _text(id, section, party)

    def act(sent: Sent) -> Done:
        words = sent.text("text", most=LONGEST)
        sent.done()
        sealed = situation.get(g.session, g.viewer, id).state == SituationState.SEALED
        one = situation.write(
            g.session, g.viewer, id, section, party, text=words, now=sessions.now(), version=sent.version()
        )
        opened = sealed and one.situation.state == SituationState.DRAFT
        address = url_for("situation.one", id=id, _anchor=section)
        return Done(address, "situation.written_opened" if opened else "situation.written_now")

    def compared() -> tuple[object, list[Compared]]:
        text = situation.text_of(g.session, g.viewer, id, section, party)
        return text, [Compared("text", t("situation.field_text"), forms.as_texts(text.text))]

    draw = lambda given, faults: _page(id, section, party, given, faults)  # noqa: E731
    address = url_for("situation.write", id=id, section=section, party=party)
    page = forms.Page("situation_text", address, draw, _draft(id, section, party), compared)
    return forms.carry_out(page, act)


def _draft(id: int, section: str, party: str) -> str:
    return f"{id}-{section}-{party}"


def _text(id: int, section: str, party: str):
    """The text, when the visitor may write it. Raises NotFound, NotAllowed."""
    text = situation.text_of(g.session, g.viewer, id, section, party)
    access.check(g.viewer, Permission.EDIT_SITUATION, text)
    return text


def _page(id: int, section: str, party: str, given: Given, faults: Faults) -> str:
    text, it = situation.text_of(g.session, g.viewer, id, section, party), shown(id, [section])
    return render_template(
        "situation/write.html",
        found=it.found,
        text=text,
        section=section,
        party=label(g.agreement.parties[party]),
        party_code=party,
        figures=[(it.title(one), it.notes(one)) for one in it.figures.get(section, ())],
        object_id=_draft(id, section, party),
        longest=LONGEST,
        given=given,
        faults=faults,
    )


@blueprint.get("/<int:id>/andra")
def settings(id: int) -> str:
    """The form for the period and the outcome."""
    found = to_change(g.session, g.viewer, id, None)
    fields = listing.month_fields(situation.period_of(found)) | {"outcome": found.outcome}
    return _settings(id, forms.given("situation", str(id), fields), {})


@blueprint.post("/<int:id>/andra")
def take_settings(id: int) -> AnyResponse | tuple[str, int]:
    """Keep the period and the outcome."""
    to_change(g.session, g.viewer, id, None)

    def act(sent: Sent) -> Done:
        outcome = sent.choice("outcome", SituationOutcome, need="forms.errors.choice")
        period = listing.months(sent)
        situation.change(
            g.session, g.viewer, g.agreement, id, **period, outcome=SituationOutcome(outcome), today=g.today,
            now=sessions.now(), version=sent.version(),
        )  # fmt: skip
        return Done(url_for("situation.one", id=id), "situation.settings_saved")

    def compared() -> tuple[object, list[Compared]]:
        found = situation.get(g.session, g.viewer, id)
        fields = listing.month_fields(situation.period_of(found)) | {"outcome": found.outcome}
        return found, [
            Compared(
                name,
                t(f"situation.{heading}"),
                forms.as_texts(fields[name]),
                lambda value: t(f"vocabulary.situation_outcome.{value}") if value in set(SituationOutcome) else value,
            )
            for name, heading in (
                ("start_on", "field_start"), ("end_on", "field_end"), ("outcome", "field_outcome"),
            )
        ]  # fmt: skip

    draw = lambda given, faults: _settings(id, given, faults)  # noqa: E731
    page = forms.Page("situation", url_for("situation.settings", id=id), draw, str(id), compared)
    return forms.carry_out(page, act)


def _settings(id: int, given: Given, faults: Faults) -> str:
    found = situation.get(g.session, g.viewer, id)
    return render_template(
        "situation/settings.html",
        found=found,
        outcomes=[(one.value, t(f"vocabulary.situation_outcome.{one}")) for one in SituationOutcome],
        given=given,
        faults=faults,
    )
