"""Covering parts of a picture before it is released: drawn on it, or as numbers; black for good once it is done."""

from __future__ import annotations

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map.errors import BadFile, BadValue
from samverkan_map.exchange.pictures import Box
from samverkan_map.inbox import photos
from samverkan_map.web import answers, saying
from samverkan_map.web.forms import Faults, FaultyForm, Given, Sent
from samverkan_map.web.inbox.blueprint import blueprint
from samverkan_map.web.inbox.photos import folder

SIDES = ("vanster", "uppifran", "bredd", "hojd")
"""The four numbers of a box, each in per cent of the picture."""


@blueprint.get("/inkorg/<int:id>/bild/<int:photo>/tack")
def cover_page(id: int, photo: int) -> str:
    """The picture and the boxes over it, none yet."""
    return _page(id, photo, {}, [])


@blueprint.post("/inkorg/<int:id>/bild/<int:photo>/tack")
def take_cover(id: int, photo: int) -> AnyResponse | tuple[str, int] | str:
    """Show the boxes over the picture, or cover what lies under them for good."""
    sent = Sent(request.form)
    try:
        boxes = _boxes(sent)
        if sent.values.get("steg") == "visa":
            return _page(id, photo, {}, boxes)
        photos.cover(g.session, g.viewer, folder(), id, photo, boxes, version=sent.text("version"))
    except FaultyForm as faulty:
        return _page(id, photo, faulty.faults, []), 422
    except (BadValue, BadFile) as no:
        g.session.rollback()
        return _page(id, photo, {"ruta1": answers.sentence(g.language, no)}, []), answers.status_of(no)
    return saying.go(url_for("inbox.one", id=id), "pictures.was_covered")


def _boxes(sent: Sent) -> list[Box]:
    """The boxes of the form; a row without any number is none. Raises FaultyForm."""
    found: list[Box] = []
    for number in range(1, photos.MOST_BOXES + 1):
        sides = [sent.number(f"ruta{number}_{side}", most=100) for side in SIDES]
        left, top, width, height = sides
        if left is not None and top is not None and width is not None and height is not None:
            found.append((left, top, width, height))
        elif any(side is not None for side in sides):
            sent.fault(f"ruta{number}", "pictures.errors.half_box")
    sent.done()
    return found


def _page(id: int, photo: int, faults: Faults, boxes: list[Box]) -> str:
    letter, found = photos.to_review(g.session, g.viewer, id, photo)
    return render_template(
        "inbox/cover.html",
        letter=letter,
        photo=found,
        version=photos.version_of(found),
        numbers=range(1, photos.MOST_BOXES + 1),
        sides=SIDES,
        boxes=boxes,
        faults=faults,
        given=Given(request.form.to_dict(flat=False)),
    )
