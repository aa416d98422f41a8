"""What the measurements share: a temporary folder, databases made by the real commands, running servers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import postgis
import psycopg

from bench import asking
from bench.figures import Unmeasurable
from bench.serving import Server
from samverkan_map.settings import ROOT

KINDS = ("embedded", "PostGIS")
FEW_REPORTS = 10_000
ALIVE = "/halsa"


@dataclass(frozen=True)
class Database:
    """A set-up database and the environment that makes every command use it."""

    kind: str
    reports: int
    url: str
    environment: dict[str, str]


class Workshop:
    """`reports` is the large size; `quick` asks for fewer repeats. Close it at the end."""

    def __init__(self, reports: int, *, quick: bool, say: Callable[[str], None]) -> None:
        self.reports, self.quick, self.say = reports, quick, say
        self.few = min(FEW_REPORTS, reports)
        self._holder = tempfile.TemporaryDirectory(prefix="samverkan-bench-", ignore_cleanup_errors=True)
        self.folder = Path(self._holder.name)
        # The PostGIS server runs as another user when the bench runs as root.
        self.folder.chmod(0o755)
        self._databases: dict[tuple[str, int], Database] = {}
        self._servers: dict[tuple[str, int], Server] = {}
        self._templates: dict[str, Database] = {}
        self._postgis: postgis.Server | None = None
        self._made = 0

    def close(self) -> None:
        """Stop everything that was started and remove the folder."""
        for server in self._servers.values():
            server.stop()
        if self._postgis:
            self._postgis.stop()
        self._holder.cleanup()

    def times(self, full: int, quick: int) -> int:
        """How often to repeat."""
        return quick if self.quick else full

    def filled(self, kind: str, reports: int) -> Database:
        """A trial database with so many demo reports, made once by `samverkan setup` and `samverkan demo`."""
        if (kind, reports) not in self._databases:
            begun = time.perf_counter()
            database = self.empty(kind, reports)
            self.command(database, "demo", "--reports", str(reports))
            took = time.perf_counter() - begun
            self.say(f"made {reports:,} demo reports in {kind}: {took:.1f} s, {reports / took:,.0f} a second")
            self._databases[kind, reports] = database
        return self._databases[kind, reports]

    def server(self, kind: str, reports: int) -> Server:
        """The real server on a filled database, in demo mode, with every worker warm. Started once."""
        if (kind, reports) not in self._servers:
            self._servers[kind, reports] = self.serve(self.filled(kind, reports))
        return self._servers[kind, reports]

    def serve(self, database: Database) -> Server:
        """A server of one's own on a database, warm; whoever asks for it stops it."""
        return Server(samverkan(), database.environment, self.folder).start()

    def new_worker(self, database: Database) -> Server:
        """A server with one worker that has answered nothing but that it is there; whoever asks for it stops it."""
        server = Server(samverkan(), database.environment, self.folder, "--workers", "1").begin()
        asking.get(server.port, ALIVE)
        return server

    def stop_server(self, kind: str, reports: int) -> None:
        """Give its memory back."""
        self._servers.pop((kind, reports)).stop()

    def empty(self, kind: str, reports: int = 0) -> Database:
        """A new database that has been set up and holds nothing."""
        if kind not in self._templates:
            self._templates[kind] = self._new(kind, 0)
            self.command(self._templates[kind], "setup")
        return self._new(kind, reports, self._templates[kind])

    def command(self, database: Database, *arguments: str) -> None:
        """Run a `samverkan` command on a database. Raises RuntimeError with what it said when it fails."""
        done = subprocess.run(
            [samverkan(), *arguments], env=database.environment, cwd=self.folder, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(f"samverkan {' '.join(arguments)} ended with {done.returncode}: {done.stderr[-400:]}")

    def _new(self, kind: str, reports: int, template: Database | None = None) -> Database:
        self._made += 1
        name = f"bench_{self._made}"
        instance = self.folder / name
        instance.mkdir()
        make = self._new_embedded if kind == "embedded" else self._new_postgis
        url = make(name, instance, template)
        own = {key: value for key, value in os.environ.items() if not key.startswith("SAMVERKAN_")}
        own |= {"SAMVERKAN_INSTANCE": str(instance), "SAMVERKAN_DATABASE_URL": url, "PYTHONUTF8": "1"}
        return Database(kind, reports, url, own)

    def _new_embedded(self, name: str, instance: Path, template: Database | None) -> str:
        path = instance / "samverkan.sqlite"
        if template:
            # A command that has ended has closed its database, so the file is whole without its log.
            shutil.copyfile(template.url.partition(":///")[2], path)
        return f"sqlite:///{path}"

    def _new_postgis(self, name: str, instance: Path, template: Database | None) -> str:
        server = self.postgis()
        copied = f" TEMPLATE {template.url.rpartition('/')[2]}" if template else ""
        with psycopg.connect(server.url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}{copied}")
        return server.url.rpartition("/")[0] + "/" + name

    def postgis(self) -> postgis.Server:
        """The throw-away PostGIS server. Raises Unmeasurable when none is installed."""
        if self._postgis is None:
            try:
                self._postgis = postgis.Server(self.folder / "cluster").start()
            except FileNotFoundError as error:
                raise Unmeasurable(str(error)) from error
        return self._postgis


def samverkan() -> str:
    """The installed command that belongs to this Python."""
    return str(Path(sys.executable).parent / "samverkan")


def vendored() -> Path:
    """The folder of the browser libraries that the project carries."""
    return ROOT / "static" / "vendor"
