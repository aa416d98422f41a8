"""What others will see of a report, told before it is sent, by the same filter that decides it afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.inbox import Where
from samverkan_map.vocabulary import DayKind, DayPart, HowOften, Role
from samverkan_map.web.texts import t

TOLD = (Role.TRAFFIC_GROUP, Role.PLANNER, Role.POLICE, Role.COORDINATOR)


def when(days: Sequence[DayKind], parts: Sequence[DayPart], how_often: HowOften | None) -> str:
    """When it happens, in words; "" when nothing was said."""
    said = [t(f"vocabulary.day_kind.{one}") for one in days]
    said += [t(f"vocabulary.day_part.{one}").lower() for one in parts]
    said += [t(f"vocabulary.how_often.{how_often}").lower()] if how_often else []
    told = ", ".join(said)
    return told[:1].upper() + told[1:]


def seen_by(agreement: Agreement, type: str, where: Where, today: date) -> list[tuple[str, str]]:
    """Who sees what of a report of this type here: the public first, then each role, in words."""
    kind = agreement.types[type].kind
    public = "inbox.public_nothing" if agreement.types[type].never_public else "inbox.public_count"
    found = [(t("inbox.public"), t(public))]
    row = {
        "id": 1, "source": agreement.report_source, "source_ref": "", "kind": kind.value, "type": type, "day": today,
        "weekday": None, "hour": None, "precision": where.precision.value, "area": None, "place_name": where.place_name,
        "stretch": None, "severity": None, "organisation": None, "occurred_from": None, "occurred_to": None,
        "reported_at": None, "description": "x", "e": where.middle and where.middle.x,
        "n": where.middle and where.middle.y,
    }  # fmt: skip
    return found + _by_role({role: _told(access.report_fields(Viewer(None, "", role), row), where) for role in TOLD})


def _by_role(told: Mapping[Role, str]) -> list[tuple[str, str]]:
    """Roles that see the same stand together."""
    same: dict[str, list[str]] = {}
    for role, words in told.items():
        name = t(f"vocabulary.role.{role}")
        same[words] = [*same[words], name.lower()] if words in same else [name]
    return [(_listed(names), words) for words, names in same.items()]


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else t("inbox.roles_and", first=", ".join(names[:-1]), last=names[-1])


def _told(fields: dict, where: Where) -> str:
    if not fields:
        return t("inbox.sees_nothing")
    time = t("inbox.sees_day") if "day" in fields else t("inbox.sees_month")
    place = t("inbox.sees_name")
    if where.middle is not None:
        exact = fields.get("e") == where.middle.x
        place = t("inbox.sees_place") if exact else t("inbox.sees_square", metres=access.COARSE_METRES)
    words = t("inbox.sees_words") if "description" in fields else t("inbox.sees_no_words")
    return t("inbox.sees", time=time, place=place, words=words)
