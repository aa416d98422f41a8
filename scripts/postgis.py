"""A throw-away PostGIS server on loopback for tests and benches, run as an unprivileged user.

`python scripts/postgis.py FOLDER` starts one in FOLDER, prints its address and runs until interrupted.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

USER = "postgres"


class Server:
    """One cluster in `folder`; `url` is its address while it runs. Durability is off: it dies with the test run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _free_port()
        self.url = f"postgresql+psycopg://{USER}@127.0.0.1:{self.port}/postgres"

    def start(self) -> Server:
        """Create the cluster and wait until it answers. Raises FileNotFoundError when the server is not installed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(self.folder, USER)
        data = self.folder / "data"
        self._run(str(programs() / "initdb"), "-D", str(data), "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off -k {self.folder}"
        log = self.folder / "log"
        self._run(str(programs() / "pg_ctl"), "-D", str(data), "-o", options, "-l", str(log), "-w", "start")
        return self

    def stop(self) -> None:
        """Stop at once; nothing in it is worth a checkpoint."""
        self._run(str(programs() / "pg_ctl"), "-D", str(self.folder / "data"), "-m", "immediate", "stop")

    def _run(self, *command: str) -> None:
        # PostgreSQL refuses to run as root, so root lends it the package's own user.
        as_user = {}
        if os.geteuid() == 0:
            entry = pwd.getpwnam(USER)
            as_user = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder, **as_user)


def programs() -> Path:
    """The folder of the newest installed server's programs. Raises FileNotFoundError when there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise FileNotFoundError("No PostgreSQL server is installed: apt-get install postgresql postgis")
    return found[-1].parent


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main() -> None:
    """Start, print the address, wait for the end."""
    server = Server(Path(sys.argv[1]).resolve()).start()
    print(server.url, flush=True)  # noqa: T201 - this script's answer
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        while True:
            time.sleep(3600)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
