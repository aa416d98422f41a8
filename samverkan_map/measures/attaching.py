"""Attaching a measure to places and sites: what it is, where it is, and which causes it is meant to change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Required, TypedDict, Unpack

import shapely
from shapely.geometry import GeometryCollection
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union
from sqlalchemy import select
from sqlalchemy.orm import Session

from samverkan_map import access, catalogue, geometry, places, sites
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db import engine
from samverkan_map.db.tables import Cause, Measure, Organisation, Place, Site
from samverkan_map.errors import BadValue, NotFound
from samverkan_map.measures.finding import in_order, screen_all
from samverkan_map.vocabulary import MeasureKind, MeasureStatus, Mechanism, Permission, Term

MOST_KRONOR = 10**9


class Words(TypedDict, total=False):
    """What a measure is, besides where: the keywords of `attach` and `edit`. Money in whole kronor."""

    title: Required[str]
    mechanism: Required[Mechanism]
    summary: Required[str]
    owner_id: Required[int]
    planned_start: Required[date]
    planned_end: date | None
    catalogue_code: str | None
    kind: MeasureKind
    term: Term
    works_while_ongoing: bool
    expected: str
    cost_kronor: int | None
    dose_planned: str
    dose_delivered: str


TEXTS = ("title", "summary", "expected", "dose_planned", "dose_delivered")


def attach(
    session: Session,
    actor: Viewer,
    agreement: Agreement,
    *,
    today: date,
    place_ids: Sequence[int] = (),
    site_ids: Sequence[int] = (),
    cause_ids: Sequence[int] = (),
    shape: BaseGeometry | None = None,
    **words: Unpack[Words],
) -> Measure:
    """Attach a planned measure to one or more places or sites; without a `shape` of its own it is where they are.

    The places may be in any phase: a quick fix during kartläggning is still a measure.
    Raises NotFound when the actor cannot see a place or site, BadValue naming the field, NotAllowed.
    """
    measure = Measure(status=MeasureStatus.PLANNED, updated_on=today)
    with session.no_autoflush:
        describe(session, agreement, measure, words)
        measure.causes = causes_at(session, place_ids, cause_ids)
        locate(session, actor, agreement, measure, place_ids=place_ids, site_ids=site_ids, shape=shape)
    session.add(measure)
    session.flush()
    access.gate(session, actor, Permission.EDIT_MEASURE, measure, made="measure")
    return measure


def describe(session: Session, agreement: Agreement, measure: Measure, words: Words) -> None:
    """Put the words in a measure. Raises BadValue naming the field."""
    given = {name: value.strip() if isinstance(value, str) else value for name, value in words.items()}
    if not given["title"]:
        raise BadValue("refusals.measures.no_title", field="title")
    in_order(words["planned_start"], words.get("planned_end"), field="planned_end")
    screen_all(**{name: str(given.get(name, "")) for name in TEXTS})
    _check_codes(session, agreement, words)
    for name, value in given.items():
        setattr(measure, name, value)


def _check_codes(session: Session, agreement: Agreement, words: Words) -> None:
    if session.get(Organisation, words["owner_id"]) is None:
        raise BadValue("refusals.measures.unknown_owner", field="owner_id")
    for field, known in (("mechanism", Mechanism), ("kind", MeasureKind), ("term", Term)):
        if words.get(field) is not None and words.get(field) not in set(known):
            raise BadValue("refusals.measures.unknown_word", field=field, value=str(words.get(field)))
    if not 0 <= (words.get("cost_kronor") or 0) <= MOST_KRONOR:
        raise BadValue("refusals.measures.cost", field="cost_kronor")
    if code := words.get("catalogue_code"):
        try:
            catalogue.load(agreement.folder).get(code)
        except NotFound as error:
            raise BadValue("refusals.measures.unknown_entry", field="catalogue_code", value=code) from error


def locate(
    session: Session,
    actor: Viewer,
    agreement: Agreement,
    measure: Measure,
    *,
    place_ids: Sequence[int],
    site_ids: Sequence[int],
    shape: BaseGeometry | None,
) -> None:
    """Put a measure at its places and sites, with a shape of its own or theirs. Raises NotFound, BadValue."""
    if not place_ids and not site_ids:
        raise BadValue("refusals.measures.nowhere", field="places")
    at_places = [places.get(session, actor, number) for number in place_ids]
    at_sites = [sites.get(session, actor, number) for number in site_ids]
    where = _sound(agreement, shape) if shape is not None else whole_shape([*at_places, *at_sites])
    middle = where.representative_point()
    measure.places, measure.sites = at_places, at_sites
    measure.own_geometry, measure.geom = shape is not None, engine.stored(where)
    measure.area = agreement.area_of([middle.x], [middle.y])[0]


def _sound(agreement: Agreement, shape: BaseGeometry) -> BaseGeometry:
    sound = geometry.repair(shape)
    if sound.note == "geometry.mended":
        raise BadValue("refusals.measures.crosses_itself", field="geometry")
    corners = shapely.get_coordinates(sound.geometry)
    if agreement.distance_outside(corners[:, 0], corners[:, 1]).max() > places.FARTHEST_METRES:
        raise BadValue("refusals.measures.outside", field="geometry")
    return sound.geometry


def whole_shape(found: Sequence[Place | Site]) -> BaseGeometry:
    """The shapes of places and sites together, as one (EPSG:3006)."""
    merged = unary_union([engine.shape(one.geom) for one in found]) if found else GeometryCollection()
    return merged if merged.geom_type != "GeometryCollection" else merged.convex_hull


def causes_at(session: Session, place_ids: Iterable[int], cause_ids: Iterable[int]) -> list[Cause]:
    """The causes with these numbers. Raises BadValue for one that was not found at one of the places."""
    wanted, here = set(cause_ids), set(place_ids)
    found = list(session.scalars(select(Cause).where(Cause.id.in_(wanted)).order_by(Cause.id)))
    if len(found) < len(wanted) or any(cause.place_id not in here for cause in found):
        raise BadValue("refusals.measures.cause_elsewhere", field="causes")
    return found


def drawn(measure: Measure) -> BaseGeometry:
    """Where the measure is: its own shape, or its places' and sites' together (EPSG:3006)."""
    return engine.shape(measure.geom)
