"""A round: when a site is reviewed. A site has at most one open round."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from samverkan_map import access, sites
from samverkan_map.access import Viewer
from samverkan_map.db import engine
from samverkan_map.db.tables import Review, Round, Site
from samverkan_map.errors import BadValue, Conflict, NotFound
from samverkan_map.vocabulary import Permission

DAYS = 28
"""So long a round is open when nobody says otherwise."""

MOST_DAYS = 120


def find(session: Session, viewer: Viewer, site: Site) -> list[Round]:
    """The rounds of a site, the newest first; nothing for those who may not invite to them."""
    question = select(Round).where(Round.site_id == site.id).order_by(Round.opened_on.desc(), Round.id.desc())
    return [one for one in session.scalars(question) if access.may(viewer, Permission.INVITE_BUSINESS, one)]


def answered(session: Session, viewer: Viewer, site: Site) -> list[Round]:
    """The rounds of a site that somebody answered, the newest first, to compare; nothing for the public.

    An organisation that looks alone would see too few: whoever shows them keeps to the fewest that may be told.
    """
    if viewer.anonymous:
        return []
    answers = select(Review.id).where(Review.round_id == Round.id)
    question = select(Round).where(Round.site_id == site.id, answers.exists())
    return list(session.scalars(question.order_by(Round.opened_on.desc(), Round.id.desc())))


def get(session: Session, viewer: Viewer, round_id: int) -> Round:
    """One round. Raises NotFound when there is none, or when the viewer may not see its site, NotAllowed."""
    found = session.get(Round, round_id)
    if found is None or not access.sees(viewer, found.site):
        raise NotFound("refusals.rounds.not_found")
    access.check(viewer, Permission.INVITE_BUSINESS, found)
    return found


def is_open(found: Round, today: date) -> bool:
    """Whether answers are taken on this day.

    >>> is_open(Round(closes_on=date(2026, 3, 1)), date(2026, 3, 1))
    True
    """
    return found.closed_on is None and today <= found.closes_on


def current(session: Session, site_id: int, today: date) -> Round | None:
    """The open round of a site, or None."""
    found = session.scalars(select(Round).where(Round.site_id == site_id).order_by(Round.id.desc()))
    return next((one for one in found if is_open(one, today)), None)


def open_round(session: Session, actor: Viewer, site_id: int, *, closes_on: date, today: date) -> Round:
    """Open a round of reviews, to and with the day `closes_on`.

    Raises NotFound, BadValue (a day that has been, or more than 120 days ahead), Conflict (a round is open already),
    NotAllowed.
    """
    site = sites.get(session, actor, site_id)
    access.check(actor, Permission.INVITE_BUSINESS, site)
    if not today <= closes_on <= today + timedelta(days=MOST_DAYS):
        raise BadValue("refusals.rounds.closes_on", field="closes_on", most=MOST_DAYS)
    # Whoever opens a second one at the same moment waits here, and then finds the first.
    engine.mark_changed(site, today)
    session.flush()
    if current(session, site_id, today):
        raise Conflict("refusals.rounds.open_already")
    found = Round(site=site, opened_on=today, closes_on=closes_on)
    session.add(found)
    session.flush()
    access.gate(session, actor, Permission.INVITE_BUSINESS, found, closes_on=closes_on)
    return found


def close(session: Session, actor: Viewer, round_id: int, *, today: date, version: int | None = None) -> Round:
    """Close a round now: its links answer nothing any more. Raises NotFound, Conflict, NotAllowed."""
    found = get(session, actor, round_id)
    access.gate(session, actor, Permission.INVITE_BUSINESS, found, closed=True)
    if not is_open(found, today) or (version is not None and found.version != version):
        raise Conflict("refusals.rounds.closed_already")
    found.closed_on = today
    session.flush()
    return found
