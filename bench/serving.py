"""The real server as its own process group, and the memory of its workers."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bench import asking

SLOWEST_START_SECONDS = 300
WARMING = "/karta/rutor.geojson?z=11&bbox=12.7,55.3,13.4,55.6"


@dataclass(frozen=True)
class Memory:
    """Of one process, in MB: everything resident, its fair share of it, and what is its own and not a file's."""

    rss: float
    pss: float
    own: float


class Server:
    """`samverkan serve` on a free port; `first_answer_ms` is the first map data request, with nothing in memory yet."""

    def __init__(
        self, program: str, environment: Mapping[str, str], folder: Path, *options: str, demo: bool = True
    ) -> None:
        self.port = free_port()
        self.command = [program, "serve", *(["--demo"] if demo else []), "--port", str(self.port), *options]
        self.environment, self.folder = dict(environment), folder
        self.first_answer_ms = 0.0

    def start(self) -> Server:
        """Start, wait for the port, then ask until every worker has answered."""
        self.begin()
        self.first_answer_ms = asking.get(self.port, WARMING).milliseconds
        # A worker takes one request at a time, so more requests at once than workers reach every one of them.
        many = 4 * len(self.workers())
        with ThreadPoolExecutor(many) as pool:
            list(pool.map(lambda _: asking.get(self.port, WARMING), range(2 * many)))
        return self

    def begin(self) -> Server:
        """Start and wait for the port; nothing is in memory yet."""
        self.process = launched(self.command, self.environment, self.folder)
        wait_for_port(self.port, self.process)
        return self

    def stop(self) -> None:
        """End the whole process group that was started here."""
        stopped(self.process)

    def workers(self) -> list[int]:
        """The process numbers of the workers; they are there a moment after the port is."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            pid = self.process.pid
            if found := [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]:
                return found
            time.sleep(0.05)
        raise RuntimeError("The server has no workers.")

    def memory(self) -> list[Memory]:
        """The memory of each worker now."""
        return [_memory(pid) for pid in self.workers()]


def _memory(pid: int) -> Memory:
    kilobytes = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, _, value = line.partition(":")
        kilobytes[name] = int(value.split()[0])
    return Memory(*(kilobytes[name] * 1024 / 1e6 for name in ("Rss", "Pss", "Anonymous")))


def launched(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> subprocess.Popen:
    """A process in a group of its own, so that ending it ends its children and nothing else. It speaks to a file."""
    with (folder / "server.log").open("ab") as log:
        return subprocess.Popen(
            command, env=dict(environment), cwd=folder, start_new_session=True, stdout=log, stderr=subprocess.STDOUT
        )


def stopped(process: subprocess.Popen) -> None:
    """End a process group made by `launched`: politely, and after ten seconds not."""
    for number, patience in ((signal.SIGTERM, 10), (signal.SIGKILL, 10)):
        try:
            os.killpg(process.pid, number)
            process.wait(patience)
            return
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def wait_for_port(port: int, process: subprocess.Popen) -> None:
    """Until something listens. Raises RuntimeError when the process ends or takes too long."""
    deadline = time.monotonic() + SLOWEST_START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"The server ended with {process.returncode} before it answered.")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.01)
    raise RuntimeError("The server did not answer in time.")


def free_port() -> int:
    """A port nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
