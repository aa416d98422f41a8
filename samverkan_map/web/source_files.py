"""Files of surveys, reported crime and dialogues, taken in step by step as other files are, and taken back whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for

from samverkan_map import access, reports, sources
from samverkan_map.errors import BadFile, BadValue, NotFound
from samverkan_map.exchange import readers
from samverkan_map.reports import Preview
from samverkan_map.sources import CRIMES, DIALOGUES, SURVEYS
from samverkan_map.vocabulary import Permission
from samverkan_map.web import column_choices, file_steps, row_files, sessions
from samverkan_map.web.file_steps import Answer, Page
from samverkan_map.web.texts import label, t
from samverkan_map.web.uploads import Upload

blueprint = Blueprint("source_files", __name__, url_prefix="/kallor/filer")

ENDINGS = ".csv,.txt,.tsv,.xlsx"
OWN_WORDS = {"traffic.errors.no_columns": "deliveries.no_column"}
"""What the command line says with its own options, and how this page says it."""


def _family() -> dict[str, Any]:
    """What the shared templates are told of these files: what they are called, and where they belong."""
    return {"family": "source_files", "home": (t("sources.heading"), url_for("sources.page"))}


def _kinds() -> list[str]:
    """The kinds of file that the municipality has words for. Raises NotAllowed, NotFound for none."""
    access.check(g.viewer, Permission.KEEP_SOURCES)
    known = g.agreement.statistics
    there = {SURVEYS: known.asked, CRIMES: known.crimes, DIALOGUES: known.dialogue_sources}
    if not any(there.values()):
        raise NotFound("access.errors.not_found")
    return [kind for kind, words in there.items() if words]


def _sources(kind: str) -> Sequence[str]:
    """The sources that the rows of a kind may come from."""
    known = g.agreement.statistics
    return {SURVEYS: known.survey_sources, DIALOGUES: known.dialogue_sources}.get(kind, ())


# ---- What this page answers to the steps ---------------------------------------------------------------------------


def _file_page(wrong: str = "", waiting: Upload | None = None, sheets: Sequence[str] = ()) -> str:
    kinds = _kinds()
    asked = request.values.get("kind", "") or (waiting.kind if waiting else "")
    shared = file_steps.first_step(wrong, waiting, sheets)
    return render_template(
        "row_files/upload.html", kinds=kinds, kind=asked if asked in kinds else kinds[0], endings=ENDINGS,
        **_family(), **shared,
    )  # fmt: skip


def _opened(upload: Upload, columns: Mapping[str, str] | None) -> readers.Table:
    def reader(path: Any, **how: Any) -> readers.Table:
        return readers.open_rows(path, sources.COLUMNS[upload.kind], **how)

    return column_choices.open_file(file_steps.store().path(upload), upload, columns, reader)


def _look(upload: Upload) -> None:
    """What the file holds and how its columns are proposed to be read. Raises BadFile."""
    table = _opened(upload, None)
    upload.header, upload.sheet = table.header, table.sheet or ""
    upload.columns = dict(table.mapped)
    upload.rows = sum(len(block) for block in table.blocks())
    if upload.rows > (readers.UPLOAD.max_features or 0):
        raise BadFile("deliveries.errors.too_many_rows", file=upload.name, most=readers.UPLOAD.max_features)
    if not upload.rows:
        raise BadFile("deliveries.errors.no_rows", file=upload.name)


def _run(upload: Upload, table: readers.Table, *, dry_run: bool, only_good: bool = False) -> Preview:
    how = sources.Intake(upload.source, only_good, dry_run)
    try:
        return sources.take_in(
            g.session, g.viewer, g.agreement, upload.kind, table, how, file_hash=upload.file_hash, now=sessions.now()
        )
    except BadFile as refusal:
        raise column_choices.renamed(refusal, upload) from refusal


def _said(key: str, fields: dict[str, Any]) -> str:
    return reports.tell(g.language, g.agreement, OWN_WORDS.get(key, key), fields)


PAGE = Page(
    kinds=sources.KINDS,
    deliveries=lambda: sources.find_deliveries(g.session, g.viewer),
    file_page=_file_page,
    look=_look,
    opened=_opened,
    run=_run,
    say=_said,
)

row_files.add_views(blueprint, PAGE, sources, _family, lambda _: "deliveries.done_undone_sources")


# ---- 1. The file, 2. The columns -----------------------------------------------------------------------------------


@blueprint.get("/ny")
def new() -> str:
    """The first step: choose what the file holds, and the file."""
    return _file_page()


@blueprint.post("/ny")
def take_file() -> Answer:
    """Keep the file, look through it, and go on to its columns."""
    kind = request.form.get("kind", "")
    if kind not in _kinds():
        return _file_page(t("deliveries.errors.no_source_kind")), 422
    return file_steps.take_file(PAGE, kind)


@blueprint.get("/ny/<upload>/kolumner")
@file_steps.step(PAGE)
def columns(upload: Upload) -> Answer:
    """The second step: which column is which, and where the rows come from."""
    return _columns_page(upload)


@blueprint.post("/ny/<upload>/kolumner")
@file_steps.step(PAGE)
def take_columns(upload: Upload) -> Answer:
    """Remember the choices, try the whole file without storing anything, and go on to what would happen."""
    wrong = _read_form(upload)
    if not wrong:
        try:
            table = _opened(upload, upload.columns)
            file_steps.remember(PAGE, upload, table, _run(upload, table, dry_run=True))
        except (BadFile, BadValue) as refusal:
            wrong = {str(refusal.fields.get("field", "")): _said(refusal.key, dict(refusal.fields))}
    file_steps.store().save(upload)
    if wrong:
        return _columns_page(upload, wrong), 422
    return redirect(url_for(".preview", upload=upload.key), 303)


def _read_form(upload: Upload) -> dict[str, str]:
    """Put the choices of the form into the upload, and say which needed column is not chosen."""
    form, names = request.form, {str(place): name for place, name in enumerate(upload.header) if name.strip()}
    wanted = {ours: form.get(f"column-{ours}", "") for ours in sources.COLUMNS[upload.kind]}
    upload.columns = {ours: names[place] for ours, place in wanted.items() if place in names}
    upload.source = form["source"] if form.get("source") in _sources(upload.kind) else ""
    upload.preview = None
    lacks = [name for name, there in sources.needed(upload.kind, _opened(upload, upload.columns)).items() if not there]
    return {
        f"column-{name}": t("deliveries.errors.need_column", name=t(f"deliveries.columns.{name}")) for name in lacks
    }


def _columns_page(upload: Upload, wrong: dict[str, str] | None = None) -> str:
    years = (
        [str(year) for year in sources.year_columns(_opened(upload, upload.columns))] if upload.kind == CRIMES else []
    )
    used = {*upload.columns.values(), *years}
    return render_template(
        "source_files/columns.html", upload=upload, wrong=wrong or {}, names=list(sources.COLUMNS[upload.kind]),
        of_kind=[(code, label(g.agreement.sources[code])) for code in _sources(upload.kind)], years=years,
        ignored=[name for name in upload.header if name.strip() and name not in used],
    )  # fmt: skip


# ---- 3. What would happen, 4. Taking in ----------------------------------------------------------------------------

file_steps.last_steps(blueprint, PAGE)
