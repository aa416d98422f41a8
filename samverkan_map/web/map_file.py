"""What the map file that opens without a network holds: rows one by one or counted, and the words around them."""

from __future__ import annotations

from dataclasses import replace

from flask import g

from samverkan_map import access, map_rows
from samverkan_map.map_rows import Box, Page, Row
from samverkan_map.question import Question
from samverkan_map.web import periods, row_words
from samverkan_map.web.file_page import FileWords
from samverkan_map.web.texts import Format, label, t

FILE_ROWS = 5000
"""So many rows stand one by one in the file; more are counted per cell."""

COUNTED_ZOOM = 13


def rows(asked: Question, found: Page, whole: Box) -> list[dict]:
    """The rows of the file one by one; reports are counted per cell when they are many.

    `whole` is the municipality in degrees. Whoever may take only counts away gets what is worked with; the counts stand
    in words above the map.
    """
    counted: list[dict] = []
    if access.exports_counts_only(g.viewer):
        asked = replace(asked, layers=_work_only(asked))
        if not asked.layers:
            return []
    elif _too_many(found):
        whole = _padded(whole)
        cells = map_rows.cells(g.session, g.viewer, g.agreement, asked, whole, _zoom_of(whole))
        counted = [one for one in cells.features if one.get("layer") not in map_rows.WORK_LAYERS]
        asked = replace(asked, layers=_work_only(asked))
        if not asked.layers:
            return counted
    alone = map_rows.stream(g.session, g.viewer, g.agreement, asked)
    return counted + [_file_row(row) for row in alone if row.lon is not None]


def _zoom_of(whole: Box) -> int:
    """The nearest zoom at which the whole municipality is counted; a large one is counted in larger cells."""
    return next((zoom for zoom in range(COUNTED_ZOOM, 0, -1) if map_rows.fits(whole, zoom)), 0)


def _too_many(found: Page) -> bool:
    return found.total - found.unmapped > FILE_ROWS


def _work_only(asked: Question) -> tuple[tuple[str, str], ...]:
    everything = tuple(("", layer.value) for layer in map_rows.WORK_LAYERS)
    return tuple(pair for pair in asked.layers if pair[1] in map_rows.WORK_LAYERS) if asked.layers else everything


def _file_row(row: Row) -> dict:
    line = row_words.line(row)
    return {
        "lon": row.lon,
        "lat": row.lat,
        "id": row.id,
        "layer": row.layer.value,
        "symbol": line.symbol,
        "title": line.title,
        "text": line.what,
        "facts": row_words.facts(row),
    }


def names() -> tuple[tuple[str, str], ...]:
    """What the map calls itself and its signs, in the visitor's language."""
    return (
        ("region", t("karta.map_of", municipality=g.agreement.name)),
        ("cell", t("karta.cell_name")),
        ("nowhere", t("karta.no_position")),
    )


def words(asked: Question, found: Page, title: str, credit: str) -> FileWords:
    """What is written around the map: the period, how many rows, what is not drawn, who may see it, and when."""
    seen_as = t("karta.file_seen_as", role=t(f"vocabulary.role.{g.viewer.role}"))
    counted = _counted_words(asked, found)
    numbers = Format(g.language)
    shown = t("karta.rows_shown", n=found.total, shown=numbers.number(found.total))
    unmapped = (
        t("karta.unmapped_rows", n=found.unmapped, shown=numbers.number(found.unmapped)) if found.unmapped else ""
    )
    made = t("karta.made_on", date=numbers.date(g.today))
    lines = (periods.words(asked.period), shown, unmapped, counted, seen_as, made)
    return FileWords(
        title=title,
        lines=tuple(line for line in lines if line),
        legend=t("karta.legend"),
        credit=f"{credit} · {g.agreement.note[g.language]}",
        close=t("karta.close"),
        watermark=t("common.watermark") if g.trial else "",
        counts=found.counts,
    )


def _counted_words(asked: Question, found: Page) -> str:
    """How the reports of the file are counted, when they do not stand there one by one."""
    if not access.exports_counts_only(g.viewer):
        return t("karta.file_counted") if _too_many(found) else ""
    counts = map_rows.counts_by_area(g.session, g.viewer, g.agreement, asked)
    numbers = Format(g.language)
    named = [(label(area), counts.get(code, 0)) for code, area in g.agreement.areas.items()]
    named.append((t("karta.area_not_known"), counts.get("", 0)))
    parts = ", ".join(f"{name} {numbers.number(n)}" for name, n in named if n)
    return t("karta.file_counted_by_area", parts=parts) if parts else ""


def _padded(box: Box) -> Box:
    """The box with everything around it that may still belong to the municipality, such as a harbour."""
    return box[0] - 0.1, box[1] - 0.1, box[2] + 0.1, box[3] + 0.1
