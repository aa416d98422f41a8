"""The one blueprint that the deeper pages hang on, and what every page about recurring problems can say."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, request, url_for

from samverkan_map import access
from samverkan_map.question import Question
from samverkan_map.web import hotspot_effort

blueprint = Blueprint("deeper", __name__)

PAGES = {
    "overview": "hotspots.page", "comparison": "hotspot_comparison.page", "series": "hotspot_series.page",
    "trends": "deeper.page", "held": "deeper.concentration", "wheel": "deeper.year", "repeats": "deeper.near_repeats",
    "weekly": "deeper.alarms",
}  # fmt: skip
BY_DAYS = ("repeats", "weekly")
"""Pages that count days and weeks, which are not there for those who may only know months."""

CARRIED = ("kind", "type", "focus", "area", "source")
"""The choices that go along from one page to another."""


@blueprint.app_context_processor
def words() -> dict[str, Any]:
    """The pages about recurring problems that the visitor may open, and who stands behind the reports of a question."""
    return {"deeper_links": links, "reporting_effort": hotspot_effort.told}


def links(asked: Question) -> list[tuple[str, str, bool]]:
    """The pages about recurring problems that the visitor may open: key of the words, address, whether one is there."""
    carried: dict[str, Any] = {name: asked.given[name] for name in CARRIED if name in asked.given}
    pages = {
        f"{name}_link": endpoint
        for name, endpoint in PAGES.items()
        if name not in BY_DAYS or not access.coarse_time(g.viewer)
    }
    return [(name, url_for(page, **carried), request.endpoint == page) for name, page in pages.items()]
