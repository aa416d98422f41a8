"""The page of one stretch: its numbers over time, what was measured, what the ledger says, what is done there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from flask import g, render_template

from samverkan_map import access, geometry, meetings, traffic
from samverkan_map.analysis.streets.snapping import RIVAL_METRES
from samverkan_map.question import Question
from samverkan_map.traffic import JUNCTION_METRES
from samverkan_map.vocabulary import Period, ReportKind, add_months
from samverkan_map.web import charts, periods, speeds
from samverkan_map.web.forms import Faults
from samverkan_map.web.measures import follow_up_state
from samverkan_map.web.texts import Format
from samverkan_map.web.traffic import snaps, words
from samverkan_map.web.traffic.asked import asked_here, comparison, of_traffic, rank, wanted, work_on
from samverkan_map.web.traffic.blueprint import blueprint

MOST_BARS = 40
NO_FAULTS: Faults = {}
QUARTER, YEAR = 3, 12


@blueprint.get("/trafik/stracka/<int:id>")
def one(id: int) -> str:
    """One stretch."""
    return page(id)


def page(id: int, faults: Faults = NO_FAULTS) -> str:
    """The page of a stretch; `faults` say why something could not be done on it. Raises NotFound, BadQuestion."""
    stretch = traffic.get(g.session, g.viewer, id)
    asked = replace(asked_here(), keepers=(), areas=(), text="", bbox=None, phases=(), statuses=())
    ranking = rank(asked)
    row = next(row for row in ranking.rows if row.road.id == id)
    work = work_on(ranking)
    done = work.measures.get(id, [])
    box = geometry.transform(traffic.shape_of(stretch), geometry.METRIC, geometry.DEGREES).bounds
    return render_template(
        "traffic/one.html",
        stretch=stretch,
        row=row,
        ranking=ranking,
        words=words,
        compare=comparison(),
        period=periods.words(ranking.spans.now),
        types=_types(replace(asked, period=ranking.spans.now, kinds=(ReportKind.TRAFFIC,)), id),
        over_time=_over_time(asked, id),
        places=work.places.get(id, []),
        measures=done,
        compared=speeds.before_after(of_traffic(work.meant.get(id, [])), stretch.measurements),
        decisions=meetings.of_stretch(g.session, g.viewer, id, [place.id for place in work.places.get(id, [])]),
        forum=access.TRAFFIC_FORUM if access.TRAFFIC_FORUM in g.agreement.forums else "",
        queued=next(iter(wanted(ranking, [row], work)), None),
        junctions=[one for one in ranking.junctions if row.road in one.arms],
        snaps=snaps.of_stretch(replace(asked, period=ranking.spans.now), id),
        faults=faults,
        junction_metres=JUNCTION_METRES,
        rival_metres=round(RIVAL_METRES),
        follow_up_state=lambda measure: follow_up_state(measure, g.today),
        bbox=",".join(f"{value:.5f}" for value in (box[0] - 0.001, box[1] - 0.0006, box[2] + 0.001, box[3] + 0.0006)),
    )


def _types(asked: Question, stretch_id: int) -> list[tuple[str, int]]:
    counted = traffic.types_on(g.session, g.viewer, g.agreement, asked, stretch_id)
    return [(code, n) for code, n in counted if code in g.agreement.types]


@dataclass(frozen=True)
class OverTime:
    """Complaints and accidents per quarter or year: a picture of the complaints, and both as rows."""

    chart: charts.Bars
    rows: list[tuple[str, int, int]]
    by_year: bool


def _over_time(asked: Question, stretch_id: int) -> OverTime | None:
    """The whole time that there are reports from, whatever period the list counts."""
    everything = replace(asked, period=Period(), sort="", page=1)
    first, complaints = traffic.monthly(g.session, g.viewer, g.agreement, everything, stretch_id, ReportKind.TRAFFIC)
    _, accidents = traffic.monthly(g.session, g.viewer, g.agreement, everything, stretch_id, ReportKind.ACCIDENT)
    if first is None:
        return None
    by_year = len(complaints) > QUARTER * MOST_BARS
    months = YEAR if by_year else QUARTER
    lead = (first.month - 1) % months
    starts = [add_months(first, step - lead) for step in range(0, lead + len(complaints), months)]
    sums = [_summed(values, lead, months) for values in (complaints, accidents)]
    names = [_name(start, months) for start in starts]
    years = [str(start.year) if start.month <= months else "" for start in starts]
    chart = charts.bars(sums[0], years if any(years) else [names[0]] + years[1:])
    return OverTime(chart, list(zip(names, *sums, strict=True)), by_year)


def _summed(values: list[int], lead: int, months: int) -> list[int]:
    padded = [0] * lead + values
    return [sum(padded[at : at + months]) for at in range(0, len(padded), months)]


def _name(start: date, months: int) -> str:
    last = add_months(start, months - 1)
    return str(start.year) if months == YEAR else Format(g.language).months(start, last)
