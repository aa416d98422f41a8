"""What the problem of a place is: one definition in each lap, the older ones stay readable."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from samverkan_map import access, earlier, screening
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db import engine
from samverkan_map.db.tables import Place, ProblemDefinition
from samverkan_map.errors import BadValue
from samverkan_map.places.keeping import get, same_version
from samverkan_map.vocabulary import Permission

PARTS = ("what", "where", "when", "how_often", "who_affected", "sources")
"""What a definition consists of; all but the sources are texts."""


def definition_of(place: Place, lap: int | None = None) -> ProblemDefinition | None:
    """The definition that holds in a lap (None: now): the newest written in it or before, or None."""
    known = [found for found in place.definitions if found.lap <= (lap or place.lap)]
    return max(known, key=lambda found: found.lap, default=None)


def define(
    session: Session,
    actor: Viewer,
    agreement: Agreement,
    place_id: int,
    *,
    what: str,
    where: str,
    when: str,
    how_often: str,
    who_affected: str,
    sources: Sequence[str],
    today: date,
    version: int | None = None,
) -> ProblemDefinition:
    """Write the definition of this lap: what, where, when, how often, who is affected, which sources say so.

    Parts may wait and be empty; the definitions of earlier laps stay as they were.
    Raises NotFound, BadValue (nothing at all, an unknown source, personal data in a text), Conflict when the place
    changed since `version`, NotAllowed.
    """
    place = get(session, actor, place_id)
    access.check(actor, Permission.EDIT_PROBLEM, place)
    same_version(place, version)
    texts = {"what": what, "where": where, "when": when, "how_often": how_often, "who_affected": who_affected}
    for field, text in texts.items():
        screening.screen(text, field=field)
    for source in sources:
        if source not in agreement.sources:
            raise BadValue("refusals.places.unknown_source", field="sources", value=source[:40])
    if not sources and not any(text.strip() for text in texts.values()):
        raise BadValue("refusals.places.empty_definition", field="what")
    found = _of_this_lap(place)
    for field, text in texts.items():
        setattr(found, field, text.strip())
    found.sources = [code for code in agreement.sources if code in sources]
    earlier.keep(session, found, who=actor.name, on=today)
    told = {"lap": place.lap} | access.changed(found)
    engine.mark_changed(place, today)
    session.flush()
    access.gate(session, actor, Permission.EDIT_PROBLEM, place, **told)
    return found


def _of_this_lap(place: Place) -> ProblemDefinition:
    for found in place.definitions:
        if found.lap == place.lap:
            return found
    made = ProblemDefinition(lap=place.lap)
    place.definitions.append(made)
    return made
