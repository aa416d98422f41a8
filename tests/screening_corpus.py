"""The corpus of the text firewall and its two halves: the rules were tuned on one and are judged by the other."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

from samverkan_map import screening

FOLDER = Path(__file__).parent / "data" / "texts"
TO_CATCH: dict[str, list[str]] = tomllib.loads((FOLDER / "to_catch.toml").read_text(encoding="utf-8"))
HARMLESS = [
    line for line in (FOLDER / "harmless.txt").read_text(encoding="utf-8").splitlines() if not line.startswith("#")
]


def is_tuned_on(text: str) -> bool:
    """Whether the rules may be looked at with a text: where its SHA-256 begins with an even digit."""
    return int(hashlib.sha256(text.encode()).hexdigest()[0], 16) % 2 == 0


def half(texts: list[str], *, tuned: bool) -> list[str]:
    """The texts of one half."""
    return [text for text in texts if is_tuned_on(text) == tuned]


def missed(tuned: bool) -> dict[str, list[str]]:
    """What of one half should be caught and is not, by kind."""
    found = {
        kind: [t for t in half(texts, tuned=tuned) if not screening.findings(t)] for kind, texts in TO_CATCH.items()
    }
    return {kind: texts for kind, texts in found.items() if texts}


def wrongly_caught(tuned: bool) -> list[str]:
    """What of one half is harmless and is caught."""
    return [text for text in half(HARMLESS, tuned=tuned) if screening.findings(text)]


def rates(tuned: bool) -> tuple[float, float]:
    """The share caught and the share wrongly caught of one half."""
    all_to_catch = [text for texts in TO_CATCH.values() for text in half(texts, tuned=tuned)]
    caught = 1 - sum(map(len, missed(tuned).values())) / len(all_to_catch)
    return caught, len(wrongly_caught(tuned)) / len(half(HARMLESS, tuned=tuned))
