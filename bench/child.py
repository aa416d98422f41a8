"""One command as its own process: how long it took and how much memory it had at most."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LOOK_SECONDS = 0.02


@dataclass(frozen=True)
class Usage:
    """Wall seconds from start to end, peak resident memory and the peak of what is not pages of files, in MB."""

    seconds: float
    peak_mb: float
    peak_own_mb: float


def run(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> Usage:
    """Run to the end. Raises RuntimeError with what the command said when it fails."""
    said = folder / "child.log"
    begun = time.perf_counter()
    with said.open("wb") as log:
        process = subprocess.Popen(command, env=dict(environment), cwd=folder, stdout=log, stderr=subprocess.STDOUT)
    peak, own = _watched(process)
    seconds = time.perf_counter() - begun
    if process.returncode:
        text = said.read_text(encoding="utf-8", errors="replace")[-400:]
        raise RuntimeError(f"{command[0]} ended with {process.returncode}: {text}")
    return Usage(seconds, peak, own)


def _watched(process: subprocess.Popen) -> tuple[float, float]:
    """Peak memory until the process ends. The kernel keeps the resident peak; only the last look can miss something."""
    peak = own = 0.0
    while True:
        now_peak, now_own = _memory(process.pid)
        peak, own = max(peak, now_peak), max(own, now_own)
        try:
            process.wait(LOOK_SECONDS)
            return peak, own
        except subprocess.TimeoutExpired:
            continue


def _memory(pid: int) -> tuple[float, float]:
    # The resource usage that wait() gives would count the peak of the bench itself, from before the exec.
    found = {}
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name in ("VmHWM", "RssAnon"):
            found[name] = int(value.split()[0]) * 1024 / 1e6
    return found.get("VmHWM", 0.0), found.get("RssAnon", 0.0)
