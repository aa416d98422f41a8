"""The line that says what the figures were measured on."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from samverkan_map.settings import ROOT

PACKAGES = (
    "samverkan-map",
    "flask",
    "gunicorn",
    "sqlalchemy",
    "geoalchemy2",
    "geopandas",
    "shapely",
    "folium",
    "numpy",
)


def describe() -> list[str]:
    """Machine, system, versions, date."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    return [
        f"{datetime.now().astimezone():%Y-%m-%d %H:%M %Z}, commit {_commit()}",
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()} {platform.release()} "
        f"{platform.machine()}, load before the run {load}",
        f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in PACKAGES),
        ", ".join(_programs()),
    ]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _commit() -> str:
    if not shutil.which("git"):
        return "unknown"
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"


def _programs() -> list[str]:
    """First lines of what the other programs say about themselves."""
    asked = {"ogr2ogr": "--version", "chromium-headless-shell": "--version", "npm": "--version", "psql": "--version"}
    found = []
    for name, option in asked.items():
        if not shutil.which(name):
            found.append(f"no {name}")
            continue
        done = subprocess.run([name, option], capture_output=True, text=True, check=False)
        line = (done.stdout or done.stderr).strip().splitlines()[:1]
        found.append(line[0].strip() if name != "npm" else f"npm {line[0]}")
    return found
