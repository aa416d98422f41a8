"""The pages of those who ask: open a round, invite, hand out links, see how many answered, take up what is offered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import segno
from flask import g, make_response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import access, people, rounds, sites
from samverkan_map.errors import BadValue, Conflict, NotFound
from samverkan_map.rounds.inviting import INVITED_KINDS
from samverkan_map.vocabulary import Permission
from samverkan_map.web import answers, forms, reading_log, saying
from samverkan_map.web.forms import Done, Faults, Given, Sent
from samverkan_map.web.reviews.blueprint import blueprint

Answer = AnyResponse | tuple[str, int]


@blueprint.get("/platsutveckling/<int:id>/omgang/ny")
def new(id: int) -> str:
    """The form that opens a round."""
    _site(id)
    closes = g.today + timedelta(days=rounds.DAYS)
    return _draw_new(id, Given({"closes_on": [closes.isoformat()]}), {})


@blueprint.post("/platsutveckling/<int:id>/omgang/ny")
def take_new(id: int) -> Answer:
    """Open a round."""
    _site(id)

    def act(sent: Sent) -> Done:
        closes = sent.day("closes_on", need="rounds.need_closes_on")
        sent.done()
        made = rounds.open_round(g.session, g.viewer, id, closes_on=closes, today=g.today)  # type: ignore[arg-type]
        return Done(url_for("reviews.one", id=id, number=made.id), "rounds.opened_now")

    page = forms.Page("round_new", url_for("reviews.new", id=id), lambda given, faults: _draw_new(id, given, faults))
    return forms.carry_out(page, act)


def _site(id: int) -> Any:
    site = sites.get(g.session, g.viewer, id)
    access.check(g.viewer, Permission.INVITE_BUSINESS, site)
    return site


def _draw_new(id: int, given: Given, faults: Faults) -> str:
    return render_template("rounds/new.html", site=_site(id), given=given, faults=faults)


@blueprint.get("/platsutveckling/<int:id>/omgang/<int:number>")
def one(id: int, number: int) -> str:
    """A round: how many answered, who was invited, what is offered."""
    return _draw_one(_round(id, number))


def _round(id: int, number: int) -> Any:
    found = rounds.get(g.session, g.viewer, number)
    if found.site_id != id:
        raise NotFound("refusals.rounds.not_found")
    return found


def _draw_one(found: Any, faults: Faults | None = None) -> str:
    invited = {one.organisation_id for one in found.invitations}
    offers = rounds.offers(g.viewer, found)
    if offers:
        reading_log.note(Permission.SEE_SINGLE_REVIEWS, site=found.site_id, count=len(offers))
    return render_template(
        "rounds/one.html",
        round=found,
        site=found.site,
        is_open=rounds.is_open(found, g.today),
        invitations=sorted(found.invitations, key=lambda one: one.organisation.name),
        tells_who=access.may(g.viewer, Permission.SEE_SINGLE_REVIEWS),
        free=[
            (one.id, one.name)
            for one in people.find_organisations(g.session)
            if one.kind in INVITED_KINDS and one.id not in invited
        ],
        offers=offers,
        faults=faults or {},
        given=Given({}),
    )


@blueprint.post("/platsutveckling/<int:id>/omgang/<int:number>/bjud-in")
def invite(id: int, number: int) -> Answer:
    """Invite organisations and show their links, which no other page can show again."""
    found = _round(id, number)
    try:
        links = rounds.invite(g.session, g.viewer, number, Sent(request.form).ids("organisations"), today=g.today)
    except (BadValue, Conflict) as refusal:
        g.session.rollback()
        faults = {str(refusal.fields.get("field", "form")): answers.sentence(g.language, refusal)}
        return _draw_one(found, faults), answers.status_of(refusal)
    return _sheet(found, links)


@blueprint.post("/platsutveckling/<int:id>/omgang/<int:number>/lank/<int:invitation>")
def renew(id: int, number: int, invitation: int) -> Answer:
    """Give an invitation a new link and show it."""
    found = _round(id, number)
    _invited(found, invitation)
    return _sheet(found, [rounds.renew(g.session, g.viewer, invitation, today=g.today)])


def _sheet(found: Any, links: list[rounds.Link]) -> AnyResponse:
    shown = []
    for link in links:
        address = url_for("reviews.link", token=link.token, _external=True)
        shown.append((link.invitation, address, *_code(address)))
    response = make_response(render_template("rounds/links.html", round=found, site=found.site, links=shown))
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/platsutveckling/<int:id>/omdome/affisch")
def poster(id: int) -> str:
    """A sheet to put up at the site, with the address at which anybody reviews it."""
    site, address = _site(id), url_for("reviews.ask", id=id, _external=True)
    side, path = _code(address)
    found = rounds.current(g.session, id, g.today)
    return render_template("rounds/poster.html", site=site, round=found, address=address, side=side, path=path)


def _code(address: str) -> tuple[int, str]:
    """A QR code as the side of a square and the path of its dark pieces, one unit each, with its quiet zone."""
    rows = list(segno.make(address, error="m", micro=False).matrix_iter(border=4))
    dark = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, bit in enumerate(row) if bit]
    return len(rows), "".join(dark)


def _invited(found: Any, invitation: int) -> None:
    if invitation not in {one.id for one in found.invitations}:
        raise NotFound("refusals.rounds.not_found")


@blueprint.post("/platsutveckling/<int:id>/omgang/<int:number>/aterkalla/<int:invitation>")
def revoke(id: int, number: int, invitation: int) -> AnyResponse:
    """Take an invitation back."""
    _invited(_round(id, number), invitation)
    rounds.revoke(g.session, g.viewer, invitation, today=g.today)
    return saying.go(url_for("reviews.one", id=id, number=number), "rounds.revoked_now")


@blueprint.post("/platsutveckling/<int:id>/omgang/<int:number>/stang")
def close(id: int, number: int) -> AnyResponse:
    """Close a round."""
    _round(id, number)
    rounds.close(g.session, g.viewer, number, today=g.today)
    return saying.go(url_for("reviews.one", id=id, number=number), "rounds.closed_now")


@blueprint.post("/platsutveckling/<int:id>/omgang/<int:number>/bidrag/<int:review>")
def take_up(id: int, number: int, review: int) -> AnyResponse:
    """Make a planned measure of what somebody offers."""
    found = _round(id, number)
    if review not in {one.review_id for one in found.invitations}:
        raise NotFound("refusals.rounds.no_offer")
    measure = rounds.take_up(g.session, g.viewer, g.agreement, review, today=g.today)
    return saying.go(url_for("measures.one", id=measure.id), "rounds.taken_up_now")
