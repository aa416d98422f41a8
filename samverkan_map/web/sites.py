"""Placemaking sites: what their reviews say together, and what came of them."""

from __future__ import annotations

from flask import Blueprint, Response, g, render_template

from samverkan_map import access, map_rows, sites
from samverkan_map.vocabulary import DayPart, Layer, Permission
from samverkan_map.web import row_words
from samverkan_map.web.asking import ask, geojson_answer, page_of
from samverkan_map.web.measures import follow_up_state

blueprint = Blueprint("sites", __name__)

BEST_SCORE = 5
IDEAS_SHOWN = 20


@blueprint.get("/platsutveckling")
def page() -> str:
    """The sites the visitor may see."""
    asked = ask(Layer.SITES)
    found = page_of(asked)
    wanted = {row.id for row in found.rows}
    shown = [site for site in sites.find(g.session, g.viewer) if site.id in wanted]
    return render_template(
        "sites/page.html", page=found, sites=[(site, sites.summary(g.viewer, site)) for site in shown]
    )


@blueprint.get("/platsutveckling.geojson")
def geojson() -> Response:
    """The page's sites as GeoJSON."""
    asked = ask(Layer.SITES)
    return geojson_answer(page_of(asked), asked)


@blueprint.get("/platsutveckling/<int:id>")
def one(id: int) -> str:
    """One site: averages per time of day, what most want, and the promises."""
    site = sites.get(g.session, g.viewer, id)
    row, _ = map_rows.one(g.session, g.viewer, g.agreement, Layer.SITES, id)
    # An idea is free text of one reviewer, so it stays with those who plan the site.
    ideas = [one.idea for one in site.reviews if one.idea] if access.may(g.viewer, Permission.EDIT_SITE) else []
    shown = [measure for measure in site.measures if access.sees(g.viewer, measure)]
    return render_template(
        "sites/one.html",
        site=site,
        line=row_words.line(row),
        summary=sites.summary(g.viewer, site),
        parts=list(DayPart),
        most=BEST_SCORE,
        ideas=ideas[:IDEAS_SHOWN],
        measures=sorted(shown, key=lambda measure: measure.planned_start, reverse=True),
        follow_up_state=lambda measure: follow_up_state(measure, g.today),
    )
