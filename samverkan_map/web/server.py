"""The production server: gunicorn with one process per core."""

from __future__ import annotations

import socket

from gunicorn.app.base import BaseApplication

from samverkan_map.settings import Settings
from samverkan_map.web import create_app

SLOWEST_SECONDS = 120
"""A worker that has not answered for so long is replaced; the longest honest answer is an upload being read."""


class _Server(BaseApplication):
    """Each process makes its own application: a database connection must not be carried over a fork."""

    def __init__(self, settings: Settings, demo: bool, options: dict[str, object]) -> None:
        self.chosen, self.demo, self.options = settings, demo, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self):
        return create_app(self.chosen, demo=self.demo)


def run(settings: Settings, *, host: str, port: int, workers: int, demo: bool) -> None:
    """Serve until stopped."""
    options = {
        "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "workers": workers,
        "timeout": SLOWEST_SECONDS,
        "loglevel": "warning",
        "max_requests": 0,
    }
    _Server(settings, demo, options).run()


def is_free(host: str, port: int) -> bool:
    """Whether nothing listens at the address yet."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
