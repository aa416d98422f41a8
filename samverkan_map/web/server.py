"""The production server: gunicorn with one process per core, and threads so that slow clients hold up nobody else.

Threads in one process make the embedded database slower, so only one request at a time is worked on in each process;
the other threads wait for clients that are slow to ask and slow to take.
"""

from __future__ import annotations

import ctypes
import errno
import io
import socket
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.http.errors import LimitRequestLine
from gunicorn.workers import gthread

from samverkan_map.settings import Settings
from samverkan_map.translations import LANGUAGES, text
from samverkan_map.web import create_app, provider

THREADS = 16
SENDING = 4
"""So many requests with a small body are worked on at once: with one that only looks, as many as there are pooled
connections to the database."""

ASKING = 2
"""So many requests in each process wait for the sign-in service at once."""

SMALL_BODY_BYTES = 64 * 1024
LONGEST_LINE = 8190
"""The most bytes that gunicorn reads of a line; the pages themselves say no at about half of it."""

SLOWEST_SECONDS = 120
"""A process whose threads have not been given work for so long is replaced."""

GRACE_SECONDS = 20
"""So long a request may take to come or an answer to go, and longer only as `LEAST_BYTES` come or go each second."""

LEAST_BYTES = 50_000
PIECE_BYTES = 256 * 1024
LINGER_SECONDS = 0.05
MALLOC = {-8: 2, -3: 1024 * 1024, -1: 4 * 1024 * 1024}
"""glibc's own numbers: at most two heaps, arrays from a megabyte outside them, and no more than four MB kept free."""

FIRST_BYTE_SECONDS = 0.1
"""So long a thread waits for a new connection to say anything; then the connection waits without a thread."""


class Timed:
    """A client's socket that is let go when its request or its answer takes too long."""

    def __init__(self, client: Any, grace: float = GRACE_SECONDS) -> None:
        self._client, self._grace = client, grace
        self.begin()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def begin(self) -> None:
        """A new request begins."""
        self._came, self._came_since = 0, time.monotonic()
        self._went, self._goes_since = 0, 0.0

    def recv(self, size: int) -> bytes:
        """The next bytes, or nothing when the client has been too slow: as if it were gone."""
        left = self._came_since + self._grace + self._came / LEAST_BYTES - time.monotonic()
        before = self._client.gettimeout()
        try:
            self._client.settimeout(max(0.001, left if before is None else min(left, before)))
            found = self._client.recv(size)
        except TimeoutError:
            return b""
        finally:
            self._client.settimeout(before)
        self._came += len(found)
        return found

    def sendall(self, data: bytes) -> None:
        """Send everything. Raises ConnectionResetError when the client takes it too slowly."""
        self._goes_since = self._goes_since or time.monotonic()
        left = self._goes_since + self._grace + (self._went + len(data)) / LEAST_BYTES - time.monotonic()
        try:
            self._client.settimeout(max(0.001, left))
            self._client.sendall(data)
        except TimeoutError as error:
            raise ConnectionResetError(errno.ECONNRESET, "the client is too slow") from error
        finally:
            self._client.settimeout(None)
        self._went += len(data)

    def sendfile(self, file: Any, offset: int, count: int) -> None:
        """Send `count` bytes of a file. Raises ConnectionResetError when the client takes them too slowly."""
        file.seek(offset)
        while count > 0 and (piece := file.read(min(count, PIECE_BYTES))):
            self.sendall(piece)
            count -= len(piece)

    def shutdown(self, how: int) -> None:
        """Nothing more is sent. What the client still says is hardly waited for: all other clients would wait too."""
        self._grace, self._came_since = LINGER_SECONDS, time.monotonic()
        self._came = 0
        self._client.shutdown(how)


class Worker(gthread.ThreadWorker):
    """gunicorn's threads with an end to its patience."""

    def handle(self, conn: Any) -> Any:
        """Take a request from a connection, by a clock that starts now."""
        if not isinstance(conn.sock, Timed):
            conn.sock = Timed(conn.sock)
        conn.sock.begin()
        return super().handle(conn)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Say in words that an address is too long; it is so long that no page is asked."""
        if not isinstance(exc, LimitRequestLine):
            super().handle_error(req, client, addr, exc)
            return
        words = "\n".join(text(language, "errors.sentence_414") for language in LANGUAGES).encode()
        head = f"HTTP/1.1 414 URI Too Long\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {len(words)}"
        client.sendall(f"{head}\r\nConnection: close\r\n\r\n".encode() + words)


class OneAtATime:
    """Lets one request without a body into the application at a time, and beside it a few whose body has come.

    Those few mostly want to write, and what they write at the same moment is committed together; more of them than
    there are open connections would only open and close new ones. A large body may be slow to come, without a turn, and
    so may the sign-in service.
    """

    def __init__(self, application: Any) -> None:
        self.application = application
        self.turn = threading.Lock()
        self.sending = threading.Semaphore(SENDING)
        self.asking = threading.Semaphore(ASKING)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or "0"
        if "HTTP_TRANSFER_ENCODING" in environ or not (length.isdecimal() and int(length) <= SMALL_BODY_BYTES):
            return self.application(environ, start_response)
        if length == "0":
            with self.asking if environ.get("PATH_INFO", "").startswith(provider.ROOM) else self.turn:
                return self.application(environ, start_response)
        environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(int(length)))
        with self.sending:
            return self.application(environ, start_response)


class _Server(BaseApplication):
    """Each process makes its own application: a database connection must not be carried over a fork."""

    def __init__(self, settings: Settings, demo: bool, options: dict[str, object]) -> None:
        self.chosen, self.demo, self.options = settings, demo, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self):
        _give_memory_back()
        return OneAtATime(create_app(self.chosen, demo=self.demo))


def _give_memory_back() -> None:
    """Large arrays go back to the system when they are let go, and threads share two heaps.

    glibc otherwise gives each thread a heap of its own, and after the first large array it keeps ever larger ones
    there: a process that works through a million reports then holds a hundred megabytes that nothing uses.
    """
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL("libc.so.6")
        for parameter, value in MALLOC.items():
            libc.mallopt(parameter, value)


def run(settings: Settings, *, host: str, port: int, workers: int, demo: bool) -> None:
    """Serve until stopped."""
    gthread.DEFAULT_WORKER_DATA_TIMEOUT = FIRST_BYTE_SECONDS
    options = {
        "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "workers": workers,
        "worker_class": Worker,
        "threads": THREADS,
        "timeout": SLOWEST_SECONDS,
        "graceful_timeout": 10,
        "loglevel": "warning",
        "max_requests": 0,
        "limit_request_line": LONGEST_LINE,
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
