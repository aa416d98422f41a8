"""Finding a place, street or stop by part of its name."""

from __future__ import annotations

from samverkan_map.agreement import Agreement, GazetteerEntry


def matches(agreement: Agreement, text: str) -> list[GazetteerEntry]:
    """The names that hold `text`, those that begin with it first, each once."""
    wanted = " ".join(text.casefold().split())
    if not wanted:
        return []
    holding = [entry for entry in agreement.gazetteer() if wanted in entry.name.casefold()]
    holding.sort(key=lambda entry: _rank(entry, wanted))
    return list({(entry.name, entry.area): entry for entry in reversed(holding)}.values())[::-1]


def _rank(entry: GazetteerEntry, wanted: str) -> tuple[bool, bool, bool, int]:
    name = entry.name.casefold()
    return name != wanted, not name.startswith(wanted), entry.kind != "area", len(name)
