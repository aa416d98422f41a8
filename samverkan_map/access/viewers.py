"""Who looks or acts."""

from __future__ import annotations

from dataclasses import dataclass

from samverkan_map.vocabulary import Role

COMMAND_LINE = "kommandorad"
SCREEN = "motesskarm"
"""What a screen in a meeting is called in the matrix and in the log: it has no role, and only what it is given."""


@dataclass(frozen=True)
class Viewer:
    """Somebody who looks or acts. `on_host` is whoever runs the command line on the host itself.

    `screen_of` names the forum whose meeting a screen shows; such a screen is nobody, and may less than everybody.
    """

    person_id: int | None
    name: str
    role: Role
    organisation_id: int | None = None
    on_host: bool = False
    screen_of: str = ""

    @property
    def anonymous(self) -> bool:
        """Whether nobody is signed in, and no screen is."""
        return self.role is Role.PUBLIC and not self.screen_of


ANONYMOUS = Viewer(None, "", Role.PUBLIC)


def command_line(name: str = "") -> Viewer:
    """The actor of the command line, who may what the coordinator may and is recorded as `kommandorad`.

    >>> command_line("anna").name
    'kommandorad:anna'
    """
    return Viewer(None, f"{COMMAND_LINE}:{name}" if name else COMMAND_LINE, Role.COORDINATOR, on_host=True)
