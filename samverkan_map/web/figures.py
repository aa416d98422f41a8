"""The public figures: a table per kind and calendar year, a map of the sub-areas, and the same numbers as files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Blueprint, Response, g, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import figures, geometry, situation
from samverkan_map.analysis.suppression import FEW, HELD, SHOWN
from samverkan_map.errors import BadQuestion
from samverkan_map.exchange import writers
from samverkan_map.figures import Cell, Line, Year
from samverkan_map.vocabulary import Role
from samverkan_map.web import figures_map, forms
from samverkan_map.web.asking import csv_download, watermark
from samverkan_map.web.forms import Done, Faults, Given, Sent
from samverkan_map.web.texts import Format, label, t

blueprint = Blueprint("figures", __name__)

YEAR, LINE = "ar", "visa"
NAMES = (YEAR, LINE)
CARRIED = ("som", "klart")
NO_AREA, ALL_AREAS = "-", "*"
COLUMNS = ("year", "kind", "type", "type_label", "area", "area_label", "count", "told")


@dataclass(frozen=True)
class Asked:
    """Which published year is shown, and which of its lines is drawn."""

    year: Year
    line: Line
    years: list[int]

    @property
    def fewest(self) -> int:
        """The smallest number that the visitor is told of the line."""
        return self.year.fewest(self.line)

    @property
    def query(self) -> dict[str, Any]:
        """The same question as an address."""
        return {YEAR: self.year.year, LINE: code_of(self.line)}


def code_of(line: Line) -> str:
    """How an address names a line: by its type, or by its kind for all of a kind."""
    return line.type or line.kind.value


@blueprint.get("/statistik")
def page() -> str:
    """The figures of one year in words, on a map and as tables."""
    asked = _ask()
    return render_template(
        "figures/page.html",
        asked=asked,
        shown=asked and figures_map.legend(asked.line, asked.fewest),
        situations=situation.published(g.session),
        **_words(),
    )


@blueprint.get("/statistik.csv")
def csv() -> Response:
    """All published years, a row for every number."""
    _check_names()
    found = figures.published(g.session, g.viewer, g.agreement)
    rows = (row for year in found for line in figures.lines(year) for row in _rows(year, line))
    return csv_download(writers.csv_rows(COLUMNS, rows, watermark=watermark()), "statistik.csv")


@blueprint.get("/statistik.geojson")
def geojson() -> Response:
    """The sub-areas with the numbers of one line and year."""
    asked = _ask()
    rows = list(_rows(asked.year, asked.line)) if asked else []
    body = writers.geojson(
        [_feature(row, asked) for row in rows if asked and row["area"] in g.agreement.areas],
        number_matched=len(g.agreement.areas) if asked else 0,
        unmapped=0,
        question=asked.query if asked else {},
        watermark=watermark(),
        legend={"title": title_of(asked), "steps": figures_map.key(asked.line, asked.fewest)} if asked else None,
    )
    return Response(body, mimetype="application/geo+json")


@blueprint.get("/statistik/karta.svg")
def svg() -> Response:
    """The sub-areas coloured by the numbers of one line and year."""
    asked = _ask()
    body = figures_map.draw(asked.line, asked.fewest, title_of(asked)) if asked else figures_map.empty()
    return Response(body, mimetype="image/svg+xml")


def title_of(asked: Asked) -> str:
    """What the map shows: the line and its year."""
    return t("figures.map_title", line=line_name(asked.line), year=asked.year.year)


def layers() -> list[tuple[str, str]]:
    """What the map may show on its sub-areas, latest year: the address and the words of each kind's sums."""
    known = figures.years(g.session)[:1]
    return [
        (url_for("figures.geojson", ar=year, visa=kind.value), f"{t(f'figures.all_{kind}')} {year}")
        for year in known
        for kind in figures.kinds(g.agreement)
    ]


# ---- Publishing ------------------------------------------------------------------------------------------------------


@blueprint.get("/statistik/publicera")
def publish() -> str:
    """The finished years, and which of them may be published now."""
    return _draw_publishing(Given({}), {})


@blueprint.post("/statistik/publicera")
def take_publish() -> AnyResponse | tuple[str, int]:
    """Publish a finished year."""

    def act(sent: Sent) -> Done:
        year = sent.number("year", need="figures.errors.year", least=1900, most=9999)
        sent.done()
        assert year is not None
        figures.publish(g.session, g.viewer, g.agreement, year, today=g.today)
        return Done(url_for("figures.page", ar=year), "figures.published_now", {"year": year})

    return forms.carry_out(forms.Page("figures_publish", url_for("figures.publish"), partial(_draw_publishing)), act)


def _draw_publishing(given: Given, faults: Faults) -> str:
    found = figures.waiting(g.session, g.viewer, g.agreement, g.today)
    return render_template("figures/publish.html", years=found, faults=faults, given=given)


# ---- Questions and words ---------------------------------------------------------------------------------------------


def _check_names() -> None:
    """Refuse everything that could narrow the figures by days or places."""
    for name in request.args:
        if name not in (*NAMES, *CARRIED):
            raise BadQuestion("question.errors.unknown_name", name=name[:40], allowed=", ".join(NAMES))


def _ask() -> Asked | None:
    """The year and line of the address; None before anything is published. Raises BadQuestion."""
    _check_names()
    known = figures.years(g.session)
    if not known:
        return None
    given = request.args.get(YEAR) or str(known[0])
    if given not in map(str, known):
        raise BadQuestion("question.errors.unknown", name=YEAR, value=given[:40], allowed=", ".join(map(str, known)))
    (year,) = figures.published(g.session, g.viewer, g.agreement, int(given))
    found = {code_of(line): line for line in figures.lines(year)}
    if not found:
        return None
    wanted = request.args.get(LINE) or code_of(year.tables[0].lines[-1])
    if wanted not in found:
        raise BadQuestion("question.errors.unknown", name=LINE, value=wanted[:40], allowed=", ".join(found))
    return Asked(year, found[wanted], known)


def _rows(year: Year, line: Line) -> Iterator[dict[str, Any]]:
    for area, cell in line.cells.items():
        yield {
            "year": year.year,
            "kind": line.kind.value,
            "type": line.type or None,
            "type_label": line_name(line),
            "area": area if area in g.agreement.areas else None,
            "area_label": area_name(area),
            "count": cell.count,
            "told": "" if cell.state == SHOWN else told(cell, year.fewest(line)),
        }


def _feature(row: dict[str, Any], asked: Asked) -> dict[str, Any]:
    shape = g.agreement.areas[row["area"]].shape
    inside = geometry.transform(shape.representative_point(), geometry.METRIC, geometry.DEGREES)
    drawn = {
        "colour": figures_map.colour(asked.line.cells[row["area"]], asked.line, asked.fewest),
        "at": [round(inside.x, 5), round(inside.y, 5)],
    }
    return {
        "id": f"area.{row['area']}",
        "geometry": geometry.transform(shape, geometry.METRIC, geometry.DEGREES),
        "properties": row | drawn,
    }


def line_name(line: Line) -> str:
    """What a line counts, in words."""
    return label(g.agreement.types[line.type]) if line.type else t(f"figures.all_{line.kind}")


def area_name(area: str) -> str:
    """The name of a column."""
    if area == ALL_AREAS:
        return t("figures.all_areas")
    return t("figures.no_area") if area == NO_AREA else label(g.agreement.areas[area])


def told(cell: Cell, least: int) -> str:
    """A number in words, as it stands in a table."""
    if cell.state == FEW:
        return t("figures.few", n=least)
    if cell.state == HELD:
        return t("figures.held")
    return "–" if cell.count is None else Format(g.language).number(cell.count)


def _words() -> dict[str, Any]:
    return {
        "code_of": code_of, "line_name": line_name, "area_name": area_name, "told": told, "title_of": title_of,
        "FEW": FEW, "HELD": HELD, "SHOWN": SHOWN, "ALL_AREAS": ALL_AREAS, "public": Role.PUBLIC,
    }  # fmt: skip
