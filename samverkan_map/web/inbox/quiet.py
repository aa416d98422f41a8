"""Saying that one's organisation had nothing to report in a week."""

from __future__ import annotations

from datetime import date

from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from samverkan_map import reports
from samverkan_map.web import forms, sessions
from samverkan_map.web.forms import Done, Faults, Given, Sent
from samverkan_map.web.inbox.blueprint import blueprint


@blueprint.get("/inget-att-rapportera")
def quiet() -> str:
    """The last weeks, and a button for each that was not answered."""
    return _page(Given({}), {})


@blueprint.post("/inget-att-rapportera")
def take_quiet() -> Response | tuple[str, int]:
    """Say that there was nothing to report in a week."""

    def act(sent: Sent) -> Done:
        week = sent.day("week", need="inbox.errors.no_such_week")
        sent.done()
        reports.say_nothing(g.session, g.viewer, week or date.min, today=g.today, now=sessions.now())
        return Done(url_for("inbox.quiet"), "inbox.quiet_said")

    return forms.carry_out(forms.Page("quiet", url_for("inbox.quiet"), _page), act)


def _page(given: Given, faults: Faults) -> str:
    return render_template(
        "inbox/quiet.html", weeks=reports.weeks(g.session, g.viewer, today=g.today), given=given, faults=faults
    )
