"""The extract of the minutes: what was decided at one meeting, as page, PDF and CSV."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, g, render_template, url_for

from samverkan_map import access, meetings
from samverkan_map.agreement import Forum
from samverkan_map.exchange import writers
from samverkan_map.vocabulary import DecisionStatus, Permission
from samverkan_map.web.asking import csv_download, watermark
from samverkan_map.web.meetings import papers
from samverkan_map.web.meetings.blueprint import blueprint
from samverkan_map.web.meetings.days import day_asked
from samverkan_map.web.meetings.papers import Cell, Paper, Part
from samverkan_map.web.texts import Format, label, t

COLUMNS = (
    "id", "forum", "meeting", "decision", "place", "stretch", "owner", "due_on", "status", "settled_on", "url",
)  # fmt: skip


@blueprint.get("/moten/<forum>/beslut")
def minutes(forum: str) -> str:
    """What a forum decided at its last meeting, or at the one that the address names."""
    found, days, day = _asked(forum)
    return render_template("meetings/minutes.html", forum=found, days=days, day=day, paper=_paper(found, day))


@blueprint.get("/moten/<forum>/beslut.pdf")
def minutes_pdf(forum: str) -> Response:
    """The same as a PDF."""
    found, _, day = _asked(forum)
    return papers.as_pdf(_paper(found, day), f"beslut-{forum}-{day or g.today}")


@blueprint.get("/moten/<forum>/beslut.csv")
def minutes_csv(forum: str) -> Response:
    """All decisions of a forum, or those of the meeting that the address names."""
    found = meetings.forum_of(g.viewer, g.agreement, forum)
    rows = (_as_row(one) for one in meetings.find(g.session, g.viewer, found, held_on=day_asked("dag")))
    return csv_download(writers.csv_rows(COLUMNS, rows, watermark=watermark()), f"beslut-{forum}.csv")


def _asked(code: str) -> tuple[Forum, list[date], date | None]:
    forum = meetings.forum_of(g.viewer, g.agreement, code)
    days = meetings.meeting_days(g.session, g.viewer, forum)
    return forum, days, day_asked("dag") or next(iter(days), None)


def _paper(forum: Forum, day: date | None) -> Paper:
    fmt = Format(g.language)
    those = meetings.find(g.session, g.viewer, forum, held_on=day) if day else []
    rows = [[Cell(str(number)), *decision_row(one)] for number, one in enumerate(reversed(those), 1)]
    head = [t(f"meetings.{name}") for name in ("number", "decision", "about", "owner", "due_on", "status")]
    heading = t("meetings.minutes_day", date=fmt.date(day)) if day else t("meetings.minutes")
    sentences = [t("meetings.n_decisions", n=len(rows))] if rows else [t("meetings.no_decisions")]
    part = Part("beslut", t("meetings.decisions"), sentences, head, [1, 8, 5, 4, 3, 3], rows)
    return Paper(heading, [label(forum)], [part])


def decision_row(one: Any, *, with_day: bool = False) -> list[Cell]:
    """A decision as a row: what, about what, who, when it is to be done, and whether it is."""
    fmt = Format(g.language)
    is_late = meetings.late(one, g.today)
    meeting = Cell(fmt.short(one.held_on), url_for("meetings.minutes", forum=one.forum, dag=one.held_on.isoformat()))
    return [
        *([meeting] if with_day else []),
        Cell(one.text, url_for("meetings.change", forum=one.forum, id=one.id) if may_write(one) else "", swedish=True),
        Cell((one.place or one.stretch).name, address_of(one), swedish=True),
        Cell(one.owner.name),
        Cell(fmt.short(one.due_on) or t("common.none")),
        Cell(status_words(one), uneasy=is_late),
    ]


def may_write(one: Any) -> bool:
    """Whether the visitor may change a decision."""
    return access.may(g.viewer, Permission.WRITE_DECISION, one)


def status_words(one: Any) -> str:
    """Whether a decision is carried out, and late when it should be."""
    if meetings.late(one, g.today):
        return t("meetings.late")
    words = t(f"vocabulary.decision_status.{one.status}")
    if one.status == DecisionStatus.OPEN or one.settled_on is None:
        return words
    return f"{words} {Format(g.language).short(one.settled_on)}"


def address_of(one: Any) -> str:
    """The page of what a decision is about."""
    if one.place:
        return url_for("places.one", id=one.place.id)
    return url_for("traffic.one", id=one.stretch.id)


def _as_row(one: Any) -> dict[str, Any]:
    return {
        "id": one.id,
        "forum": label(g.agreement.forums[one.forum]),
        "meeting": one.held_on.isoformat(),
        "decision": one.text,
        "place": one.place.name if one.place else None,
        "stretch": one.stretch.name if one.stretch else None,
        "owner": one.owner.name,
        "due_on": one.due_on.isoformat() if one.due_on else None,
        "status": t(f"vocabulary.decision_status.{one.status}"),
        "settled_on": one.settled_on.isoformat() if one.settled_on else None,
        "url": address_of(one),
    }
