"""Parties, businesses and associations: who owns, delivers or promises."""

from __future__ import annotations

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from samverkan_map import access, screening
from samverkan_map.access import Viewer
from samverkan_map.db.tables import Organisation
from samverkan_map.errors import BadValue
from samverkan_map.vocabulary import OrganisationKind, Permission

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,63}")


def add_organisation(session: Session, actor: Viewer, *, code: str, name: str, kind: str) -> Organisation:
    """Add a party, a business or an association.

    Raises BadValue naming the field (a code that is taken or cannot stand in a file, a number of a person), NotAllowed.
    """
    if not _CODE.fullmatch(code):
        raise BadValue("people.errors.code", field="code")
    if not name.strip() or len(name) > 100:
        raise BadValue("people.errors.name", field="name")
    for field, value in (("code", code), ("name", name)):
        screening.screen_name(value, field=field)
    if kind not in set(OrganisationKind):
        raise BadValue("people.errors.kind", field="kind")
    if session.scalar(select(Organisation.id).where(Organisation.code == code)):
        raise BadValue("people.errors.code_taken", field="code", code=code)
    organisation = Organisation(code=code, name=name.strip(), kind=OrganisationKind(kind).value)
    session.add(organisation)
    session.flush()
    access.gate(session, actor, Permission.MANAGE_PEOPLE, organisation, organisation=code)
    return organisation


def find_organisations(session: Session) -> list[Organisation]:
    """All organisations by name."""
    return list(session.scalars(select(Organisation).order_by(Organisation.name)))
