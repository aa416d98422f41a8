"""A row of the map in words: as a line of the list, as a cell of the table, as the panel beside the map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import g

from samverkan_map import geometry
from samverkan_map.map_rows import Row
from samverkan_map.vocabulary import Layer
from samverkan_map.web.legend import symbol_of
from samverkan_map.web.texts import Format, label, t


@dataclass(frozen=True)
class Line:
    """One row of the list: its sign, title, what it is, where and when, its status in words and the tag's class."""

    row: Row
    symbol: str
    title: str
    what: str
    meta: str
    status: str
    tag: str


def line(row: Row) -> Line:
    """A row as the list and the table show it."""
    status, tag = status_words(row)
    where = [_type(row) if row.title else "", _area(row), when(row), _source(row)]
    return Line(
        row=row,
        symbol=symbol_of(row, g.agreement),
        title=title(row),
        what=row.fields.get("summary") or "",
        meta=" · ".join(part for part in where if part),
        status=status,
        tag=tag,
    )


def title(row: Row) -> str:
    """What a row is called: its name, or for a report what was seen, with the street when one is known."""
    if row.title:
        return row.title
    street = row.fields.get("stretch") or row.fields.get("place_name")
    return f"{_type(row)}, {street}" if street else _type(row)


def status_words(row: Row) -> tuple[str, str]:
    """The status of a row in words, and the class of its tag; two empty texts for a report."""
    if row.layer is Layer.PLACES:
        words = t(f"vocabulary.phase.{row.fields['phase']}")
        lap = t("karta.lap", lap=row.fields["lap"]) if row.fields["lap"] > 1 else ""
        return (f"{words} ({lap})" if lap else words), ("reopened" if row.status == "reopened" else "started")
    if row.layer is Layer.MEASURES:
        return t(f"vocabulary.measure_status.{row.status}"), row.status or ""
    if row.layer is Layer.SITES and row.status == "closed":
        return t("karta.site_closed"), "done"
    return "", ""


def when(row: Row) -> str:
    """The day of a row in words, or the month where only that may be seen."""
    if row.on is None:
        return " ".join(part for part in (row.fields.get("month"), _band(row)) if part)
    day = Format(g.language).date(row.on)
    if row.layer.kind is None:
        return t("common.updated", date=day)
    hour = row.fields.get("hour")
    return f"{day} {t('karta.at_hour', hour=f'{hour:02d}')}" if hour is not None else day


def _band(row: Row) -> str:
    band = row.fields.get("hour_band")
    return t("karta.at_band", band=band) if band else ""


def _type(row: Row) -> str:
    known = g.agreement.types.get(row.type or "")
    return label(known) if known else ""


def _area(row: Row) -> str:
    known = g.agreement.areas.get(row.area or "")
    return label(known) if known else ""


def _source(row: Row) -> str:
    known = g.agreement.sources.get(row.fields.get("source") or "")
    return label(known) if known else ""


def panel(row: Row, near: list[Row]) -> dict[str, Any]:
    """What the panel says of a row: words, dates, source, and what is done there."""
    return {
        "kind": t(f"vocabulary.layer.{row.layer}"),
        "title": title(row),
        "text": row.fields.get("summary") or row.fields.get("description") or "",
        "facts": facts(row),
        "done": [{"title": title(other), "status": status_words(other)[0], "address": other.address} for other in near],
        "address": row.address,
        "symbol": symbol_of(row, g.agreement),
        "point": None if row.lon is None else [row.lon, row.lat],
        "geometry": None if row.shape is None else geometry.degrees_to_geojson(row.shape),
    }


def facts(row: Row) -> list[tuple[str, str]]:
    """Name and value of what is known of a row; what is not known is left out."""
    fields, dates = row.fields, Format(g.language)
    found = [
        ("type", _type(row)),
        ("status", status_words(row)[0]),
        ("area", _area(row)),
        ("place", fields.get("place_name") or fields.get("stretch")),
        ("when", when(row) if row.layer.kind else ""),
        ("from", dates.date(fields.get("from"))),
        ("to", dates.date(fields.get("to"))),
        ("owner", fields.get("owner")),
        ("mechanism", _word("mechanism", fields.get("mechanism"))),
        ("verdict", _word("verdict", fields.get("verdict"))),
        ("effect", t(f"effects.{fields['finding']}") if fields.get("finding") else ""),
        ("severity", _word("severity", fields.get("severity"))),
        ("precision", _word("precision", fields.get("precision"))),
        ("source", _source(row)),
        ("organisation", fields.get("organisation")),
        ("focus", ", ".join(label(g.agreement.focus_areas[code]) for code in row.focus)),
        ("public", _published(row)),
    ]  # fmt: skip
    return [(t(f"karta.fact_{name}"), value) for name, value in found if value]


def _word(table: str, value: str | None) -> str:
    return t(f"vocabulary.{table}.{value}") if value else ""


def _published(row: Row) -> str:
    if "published" not in row.fields or g.viewer.anonymous:
        return ""
    return t("karta.public_yes" if row.fields["published"] else "karta.public_no")
