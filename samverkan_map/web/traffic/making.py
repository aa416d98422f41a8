"""The form that draws a stretch, changes it and draws it anew."""

from __future__ import annotations

from functools import partial
from typing import Any

import shapely
from flask import g, render_template, url_for
from shapely.geometry import LineString
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import access, traffic
from samverkan_map.errors import BadValue
from samverkan_map.exchange import drawn
from samverkan_map.traffic import SPEED_LIMITS
from samverkan_map.vocabulary import Keeper, Permission
from samverkan_map.web import drawing, forms
from samverkan_map.web.forms import Compared, Done, Faults, Given, Sent
from samverkan_map.web.texts import t
from samverkan_map.web.traffic.blueprint import blueprint

NEW, EDIT = "new_stretch", "stretch"
WORDS = ("name", "keeper", "speed_limit", "function")

Answer = AnyResponse | tuple[str, int]


@blueprint.get("/trafik/stracka/ny")
def new() -> str:
    """The form that draws a new stretch."""
    access.check(g.viewer, Permission.EDIT_PLACE)
    return _new_page(forms.given(NEW, "", {}), {})


@blueprint.post("/trafik/stracka/ny")
def take_new() -> Answer:
    """Add a drawn stretch."""
    access.check(g.viewer, Permission.EDIT_PLACE)

    def act(sent: Sent) -> Done:
        words = _words(sent)
        line = _line(sent, need=True)
        sent.done()
        assert line is not None
        stretch = traffic.add_stretch(g.session, g.viewer, g.agreement, **words, line=line)
        return Done(url_for("traffic.one", id=stretch.id), "traffic.stretch_form.made")

    return forms.carry_out(forms.Page(NEW, url_for("traffic.new"), _new_page), act)


@blueprint.get("/trafik/stracka/<int:id>/andra")
def edit(id: int) -> str:
    """The form that changes a stretch, beginning with what it is now."""
    stretch = _editable(id)
    return _edit_page(id, forms.given(EDIT, str(id), _stored(stretch)), {})


@blueprint.post("/trafik/stracka/<int:id>/andra")
def take_edit(id: int) -> Answer:
    """Change a stretch."""
    _editable(id)

    def act(sent: Sent) -> str:
        words = _words(sent)
        stretch = _editable(id)
        # As it is stored: written out and read again it would move a little.
        same = sent.text("geometry", most=drawn.LONGEST) == drawing.as_text(traffic.shape_of(stretch))
        line = None if same else _line(sent, need=True)
        sent.done()
        traffic.edit_stretch(g.session, g.viewer, g.agreement, id, **words, line=line, version=sent.version())
        return url_for("traffic.one", id=id)

    page = forms.Page(EDIT, url_for("traffic.edit", id=id), partial(_edit_page, id), str(id), lambda: _compared(id))
    return forms.carry_out(page, act)


def _editable(id: int) -> Any:
    """A stretch that the visitor may change. Raises NotFound, NotAllowed."""
    stretch = traffic.get(g.session, g.viewer, id)
    access.check(g.viewer, Permission.EDIT_PLACE, stretch)
    return stretch


def _words(sent: Sent) -> dict[str, Any]:
    name = sent.text("name", need="refusals.traffic.no_name", most=120)
    keeper = sent.choice("keeper", Keeper, need="traffic.stretch_form.need_keeper")
    limit = sent.choice("speed_limit", map(str, SPEED_LIMITS), need="traffic.stretch_form.need_limit")
    function = sent.text("function", most=120)
    whole = int(limit) if limit.isascii() and limit.isdigit() else 0
    return {"name": name, "keeper": keeper, "speed_limit": whole, "function": function}


def _line(sent: Sent, *, need: bool) -> LineString | None:
    """The line that was drawn or pasted (EPSG:3006); None when something is wrong with it, which is noted."""
    text = sent.text("geometry", need="traffic.stretch_form.need_line" if need else "", most=drawn.LONGEST)
    if not text or "geometry" in sent.faults:
        return None
    try:
        found = drawn.shape_of(text, g.agreement.land)
        if found.geom_type == "MultiLineString":
            found = shapely.line_merge(found)
        if not isinstance(found, LineString):
            raise BadValue("refusals.traffic.not_a_line", field="geometry")
        return found
    except BadValue as refusal:
        sent.refused(refusal)
        return None


def _stored(stretch: Any) -> dict[str, object]:
    found = {name: getattr(stretch, name) for name in WORDS}
    return found | {"geometry": drawing.as_text(traffic.shape_of(stretch))}


def _compared(id: int) -> tuple[Any, list[Compared]]:
    stretch = traffic.get(g.session, g.viewer, id)
    stored = _stored(stretch)
    spoken = {
        "keeper": lambda value: t(f"vocabulary.keeper.{value}") if value in set(Keeper) else value,
        "speed_limit": lambda value: f"{value} km/h",
    }
    words = [
        Compared(
            name, t(f"traffic.stretch_form.{name}"), forms.as_texts(stored[name]), spoken.get(name, lambda value: value)
        )
        for name in WORDS
    ]
    return stretch, [*words, drawing.compared(traffic.shape_of(stretch))]


def _new_page(given: Given, faults: Faults) -> str:
    return render_template("traffic/form.html", stretch=None, given=given, faults=faults, **_choices(given, None))


def _edit_page(id: int, given: Given, faults: Faults) -> str:
    stretch = traffic.get(g.session, g.viewer, id)
    line = traffic.shape_of(stretch)
    return render_template("traffic/form.html", stretch=stretch, given=given, faults=faults, **_choices(given, line))


def _choices(given: Given, line: LineString | None) -> dict[str, Any]:
    return {
        "keepers": [(one.value, t(f"vocabulary.keeper.{one}")) for one in Keeper],
        "limits": [(one, f"{one} km/h") for one in SPEED_LIMITS],
        **drawing.context(drawing.bounds_of(drawing.standing(given) or line)),
    }
