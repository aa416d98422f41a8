"""Files of stretches and of speed measurements, taken in step by step as files of reports are, and taken back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for

from samverkan_map import access, reports, traffic
from samverkan_map.errors import BadFile, BadValue
from samverkan_map.exchange import readers
from samverkan_map.reports import Preview
from samverkan_map.traffic import SPEEDS, STRETCHES
from samverkan_map.vocabulary import Keeper, Permission
from samverkan_map.web import column_choices, file_steps, row_files, sessions
from samverkan_map.web.file_steps import Answer, Page
from samverkan_map.web.texts import t
from samverkan_map.web.uploads import Upload

blueprint = Blueprint("road_files", __name__, url_prefix="/trafik/filer")

GROUPS: dict[str, dict[str, tuple[str, ...]]] = {
    STRETCHES: {"stretch": ("name", "source_ref"), "road": ("keeper", "speed_limit", "function")},
    SPEEDS: {
        "stretch": ("stretch", "direction"), "when": ("started_on", "ended_on"),
        "speed": ("mean_speed", "v85", "share_over_limit", "share_over_30", "vehicles"),
    },
}  # fmt: skip
"""Our columns as the page shows them."""

NEEDED = {STRETCHES: ("name", "speed_limit"), SPEEDS: traffic.SPEED_NEEDED}
ENDINGS = ".geojson,.json,.gpkg,.csv,.txt,.tsv,.xlsx"
OWN_WORDS = {
    "refusals.traffic.name_twice": "deliveries.name_twice",
    "refusals.traffic.unknown_keeper": "deliveries.unknown_keeper",
    "refusals.traffic.no_keeper": "deliveries.no_keeper_row",
    "traffic.errors.no_columns": "deliveries.no_column",
}
"""What the command line says with its own options, and how this page says it."""


# ---- What this page answers to the steps ---------------------------------------------------------------------------


def _file_page(wrong: str = "", waiting: Upload | None = None, sheets: Sequence[str] = ()) -> str:
    kinds = traffic.kinds_of(g.viewer)
    asked = request.values.get("kind", "") or (waiting.kind if waiting else "")
    shared = file_steps.first_step(wrong, waiting, sheets)
    return render_template(
        "row_files/upload.html", kinds=kinds, kind=asked if asked in kinds else kinds[0], endings=ENDINGS,
        **_family(), **shared,
    )  # fmt: skip


def _family() -> dict[str, Any]:
    """What the shared templates are told of these files: what they are called, and where they belong."""
    return {"family": "road_files", "home": (t("common.nav.traffic"), url_for("traffic.page"))}


def _opened(upload: Upload, columns: Mapping[str, str] | None) -> readers.Table:
    reader = readers.open_lines if upload.kind == STRETCHES else readers.open_speeds
    return column_choices.open_file(file_steps.store().path(upload), upload, columns, reader)


def _look(upload: Upload) -> None:
    """What the file holds and how its columns are proposed to be read. Raises BadFile."""
    table = _opened(upload, None)
    upload.header, upload.stated_crs, upload.sheet = table.header, table.crs, table.sheet or ""
    upload.positioned = upload.kind == STRETCHES
    upload.columns = {name: table.mapped[name] for name in _names(upload.kind) if name in table.mapped}
    _count(upload, table)


def _names(kind: str) -> list[str]:
    return [name for group in GROUPS[kind].values() for name in group]


def _count(upload: Upload, table: readers.Table) -> None:
    """Count the rows, and the words for road keepers that nobody knows. Raises BadFile."""
    words: Counter[str] = Counter()
    upload.rows = 0
    for block in table.blocks():
        upload.rows += len(block)
        if upload.rows > (readers.UPLOAD.max_features or 0):
            raise BadFile("deliveries.errors.too_many_rows", file=upload.name, most=readers.UPLOAD.max_features)
        words.update(block.values.get("keeper", ()))
    if not upload.rows:
        raise BadFile("deliveries.errors.no_rows", file=upload.name)
    upload.words = [(word, n) for word, n in words.most_common() if word.strip() and not traffic.known_keeper(word)]


def _run(upload: Upload, table: readers.Table, *, dry_run: bool, only_good: bool = False) -> Preview:
    how = traffic.Intake(upload.crs, upload.keeper, upload.types, upload.merge, only_good, dry_run)
    given: dict[str, Any] = {"file_hash": upload.file_hash, "now": sessions.now()}
    try:
        if upload.kind == STRETCHES:
            return traffic.take_in_stretches(g.session, g.viewer, g.agreement, table, how, **given)
        return traffic.take_in_speeds(g.session, g.viewer, table, how, **given)
    except BadFile as refusal:
        raise column_choices.renamed(refusal, upload) from refusal


def _said(key: str, fields: dict[str, Any]) -> str:
    return reports.tell(g.language, g.agreement, OWN_WORDS.get(key, key), fields)


PAGE = Page(
    kinds=traffic.KINDS,
    deliveries=lambda: traffic.find_deliveries(g.session, g.viewer),
    file_page=_file_page,
    look=_look,
    opened=_opened,
    run=_run,
    say=_said,
)

row_files.add_views(blueprint, PAGE, traffic, _family, lambda found: f"deliveries.done_undone_{found.kind}")


# ---- 1. The file ---------------------------------------------------------------------------------------------------


@blueprint.get("/ny")
def new() -> str:
    """The first step: choose what the file holds, and the file."""
    return _file_page()


@blueprint.post("/ny")
def take_file() -> Answer:
    """Keep the file, look through it, and go on to its columns."""
    kind = request.form.get("kind", "")
    if kind not in traffic.kinds_of(g.viewer):
        if kind in traffic.KINDS:
            raise access.refusal(g.viewer, Permission.UPLOAD_GEODATA)
        return _file_page(t("deliveries.errors.no_kind")), 422
    return file_steps.take_file(PAGE, kind)


# ---- 2. The columns ------------------------------------------------------------------------------------------------


@blueprint.get("/ny/<upload>/kolumner")
@file_steps.step(PAGE)
def columns(upload: Upload) -> Answer:
    """The second step: which column is which, and what its words for road keepers mean."""
    return _columns_page(upload)


@blueprint.post("/ny/<upload>/kolumner")
@file_steps.step(PAGE)
def take_columns(upload: Upload) -> Answer:
    """Remember the choices, try the whole file without storing anything, and go on to what would happen."""
    keeper_before = upload.columns.get("keeper")
    _read_form(upload)
    wrong = _missing(upload)
    if not wrong:
        try:
            _try_columns(upload, words_are_new=upload.columns.get("keeper") != keeper_before)
        except (BadFile, BadValue) as refusal:
            wrong = {str(refusal.fields.get("field", "")): _said(refusal.key, dict(refusal.fields))}
    file_steps.store().save(upload)
    if wrong:
        return _columns_page(upload, wrong), 422
    if upload.preview is None:
        return redirect(url_for(".columns", upload=upload.key, nya="ord", _anchor="ord"), 303)
    return redirect(url_for(".preview", upload=upload.key), 303)


def _read_form(upload: Upload) -> None:
    """Put the choices of the form into the upload; what is no choice of the page counts as not chosen."""
    form, before = request.form, upload.columns.get("keeper")
    names = {str(place): name for place, name in enumerate(upload.header) if name.strip()}
    wanted = {ours: form.get(f"column-{ours}", "") for ours in _names(upload.kind)}
    upload.columns = {ours: names[place] for ours, place in wanted.items() if place in names}
    if upload.kind == SPEEDS:
        return
    upload.crs = next((epsg for epsg in column_choices.SYSTEMS if str(epsg) == form.get("crs")), None)
    upload.keeper = form["keeper"] if form.get("keeper") in set(Keeper) else ""
    upload.merge = form.get("merge") == "ja"
    if upload.columns.get("keeper") != before:
        upload.types, upload.words = {}, []
    for place, (word, _) in enumerate(upload.words[: column_choices.MOST_WORDS]):
        upload.types.pop(word, None)
        if (chosen := form.get(f"word-{place}", "")) in set(Keeper):
            upload.types[word] = chosen


def _missing(upload: Upload) -> dict[str, str]:
    lacks = [name for name in NEEDED[upload.kind] if name not in upload.columns]
    wrong = {
        f"column-{name}": t("deliveries.errors.need_column", name=t(f"deliveries.columns.{name}")) for name in lacks
    }
    if upload.kind == STRETCHES and "keeper" not in upload.columns and not upload.keeper:
        wrong["column-keeper"] = t("deliveries.errors.no_keeper")
    return wrong


def _try_columns(upload: Upload, *, words_are_new: bool) -> None:
    """A dry run; but first the person is asked when another column brings words that nobody has translated."""
    upload.preview = None
    table = _opened(upload, upload.columns)
    _count(upload, table)
    if not (words_are_new and upload.words):
        file_steps.remember(PAGE, upload, table, _run(upload, table, dry_run=True))


def _columns_page(upload: Upload, wrong: dict[str, str] | None = None) -> str:
    used = {*upload.columns.values(), column_choices.LINE}
    return render_template(
        "road_files/columns.html", upload=upload, wrong=wrong or {}, groups=GROUPS[upload.kind],
        systems=column_choices.SYSTEMS, ignored=[name for name in upload.header if name.strip() and name not in used],
        keepers=list(Keeper), words=upload.words[: column_choices.MOST_WORDS],
        words_are_new=request.args.get("nya") == "ord",
    )  # fmt: skip


# ---- 3. What would happen, 4. Taking in ----------------------------------------------------------------------------

file_steps.last_steps(blueprint, PAGE)
