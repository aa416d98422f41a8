"""A frozen version is presented to the recipients of the agreement, and its public version is published."""

from __future__ import annotations

from functools import partial

from flask import g, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import access, situation
from samverkan_map.vocabulary import Permission
from samverkan_map.web import forms
from samverkan_map.web.forms import Done, Faults, Given, Sent
from samverkan_map.web.situation.blueprint import blueprint
from samverkan_map.web.texts import label, may


@blueprint.get("/<int:id>/redovisa")
def presenting(id: int) -> str:
    """To whom a version was presented, and the form that notes it."""
    access.check(g.viewer, Permission.PRESENT_SITUATION)
    return _page(id, Given({"presented_on": [g.today.isoformat()]}), {})


@blueprint.post("/<int:id>/redovisa")
def present(id: int) -> AnyResponse | tuple[str, int]:
    """Note that a version was presented."""
    situation.get(g.session, g.viewer, id)

    def act(sent: Sent) -> Done:
        recipient = sent.choice("recipient", g.agreement.recipients, need="papers.errors.need_recipient")
        on = sent.day("presented_on", need="papers.errors.need_day")
        sent.done()
        assert on
        situation.present(g.session, g.viewer, g.agreement, id, recipient=recipient, on=on, today=g.today)
        return Done(url_for("situation.presenting", id=id), "papers.presented_now")

    page = forms.Page("situation_present", url_for("situation.presenting", id=id), partial(_page, id), str(id))
    return forms.carry_out(page, act)


@blueprint.post("/<int:id>/publicera")
def publish(id: int) -> AnyResponse | tuple[str, int]:
    """Publish the public version."""
    situation.get(g.session, g.viewer, id)

    def act(_sent: Sent) -> Done:
        situation.publish(g.session, g.viewer, id, today=g.today)
        return Done(url_for("situation.public", id=id), "papers.published_now")

    page = forms.Page("situation_publish", url_for("situation.presenting", id=id), partial(_page, id), str(id))
    return forms.carry_out(page, act)


def _page(id: int, given: Given, faults: Faults) -> str:
    found = situation.get(g.session, g.viewer, id)
    return render_template(
        "situation/present.html",
        found=found,
        recipients=[(one.code, label(one)) for one in g.agreement.recipients.values()],
        may_publish=may("publish_situation"),
        given=given,
        faults=faults,
    )
