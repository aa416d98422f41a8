"""What is said of the road that a report was made on."""

from __future__ import annotations

from flask import g

from samverkan_map import traffic
from samverkan_map.web.texts import Format, t


def standing(report_id: int) -> list[tuple[str, str]]:
    """Name and value of what the ledger says of the road of a complaint; nothing when it counts on none."""
    found = traffic.standing_of(g.session, g.viewer, g.agreement, report_id, today=g.today)
    if found is None:
        return []
    latest, fmt = found.road.latest, Format(g.language)
    words = t(f"traffic.held.{found.held}")
    if latest:
        speed = t("traffic.v85_limit", speed=fmt.number(latest.v85, 1), limit=found.road.speed_limit)
        words = f"{words} ({speed}, {fmt.date(latest.ended_on)})"
    return [(t("traffic.ledger"), words)]
