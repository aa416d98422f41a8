"""Disposal as a page: which rules there are, the decision behind each, and what would go now."""

from __future__ import annotations

from flask import Blueprint, g, render_template, request, url_for
from werkzeug.wrappers import Response

from samverkan_map import disposal
from samverkan_map.errors import BadValue
from samverkan_map.web import saying, sessions
from samverkan_map.web.admin import field_errors

blueprint = Blueprint("disposal", __name__, url_prefix="/admin/gallring")


@blueprint.get("")
def page() -> str:
    """All rules, with the dry run."""
    return _page({})


def _page(errors: dict[str, str]) -> str:
    """The page with its form filled in as it was sent, or else for the rule that `rule` in the address names."""
    rules = disposal.standing(g.session, g.viewer, now=sessions.now())
    chosen = next((one for one in rules if one.code == request.values.get("rule")), rules[0])
    usual = {"reference": "", "days": str(chosen.proposed_days)}
    if chosen.decision:
        usual = {"reference": chosen.decision.reference, "days": str(chosen.decision.days)}
    given = usual | request.form.to_dict()
    others = {one.code for one in rules if one.decision and disposal.is_another(g.viewer, one.decision)}
    return render_template("admin/disposal.html", rules=rules, chosen=chosen, errors=errors, given=given, others=others)


@blueprint.post("")
def decide() -> Response | tuple[str, int]:
    """Enter a decision."""
    form = request.form
    try:
        disposal.decide(
            g.session, g.viewer, form.get("rule", ""), reference=form.get("reference", ""), days=_days(),
            now=sessions.now(),
        )  # fmt: skip
    except BadValue as refusal:
        return _page(field_errors(refusal)), 422
    return saying.go(url_for("disposal.page"), "disposal.decided")


def _days() -> int:
    """The days of the form; 0 for what is no number."""
    days = request.form.get("days", "").strip()
    return int(days) if days.isascii() and days.isdigit() and len(days) < 7 else 0


@blueprint.post("/<rule>/bekrafta")
def confirm(rule: str) -> Response:
    """Stand behind a decision that somebody else entered, as it was seen on the page."""
    disposal.confirm(
        g.session, g.viewer, rule, reference=request.form.get("reference", ""), days=_days(), now=sessions.now()
    )
    return saying.go(url_for("disposal.page"), "disposal.was_confirmed")


@blueprint.post("/<rule>/av")
def lift(rule: str) -> Response:
    """Turn a rule off."""
    disposal.lift(g.session, g.viewer, rule)
    return saying.go(url_for("disposal.page"), "disposal.lifted")
