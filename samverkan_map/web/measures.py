"""The action plan, and the page of one measure with its follow-ups."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, g, render_template

from samverkan_map import access, map_rows, measures
from samverkan_map.vocabulary import Layer, MeasureStatus
from samverkan_map.web import row_words
from samverkan_map.web.asking import ask, csv_answer
from samverkan_map.web.texts import label, t

blueprint = Blueprint("measures", __name__)


@blueprint.get("/atgarder")
def page() -> str:
    """The action plan: the measures by focus area."""
    asked = ask(Layer.MEASURES)
    wanted = {row.id for row in map_rows.stream(g.session, g.viewer, g.agreement, asked)}
    shown = [measure for measure in measures.find(g.session, g.viewer) if measure.id in wanted]
    groups = [
        (label(area), [measure for measure in shown if code in measures.focus_of(g.viewer, measure)])
        for code, area in g.agreement.focus_areas.items()
    ]
    # Where a measure is may be kept from the visitor although the measure is not.
    groups.append((t("measures.no_focus"), [one for one in shown if not measures.focus_of(g.viewer, one)]))
    return render_template(
        "measures/page.html",
        question=asked,
        groups=[(name, found) for name, found in groups if found],
        total=len(shown),
        overdue=sum(measures.overdue(measure, g.today) for measure in shown),
        ongoing=sum(measure.status == MeasureStatus.ONGOING for measure in shown),
        follow_up_state=lambda measure: follow_up_state(measure, g.today),
    )


@blueprint.get("/atgarder.csv")
def csv() -> Response:
    """All measures of the question."""
    return csv_answer(ask(Layer.MEASURES), "atgarder.csv")


@blueprint.get("/atgarder/<int:id>")
def one(id: int) -> str:
    """One measure: where, who, when, how it is followed up and what came of it."""
    measure = measures.get(g.session, g.viewer, id)
    row, _ = map_rows.one(g.session, g.viewer, g.agreement, Layer.MEASURES, id)
    return render_template(
        "measures/one.html",
        measure=measure,
        line=row_words.line(row),
        places=[place for place in measure.places if access.sees(g.viewer, place)],
        sites=[site for site in measure.sites if access.sees(g.viewer, site)],
        internal=bool(access.visible_kinds(g.viewer)),
        follow_up_state=lambda measure: follow_up_state(measure, g.today),
    )


def follow_up_state(measure: object, today: date) -> tuple[str, date | None]:
    """`none`, `overdue`, `due` or `done` with the day that belongs to it: what is most urgent wins."""
    follow_ups = measure.follow_ups  # type: ignore[attr-defined]
    open_days = sorted(found.due_on for found in follow_ups if found.done_on is None)
    if open_days:
        return ("overdue" if open_days[0] < today else "due"), open_days[0]
    done_days = [found.done_on for found in follow_ups]
    return ("done", max(done_days)) if done_days else ("none", None)
