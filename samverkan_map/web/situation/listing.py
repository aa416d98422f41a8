"""All versions of the situation picture, and the form that begins one."""

from __future__ import annotations

import re
from datetime import date, timedelta

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import access, situation
from samverkan_map.vocabulary import Period, Permission, SituationState, add_months
from samverkan_map.web import forms
from samverkan_map.web.forms import Done, Faults, Given, Sent
from samverkan_map.web.situation import clock
from samverkan_map.web.situation.blueprint import blueprint
from samverkan_map.web.texts import may

YEAR = 12


@blueprint.get("")
def page() -> str:
    """The version that is being written and the frozen ones."""
    return _page(Given(_usual()), {})


@blueprint.post("")
def begin() -> AnyResponse | tuple[str, int]:
    """Begin a version."""
    access.check(g.viewer, Permission.EDIT_SITUATION, g.agreement)

    def act(sent: Sent) -> Done:
        period = months(sent)
        made = situation.begin(g.session, g.viewer, g.agreement, **period, today=g.today)
        return Done(url_for("situation.one", id=made.id), "situation.begun_now")

    return forms.carry_out(forms.Page("situation_begin", url_for("situation.page"), _page), act)


def _page(given: Given, faults: Faults) -> str:
    found = situation.find(g.session, g.viewer)
    return render_template(
        "situation/page.html",
        frozen=[one for one in found if one.state == SituationState.FROZEN],
        written=[one for one in found if one.state != SituationState.FROZEN],
        may_begin=may("edit_situation", g.agreement),
        given=given,
        faults=faults,
        **clock.told(),
    )


def _usual() -> dict[str, list[str]]:
    """The last twelve whole months, as far as the agreement that held in the last of them reaches."""
    month = g.today.replace(day=1)
    own = g.agreement.at(month - timedelta(days=1))
    end = min(month, date(own.end_year + 1, 1, 1))
    start = max(add_months(end, -YEAR), date(own.start_year, 1, 1))
    return {"start_on": [f"{start:%Y-%m}"], "end_on": [f"{add_months(end, -1):%Y-%m}"]}


def months(sent: Sent) -> dict[str, date]:
    """The period of a form, given as its first and last month. Raises FaultyForm."""
    first, last = (_month(sent, name) for name in ("start_on", "end_on"))
    sent.done()
    assert first and last
    return {"start_on": first, "end_on": add_months(last, 1)}


def _month(sent: Sent, name: str) -> date | None:
    need = "situation.errors.whole_months"
    found = re.fullmatch(r"(\d{4})-?(\d{1,2})", sent.text(name, need=need, most=20), re.ASCII)
    try:
        if found:
            return date(int(found[1]), int(found[2]), 1)
    except ValueError:
        pass
    sent.fault(name, need)
    return None


def month_fields(period: Period) -> dict[str, str]:
    """A period as the form shows it."""
    assert period.start and period.end
    return {"start_on": f"{period.start:%Y-%m}", "end_on": f"{add_months(period.end, -1):%Y-%m}"}


def chosen(name: str, fallback: int) -> int:
    """The number of a version in the address, or another one where it says none or nonsense."""
    value = request.args.get(name, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 8 else fallback
