"""The table of permissions as it stands in `grants.toml`: read, checked word by word, and asked."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from samverkan_map.access.viewers import COMMAND_LINE, SCREEN
from samverkan_map.errors import SetUpTrouble
from samverkan_map.vocabulary import Permission, Role

GRANTING = frozenset({"yes", "own", "theme:traffic", "aggregated", "another", "invited", "assigned"})
_NOT_BUILT = frozenset({"proposal", "two-party"})
_READ_LOGGED = frozenset({"no", "each", "hourly"})


@dataclass(frozen=True)
class Grant:
    """One row of the matrix: its number there, the word per role, from whom it is hidden, whether reading is logged."""

    permission: Permission
    number: int
    allow: dict[str, str]
    hidden: frozenset[Role]
    read_logged: str


@cache
def grants() -> dict[Permission, Grant]:
    """The whole matrix. Raises SetUpTrouble when the file and the vocabulary do not fit together."""
    rows = _file()["actions"]
    for name in [*rows, *Permission]:
        if name not in rows or name not in set(Permission):
            raise SetUpTrouble("access.errors.unknown_action", name=str(name))
    return {Permission(name): _grant(Permission(name), row) for name, row in rows.items()}


@cache
def route_rows() -> dict[str, dict[str, tuple[Permission, ...]]]:
    """Per `METHOD /address`: the actions it needs, under `reports` and `others` (mostly the same)."""
    found = {}
    for route, needs in _file()["routes"].items():
        both = needs if isinstance(needs, dict) else {"reports": needs, "others": needs}
        found[route] = {case: tuple(Permission(name) for name in names) for case, names in both.items()}
    return found


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent.parent / "grants.toml").read_text(encoding="utf-8"))


def _grant(permission: Permission, row: dict[str, Any]) -> Grant:
    known_roles = {*Role, COMMAND_LINE, SCREEN}
    read_logged = row.get("read_logged", "no")
    fits = set(row["allow"]) <= known_roles and set(row["allow"].values()) <= GRANTING | _NOT_BUILT
    if not fits or read_logged not in _READ_LOGGED:
        raise SetUpTrouble("access.errors.unknown_word", name=permission.value)
    hidden = frozenset(Role(name) for name in row.get("hidden", ()))
    return Grant(permission, row["number"], row["allow"], hidden, read_logged)
