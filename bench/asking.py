"""One request over real HTTP, timed from opening the connection to the last byte."""

from __future__ import annotations

import gzip
import http.client
import time
from dataclasses import dataclass
from functools import cached_property

SLOWEST_SECONDS = 300
GZIP_LEVEL = 6


@dataclass(frozen=True)
class Answer:
    """What came back: `sent` are the bytes of the body as they went over the wire, `body` the same unpacked."""

    milliseconds: float
    sent: int
    body: bytes
    compressed_by_server: bool

    @cached_property
    def gzipped(self) -> int:
        """Bytes of the body compressed: as the server did it, or as the bench does it when the server does not."""
        return self.sent if self.compressed_by_server else zipped(self.body)


def zipped(body: bytes) -> int:
    """The size of a body under gzip, or its own where gzip would make it larger (pictures)."""
    return min(len(body), len(gzip.compress(body, GZIP_LEVEL)))


def get(port: int, path: str) -> Answer:
    """Ask the server on this machine. Raises RuntimeError for anything but 200."""
    begun = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SLOWEST_SECONDS)
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    response = connection.getresponse()
    raw = response.read()
    milliseconds = (time.perf_counter() - begun) * 1000
    connection.close()
    if response.status != 200:
        raise RuntimeError(f"{path} answered {response.status}: {raw[:200]!r}")
    packed = response.headers.get("Content-Encoding") == "gzip"
    return Answer(milliseconds, len(raw), gzip.decompress(raw) if packed else raw, packed)
