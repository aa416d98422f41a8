"""The clock of the situation picture: what is due and missing, the law's demands, days for a calendar."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response, g, render_template, url_for

from samverkan_map import situation
from samverkan_map.exchange import calendar_file
from samverkan_map.situation import Sentence
from samverkan_map.web.asking import watermark
from samverkan_map.web.situation.blueprint import blueprint
from samverkan_map.web.texts import Format, t

WHERE = {
    "extent": "situation.page", "consequences": "situation.page", "other_information": "situation.page",
    "analysis": "situation.page", "plan": "measures.page", "coordination": "help.page", "council": "meetings.page",
    "revised": "situation.page", "followed_up": "measures.page",
}  # fmt: skip
"""On which page each demand of the law is met."""


def told() -> dict[str, Any]:
    """What is due and what is missing, in sentences, with the measures never followed up."""
    missing = situation.missing(g.session, g.viewer, g.agreement, today=g.today)
    return {"due": due_words(), "missing": [_sentence(one) for one in missing.sentences], "never": missing.never}


def short() -> str:
    """What is due and how much is missing, in a line for the first page."""
    found, fmt = situation.due(g.session, g.agreement, today=g.today), Format(g.language)
    words = []
    if found.yearly_on:
        key = "short_done" if found.followed_up else "short_yearly"
        words.append(t(f"situation.clock.{key}", date=fmt.date(found.yearly_on)))
    key = "short_late" if found.revision.late(g.today) else "short_revision"
    words.append(t(f"situation.clock.{key}", date=fmt.date(found.revision.due_on)))
    if n := len(situation.missing(g.session, g.viewer, g.agreement, today=g.today).sentences):
        words.append(t("situation.clock.short_missing", n=n))
    return " ".join(words)


def due_words() -> list[str]:
    """When the follow-up of the year and the next revision are due."""
    found, fmt = situation.due(g.session, g.agreement, today=g.today), Format(g.language)
    late = found.revision.late(g.today)
    words = [t("situation.clock.late" if late else "situation.clock.revision", date=fmt.date(found.revision.due_on))]
    if found.yearly_on:
        key = "followed_up" if found.followed_up else "yearly"
        words.insert(0, t(f"situation.clock.{key}", year=found.yearly_on.year, date=fmt.date(found.yearly_on)))
    return words


def _sentence(one: Sentence) -> str:
    return t(f"situation.{one[0]}", **one[1])


@blueprint.get("/lagen")
def law() -> str:
    """What the law asks of a municipality, where it is met, and what is missing."""
    found = situation.demands(g.session, g.viewer, g.agreement, today=g.today)
    return render_template("situation/law.html", demands=found, where=WHERE, **told())


@blueprint.get("/datum.ics")
def calendar() -> Response:
    """The days that are due, for a calendar."""
    mark, name = watermark(), t("situation.heading")
    body = calendar_file.calendar(_events(), name=f"{name} ({mark})" if mark else name, language=g.language)
    headers = {"Content-Disposition": 'attachment; filename="lagesbild.ics"'}
    return Response(body, mimetype="text/calendar", headers=headers)


def _events() -> Iterator[calendar_file.Event]:
    found = situation.due(g.session, g.agreement, today=g.today)
    address = url_for("situation.page", _external=True)
    days = [("revision", found.revision.due_on), ("ends", found.revision.ends_on)]
    if found.yearly_on and not found.followed_up:
        days.append((f"yearly-{found.yearly_on.year}", found.yearly_on))
    for code, day in days:
        title = t(f"situation.calendar.{code.partition('-')[0]}")
        yield calendar_file.Event(f"lagesbild-{code}@samverkan", day, title, g.today, address)
