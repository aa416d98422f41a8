"""The handbook, and the pages about data, methods, personal data and accessibility."""

from __future__ import annotations

from flask import Blueprint, g, render_template

from samverkan_map import disposal
from samverkan_map.vocabulary import Layer, Phase, PhaseStatus
from samverkan_map.web import legend

blueprint = Blueprint("help", __name__)


@blueprint.get("/hjalp")
def page() -> str:
    """How to read the map, bring in a file, and what each command does."""
    return render_template(
        "help/page.html",
        layers=list(Layer),
        phases=list(Phase),
        statuses=list(PhaseStatus),
        disposal_rules=disposal.RULES,
    )


@blueprint.get("/om/uppgifterna")
def about_data() -> str:
    """What is on the map and where it comes from."""
    return render_template("help/data.html", seen=legend.visible(g.viewer))


@blueprint.get("/om/metod")
def about_method() -> str:
    """How the map counts."""
    return render_template("help/method.html")


@blueprint.get("/om/personuppgifter")
def about_personal_data() -> str:
    """What about persons is kept, which is next to nothing."""
    return render_template("help/personal_data.html")


@blueprint.get("/om/tillganglighet")
def about_accessibility() -> str:
    """The statement of accessibility."""
    return render_template("help/accessibility.html")
