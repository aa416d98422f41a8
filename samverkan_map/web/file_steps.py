"""What every page that takes in files does between its steps, whatever the files hold.

The page's blueprint has the views `one`, `page`, `columns` and `preview`: addresses here are those of the page asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial, wraps
from typing import Any

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from samverkan_map import screening
from samverkan_map.errors import BadFile, BadQuestion, BadValue, NotFound
from samverkan_map.exchange import readers, writers
from samverkan_map.reports import Preview
from samverkan_map.web import answers, saying
from samverkan_map.web.texts import t
from samverkan_map.web.uploads import Store, Upload, shown_name

SHOWN_REFUSED = 50
SHOWN_REASONS = 12
LONGEST_SHEET = 200
CHOICES = ("readers.errors.several_sheets", "readers.errors.several_layers", "readers.errors.no_such_sheet")
"""What is said of a file in which a person has to choose what is read."""

Answer = str | Response | tuple[str, int]


@dataclass(frozen=True)
class Page:
    """What one such page answers itself.

    `kinds` are the kinds of file it takes, `deliveries` those that the visitor may see, `file_page` its first step with
    what is wrong, the file that waits and its sheets. `look` finds out what a new file holds, `opened` reads one by the
    chosen columns, `run` takes it in or tries to, `say` tells a note or a reason, and `after` does what follows when a
    file has come in, and says so.
    """

    kinds: tuple[str, ...]
    deliveries: Callable[[], Sequence[Any]]
    file_page: Callable[..., str]
    look: Callable[[Upload], None]
    opened: Callable[[Upload, Mapping[str, str] | None], readers.Table]
    run: Callable[..., Preview]
    say: Callable[[str, dict[str, Any]], str]
    after: Callable[[], list[saying.Sentence]] = list

    def find(self, key: str) -> Upload | None:
        """The visitor's own file on its way in here, or None."""
        found = store().find(key, g.viewer.person_id)
        return found if found is not None and found.kind in self.kinds else None


def store() -> Store:
    """Where files on their way in lie."""
    return Store(current_app.extensions["samverkan"].instance)


def step(page: Page) -> Callable[[Callable[[Upload], Answer]], Callable[[str], Answer]]:
    """A view about a file on its way in gets the visitor's own, or the visitor is told where it went."""

    def of(view: Callable[[Upload], Answer]) -> Callable[[str], Answer]:
        @wraps(view)
        def with_upload(upload: str) -> Answer:
            # In a POST the question takes the write lock: of two clicks the second sees all that the first has done.
            deliveries = page.deliveries()
            kept = page.find(upload)
            if kept is None:
                return page.file_page(t("deliveries.errors.gone")), 410
            if any(one.id == kept.delivery_id and one.file_hash == kept.file_hash for one in deliveries):
                return receipt(kept.delivery_id, "inlast")
            try:
                return view(kept)
            except FileNotFoundError:
                return page.file_page(t("deliveries.errors.gone")), 410

        return with_upload

    return of


# ---- 1. The file ---------------------------------------------------------------------------------------------------


def take_file(page: Page, kind: str) -> Answer:
    """Keep the file, look through it, and go on to its columns. One that waits for its sheet need not come again."""
    given = request.files.get("file")
    waiting = page.find(request.form.get("kept", ""))
    if given is None or not given.filename:
        if waiting is None or waiting.delivery_id:
            lost = "kept" in request.form
            wrong = t("deliveries.errors.gone" if lost else "deliveries.errors.no_file")
            return page.file_page(wrong), 410 if lost else 422
        return _look(page, waiting)
    try:
        screening.screen(shown_name(given.filename), field="file")
    except BadValue as refusal:
        return page.file_page(t("deliveries.errors.name", why=answers.sentence(g.language, refusal))), 422
    if waiting:
        store().forget(waiting)
    try:
        return _look(page, store().keep(given.stream, given.filename, g.viewer.person_id, kind))
    except BadFile as refusal:
        return page.file_page(answers.sentence(g.language, refusal)), 422


def _look(page: Page, upload: Upload) -> Answer:
    """On to the columns of a file; or the no about it, which for one with several sheets is the choice between them."""
    upload.sheet = request.form.get("sheet", "").strip()[:LONGEST_SHEET]
    try:
        page.look(upload)
    except BadFile as refusal:
        if refusal.key not in CHOICES:
            store().forget(upload)
            return page.file_page(answers.sentence(g.language, refusal)), 422
        store().save(upload)
        names: list[str] = refusal.fields["names"]  # type: ignore[assignment]
        return page.file_page(t("deliveries.errors.several_sheets", file=upload.name), upload, names), 422
    store().save(upload)
    return redirect(url_for(".columns", upload=upload.key), 303)


def first_step(wrong: str, waiting: Upload | None, sheets: Sequence[str]) -> dict[str, Any]:
    """What the page of the first step shows, whatever the file holds."""
    return {
        "wrong": wrong, "waiting": waiting, "sheets": sheets, "sheet": request.form.get("sheet", ""),
        "longest_sheet": LONGEST_SHEET, "most_bytes": readers.UPLOAD.max_bytes,
        "most_rows": readers.UPLOAD.max_features,
    }  # fmt: skip


# ---- 3. What would happen ------------------------------------------------------------------------------------------


def preview(page: Page, upload: Upload) -> Answer:
    """What would happen to every row; back to the columns when nothing was tried yet."""
    told = upload.preview
    if told is None:
        return redirect(url_for(".columns", upload=upload.key), 303)
    return render_template(
        "deliveries/preview.html", upload=upload, told=told, notes=[page.say(*note) for note in told["notes"]],
        reasons=[(page.say(key, fields), n) for key, fields, n in told["reasons"][:SHOWN_REASONS]],
        rows=[(number, page.say(key, fields)) for number, key, fields in told["rows"]], day=date.fromisoformat,
    )  # fmt: skip


def refused(page: Page, key: str) -> Response:
    """The refused rows with number and reason as a file. Raises NotFound."""
    kept = page.find(key)
    if kept is None or not store().refused_path(kept).exists():
        raise NotFound("deliveries.errors.gone")
    name = "nekade-rader.csv" if g.language == "sv" else "refused-rows.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(store().refused_path(kept).read_bytes(), mimetype="text/csv", headers=headers)


def remember(page: Page, upload: Upload, table: readers.Table, found: Preview) -> None:
    """Keep what a run said, and its refused rows as a file."""
    upload.preview = {
        "read": found.read, "accepted": found.accepted, "known": found.known, "left_out": found.left_out,
        "refused": len(found.refused), "reasons": found.reasons(), "examples": found.examples,
        "notes": [note for note in found.notes if note[0] != "reports.notes.columns"],
        "rows": [(row.row_number, row.key, row.fields) for row in found.refused[:SHOWN_REFUSED]],
    }  # fmt: skip
    path = store().refused_path(upload)
    path.unlink(missing_ok=True)
    if found.refused:
        rows = ((row.row_number, row.original, page.say(row.key, row.fields)) for row in found.refused)
        writers.refused_file(path, table.header, rows, delimiter=table.delimiter or ";")
        path.chmod(0o600)


# ---- 4. Taking in --------------------------------------------------------------------------------------------------


def take_in(page: Page, upload: Upload) -> Answer:
    """Take the file in. A second click, and a file that is in already, leads to the same receipt."""
    table = page.opened(upload, upload.columns)
    found = page.run(upload, table, dry_run=False, only_good=request.form.get("delar") == "ja")
    return _stored(page, upload, found) if found.stored else _not_stored(page, upload, table, found)


def _stored(page: Page, upload: Upload, found: Preview) -> Response:
    more = page.after()
    upload.delivery_id = found.delivery_id
    store().save(upload)
    response = receipt(found.delivery_id, "inlast", more)
    # The response is closed after the commit: had that failed, the file would still be there for another try.
    response.call_on_close(partial(store().finish, upload))
    return response


def _not_stored(page: Page, upload: Upload, table: readers.Table, found: Preview) -> Response:
    same = [one for one in page.deliveries() if one.file_hash == upload.file_hash]
    if not found.accepted and not found.refused and same:
        return receipt(same[0].id, "kand")
    remember(page, upload, table, found)
    store().save(upload)
    return redirect(url_for(".preview", upload=upload.key), 303)


def cancel(page: Page, key: str) -> Response:
    """Throw the file away and store nothing."""
    if kept := page.find(key):
        store().forget(kept)
    return saying.go(url_for(".page"), "deliveries.done_avbruten")


def receipt(delivery_id: int | None, done: str, more: Sequence[saying.Sentence] = ()) -> Response:
    """On to what became of a file."""
    said: list[saying.Sentence] = [(f"deliveries.done_{done}", {}), *more]
    return redirect(saying.with_words(url_for(".one", id=delivery_id), said), 303)


def last_steps(blueprint: Blueprint, page: Page) -> None:
    """Give the blueprint of a page the steps that are the same whatever its files hold, and the sweeping up."""

    def address(last: str) -> str:
        return f"/ny/<upload>/{last}"

    # Files that nobody finished go also when no new one comes.
    blueprint.before_request(lambda: store().sweep())
    blueprint.add_url_rule(address("granska"), "preview", step(page)(partial(preview, page)))
    blueprint.add_url_rule(address("nekade.csv"), "refused", lambda upload: refused(page, upload))
    blueprint.add_url_rule(address("las-in"), "store", step(page)(partial(take_in, page)), methods=["POST"])
    blueprint.add_url_rule(address("avbryt"), "cancel", lambda upload: cancel(page, upload), methods=["POST"])


def version_sent() -> int:
    """The version of a delivery that the form was opened with. Raises BadQuestion."""
    version = request.form.get("version", "")
    if not (version.isascii() and version.isdigit() and len(version) < 9):
        raise BadQuestion("admin.errors.number", name="version")
    return int(version)
