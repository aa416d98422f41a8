"""The page that draws where a measure is, when that is not where its places are."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import measures
from samverkan_map.web import drawing, forms
from samverkan_map.web.forms import Compared, Faults, Given, Sent
from samverkan_map.web.measures.blueprint import blueprint
from samverkan_map.web.measures.edit import editable

FORM = "measure_redraw"


@blueprint.get("/atgarder/<int:id>/rita")
def redraw(id: int) -> str:
    """The form that draws a measure, beginning with where it is now."""
    shape = measures.drawn(editable(id))
    return _page(id, forms.given(FORM, str(id), {"geometry": drawing.as_text(shape)}), {})


@blueprint.post("/atgarder/<int:id>/rita")
def take_redraw(id: int) -> AnyResponse | tuple[str, int]:
    """Draw a measure, or let it lie where its places do again."""
    editable(id)

    def act(sent: Sent) -> str:
        shape = None
        if request.form.get("go") != "places":
            where = drawing.read(sent)
            if where.note == "mended":
                sent.fault("geometry", "refusals.measures.crosses_itself")
                sent.done()
            stored = measures.drawn(measures.get(g.session, g.viewer, id))
            # As it is stored: written out and read again it would move a little.
            shape = stored if sent.text("geometry") == drawing.as_text(stored) else where.shape
        measures.redraw(g.session, g.viewer, g.agreement, id, shape, today=g.today, version=sent.version())
        return url_for("measures.one", id=id)

    def compared() -> tuple[Any, list[Compared]]:
        measure = measures.get(g.session, g.viewer, id)
        return measure, [drawing.compared(measures.drawn(measure))]

    page = forms.Page(FORM, url_for("measures.redraw", id=id), partial(_page, id), str(id), compared)
    return forms.carry_out(page, act)


def _page(id: int, given: Given, faults: Faults) -> str:
    measure = measures.get(g.session, g.viewer, id)
    seen = drawing.context(drawing.bounds_of(drawing.standing(given) or measures.drawn(measure)))
    return render_template("measures/redraw.html", measure=measure, given=given, faults=faults, **seen)
