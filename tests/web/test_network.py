"""The program asks nobody else for anything: without a network it serves every page."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from web.test_grants import GETS

ROOT = Path(__file__).resolve().parents[2]
CUT_OFF = ["unshare", "--map-root-user", "--net"]
"""Runs a command where there is no network device but one that is down, on systems that let anybody do so."""


def can_cut_off():
    return shutil.which("unshare") and subprocess.run([*CUT_OFF, "true"], capture_output=True).returncode == 0


def test_a_process_without_a_network_serves_every_page_and_tries_to_reach_nobody(world):
    token = world.token("samordnare")
    addresses = [address for address, letters in GETS.items() if letters[-1] == "y"]
    where = CUT_OFF if can_cut_off() else []
    command = [sys.executable, str(ROOT / "tests" / "without_network.py"), str(world.settings.instance), token]
    done = subprocess.run(
        [*where, *command, world.settings.database_url], input="\n".join(addresses), capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["wrong"], found["tried"], found["asked"]) == ({}, [], len(addresses))
    assert found["devices"] == ["lo"] or not where
