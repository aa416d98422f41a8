"""Files of reports for the coordinator: what has come in, taking in another step by step, taking one back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from samverkan_map import figures, reports
from samverkan_map.errors import BadFile, BadValue
from samverkan_map.exchange import readers
from samverkan_map.reports import Preview
from samverkan_map.translations import catalogue
from samverkan_map.web import answers, column_choices, file_steps, saying, sessions
from samverkan_map.web.file_steps import Answer, Page
from samverkan_map.web.texts import t
from samverkan_map.web.uploads import Upload

blueprint = Blueprint("deliveries", __name__, url_prefix="/admin/leveranser")

KIND = "reports"
ENDINGS = ".csv,.txt,.tsv,.xlsx,.geojson,.json,.gpkg"


# ---- What this page answers to the steps ---------------------------------------------------------------------------


def _file_page(wrong: str = "", waiting: Upload | None = None, sheets: Sequence[str] = ()) -> str:
    shared = file_steps.first_step(wrong, waiting, sheets)
    return render_template("deliveries/upload.html", source=request.form.get("source", ""), endings=ENDINGS, **shared)


def _opened(upload: Upload, columns: Any) -> readers.Table:
    return column_choices.open_file(file_steps.store().path(upload), upload, columns)


def _look(upload: Upload) -> None:
    """What the file holds and how its columns are proposed to be read. Raises BadFile."""
    table = _opened(upload, None)
    upload.header, upload.stated_crs, upload.sheet = table.header, table.crs, table.sheet or ""
    upload.positioned = column_choices.has_geometry(table)
    upload.columns = column_choices.proposed(table)
    upload.source = column_choices.source_of(request.form, g.agreement)
    column_choices.look_through(upload, table, g.agreement)


def _run(upload: Upload, table: readers.Table, *, dry_run: bool, only_good: bool = False) -> Preview:
    how = reports.Intake(upload.source or None, upload.crs, upload.types, only_good, dry_run)
    try:
        return reports.take_in(
            g.session, g.viewer, g.agreement, table, how, file_hash=upload.file_hash, now=sessions.now()
        )
    except BadFile as refusal:
        raise column_choices.renamed(refusal, upload) from refusal


def _said(key: str, fields: dict[str, Any]) -> str:
    """A note or a reason in words: those of the command line name its options, these the page's own steps."""
    if key in ("reports.rows.unknown_type", "reports.rows.unknown_word"):
        return t("deliveries.unknown_type", value=fields["value"])
    return reports.tell(g.language, g.agreement, key, fields)


def _after() -> list[saying.Sentence]:
    """The public figures of finished years begin when something has come in."""
    begun = figures.begin(g.session, g.viewer, g.agreement, today=g.today)
    return [("deliveries.figures", {"years": ", ".join(map(str, begun))})] if begun else []


PAGE = Page(
    kinds=(KIND,),
    deliveries=lambda: reports.find_deliveries(g.session, g.viewer),
    file_page=_file_page,
    look=_look,
    opened=_opened,
    run=_run,
    say=_said,
    after=_after,
)


# ---- The deliveries ------------------------------------------------------------------------------------------------


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
    version = file_steps.version_sent()
    if reports.get_delivery(g.session, g.viewer, id).undone_at is None:
        reports.undo(g.session, g.viewer, id, now=sessions.now(), version=version)
    return saying.go(url_for("deliveries.one", id=id), "deliveries.done_angrad")


# ---- 1. The file ---------------------------------------------------------------------------------------------------


@blueprint.get("/ny")
def new() -> str:
    """The first step: choose a file."""
    return _file_page()


@blueprint.post("/ny")
def take_file() -> Answer:
    """Keep the file, look through it, and go on to its columns."""
    return file_steps.take_file(PAGE, KIND)


# ---- 2. The columns ------------------------------------------------------------------------------------------------


@blueprint.get("/ny/<upload>/kolumner")
@file_steps.step(PAGE)
def columns(upload: Upload) -> Answer:
    """The second step: which column is which, and what its words for types mean."""
    return _columns_page(upload)


@blueprint.post("/ny/<upload>/kolumner")
@file_steps.step(PAGE)
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
    file_steps.store().save(upload)
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
    table = _opened(upload, upload.columns)
    column_choices.look_through(upload, table, g.agreement)
    if not (words_are_new and upload.words):
        file_steps.remember(PAGE, upload, table, _run(upload, table, dry_run=True))


def _columns_page(upload: Upload, wrong: dict[str, str] | None = None) -> str:
    return render_template(
        "deliveries/columns.html", upload=upload, wrong=wrong or {}, groups=column_choices.GROUPS,
        systems=column_choices.SYSTEMS, ignored=column_choices.ignored(upload), positions=column_choices.POSITIONS,
        types=column_choices.types_by_focus(g.agreement), words=upload.words[: column_choices.MOST_WORDS],
        leave_out=column_choices.LEAVE_OUT, words_are_new=request.args.get("nya") == "ord",
    )  # fmt: skip


# ---- 3. What would happen, 4. Taking in ----------------------------------------------------------------------------

file_steps.last_steps(blueprint, PAGE)
