"""The action plan: all measures by focus area, what must not be forgotten, and the plan as files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from flask import Response, g, render_template, request, url_for

from samverkan_map import access, map_rows, measures
from samverkan_map.errors import BadQuestion
from samverkan_map.exchange import calendar_file, writers
from samverkan_map.question import Question
from samverkan_map.vocabulary import Layer, MeasureStatus, Mechanism
from samverkan_map.web.asking import ask, csv_download, watermark
from samverkan_map.web.measures.blueprint import blueprint
from samverkan_map.web.measures.words import follow_up_state, internal
from samverkan_map.web.texts import label, t

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_ECHO = 40


@dataclass(frozen=True)
class Asked:
    """The question of the address, with the two filters that only the action plan has."""

    question: Question
    state: str
    mechanism: str

    def args(self) -> dict[str, str]:
        """The address values of the same plan as a file."""
        own = {"state": self.state, "mechanism": self.mechanism}
        return self.question.as_args(page=None) | {name: value for name, value in own.items() if value}


@blueprint.get("/atgarder")
def page() -> str:
    """The action plan: the measures by focus area."""
    asked = _asked()
    everything = measures.find(g.session, g.viewer, whole=True)
    shown = _shown(asked, everything)
    groups = [
        (label(area), [measure for measure in shown if code in measures.focus_of(g.viewer, measure)])
        for code, area in g.agreement.focus_areas.items()
    ]
    # Where a measure is may be kept from the visitor although the measure is not.
    groups.append((t("measures.no_focus"), [one for one in shown if not measures.focus_of(g.viewer, one)]))
    return render_template(
        "measures/page.html",
        asked=asked,
        question=asked.question,
        groups=[(name, found) for name, found in groups if found],
        total=len(shown),
        ongoing=sum(measure.status == MeasureStatus.ONGOING for measure in shown),
        stands=measures.standing(everything, g.today),
        everything=len(everything),
        states=list(MeasureStatus),
        mechanisms=list(Mechanism),
        internal=internal(),
        places_of=lambda measure: [one for one in (*measure.places, *measure.sites) if access.sees(g.viewer, one)],
        follow_up_state=lambda measure: follow_up_state(measure, g.today),
    )


def _asked() -> Asked:
    asked = ask(Layer.MEASURES, own=("state", "mechanism"))
    return Asked(asked, _word("state", MeasureStatus), _word("mechanism", Mechanism))


def _word(name: str, kind: Any) -> str:
    value = request.args.get(name, "")
    if value and value not in set(kind):
        echo = value if len(value) <= LONGEST_ECHO else value[:LONGEST_ECHO] + "…"
        raise BadQuestion("question.errors.unknown", name=name, value=echo, allowed=", ".join(kind))
    return value


def _shown(asked: Asked, everything: list[Any]) -> list[Any]:
    wanted = {row.id for row in map_rows.stream(g.session, g.viewer, g.agreement, asked.question)}
    return [
        measure
        for measure in everything
        if measure.id in wanted and asked.state in ("", measure.status) and asked.mechanism in ("", measure.mechanism)
    ]


# ---- Files -----------------------------------------------------------------------------------------------------------

INTERNAL = ("causes", "expected", "promises_open", "promises_broken")
PLAN = (
    "places", "planned_start", "planned_end", "started_on", "ended_on", "indicator", "due_on", "follow_up", "verdict",
    "waiver", "cost_kronor", "dose_planned", "dose_delivered", *INTERNAL,
)  # fmt: skip
SHEET = ("id", "title", "status", "focus", "area_label", "owner", "mechanism", *PLAN, "summary", "url")


@blueprint.get("/atgarder.csv")
def csv() -> Response:
    """All measures of the question, with what the action plan says of them."""
    columns = list(dict.fromkeys([*map_rows.columns(g.viewer), *_plan_columns()]))
    return csv_download(writers.csv_rows(columns, _rows(), watermark=watermark()), "atgarder.csv")


@blueprint.get("/atgarder.xlsx")
def excel() -> Response:
    """The action plan as an Excel file, with headings in the visitor's language."""
    names = {name: t(f"measures.file_{name}") for name in SHEET if internal() or name not in INTERNAL}
    rows = ({words: _in_words(name, row[name]) for name, words in names.items()} for row in _rows())
    body = writers.workbook(list(names.values()), rows, watermark=watermark())
    return Response(body, mimetype=EXCEL, headers={"Content-Disposition": 'attachment; filename="atgardsplan.xlsx"'})


WORDED = {
    "status": "vocabulary.measure_status.",
    "mechanism": "vocabulary.mechanism.",
    "follow_up": "measures.file_state_",
    "verdict": "vocabulary.verdict.",
}
"""The columns of codes, and where the words of a reader stand; the CSV keeps the codes for programs."""


def _in_words(name: str, value: Any) -> Any:
    if value and name in WORDED:
        return t(f"{WORDED[name]}{value}")
    if name == "focus":
        known = g.agreement.focus_areas
        return ", ".join(label(known[code]) if code in known else code for code in (value or "").split())
    if name == "url" and value:
        return url_for("measures.page", _external=True).removesuffix("/atgarder") + value
    return value


def _plan_columns() -> list[str]:
    return [name for name in PLAN if internal() or name not in INTERNAL]


def _rows() -> Iterator[dict[str, Any]]:
    asked = _asked()
    shown = {measure.id: measure for measure in _shown(asked, measures.find(g.session, g.viewer, whole=True))}
    for row in map_rows.stream(g.session, g.viewer, g.agreement, asked.question):
        if row.id in shown:
            yield map_rows.as_properties(g.viewer, row, g.agreement, g.language) | _plan_row(shown[row.id])


def _plan_row(measure: Any) -> dict[str, Any]:
    plans, where = measure.follow_ups, [*measure.places, *measure.sites]
    verdicts = [plan.verdict for plan in plans if plan.verdict]
    return {
        "places": "; ".join(one.name for one in where if access.sees(g.viewer, one)),
        "planned_start": measure.planned_start,
        "planned_end": measure.planned_end,
        "started_on": measure.started_on,
        "ended_on": measure.ended_on,
        "indicator": "; ".join(plan.indicator for plan in plans),
        "due_on": min((plan.due_on for plan in plans if plan.done_on is None), default=None),
        "follow_up": follow_up_state(measure, g.today)[0],
        "verdict": verdicts[-1] if verdicts else None,
        "waiver": measure.waiver,
        "cost_kronor": measure.cost_kronor,
        "dose_planned": measure.dose_planned,
        "dose_delivered": measure.dose_delivered,
        "causes": "; ".join(cause.what for cause in measure.causes),
        "expected": measure.expected,
        "promises_open": sum(one.kept is None for one in measure.promises),
        "promises_broken": sum(one.kept is False for one in measure.promises),
    }


@blueprint.get("/atgarder.ics")
def ics() -> Response:
    """What is due when, for a calendar: names of measures and days, and nothing of what is written in them."""
    asked = _asked()
    shown = _shown(asked, measures.find(g.session, g.viewer, whole=True))
    mark = watermark()
    events = [replace(event, title=f"{event.title} ({mark})" if mark else event.title) for event in _events(shown)]
    name = f"{t('measures.heading')} {g.agreement.name}"
    body = calendar_file.calendar(events, name=f"{name} ({mark})" if mark else name, language=g.language)
    return Response(body, mimetype="text/calendar", headers={"Content-Disposition": 'inline; filename="atgarder.ics"'})


def _events(shown: list[Any]) -> Iterator[calendar_file.Event]:
    for measure in shown:
        for kind, number, day in _due(measure):
            yield calendar_file.Event(
                uid=f"{kind}-{number}@atgarder.{g.agreement.slug}",
                day=day,
                title=t(f"measures.calendar_{kind}", title=measure.title),
                changed=measure.updated_on,
                address=url_for("measures.one", id=measure.id, _external=True),
            )


def _due(measure: Any) -> Iterator[tuple[str, int, Any]]:
    if measure.status == MeasureStatus.PLANNED:
        yield "start", measure.id, measure.planned_start
    if measure.planned_end and measure.status in (MeasureStatus.PLANNED, MeasureStatus.ONGOING):
        yield "end", measure.id, measure.planned_end
    for plan in measure.follow_ups:
        if plan.done_on is None:
            yield "follow_up", plan.id, plan.due_on
    if internal():
        for promise in measure.promises:
            if promise.due_on and promise.kept is None:
                yield "promise", promise.id, promise.due_on
