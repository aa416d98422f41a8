"""Asks every page of the program as the coordinator, in a process that has no network, and says what was not served.

Run as a file: `without_network.py <instance> <session token> <database>`, addresses on standard input, JSON out.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

TRIED: list[str] = []


def watch(event: str, arguments: tuple[object, ...]) -> None:
    """Remember whoever looks up a name or connects, also where there is a network."""
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        TRIED.append(f"{event} {arguments[1:]}")


def main(instance: str, token: str) -> None:
    """Ask them all."""
    sys.addaudithook(watch)
    from samverkan_map import settings
    from samverkan_map.web import create_app

    app = create_app(settings.read({"SAMVERKAN_INSTANCE": instance, "SAMVERKAN_DATABASE_URL": sys.argv[3]}))
    client = app.test_client()
    client.set_cookie("sid", f"sv.{token}")
    statuses = {}
    for address in sys.stdin.read().split("\n"):
        with client.get(address, headers={"Cookie": f"sid=sv.{token}"}) as answer:
            answer.get_data()
            statuses[address] = answer.status_code
    wrong = {address: status for address, status in statuses.items() if status >= 500}
    devices = [line.split(":")[0].strip() for line in Path("/proc/net/dev").read_text().splitlines()[2:]]
    sys.stdout.write(json.dumps({"wrong": wrong, "tried": TRIED, "asked": len(statuses), "devices": devices}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
