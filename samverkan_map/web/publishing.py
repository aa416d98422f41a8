"""Showing something to the public and taking it back: one page and one way, for places, measures and sites."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import access
from samverkan_map.vocabulary import Permission
from samverkan_map.web import forms
from samverkan_map.web.forms import Done, Faults, Given, Sent


@dataclass(frozen=True)
class Publishing:
    """A noun that can be public. `show` and `take_back` take its number and the version that the page showed.

    `noun` begins the endpoints and the sentences; `name` is the attribute that names one of them.
    """

    noun: str
    name: str
    get: Callable[[int], Any]
    show: Callable[[int, int], object]
    take_back: Callable[[int, int], object]
    why_never: Callable[[Any], str] = lambda found: ""
    """The sentence that says why one of them is never shown, or nothing."""

    def page(self, id: int, *, back: bool = False) -> str:
        """Ask once more before it is shown to the public, or taken back. Raises NotFound, NotAllowed."""
        access.check(g.viewer, Permission.PUBLISH, self.get(id))
        return self._draw(id, back, Given({}), {})

    def take(self, id: int, *, back: bool = False) -> AnyResponse | tuple[str, int]:
        """Do it, and say so on its own page."""
        access.check(g.viewer, Permission.PUBLISH, self.get(id))
        act_name = "unpublish" if back else "publish"

        def act(sent: Sent) -> Done:
            (self.take_back if back else self.show)(id, sent.version())
            return Done(url_for(f"{self.noun}.one", id=id), f"{self.noun}.{act_name}ed_now")

        address = url_for(f"{self.noun}.{act_name}", id=id)
        page = forms.Page(f"{self.noun}_{act_name}", address, partial(self._draw, id, back), str(id))
        return forms.carry_out(page, act)

    def _draw(self, id: int, back: bool, given: Given, faults: Faults) -> str:
        found = self.get(id)
        return render_template(
            "publishing/page.html",
            noun=self.noun,
            found=found,
            name=getattr(found, self.name),
            back=back,
            why_never="" if back else self.why_never(found),
            measures=[one for one in getattr(found, "measures", ()) if one.published],
            given=given,
            faults=faults,
        )
