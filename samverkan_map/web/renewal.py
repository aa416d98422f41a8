"""The page on which one agreement goes over into the next: what runs out, the choices, a preview, and the act."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, g, render_template, request, url_for
from werkzeug.wrappers import Response

from samverkan_map import renewal
from samverkan_map.agreement import AgreementPeriod
from samverkan_map.errors import BadValue, Conflict, NotFound
from samverkan_map.renewal import CARRY, CLOSE, Choice
from samverkan_map.vocabulary import EndReason
from samverkan_map.web import answers, periods, saying
from samverkan_map.web.texts import label

blueprint = Blueprint("renewal", __name__, url_prefix="/admin/period")

WAYS = (CARRY, CLOSE)
CHANGED = "renewal.errors.changed"

Drawn = Response | str | tuple[str, int]


@blueprint.get("")
def page() -> str:
    """What runs out, what is open, and the choices with what is proposed."""
    work = renewal.open_work(g.session, g.viewer)
    return _page(work, renewal.usual(work), {})


@blueprint.post("")
def preview() -> Drawn:
    """What the choices would do, or the choices again to change them."""
    work = renewal.open_work(g.session, g.viewer)
    chosen = _choices(work)
    if "andra" in request.form:
        return _page(work, chosen, {})
    period = _asked_for()
    if request.form.get("sign") != work.sign:
        return _page(work, chosen, {"form": answers.sentence(g.language, Conflict(CHANGED))}), 409
    if faults := _sentences(renewal.check(work, chosen)):
        return _page(work, chosen, faults), 422
    closing = {line.row.id for line in work.places if chosen[line.key].way == CLOSE}
    return render_template(
        "renewal/preview.html", work=work, chosen=chosen, period=period, old=renewal.before(g.agreement, period),
        years=_years, today=g.today, reference=request.form.get("reference", ""),
        left_alone=[line for line in work.measures if chosen[line.key].way == CARRY and _all_in(line.row, closing)],
    )  # fmt: skip


@blueprint.post("/starta")
def start() -> Drawn:
    """Go over to the new agreement."""
    work = renewal.open_work(g.session, g.viewer)
    chosen = _choices(work)
    period = _asked_for()
    try:
        renewal.start(
            g.session, g.viewer, g.agreement, period.start_year, chosen, sign=request.form.get("sign", ""),
            today=g.today, reference=request.form.get("reference", ""),
        )  # fmt: skip
    except BadValue as refusal:
        return _again(chosen, {str(refusal.fields["field"]): answers.sentence(g.language, refusal)}), 422
    except Conflict as refusal:
        if refusal.key != CHANGED:
            raise
        return _again(chosen, {"form": answers.sentence(g.language, refusal)}), 409
    return saying.go(url_for("renewal.one", year=period.start_year), "renewal.done")


@blueprint.get("/<int:year>")
def one(year: int) -> str:
    """One agreement: what it is called, the law, what it knew, and what was chosen when its work was started."""
    started = renewal.find(g.session, g.viewer)
    period = next((one for one in g.agreement.periods if one.start_year == year), None)
    if period is None:
        raise NotFound("renewal.errors.unknown", year=year)
    old = renewal.before(g.agreement, period)
    return render_template(
        "renewal/one.html", period=period, made=started.get(year), years=_years, change=_change(old, period),
        known=_known(period), begun=period.starts_on <= g.today,
    )  # fmt: skip


def _again(chosen: Mapping[str, Choice], faults: dict[str, str]) -> str:
    """The choices as they were sent, with what is open now."""
    g.session.rollback()
    work = renewal.open_work(g.session, g.viewer)
    return _page(work, renewal.usual(work) | {key: one for key, one in chosen.items() if one.way}, faults)


def _page(work: renewal.Work, chosen: Mapping[str, Choice], faults: dict[str, str]) -> str:
    started = renewal.find(g.session, g.viewer)
    coming = renewal.coming(g.agreement, started)
    old = (coming and renewal.before(g.agreement, coming)) or g.agreement.periods[-1]
    return render_template(
        "renewal/page.html", work=work, chosen=chosen, faults=faults, coming=coming, old=old, started=started,
        years=_years, change=_change(old, coming), given=request.form, ways=WAYS, left=(old.ends_on - g.today).days,
        early=g.today < old.starts_on,
    )  # fmt: skip


def _asked_for() -> AgreementPeriod:
    """The agreement that the form names, if its work may be started."""
    year = request.form.get("year", "")
    asked = int(year) if year.isascii() and year.isdigit() and len(year) < 5 else 0
    return renewal.check_may_start(g.agreement, renewal.find(g.session, g.viewer), asked, g.today)


def _choices(work: renewal.Work) -> dict[str, Choice]:
    """What the form chose for each open place and measure; without a way where it said nothing."""
    reasons = {reason.value: reason for reason in EndReason}
    form = request.form
    return {
        line.key: Choice(
            form.get(f"way-{line.key}", ""),
            reasons.get(form.get(f"reason-{line.key}", "")),
            form.get(f"note-{line.key}", "").replace("\x00", "").strip(),
        )
        for line in work.lines
    }


def _sentences(faults: Mapping[str, BadValue]) -> dict[str, str]:
    return {key: answers.sentence(g.language, refusal) for key, refusal in faults.items()}


def _all_in(measure: Any, closing: set[int]) -> bool:
    """Whether every place of a measure that goes on is about to be closed."""
    return bool(measure.places) and {place.id for place in measure.places if not place.closed_on} <= closing


def _years(period: AgreementPeriod) -> str:
    return periods.agreement_years(period.code)


def _known(period: AgreementPeriod) -> list[Any]:
    """The types that an agreement knew, as far as the one in force knows of them."""
    return [g.agreement.types[code] for code in period.types if code in g.agreement.types]


def _change(old: AgreementPeriod | None, new: AgreementPeriod | None) -> dict[str, list[str]]:
    """What the new agreement drops, renames and adds, in words; nothing for the first."""
    if old is None or new is None:
        return {}
    own = g.agreement if new.start_year <= g.agreement.start_year else g.agreement.at(new.starts_on)
    types = renewal.changes(old.types, new, new.types)
    areas = renewal.changes(old.focus_areas, new, new.focus_areas)
    return {
        "dropped": [label(own.types[code]) for code in types.dropped],
        "renamed": [f"{label(own.types[was])} → {label(own.types[now])}" for was, now in types.renamed.items()],
        "new": [label(own.types[code]) for code in types.new],
        "focus_dropped": [label(own.focus_areas[code]) for code in areas.dropped],
        "focus_new": [label(own.focus_areas[code]) for code in areas.new],
    }
