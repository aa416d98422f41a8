"""`samverkan import …`: what can be taken in."""

from __future__ import annotations

from samverkan_map.cli import clicking

_HERE = "samverkan_map.cli"
MODULES = {"reports": f"{_HERE}.report_files"} | dict.fromkeys(
    ("stretches", "speeds", "surveys", "crimes", "dialogues"), f"{_HERE}.files"
)


@clicking.group("import", cls=clicking.Late, modules=MODULES)
def import_group() -> None:
    """Take in files."""


COMMANDS = (import_group,)
