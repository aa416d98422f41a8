"""What businesses offer ("vi kan bidra med") becomes a planned measure that they own, and a promise."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from samverkan_map import access, measures
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db.tables import Measure, Review, Round
from samverkan_map.errors import Conflict, NotFound
from samverkan_map.vocabulary import Mechanism, Permission

LONGEST_TITLE = 80


def offers(viewer: Viewer, found: Round) -> list[Review]:
    """The answers of a round that offer something, for those who may see single reviews."""
    reviews = [one.review for one in found.invitations if one.review and one.review.contribution]
    return [one for one in reviews if access.may(viewer, Permission.SEE_SINGLE_REVIEWS, one)]


def take_up(session: Session, actor: Viewer, agreement: Agreement, review_id: int, *, today: date) -> Measure:
    """Make a planned measure of what a review offers, owned and promised by whoever offered it; it begins today.

    Raises NotFound (no such offer, or none that the actor may see), Conflict (it is one already), NotAllowed.
    """
    review = session.get(Review, review_id)
    if review is None or not review.contribution or review.organisation_id is None:
        raise NotFound("refusals.rounds.no_offer")
    access.check(actor, Permission.SEE_SINGLE_REVIEWS, review)
    if review.measure_id is not None:
        raise Conflict("refusals.rounds.offer_taken")
    words = " ".join(review.contribution.split())
    measure = measures.attach(
        session,
        actor,
        agreement,
        title=words if len(words) <= LONGEST_TITLE else words[: LONGEST_TITLE - 1].rstrip() + "…",
        mechanism=Mechanism.PLACEMAKING,
        summary=review.contribution,
        owner_id=review.organisation_id,
        planned_start=today,
        site_ids=[review.site_id],
        today=today,
    )
    measures.promise(
        session, actor, measure.id, organisation_id=review.organisation_id, what=review.contribution, today=today
    )
    review.measure_id = measure.id
    session.flush()
    return measure
