"""Files of reports for the coordinator: what has come in, taking in another step by step, taking one back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial, wraps
from typing import Any

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from samverkan_map import figures, reports, screening
from samverkan_map.errors import BadFile, BadQuestion, BadValue, NotFound
from samverkan_map.exchange import readers, writers
from samverkan_map.reports import Preview
from samverkan_map.translations import catalogue
from samverkan_map.web import answers, column_choices, saying, sessions
from samverkan_map.web.texts import t
from samverkan_map.web.uploads import Store, Upload, shown_name

blueprint = Blueprint("deliveries", __name__, url_prefix="/admin/leveranser")

Answer = str | Response | tuple[str, int]


@blueprint.before_request
def sweep() -> None:
    """Files that nobody finished go also when no new one comes."""
    _store().sweep()


SHOWN_REFUSED = 50
SHOWN_REASONS = 12
LONGEST_SHEET = 200
ENDINGS = ".csv,.txt,.tsv,.xlsx,.geojson,.json,.gpkg"
CHOICES = ("readers.errors.several_sheets", "readers.errors.several_layers", "readers.errors.no_such_sheet")
"""What is said of a file in which a person has to choose what is read."""


def _step(view: Callable[[Upload], Answer]) -> Callable[[str], Answer]:
    """A page about a file on its way in: it gets the visitor's own, or the visitor is told where it went."""

    @wraps(view)
    def with_upload(upload: str) -> Answer:
        # In a POST the question takes the write lock: of two clicks the second sees all that the first has done.
        deliveries = reports.find_deliveries(g.session, g.viewer)
        kept = _store().find(upload, g.viewer.person_id)
        if kept is None:
            return _file_page(t("deliveries.errors.gone")), 410
        if any(one.id == kept.delivery_id and one.file_hash == kept.file_hash for one in deliveries):
            return _receipt(kept.delivery_id, "inlast")
        try:
            return view(kept)
        except FileNotFoundError:
            return _file_page(t("deliveries.errors.gone")), 410

    return with_upload


@blueprint.get("")
def page() -> str:
    """All deliveries, newest first."""
    return render_template("deliveries/list.html", deliveries=reports.find_deliveries(g.session, g.viewer))


@blueprint.get("/<int:id>")
def one(id: int) -> str:
    """What became of one file; the receipt of the last step."""
    found = reports.get_delivery(g.session, g.viewer, id)
    notes = [_said(key, fields) for key, fields in found.notes if key in catalogue(g.language)]
    return render_template("deliveries/receipt.html", delivery=found, notes=notes)


@blueprint.get("/<int:id>/angra")
def ask_undo(id: int) -> Answer:
    """Ask once more before a delivery is taken back."""
    found = reports.get_delivery(g.session, g.viewer, id)
    if found.undone_at:
        return redirect(url_for("deliveries.one", id=id), 303)
    return render_template("deliveries/undo.html", delivery=found)


@blueprint.post("/<int:id>/angra")
def undo(id: int) -> Response:
    """Take a delivery back whole. A second click finds it done."""
    version = request.form.get("version", "")
    if not (version.isascii() and version.isdigit() and len(version) < 9):
        raise BadQuestion("admin.errors.number", name="version")
    if reports.get_delivery(g.session, g.viewer, id).undone_at is None:
        reports.undo(g.session, g.viewer, id, now=sessions.now(), version=int(version))
    return saying.go(url_for("deliveries.one", id=id), "deliveries.done_angrad")


# ---- 1. The file ---------------------------------------------------------------------------------------------------


@blueprint.get("/ny")
def new() -> str:
    """The first step: choose a file."""
    return _file_page()


@blueprint.post("/ny")
def take_file() -> Answer:
    """Keep the file, look through it, and go on to its columns. One that waits for its sheet need not come again."""
    given = request.files.get("file")
    waiting = _store().find(request.form.get("kept", ""), g.viewer.person_id)
    if given is None or not given.filename:
        if waiting is None or waiting.delivery_id:
            lost = "kept" in request.form
            return _file_page(
                t("deliveries.errors.gone" if lost else "deliveries.errors.no_file")
            ), 410 if lost else 422
        return _look(waiting)
    try:
        screening.screen(shown_name(given.filename), field="file")
    except BadValue as refusal:
        return _file_page(t("deliveries.errors.name", why=answers.sentence(g.language, refusal))), 422
    if waiting:
        _store().forget(waiting)
    try:
        return _look(_store().keep(given.stream, given.filename, g.viewer.person_id))
    except BadFile as refusal:
        return _file_page(answers.sentence(g.language, refusal)), 422


def _look(upload: Upload) -> Answer:
    """On to the columns of a file; or the no about it, which for one with several sheets is the choice between them."""
    upload.sheet = request.form.get("sheet", "").strip()[:LONGEST_SHEET]
    try:
        _look_at_new(upload)
    except BadFile as refusal:
        if refusal.key not in CHOICES:
            _store().forget(upload)
            return _file_page(answers.sentence(g.language, refusal)), 422
        _store().save(upload)
        names: list[str] = refusal.fields["names"]  # type: ignore[assignment]
        return _file_page(t("deliveries.errors.several_sheets", file=upload.name), upload, names), 422
    return redirect(url_for("deliveries.columns", upload=upload.key), 303)


def _look_at_new(upload: Upload) -> None:
    """What the file holds and how its columns are proposed to be read. Raises BadFile."""
    table = column_choices.open_file(_store().path(upload), upload, None)
    upload.header, upload.stated_crs, upload.sheet = table.header, table.crs, table.sheet or ""
    upload.positioned = column_choices.has_geometry(table)
    upload.columns = column_choices.proposed(table)
    upload.source = column_choices.source_of(request.form, g.agreement)
    column_choices.look_through(upload, table, g.agreement)
    _store().save(upload)


def _file_page(wrong: str = "", waiting: Upload | None = None, sheets: Sequence[str] = ()) -> str:
    return render_template(
        "deliveries/upload.html", wrong=wrong, source=request.form.get("source", ""), waiting=waiting, sheets=sheets,
        sheet=request.form.get("sheet", ""), longest_sheet=LONGEST_SHEET, endings=ENDINGS,
        most_bytes=readers.UPLOAD.max_bytes, most_rows=readers.UPLOAD.max_features,
    )  # fmt: skip


# ---- 2. The columns ------------------------------------------------------------------------------------------------


@blueprint.get("/ny/<upload>/kolumner")
@_step
def columns(upload: Upload) -> Answer:
    """The second step: which column is which, and what its words for types mean."""
    return _columns_page(upload)


@blueprint.post("/ny/<upload>/kolumner")
@_step
def take_columns(upload: Upload) -> Answer:
    """Remember the choices, try the whole file without storing anything, and go on to what would happen."""
    type_before = upload.columns.get("type")
    column_choices.read_form(upload, request.form, g.agreement)
    wrong = _missing(upload)
    if not wrong:
        try:
            _try_columns(upload, words_are_new=upload.columns["type"] != type_before)
        except (BadFile, BadValue) as refusal:
            wrong = _in_the_file(upload, refusal)
    _store().save(upload)
    if wrong:
        return _columns_page(upload, wrong), 422
    if upload.preview is None:
        return redirect(url_for("deliveries.columns", upload=upload.key, nya="ord", _anchor="ord"), 303)
    return redirect(url_for("deliveries.preview", upload=upload.key), 303)


def _missing(upload: Upload) -> dict[str, str]:
    wrong = {}
    if "type" not in upload.columns:
        wrong["column-type"] = t("deliveries.errors.no_type")
    if not {"occurred_from", "occurred_to", "reported_at"} & upload.columns.keys():
        wrong["column-occurred_from"] = t("deliveries.errors.no_time")
    if (
        not upload.positioned
        and not {"x", "y", "position", "place_name", "precision", "municipality"} & upload.columns.keys()
    ):
        wrong["column-x"] = t("deliveries.errors.no_place")
    if not upload.source and "source" not in upload.columns:
        wrong["source"] = t("deliveries.errors.no_source")
    if not upload.positioned and ("x" in upload.columns) != ("y" in upload.columns):
        wrong["column-x" if "x" not in upload.columns else "column-y"] = t("deliveries.errors.half_position")
    return wrong


def _in_the_file(upload: Upload, refusal: BadFile | BadValue) -> dict[str, str]:
    """The no about the whole file, by the field where something can be done about it."""
    if not refusal.key.startswith("reports.errors.swapped_"):
        return {str(refusal.fields.get("field", "")): answers.sentence(g.language, refusal)}
    if "x" in upload.columns:
        return {"column-x": t("deliveries.errors.swapped_columns", **refusal.fields)}
    return {"": t("deliveries.errors.swapped_points", **refusal.fields)}


def _try_columns(upload: Upload, *, words_are_new: bool) -> None:
    """A dry run; but first the person is asked when another column of types brings words nobody has translated."""
    upload.preview = None
    table = column_choices.open_file(_store().path(upload), upload, upload.columns)
    column_choices.look_through(upload, table, g.agreement)
    if not (words_are_new and upload.words):
        _remember(upload, table, _run(upload, table, dry_run=True))


def _columns_page(upload: Upload, wrong: dict[str, str] | None = None) -> str:
    return render_template(
        "deliveries/columns.html", upload=upload, wrong=wrong or {}, groups=column_choices.GROUPS,
        systems=column_choices.SYSTEMS, ignored=column_choices.ignored(upload), positions=column_choices.POSITIONS,
        types=column_choices.types_by_focus(g.agreement), words=upload.words[: column_choices.MOST_WORDS],
        leave_out=column_choices.LEAVE_OUT, words_are_new=request.args.get("nya") == "ord",
    )  # fmt: skip


# ---- 3. What would happen ------------------------------------------------------------------------------------------


@blueprint.get("/ny/<upload>/granska")
@_step
def preview(upload: Upload) -> Answer:
    """The third step: what would happen to every row."""
    told = upload.preview
    if told is None:
        return redirect(url_for("deliveries.columns", upload=upload.key), 303)
    return render_template(
        "deliveries/preview.html", upload=upload, told=told, notes=[_said(*note) for note in told["notes"]],
        reasons=[(_said(key, fields), n) for key, fields, n in told["reasons"][:SHOWN_REASONS]],
        rows=[(number, _said(key, fields)) for number, key, fields in told["rows"]], day=date.fromisoformat,
    )  # fmt: skip


@blueprint.get("/ny/<upload>/nekade.csv")
def refused(upload: str) -> Response:
    """The refused rows with number and reason, to correct and send again."""
    kept = _store().find(upload, g.viewer.person_id)
    if kept is None or not _store().refused_path(kept).exists():
        raise NotFound("deliveries.errors.gone")
    name = "nekade-rader.csv" if g.language == "sv" else "refused-rows.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(_store().refused_path(kept).read_bytes(), mimetype="text/csv", headers=headers)


def _run(upload: Upload, table: readers.Table, *, dry_run: bool, only_good: bool = False) -> Preview:
    how = reports.Intake(upload.source or None, upload.crs, upload.types, only_good, dry_run)
    try:
        return reports.take_in(
            g.session, g.viewer, g.agreement, table, how, file_hash=upload.file_hash, now=sessions.now()
        )
    except BadFile as refusal:
        raise column_choices.renamed(refusal, upload) from refusal


def _remember(upload: Upload, table: readers.Table, found: Preview) -> None:
    """Keep what a run said, and its refused rows as a file."""
    upload.preview = {
        "read": found.read, "accepted": found.accepted, "known": found.known, "left_out": found.left_out,
        "refused": len(found.refused), "reasons": found.reasons(), "examples": found.examples,
        "notes": [note for note in found.notes if note[0] != "reports.notes.columns"],
        "rows": [(row.row_number, row.key, row.fields) for row in found.refused[:SHOWN_REFUSED]],
    }  # fmt: skip
    path = _store().refused_path(upload)
    path.unlink(missing_ok=True)
    if found.refused:
        rows = ((row.row_number, row.original, _said(row.key, row.fields)) for row in found.refused)
        writers.refused_file(path, table.header, rows, delimiter=table.delimiter or ";")
        path.chmod(0o600)


# ---- 4. Taking in --------------------------------------------------------------------------------------------------


@blueprint.post("/ny/<upload>/las-in")
@_step
def store(upload: Upload) -> Answer:
    """Take the file in. A second click, and a file that is in already, leads to the same receipt."""
    table = column_choices.open_file(_store().path(upload), upload, upload.columns)
    found = _run(upload, table, dry_run=False, only_good=request.form.get("delar") == "ja")
    return _stored(upload, found) if found.stored else _not_stored(upload, table, found)


def _stored(upload: Upload, found: Preview) -> Response:
    begun = figures.begin(g.session, g.viewer, g.agreement, today=g.today)
    upload.delivery_id = found.delivery_id
    _store().save(upload)
    response = _receipt(found.delivery_id, "inlast", begun)
    # The response is closed after the commit: had that failed, the file would still be there for another try.
    response.call_on_close(partial(_store().finish, upload))
    return response


def _not_stored(upload: Upload, table: readers.Table, found: Preview) -> Response:
    same = [one for one in reports.find_deliveries(g.session, g.viewer) if one.file_hash == upload.file_hash]
    if not found.accepted and not found.refused and same:
        return _receipt(same[0].id, "kand")
    _remember(upload, table, found)
    _store().save(upload)
    return redirect(url_for("deliveries.preview", upload=upload.key), 303)


@blueprint.post("/ny/<upload>/avbryt")
def cancel(upload: str) -> Response:
    """Throw the file away and store nothing."""
    if kept := _store().find(upload, g.viewer.person_id):
        _store().forget(kept)
    return saying.go(url_for("deliveries.page"), "deliveries.done_avbruten")


def _receipt(delivery_id: int | None, done: str, begun: Sequence[int] = ()) -> Response:
    said: list[saying.Sentence] = [(f"deliveries.done_{done}", {})]
    if begun:
        said.append(("deliveries.figures", {"years": ", ".join(map(str, begun))}))
    return redirect(saying.with_words(url_for("deliveries.one", id=delivery_id), said), 303)


# ---- In common -----------------------------------------------------------------------------------------------------


def _store() -> Store:
    return Store(current_app.extensions["samverkan"].instance)


def _said(key: str, fields: dict[str, Any]) -> str:
    """A note or a reason in words: those of the command line name its options, these the page's own steps."""
    if key in ("reports.rows.unknown_type", "reports.rows.unknown_word"):
        return t("deliveries.unknown_type", value=fields["value"])
    return reports.tell(g.language, g.agreement, key, fields)
