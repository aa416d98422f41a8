"""The meetings of each forum, and the agenda of one: what is new, changed, overdue, to be measured, and was decided."""

from __future__ import annotations

from typing import Any

from flask import Response, g, render_template, url_for

from samverkan_map import access, meetings, places
from samverkan_map.meetings import Agenda
from samverkan_map.question import Question
from samverkan_map.traffic import COMPARISONS, rank
from samverkan_map.vocabulary import Permission, Phase
from samverkan_map.web import periods
from samverkan_map.web.meetings import papers
from samverkan_map.web.meetings.blueprint import blueprint
from samverkan_map.web.meetings.days import day_asked
from samverkan_map.web.meetings.minutes import decision_row
from samverkan_map.web.meetings.papers import Cell, Paper, Part
from samverkan_map.web.texts import Format, label, t
from samverkan_map.web.traffic import words
from samverkan_map.web.traffic.asked import wanted, work_on
from samverkan_map.web.traffic.whole import QUEUE

QUEUED = 10


@blueprint.get("/moten")
def page() -> str:
    """The forums whose meetings the visitor may prepare, with the last one of each."""
    found = [(one, meetings.meeting_days(g.session, g.viewer, one)) for one in meetings.forums(g.viewer, g.agreement)]
    clock = meetings.clock(g.session, g.agreement)
    notes = access.may(g.viewer, Permission.EDIT_SITUATION) and clock.revised_on is None
    return render_template("meetings/page.html", forums=found, clock=clock_words(clock), nobody_noted=notes)


@blueprint.get("/moten/<forum>")
def agenda(forum: str) -> str:
    """The agenda of a forum."""
    found = _asked(forum)
    paper = paper_of(found)
    return render_template("meetings/agenda.html", agenda=found, paper=paper)


@blueprint.get("/moten/<forum>/dagordning.pdf")
def agenda_pdf(forum: str) -> Response:
    """The agenda as a PDF."""
    return papers.as_pdf(paper_of(_asked(forum)), f"dagordning-{forum}-{g.today}")


def _asked(forum: str) -> Agenda:
    return meetings.agenda(g.session, g.viewer, g.agreement, forum, since=day_asked("sedan"), today=g.today)


def paper_of(found: Agenda) -> Paper:
    """The agenda as a paper."""
    fmt = Format(g.language)
    since = t("meetings.since_last" if found.since == found.last else "meetings.since", date=fmt.date(found.since))
    parts = [_decided(found), _new(found), _changed(found), _overdue(found)]
    if found.forum.may_map == "traffic":
        parts.append(_queue())
    return Paper(t("meetings.agenda_of", forum=label(found.forum)), [fmt.date(g.today), since], [*parts, _clock(found)])


def _decided(found: Agenda) -> Part:
    rows = [decision_row(one, with_day=True) for one in found.decisions]
    return Part(
        "beslut",
        t("meetings.part_decisions"),
        [t("meetings.part_decisions_words") if rows else t("meetings.no_open_decisions")],
        [t(f"meetings.{name}") for name in ("meeting_day", "decision", "about", "owner", "due_on", "status")],
        [3, 8, 5, 4, 3, 3],
        rows,
    )


def _places(key: str, those: list[Any], day: str) -> Part:
    fmt = Format(g.language)
    rows = [
        [
            Cell(one.name, url_for("places.one", id=one.id), swedish=True),
            Cell(label(g.agreement.types[one.type]) if one.type in g.agreement.types else one.type),
            Cell(_stands(one)),
            Cell(one.owner.name),
            Cell(fmt.short(getattr(one, day))),
        ]
        for one in those
    ]
    head = [t("meetings.place"), t("karta.fact_type"), t("traffic.work"), t("meetings.owner"), t(f"meetings.{day}")]
    return Part(
        key, t(f"meetings.part_{key}"), [] if rows else [t(f"meetings.none_{key}")], head, [6, 4, 4, 4, 3], rows
    )


def _stands(place: Any) -> str:
    phase = t(f"vocabulary.phase.{place.phase}")
    if place.closed_on:
        return t("meetings.closed", date=Format(g.language).short(place.closed_on))
    status = places.state_of(place, Phase(place.phase)).status
    return f"{phase} – {t(f'vocabulary.phase_status.{status}').lower()}"


def _new(found: Agenda) -> Part:
    return _places("nya", found.new, "opened_on")


def _changed(found: Agenda) -> Part:
    return _places("andrade", found.changed, "updated_on")


def _overdue(found: Agenda) -> Part:
    fmt, stands = Format(g.language), found.stands
    rows = [
        [
            Cell(one.title, url_for("measures.one", id=one.id), swedish=True),
            Cell(one.owner.name),
            Cell(_why_late(one, found, fmt), uneasy=True),
        ]
        for one in dict.fromkeys([*stands.overdue, *stands.never, *stands.unfinished])
    ]
    head = [t("measures.title"), t("meetings.owner"), t("meetings.what_is_late")]
    sentences = [] if rows else [t("meetings.none_overdue")]
    return Part("forsenat", t("meetings.part_overdue"), sentences, head, [6, 4, 6], rows)


def _why_late(measure: Any, found: Agenda, fmt: Format) -> str:
    said = []
    due = [one.due_on for one in measure.follow_ups if one.done_on is None and one.due_on < g.today]
    if due:
        said.append(t("meetings.follow_up_late", date=fmt.short(min(due))))
    if measure in found.stands.never:
        said.append(t("meetings.never_judged"))
    if measure in found.stands.unfinished:
        said.append(t("meetings.unfinished", date=fmt.short(measure.planned_end)))
    return " ".join(said)


def _queue() -> Part:
    """What to measure next, counted over the last twelve whole months as the list of stretches begins."""
    ranking = rank(g.session, g.viewer, g.agreement, Question(), comparison=COMPARISONS[0], today=g.today)
    found = wanted(ranking, list(ranking.rows), work_on(ranking))
    rows = [
        [
            Cell(str(number)),
            Cell(one.road.name, url_for("traffic.one", id=one.road.id), swedish=True),
            Cell(t(f"vocabulary.keeper.{one.road.keeper}")),
            Cell(words.why(one)),
        ]
        for number, one in enumerate(found[:QUEUED], 1)
    ]
    never = sum(row.road.latest is None for row in ranking.rows)
    sentences = [
        t("meetings.never_measured", n=never, total=len(ranking.rows)),
        t("meetings.queue_from", period=periods.words(ranking.spans.now)) if rows else t("traffic.queue_empty"),
    ]
    if len(found) > QUEUED:
        sentences.append(t("traffic.shown_first", shown=QUEUED, total=len(found)))
    head = [t("meetings.number"), t("traffic.stretch"), t("traffic.keeper"), t("meetings.why")]
    whole = url_for("traffic.whole", part=QUEUE) if len(found) > QUEUED else ""
    return Part("mat", t("traffic.queue"), sentences, head, [1, 5, 4, 8], rows, whole)


def _clock(found: Agenda) -> Part:
    return Part("klocka", t("meetings.part_clock"), clock_words(found.clock))


def clock_words(clock: meetings.Clock) -> list[str]:
    """When the situation picture and the action plan are to be gone through, and when the agreement ends."""
    fmt = Format(g.language)
    said = [
        t("meetings.clock_revised", date=fmt.date(clock.revised_on))
        if clock.revised_on
        else t("meetings.clock_never", year=str(clock.began_on.year)),
        t("meetings.clock_late" if clock.late(g.today) else "meetings.clock_due", date=fmt.date(clock.due_on)),
    ]
    left = (clock.ends_on - g.today).days
    ends = fmt.date(clock.ends_on)
    return [*said, t("meetings.clock_ends", n=left, date=ends) if left >= 0 else t("meetings.clock_ended", date=ends)]
