"""What is said about a file and its rows, with labels where the stored facts hold codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from samverkan_map.agreement import Agreement, Named
from samverkan_map.translations import catalogue, text


def tell(language: str, agreement: Agreement, key: str, fields: dict[str, Any]) -> str:
    """The sentence of a note or of a reason for refusal, as `Preview` and a delivery keep them."""
    told = dict(fields)
    for name, words in _IN_WORDS.get(key, {}).items():
        told[name] = words(language, agreement, fields[name])
    return text(language, key, **told)


def _type(language: str, agreement: Agreement, code: str) -> str:
    known = agreement.types.get(code)
    return known.label[language] if known else code


def _kind(language: str, agreement: Agreement, code: str) -> str:
    return text(language, f"vocabulary.report_kind.{code}")


def _column(language: str, agreement: Agreement, name: str) -> str:
    return text(language, key) if (key := f"deliveries.columns.{name}") in catalogue(language) else name


def _named(table: str) -> Callable[[str, Agreement, str], str]:
    """What a code of one of the agreement's tables is called."""

    def words(language: str, agreement: Agreement, code: str) -> str:
        known = agreement.statistics
        tables: dict[str, Mapping[str, Named]] = {
            "area": {**agreement.areas, **known.regions}, "question": known.questions, "category": known.crimes,
            "type": agreement.types, "source": agreement.sources,
        }  # fmt: skip
        return tables[table][code].label[language] if code in tables[table] else code

    return words


def _missing(language: str, agreement: Agreement, names: str) -> str:
    return ", ".join(_column(language, agreement, name) for name in names.split(", "))


def _columns(language: str, agreement: Agreement, pairs: list[list[str]]) -> str:
    return ", ".join(f"{theirs} → {_column(language, agreement, ours)}" for ours, theirs in pairs)


def _allowed(table: str) -> Callable[[str, Agreement, str], str]:
    def words(language: str, agreement: Agreement, codes: str) -> str:
        return ", ".join(f"{code} ({text(language, f'vocabulary.{table}.{code}')})" for code in codes.split(", "))

    return words


_IN_WORDS: dict[str, dict[str, Callable[[str, Agreement, Any], str]]] = {
    "reports.notes.columns": {"columns": _columns},
    "reports.rows.too_long": {"column": _column},
    "reports.rows.control_character": {"column": _column},
    "reports.rows.unknown_type": {"nearest": _type},
    "reports.rows.kind_differs": {"type": _type, "kind": _kind},
    "reports.rows.unknown_kind": {"allowed": _allowed("report_kind")},
    "reports.rows.unknown_precision": {"allowed": _allowed("precision")},
    "reports.rows.unknown_severity": {"allowed": _allowed("severity")},
    **{f"refusals.traffic.{name}": {"field": _column} for name in ("too_long", "personal", "no_day", "no_number")},
    **{
        f"sources.errors.unknown_{table}_near": {"nearest": _named(table)}
        for table in ("area", "question", "category", "type", "source")
    },
    "sources.notes.source": {"source": _named("source")},
    "traffic.errors.no_columns": {"missing": _missing},
    "deliveries.no_column": {"missing": _missing},
    "readers.rows.half_position": {"first": _column, "second": _column},
}
"""Per sentence: which of its fields are codes, and how they are said."""
