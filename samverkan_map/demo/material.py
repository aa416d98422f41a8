"""Reads the invented material in `data/demo/`."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any

from samverkan_map.settings import ROOT

FOLDER = ROOT / "data" / "demo"
MUNICIPALITY = "1233"
"""The municipality whose streets and squares the material speaks of."""


@cache
def read(name: str) -> dict[str, Any]:
    """The values of one file of the material."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
