"""Placemaking sites: what their reviews say together, and what came of them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, render_template
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import access, map_rows, sites
from samverkan_map.vocabulary import DayPart, Layer, Permission
from samverkan_map.web import reading_log, reviews, row_words, speeds
from samverkan_map.web.asking import ask, geojson_answer, page_of
from samverkan_map.web.measures import follow_up_state
from samverkan_map.web.publishing import Publishing

blueprint = Blueprint("sites", __name__)

WORST_SCORE, BEST_SCORE = 1, 5
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


def _ideas(site: Any) -> list[str]:
    """The ideas of reviewers: free text of one each, so only for those who may see single reviews."""
    allowed = Permission.SEE_SINGLE_REVIEWS
    ideas = [one.idea for one in site.reviews if one.idea and access.may(g.viewer, allowed, one)][:IDEAS_SHOWN]
    if ideas:
        reading_log.note(allowed, site=site.id, count=len(ideas))
    return ideas


@blueprint.get("/platsutveckling/<int:id>")
def one(id: int) -> str:
    """One site: averages per time of day, what most want, and the promises."""
    site = sites.get(g.session, g.viewer, id)
    row, _ = map_rows.one(g.session, g.viewer, g.agreement, Layer.SITES, id)
    ideas = _ideas(site)
    shown = [measure for measure in site.measures if access.sees(g.viewer, measure)]
    return render_template(
        "sites/one.html",
        site=site,
        line=row_words.line(row),
        summary=sites.summary(g.viewer, site),
        parts=list(DayPart),
        least=WORST_SCORE,
        most=BEST_SCORE,
        ideas=ideas,
        told=reviews.told(site),
        speeds=speeds.within(sites.shape_of(site), shown),
        measures=sorted(shown, key=lambda measure: measure.planned_start, reverse=True),
        follow_up_state=lambda measure: follow_up_state(measure, g.today),
    )


# ---- Published -------------------------------------------------------------------------------------------------------


PUBLIC = Publishing(
    "sites", "name", lambda id: sites.get(g.session, g.viewer, id),
    lambda id, version: sites.publish(g.session, g.viewer, id, today=g.today, version=version),
    lambda id, version: sites.unpublish(g.session, g.viewer, id, today=g.today, version=version),
)  # fmt: skip


@blueprint.get("/platsutveckling/<int:id>/publicera")
def publish(id: int) -> str:
    """Ask once more before a site is shown to the public."""
    return PUBLIC.page(id)


@blueprint.post("/platsutveckling/<int:id>/publicera")
def take_publish(id: int) -> AnyResponse | tuple[str, int]:
    """Show a site to the public."""
    return PUBLIC.take(id)


@blueprint.get("/platsutveckling/<int:id>/avpublicera")
def unpublish(id: int) -> str:
    """Ask once more before a site is taken back from the public."""
    return PUBLIC.page(id, back=True)


@blueprint.post("/platsutveckling/<int:id>/avpublicera")
def take_unpublish(id: int) -> AnyResponse | tuple[str, int]:
    """Take a site back from the public."""
    return PUBLIC.take(id, back=True)
