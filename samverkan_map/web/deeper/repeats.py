"""Near repeats as a table of bands: distance by days, with what is overrepresented in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response, g, render_template

from samverkan_map.exchange import writers
from samverkan_map.hotspots import repeats
from samverkan_map.hotspots.repeats import Band, Repeats, Row
from samverkan_map.question import Question
from samverkan_map.web.asking import ask, csv_download, watermark
from samverkan_map.web.deeper import asked as asking
from samverkan_map.web.deeper.blueprint import blueprint
from samverkan_map.web.hotspots import speaker
from samverkan_map.web.texts import t

OWN = ("group",)
COLUMNS = (
    "group", "metres_from", "metres_to", "days_from", "days_to", "pairs", "expected", "ratio", "p", "overrepresented",
)  # fmt: skip


def _found() -> tuple[Question, Repeats | None]:
    asked = ask(own=OWN)
    groups = [one.code for one in repeats.groups(g.viewer, g.agreement)]
    group = asking.chosen("group", groups, groups[0] if groups else "")
    if not group:
        return asked, None
    return asked, repeats.find(g.session, g.viewer, g.agreement, asked, group=group, today=g.today)


@blueprint.get("/aterkommande/upprepning")
def near_repeats() -> str:
    """Whether one report makes another nearby soon after more likely."""
    asked, found = _found()
    return render_template(
        "hotspots/deeper/repeats.html", **asking.offered(asked), found=found, days=days, metres=metres,
        groups=repeats.groups(g.viewer, g.agreement), headline=headline(found), sentences=sentences(found),
        facts=facts(found), query=asking.query(asked, group=found.group if found else None),
    )  # fmt: skip


@blueprint.get("/aterkommande/upprepning.csv")
def near_repeats_csv() -> Response:
    """The table as CSV."""
    _, found = _found()
    return csv_download(writers.csv_rows(COLUMNS, list(_rows(found)), watermark=watermark()), "upprepning.csv")


def _rows(found: Repeats | None) -> Iterator[dict[str, Any]]:
    for row in found.rows if found else ():
        for band in row.bands:
            yield {
                "group": found.group if found else "", "metres_from": row.metres[0], "metres_to": row.metres[1],
                "days_from": band.days[0], "days_to": band.days[1], "pairs": band.pairs,
                "expected": round(band.expected, 2), "ratio": round(band.ratio, 3), "p": round(band.p, 4),
                "overrepresented": band.percent if band.over else None,
            }  # fmt: skip


# ---- Words -----------------------------------------------------------------------------------------------------------


def metres(row: Row) -> str:
    """A band of distance in words."""
    return t("deeper.same_place") if row.metres[1] <= 1 else t("deeper.metres", low=row.metres[0], high=row.metres[1])


def days(band: Band) -> str:
    """A band of days in words."""
    return t("deeper.days", low=band.days[0], high=band.days[1])


def headline(found: Repeats | None) -> str:
    """What came out, in a sentence."""
    if found is None:
        return t("deeper.repeats_no_groups")
    if found.nothing:
        return t(f"deeper.repeats_{found.nothing}", n=found.used, least=repeats.LEAST_EVENTS)
    if not found.over:
        return t("deeper.repeats_none")
    return t("deeper.repeats_found" if len(found.over) > found.by_chance + 1 else "deeper.repeats_perhaps")


def facts(found: Repeats | None) -> list[str]:
    """Which reports are counted, and which are not."""
    if found is None or found.nothing:
        return []
    say = speaker()
    number = say.fmt.number
    told = [t("deeper.repeats_period", period=say.period(found.period), events=number(found.events))]
    if found.unplaced:
        told.append(t("deeper.repeats_unplaced", n=number(found.unplaced)))
    if found.merged:
        told.append(t("deeper.repeats_merged", n=number(found.merged)))
    key = "deeper.repeats_drawn" if found.drawn else "deeper.repeats_used"
    return [*told, t(key, used=number(found.used), **({"seed": found.seed} if found.drawn else {}))]


def sentences(found: Repeats | None) -> list[str]:
    """Each band with more pairs than chance explains."""
    number = speaker().fmt.number
    return [
        t("deeper.repeats_over", metres=metres(row).lower(), days=days(band), percent=number(band.percent),
          pairs=number(band.pairs), expected=number(band.expected, 0 if band.expected >= 10 else 1))
        for row, band in (found.over if found else [])
    ]  # fmt: skip
