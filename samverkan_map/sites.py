"""Placemaking sites and the reviews of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from samverkan_map import access, geometry, screening
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db import engine
from samverkan_map.db.tables import Review, Site
from samverkan_map.errors import BadValue, Conflict, NotFound
from samverkan_map.vocabulary import DayPart, Dimension, Permission, Role, Voice

FARTHEST_METRES = 2000
SCORES = range(1, 6)
FEWEST_FOR_PARTNERS = 3
FEWEST_FOR_PUBLIC = 5
MOST_IMPROVEMENTS = 3
IMPROVEMENTS = (
    "light", "cleanliness", "seating", "greenery", "visibility", "people", "activities", "paths", "safety_at_night",
    "shelter",
)  # fmt: skip
"""What a reviewer may name as most important to improve."""


@dataclass(frozen=True)
class Summary:
    """What the reviews of a site say together: the number of reviewers, the mean per time of day, the top wishes.

    A mean is None while fewer have answered for that time of day than the viewer may see an average of.
    """

    reviewers: int
    fewest: int
    means: Mapping[str, float | None]
    answers: Mapping[str, int]
    improve: Sequence[tuple[str, int]]


def find(session: Session, viewer: Viewer) -> list[Site]:
    """All sites the viewer may see, by name."""
    statement = (
        select(Site)
        .options(
            selectinload(Site.reviews).selectinload(Review.invitation),
            selectinload(Site.measures),
            selectinload(Site.owner),
        )
        .order_by(Site.name, Site.id)
    )
    return [site for site in session.scalars(statement) if access.sees(viewer, site)]


def shape_of(site: Site) -> BaseGeometry:
    """The shape of a site in EPSG:3006."""
    return engine.shape(site.geom)  # type: ignore[return-value]


def get(session: Session, viewer: Viewer, site_id: int) -> Site:
    """One site. Raises NotFound when there is none that the viewer may see."""
    site = session.get(Site, site_id)
    if site is None or not access.sees(viewer, site):
        raise NotFound("refusals.sites.not_found")
    return site


def create(
    session: Session,
    actor: Viewer,
    agreement: Agreement,
    *,
    name: str,
    focus: str,
    summary: str,
    owner_id: int,
    shape: BaseGeometry,
    today: date,
) -> Site:
    """Add a placemaking site (`shape` in EPSG:3006), not yet published. Raises BadValue, NotAllowed."""
    if not name.strip():
        raise BadValue("refusals.sites.no_name", field="name")
    if focus not in agreement.focus_areas:
        raise BadValue("refusals.sites.unknown_focus", field="focus", value=focus)
    for text in (name, summary):
        screening.screen(text)
    sound = geometry.repair(shape).geometry
    middle = sound.representative_point()
    if agreement.distance_outside([middle.x], [middle.y])[0] > FARTHEST_METRES:
        raise BadValue("refusals.sites.outside", field="geometry")
    site = Site(
        name=name.strip(),
        focus=focus,
        area=agreement.area_of([middle.x], [middle.y])[0],
        summary=summary.strip(),
        owner_id=owner_id,
        opened_on=today,
        updated_on=today,
        geom=engine.stored(sound),
    )
    session.add(site)
    session.flush()
    access.gate(session, actor, Permission.EDIT_SITE, site)
    return site


def publish(session: Session, actor: Viewer, site_id: int, *, today: date, version: int | None = None) -> Site:
    """Show a site to the public. Raises NotFound, Conflict, NotAllowed."""
    site = get(session, actor, site_id)
    access.gate(session, actor, Permission.PUBLISH, site)
    if version is not None and site.version != version:
        raise Conflict("refusals.sites.changed")
    site.published, site.updated_on = True, today
    session.flush()
    return site


def unpublish(session: Session, actor: Viewer, site_id: int, *, today: date, version: int | None = None) -> Site:
    """Take a site back from the public. Raises NotFound, Conflict, NotAllowed."""
    site = get(session, actor, site_id)
    access.gate(session, actor, Permission.PUBLISH, site, taken_back=True)
    if version is not None and site.version != version:
        raise Conflict("refusals.sites.changed")
    site.published, site.updated_on = False, today
    session.flush()
    return site


def review(
    session: Session,
    actor: Viewer,
    site_id: int,
    *,
    voice: Voice,
    scores: Mapping[str, int],
    improve: Sequence[str],
    good: str,
    idea: str,
    strengths: Sequence[str] = (),
    today: date,
) -> Review:
    """Review a site outside any round: scores 1-5 by time of day, at most three things to improve, one good thing, an
    idea, and `strengths`, which are dimensions.

    Raises NotFound, BadValue (no score, a score outside 1-5, more than three wishes, personal data), NotAllowed.
    """
    site = get(session, actor, site_id)
    found = Review(person_id=actor.person_id, organisation_id=actor.organisation_id, voice=voice)
    describe(found, scores=scores, strengths=strengths, improve=improve, good=good, idea=idea, today=today)
    found.site = site
    session.add(found)
    session.flush()
    access.gate(session, actor, Permission.REVIEW_SITE, found)
    return found


def describe(
    found: Review,
    *,
    scores: Mapping[str, int],
    strengths: Sequence[str],
    improve: Sequence[str],
    good: str,
    idea: str,
    contribution: str = "",
    today: date,
) -> None:
    """Put what somebody answers into a review. Raises BadValue naming the field."""
    if not scores or any(part not in set(DayPart) or score not in SCORES for part, score in scores.items()):
        raise BadValue("refusals.sites.scores", field="scores")
    if len(set(improve)) > MOST_IMPROVEMENTS or any(wish not in IMPROVEMENTS for wish in improve):
        raise BadValue("refusals.sites.improve", field="improve", most=MOST_IMPROVEMENTS)
    if any(one not in set(Dimension) for one in strengths):
        raise BadValue("refusals.sites.strengths", field="strengths")
    for name, text in (("good", good), ("idea", idea), ("contribution", contribution)):
        screening.screen(text, field=name)
    found.on, found.scores = today, {DayPart(part).value: score for part, score in scores.items()}
    found.strengths = [str(one) for one in dict.fromkeys(strengths)]
    found.improve = list(dict.fromkeys(improve))
    found.good, found.idea, found.contribution = good.strip(), idea.strip(), contribution.strip()


def counted(site: Site) -> list[Review]:
    """The reviews that count: all, but of somebody who answered in several rounds only the newest one.

    One of which nobody can tell whose it is, because it came without an account or its sender was disposed of, counts
    until a later round has answers of its voice, so that nobody counts twice.
    """
    newest: dict[tuple[str, int], Review] = {}
    last_round: dict[str, int] = {}
    for one in site.reviews:
        if one.round_id is not None:
            last_round[one.voice] = max(one.round_id, last_round.get(one.voice, 0))
    for one in sorted(site.reviews, key=lambda review: (review.on, review.id)):
        whose = _whose(one)
        if whose is None and one.round_id != last_round[one.voice]:
            continue
        newest[whose or ("review", one.id)] = one
    return list(newest.values())


def _whose(one: Review) -> tuple[str, int] | None:
    """By what the same reviewer is known again in another round; None when nobody can tell."""
    if one.round_id is None:
        return "review", one.id
    if one.person_id is not None:
        return "person", one.person_id
    return None if one.organisation_id is None else ("organisation", one.organisation_id)


def fewest(viewer: Viewer) -> int:
    """Of how many others' answers the viewer may be told an average."""
    return FEWEST_FOR_PUBLIC if viewer.role is Role.PUBLIC else FEWEST_FOR_PARTNERS


def are_enough(viewer: Viewer, reviews: Sequence[Review]) -> bool:
    """Whether the viewer may be told what reviews say together: the own one tells nothing, and counts as none."""
    return sum(not is_own(viewer, one) for one in reviews) >= fewest(viewer)


def is_own(viewer: Viewer, one: Review) -> bool:
    """Whether a review is the viewer's, or the viewer's business's."""
    if viewer.role is Role.BUSINESS and one.voice == Voice.BUSINESS:
        return viewer.organisation_id is not None and one.organisation_id == viewer.organisation_id
    return viewer.person_id is not None and one.person_id == viewer.person_id


def together(viewer: Viewer, reviews: Sequence[Review]) -> list[Review]:
    """The reviews that a total may be made of, when each voice that is large enough is told apart.

    A total of all would otherwise tell, with those taken away, what the few others say.
    """
    by_voice = [[one for one in reviews if one.voice == voice] for voice in Voice]
    told = [group for group in by_voice if are_enough(viewer, group)]
    rest = [one for group in by_voice if not are_enough(viewer, group) for one in group]
    if told and rest and not are_enough(viewer, rest):
        return [one for group in told for one in group]
    return list(reviews)


def given(reviews: Sequence[Review], part: DayPart) -> list[Review]:
    """Those who gave a score for a time of day."""
    return [one for one in reviews if part in one.scores]


def summary(viewer: Viewer, site: Site) -> Summary:
    """What the reviews say together, under the viewer's rule for the fewest answers an average may rest on."""
    all_reviews = counted(site)
    reviews = together(viewer, all_reviews)
    wishes = Counter(wish for one in reviews for wish in one.improve)
    enough = are_enough(viewer, reviews)
    told = {part: together(viewer, given(all_reviews, part)) for part in DayPart}
    scores = {
        part: [one.scores[part] for one in found] if are_enough(viewer, found) else [] for part, found in told.items()
    }
    return Summary(
        reviewers=len(reviews) if enough else 0,
        fewest=fewest(viewer),
        means={part: sum(found) / len(found) if found else None for part, found in scores.items()},
        answers={part: len(found) for part, found in scores.items()},
        improve=[(wish, count) for wish, count in wishes.most_common() if count >= fewest(viewer)] if enough else [],
    )
