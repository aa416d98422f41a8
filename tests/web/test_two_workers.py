"""The real server with two processes: limits hold over both, and no request of any kind makes it hold much memory."""

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
import zipfile
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

import databases
import pytest
from web.conftest import PASSWORD

from samverkan_map import access, people
from samverkan_map.web import sessions

ROOT = Path(__file__).resolve().parents[2]
SECRET = "en-nyckel-for-prov-med-två-processer"
MOST_MEGABYTES = 300


class Served:
    """A server with two workers behind a trusted proxy, and its database."""

    def __init__(self, port, process, database, persons):
        self.port, self.process, self.database, self.persons = port, process, database, persons

    def ask(self, method, path, body=None, *, sender="192.0.2.1", cookie="", kind="application/x-www-form-urlencoded"):
        """One request on a connection of its own, so that either worker may take it: status and text."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"X-Forwarded-For": sender, "Content-Type": kind, "Host": "127.0.0.1"}
        connection.request(method, path, body, headers | ({"Cookie": cookie} if cookie else {}))
        answer = connection.getresponse()
        found = answer.status, answer.read().decode("utf-8", "replace"), answer.getheader("Set-Cookie") or ""
        connection.close()
        return found

    def token(self, path, cookie=""):
        return re.search(r'name="csrf_token" value="([^"]+)"', self.ask("GET", path, cookie=cookie)[1])[1]

    def enter(self, password, *, username="planerare", sender="192.0.2.1"):
        words = {"csrf_token": self.token("/konto/logga-in"), "username": username, "password": password}
        status, _, cookie = self.ask("POST", "/konto/logga-in", urlencode(words), sender=sender)
        return status, "sid=" in cookie

    def workers(self):
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(child) for child in children]

    def peak_megabytes(self):
        status = [Path(f"/proc/{worker}/status").read_text() for worker in self.workers()]
        return max(int(re.search(r"VmHWM:\s+(\d+)", one)[1]) for one in status) / 1024


@pytest.fixture(scope="module")
def served(embedded_world, tmp_path_factory):
    template, persons = embedded_world
    folder = tmp_path_factory.mktemp("two")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with databases.embedded(template, folder) as database:
        environment = os.environ | {
            "SAMVERKAN_DATABASE_URL": database.url, "SAMVERKAN_INSTANCE": str(folder), "SAMVERKAN_SECRET_KEY": SECRET,
            "SAMVERKAN_PROXIES": "1", "SAMVERKAN_HOSTS": "127.0.0.1",
        }  # fmt: skip
        command = [sys.executable, "-m", "samverkan_map.cli", "serve", "--port", str(port), "--workers", "2"]
        process = subprocess.Popen(
            command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        found = Served(port, process, database, persons)
        try:
            for _ in range(150):
                with contextlib.suppress(OSError):
                    found.ask("GET", "/halsa")
                    break
                time.sleep(0.2)
            yield found
        finally:
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=30)
    assert b"Traceback" not in err, err.decode()


def test_tries_are_counted_over_both_workers_and_a_reset_lets_the_colleague_in_under_attack(served):
    assert len(served.workers()) == 2
    seen = [served.enter("fel lösenord", username=f"ingen{n}", sender="198.51.100.7")[0] for n in range(12)]
    assert (seen[:10], seen[10:]) == ([401] * 10, [429] * 2), "one address, many accounts"
    seen = [served.enter("gissat", sender=f"203.0.113.{number}")[0] for number in range(12)]
    assert 429 in seen, "many addresses, one account"
    assert served.enter(PASSWORD, sender="203.0.113.200") == (429, False)
    with served.database.writing() as session:
        person = people.get(session, access.command_line(), served.persons["planerare"])
        people.set_password(
            session, access.command_line(), person.id, password="en helt ny mening 77", version=person.version
        )
        session.commit()
    assert served.enter("en helt ny mening 77", sender="192.0.2.9") == (303, True)
    assert served.enter("gissat igen", sender="203.0.113.201")[0] in (401, 429)


def a_zip_bomb():
    written = BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"):
            archive.writestr(name, b"<a>" * 30_000_000)
    return written.getvalue()


DEEP = b'{"type":"FeatureCollection","features":' + b"[" * 5_000_000 + b"]" * 5_000_000 + b"}"
FILES = {
    "djup.geojson": DEEP,
    "stor.csv": b"typ;tid_fran\n" + b'"' + b"x" * 15_000_000,
    "rader.csv": b"typ,tid_fran,lon,lat\n" + b"klotter,2025-01-01,12.95,55.4\n" * 400_000,
    "halv.geojson": b'{"type":"FeatureCollection","features":[' + b'{"type":"Feature",' * 100_000,
    "tal.geojson": b'{"type":"FeatureCollection","features":[' + b"1" * 15_000_000,
    "bomb.xlsx": a_zip_bomb,
    "halv.gpkg": b"SQLite format 3\x00" + b"\xff" * 4_000_000,
}


def multipart(fields, name, data):
    edge = "kant7731"
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields.items()
    ]
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    return b"".join(parts) + head + data + f"\r\n--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"


def raw(served, words, *, then=b"", close=True):
    """Send bytes as they are; gives the first line of what is answered, if anything is."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=30) as client, contextlib.suppress(OSError):
        client.sendall(words)
        for _ in range(200 if then else 0):
            client.sendall(then)
        if close:
            client.shutdown(socket.SHUT_WR)
        return client.recv(200).split(b"\r\n")[0]
    return b""


def test_oversized_deep_truncated_and_endless_requests_of_every_kind_stay_under_the_memory_limit(served):
    with served.database.writing() as session:
        cookie = people.start_session(session, person_id=served.persons["samordnare"], now=sessions.now())
        session.commit()
    cookie = f"sid=sv.{cookie}"
    for name, data in FILES.items():
        body, kind = multipart(
            {"csrf_token": served.token("/admin/leveranser/ny", cookie), "source": "est"}, name,
            data() if callable(data) else data,
        )  # fmt: skip
        status, words, _ = served.ask("POST", "/admin/leveranser/ny", body, cookie=cookie, kind=kind)
        assert status in (303, 413, 422), (name, status)
        assert "Traceback" not in words
    head = b"Host: 127.0.0.1\r\nX-Forwarded-For: 192.0.2.77\r\nCookie: " + cookie.encode() + b"\r\n"
    piece = b"x" * 65_536
    for path in (b"/konto/logga-in", b"/rapportera", b"/admin/leveranser/ny", b"/r/7F3K-29QD-M4XA-8WPT/bild"):
        for form in (b"application/x-www-form-urlencoded", b"multipart/form-data; boundary=x", b"application/json"):
            line = b"POST " + path + b" HTTP/1.1\r\n" + head + b"Content-Type: " + form + b"\r\n"
            for length, then in ((b"Content-Length: 9999999999", piece), (b"Content-Length: 50000", b"")):
                first = raw(served, line + length + b"\r\n\r\n" + piece[:900], then=then)
                assert first[9:12] in (b"", b"400", b"403", b"408", b"413"), (path, form, length, first)
        chunked = line + b"Transfer-Encoding: chunked\r\n\r\n"
        first = raw(served, chunked, then=b"10000\r\n" + piece + b"\r\n")
        assert first[9:12] in (b"", b"400", b"403", b"411", b"413", b"501"), first
    first = raw(
        served, b"GET / HTTP/1.1\r\n" + head + b"".join(b"X-%d: %s\r\n" % (n, piece[:4000]) for n in range(500))
    )
    assert first[9:12] in (b"", b"400", b"431"), first
    assert served.ask("GET", "/karta")[0] == 200
    assert served.peak_megabytes() < MOST_MEGABYTES
