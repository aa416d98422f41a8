"""The week's alarm list: what had more than usual, what is new somewhere, and how often such a list errs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flask import Response, g, render_template

from samverkan_map import geometry
from samverkan_map.analysis.alarms import LIMIT
from samverkan_map.exchange import writers
from samverkan_map.hotspots import weekly
from samverkan_map.hotspots.weekly import Fresh, Watched, Weekly
from samverkan_map.question import Question
from samverkan_map.web.asking import ask, csv_download, watermark
from samverkan_map.web.deeper import asked as asking
from samverkan_map.web.deeper.blueprint import blueprint
from samverkan_map.web.hotspots import speaker
from samverkan_map.web.texts import t

OWN = ("week",)
SHOWN = 10
"""So many that did not ring stand in the table; all of them are in the file."""
COLUMNS = (
    "part", "area", "what", "count", "usual", "z", "rings_from", "alarm", "in_a_year", "p", "metres", "days", "from",
    "to",
)  # fmt: skip


def _found() -> tuple[Question, Weekly]:
    asked = ask(own=OWN)
    return asked, weekly.find(g.session, g.viewer, g.agreement, asked, today=g.today, week=asking.week())


@blueprint.get("/aterkommande/larm")
def alarms() -> str:
    """The list of a week."""
    asked, found = _found()
    quiet = [one for one in found.watched if not one.rings]
    return render_template(
        "hotspots/deeper/weekly.html", **asking.offered(asked), found=found, headline=headline(found),
        query=asking.query(asked, week=asking.week_code(found.week.start) if found.week.start else None),
        shown=[*found.alarms, *quiet[:SHOWN]], quiet=max(0, len(quiet) - SHOWN), what=what, where=where, limit=LIMIT,
        week_words=week_words(found), steps=steps(found), false_words=false_words(found), map_query=map_query,
        scan={"limit": round(100 * weekly.SCAN_LIMIT), "runs": weekly.PERMUTATIONS, "seed": weekly.SEED},
    )  # fmt: skip


@blueprint.get("/aterkommande/larm.csv")
def alarms_csv() -> Response:
    """All that is watched and had a report in the week, and the new clusters, as CSV."""
    _, found = _found()
    return csv_download(writers.csv_rows(COLUMNS, list(_rows(found)), watermark=watermark()), "larm.csv")


def _rows(found: Weekly) -> Iterator[dict[str, Any]]:
    start, end = found.week.start, found.week.end
    for one in found.watched:
        yield dict.fromkeys(COLUMNS) | {
            "part": "week", "area": one.area, "what": one.type, "count": one.count, "usual": round(one.usual, 3),
            "z": round(one.z, 2), "rings_from": one.least, "alarm": one.rings, "in_a_year": round(one.in_a_year, 4),
            "p": round(one.at_least, 5), "from": start, "to": end and end - timedelta(days=1),
        }  # fmt: skip
    for fresh in found.fresh:
        yield dict.fromkeys(COLUMNS) | {
            "part": "cluster", "area": fresh.area, "what": fresh.kind, "count": fresh.cases,
            "usual": round(fresh.expected, 3), "alarm": fresh.rings, "p": round(fresh.p, 4), "metres": fresh.metres,
            "days": fresh.days, "from": end and end - timedelta(days=fresh.days),
            "to": end and end - timedelta(days=1),
        }  # fmt: skip


# ---- Words -----------------------------------------------------------------------------------------------------------


def headline(found: Weekly) -> str:
    """What the week says, in a sentence."""
    if found.nothing:
        return t(f"deeper.weekly_{found.nothing}")
    rung, fresh = len(found.alarms), len(found.clusters)
    if not rung and not fresh:
        return t("deeper.weekly_quiet")
    return " ".join(
        [t("deeper.weekly_rung", n=rung) if rung else t("deeper.weekly_quiet_counts")]
        + ([t("deeper.weekly_new", n=fresh)] if fresh else [])
    )


def what(one: Watched) -> str:
    """The name of a type."""
    return speaker().label(g.agreement.types, one.type)


def where(one: Watched | Fresh) -> str:
    """Where something is."""
    return asking.place(one.area, one.near) if isinstance(one, Fresh) else speaker().label(g.agreement.areas, one.area)


def week_words(found: Weekly) -> str:
    """The week with its number and days."""
    if not found.week.start or not found.week.end:
        return ""
    fmt = speaker().fmt
    days = fmt.range(found.week.start, found.week.end - timedelta(days=1))
    return t("deeper.weekly_week", week=found.week.start.isocalendar().week, days=days)


def steps(found: Weekly) -> dict[str, str | None]:
    """The weeks before and after as the address writes them, as far as there are any to tell of."""
    start = found.week.start
    if not start or not found.newest:
        return {"before": None, "after": None}
    before, after = start - weekly.WEEK, start + weekly.WEEK
    return {
        "before": asking.week_code(min(before, found.newest)) if found.first and before >= found.first else None,
        "after": asking.week_code(after) if after < found.newest else None,
    }


def false_words(found: Weekly) -> list[str]:
    """How often the list errs, and how often it has rung."""
    if found.nothing:
        return []
    number = speaker().fmt.number
    rate = number(found.false_weeks) if found.false_weeks >= 1 else t("deeper.less_than_one")
    return [
        t("deeper.weekly_false", rate=rate, pairs=number(found.pairs)),
        t("deeper.weekly_tried", tried=number(found.tried), rang=number(found.rang)),
    ]


def map_query(found: Weekly, one: Watched | Fresh) -> dict[str, str]:
    """The filters with which the living map shows what is meant."""
    assert found.week.start and found.week.end
    if isinstance(one, Watched):
        return {
            "area": one.area, "type": one.type, "from": found.week.start.isoformat(), "to": found.week.end.isoformat()
        }  # fmt: skip
    west, south, east, north = one.shape.bounds
    (w, e), (s, n) = geometry.to_degrees([west, east], [south, north])
    start = found.week.end - timedelta(days=one.days)
    return {
        "kind": one.kind, "bbox": f"{w:.5f},{s:.5f},{e:.5f},{n:.5f}", "from": start.isoformat(),
        "to": found.week.end.isoformat(),
    }  # fmt: skip
