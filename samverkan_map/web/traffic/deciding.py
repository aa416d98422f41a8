"""What somebody says by hand about a doubtful report on a stretch: right, not here, or on another one."""

from __future__ import annotations

from flask import g, url_for
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import access, traffic
from samverkan_map.vocabulary import Permission
from samverkan_map.web import forms, sessions
from samverkan_map.web.forms import Done, Sent
from samverkan_map.web.traffic.blueprint import blueprint
from samverkan_map.web.traffic.stretch import page

FORM = "snap"
RIGHT, OFF, MOVE, BACK = "right", "off", "move", "back"


@blueprint.post("/trafik/stracka/<int:id>/osakra")
def decide(id: int) -> AnyResponse | tuple[str, int]:
    """Decide on which stretch a report was made, or take such a decision back."""
    stretch = traffic.get(g.session, g.viewer, id)
    access.check(g.viewer, Permission.SEE_EXACT_REPORTS)
    access.check(g.viewer, Permission.EDIT_PLACE, stretch)

    def act(sent: Sent) -> Done:
        go = sent.choice("go", (RIGHT, OFF, MOVE, BACK), need="traffic.snaps.need_choice")
        number = sent.number("report", need="traffic.snaps.need_choice", least=1)
        to = sent.choice("to", [str(one.id) for one in traffic.near_stretches(g.session, g.viewer, id)])
        if go == MOVE and not to:
            sent.fault("form", "traffic.snaps.need_stretch")
        sent.done()
        assert number is not None
        if go == BACK:
            traffic.take_back(g.session, g.viewer, number, version=sent.version())
        else:
            where = {RIGHT: id, OFF: None, MOVE: int(to or 0)}[go]
            traffic.decide(g.session, g.viewer, number, to=where, version=sent.version(), now=sessions.now())
        return Done(url_for("traffic.one", id=id, _anchor="osakra"), f"traffic.snaps.done_{go}")

    address = url_for("traffic.one", id=id)
    return forms.carry_out(forms.Page(FORM, address, lambda _given, faults: page(id, faults), str(id)), act)
