"""The form for a speed measurement of a stretch."""

from __future__ import annotations

from flask import g, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import access, traffic
from samverkan_map.exchange import checks
from samverkan_map.vocabulary import Permission
from samverkan_map.web import forms
from samverkan_map.web.forms import Faults, Given, Sent
from samverkan_map.web.texts import t
from samverkan_map.web.traffic.blueprint import blueprint

FORM = "speed_measurement"
SPEEDS, SHARES = ("mean_speed", "v85"), ("share_over_limit", "share_over_30")


@blueprint.get("/trafik/stracka/<int:id>/matning")
def new_measurement(id: int) -> str:
    """The form for a speed measurement of a stretch."""
    access.check(g.viewer, Permission.IMPORT_SPEEDS)
    return _form(id, forms.given(FORM, str(id), {}), {})


@blueprint.post("/trafik/stracka/<int:id>/matning")
def take_measurement(id: int) -> AnyResponse | tuple[str, int]:
    """Add a measurement to a stretch."""
    access.check(g.viewer, Permission.IMPORT_SPEEDS)
    traffic.get(g.session, g.viewer, id)

    def act(sent: Sent) -> str:
        first = sent.day("started_on", need="traffic.form.need_day")
        last = sent.day("ended_on") or first
        figures = {name: _figure(sent, name) for name in (*SPEEDS, *SHARES)}
        vehicles = sent.number("vehicles", need="traffic.form.need_vehicles")
        direction = sent.text("direction", most=60)
        if last and last > g.today:
            sent.fault("ended_on", "refusals.traffic.not_yet", value=last.isoformat())
        sent.done()
        assert first and last and vehicles is not None
        traffic.measure_speed(
            g.session, g.viewer, id, started_on=first, ended_on=last, mean_speed=figures["mean_speed"],
            v85=figures["v85"], share_over_limit=figures["share_over_limit"], share_over_30=figures["share_over_30"],
            vehicles=vehicles, direction=direction,
        )  # fmt: skip
        return url_for("traffic.one", id=id)

    draw = lambda given, faults: _form(id, given, faults)  # noqa: E731
    address = url_for("traffic.new_measurement", id=id)
    return forms.carry_out(forms.Page(FORM, address, draw, str(id)), act)


def _form(id: int, given: Given, faults: Faults) -> str:
    stretch = traffic.get(g.session, g.viewer, id)
    return render_template("traffic/measurement.html", stretch=stretch, given=given, faults=faults)


def _figure(sent: Sent, name: str) -> float:
    """A speed in km/h, or a share that the form asks for in per cent."""
    word = sent.text(name, need="traffic.form.need_figure", most=20).removesuffix("%").removesuffix("km/h").strip()
    (value,), faults = checks.numbers([word])
    if faults:
        sent.fault(name, "refusals.traffic.no_number", field=t(f"traffic.form.{name}"), value=word)
    return float(value) / 100 if name in SHARES else float(value)
