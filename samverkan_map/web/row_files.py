"""Files that are read row by row: their list, what became of one, and taking one back; the same for every family."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, g, redirect, render_template, url_for

from samverkan_map.errors import Conflict
from samverkan_map.translations import catalogue
from samverkan_map.web import answers, saying, sessions
from samverkan_map.web.file_steps import Answer, Page


def add_views(
    blueprint: Blueprint, shared: Page, noun: Any, family: Callable[[], dict[str, Any]], done: Callable[[Any], str]
) -> None:
    """Give a blueprint the views `page`, `one`, `ask_undo` and `undo`.

    `noun` has `get_delivery` and `undo`, `family` is what the templates are told of these files, and `done` names the
    sentence for a file that was taken back.
    """

    @blueprint.get("")
    def page() -> str:
        """All files that the visitor may take in, newest first."""
        return render_template("row_files/list.html", deliveries=shared.deliveries(), **family())

    @blueprint.get("/<int:id>")
    def one(id: int) -> str:
        """What became of one file; the receipt of the last step."""
        found = noun.get_delivery(g.session, g.viewer, id)
        notes = [shared.say(key, fields) for key, fields in found.notes if key in catalogue(g.language)]
        return render_template("row_files/receipt.html", delivery=found, notes=notes, **family())

    @blueprint.get("/<int:id>/angra")
    def ask_undo(id: int) -> Answer:
        """Ask once more before a file is taken back."""
        found = noun.get_delivery(g.session, g.viewer, id)
        if found.undone_at:
            return redirect(url_for(".one", id=id), 303)
        return render_template("row_files/undo.html", delivery=found, **family())

    @blueprint.post("/<int:id>/angra")
    def undo(id: int) -> Answer:
        """Take a file back whole, unless something else builds on it. A second click finds it done."""
        found = noun.get_delivery(g.session, g.viewer, id)
        try:
            if found.undone_at is None:
                noun.undo(g.session, g.viewer, id, now=sessions.now())
        except Conflict as refusal:
            wrong = answers.sentence(g.language, refusal)
            return render_template("row_files/undo.html", delivery=found, wrong=wrong, **family()), 409
        return saying.go(url_for(".one", id=id), done(found))
