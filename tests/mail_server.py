"""A real e-mail server on this computer that keeps what it is sent, says no when it is told to, and can be silent."""

from __future__ import annotations

import base64
import socket
import socketserver
import ssl
import subprocess
import threading
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from samverkan_map.settings import MailServer


class Server(socketserver.ThreadingTCPServer):
    """`sent` holds the messages with their one recipient; `refused` is what it answers to a recipient, "" for yes."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.sent: list[tuple[str, EmailMessage]] = []
        self.refused = ""
        self.context: ssl.SSLContext | None = None
        self.password = ""

    def handle_error(self, request, client_address) -> None:
        """A client that goes away in the middle is part of the tests."""

    def settings(self, scheme: str = "smtp", **more) -> MailServer:
        """This server as the settings name it."""
        return MailServer(scheme, "localhost", self.server_address[1], "karta@kommunen.example", **more)


class Talk(socketserver.StreamRequestHandler):
    """One conversation."""

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        self.to, self.signed_in = "", False
        self.say("220 tests")
        while line := self.rfile.readline().decode().strip():
            verb, _, rest = line.partition(" ")
            getattr(self, f"on_{verb.lower()}", self.on_unknown)(rest)
            if verb == "QUIT":
                return

    def on_ehlo(self, _: str) -> None:
        secure = isinstance(self.connection, ssl.SSLSocket)
        offers = ["STARTTLS"] if self.server.context and not secure else []
        offers += ["AUTH PLAIN"] if self.server.password else []
        for number, one in enumerate(["tests", *offers]):
            self.say(f"250{'-' if number < len(offers) else ' '}{one}")

    def on_starttls(self, _: str) -> None:
        self.say("220 go")
        self.connection = self.server.context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)

    def on_auth(self, rest: str) -> None:
        given = base64.b64decode(rest.split()[-1]).decode().split("\0")[1:]
        self.signed_in = given == ["karta", self.server.password]
        self.say("235 ok" if self.signed_in else "535 no")

    def on_mail(self, _: str) -> None:
        self.say("250 ok" if self.signed_in or not self.server.password else "530 sign in")

    def on_rcpt(self, rest: str) -> None:
        self.to = rest.partition("<")[2].partition(">")[0]
        self.say(self.server.refused or "250 ok")

    def on_data(self, _: str) -> None:
        self.say("354 go")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        self.server.sent.append((self.to, message_from_bytes(b"".join(lines), policy=policy.default)))
        self.say("250 kept")

    def on_noop(self, _: str) -> None:
        self.say("250 ok")

    def on_rset(self, _: str) -> None:
        self.say("250 ok")

    def on_quit(self, _: str) -> None:
        self.say("221 bye")

    def on_unknown(self, _: str) -> None:
        self.say("502 what")


@contextmanager
def running():
    """A server that listens, until the end."""
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()


@contextmanager
def silent():
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield MailServer("smtp", "127.0.0.1", listening.getsockname()[1], "karta@kommunen.example")


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for localhost and its key, new."""
    made, key = folder / "server.pem", folder / "server.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
         "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", made],
        check=True, capture_output=True,
    )  # fmt: skip
    return made, key
