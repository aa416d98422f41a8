"""The server among slow clients: whoever is quick is served at once, whoever is too slow is let go."""

import contextlib
import io
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from samverkan_map.web import provider, server

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def served(embedded, tmp_path):
    """The port of a server with one process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    embedded.close()
    environment = {**os.environ, "SAMVERKAN_DATABASE_URL": embedded.url, "SAMVERKAN_INSTANCE": str(tmp_path)}
    command = [sys.executable, "-m", "samverkan_map.cli", "serve", "--port", str(port), "--workers", "1"]
    process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        for _ in range(150):
            with contextlib.suppress(OSError):
                seconds_of(port)
                break
            time.sleep(0.2)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=30)
    assert b"Traceback" not in err, err.decode()


def seconds_of(port) -> float:
    """How long an ordinary page takes."""
    started = time.monotonic()
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    assert direct.open(f"http://127.0.0.1:{port}/halsa", timeout=30).status == 200
    return time.monotonic() - started


def test_a_third_client_is_served_while_slow_ones_say_little_or_nothing(served):
    post = b"POST /konto/logga-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 500\r\n\r\n"
    said = [b"", b"GET / HTT", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n", post, post + b"username=", b""]
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(socket.create_connection(("127.0.0.1", served))) for _ in said]
        for client, words in zip(slow, said, strict=True):
            client.sendall(words)
        time.sleep(0.5)
        assert min(seconds_of(served) for _ in range(3)) < 2
        # A client that asks and never takes its answer away does not hold up the others either.
        silent = stack.enter_context(socket.create_connection(("127.0.0.1", served)))
        silent.sendall(
            b"GET /static/vendor/leaflet/leaflet.js HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        )
        time.sleep(0.3)
        assert min(seconds_of(served) for _ in range(3)) < 2


def trickle(client, seconds):
    end = time.monotonic() + seconds
    with contextlib.suppress(OSError):
        while time.monotonic() < end:
            client.sendall(b"x")
            time.sleep(0.05)


def test_a_request_that_trickles_in_is_let_go_when_its_time_is_out():
    here, there = socket.socketpair()
    timed = server.Timed(here, grace=0.5)
    thread = threading.Thread(target=trickle, args=(there, 3))
    thread.start()
    started, came = time.monotonic(), b""
    while piece := timed.recv(100):
        came += piece
    assert 0.4 < time.monotonic() - started < 2
    assert len(came) > 3
    here.close()
    thread.join()
    there.close()


def test_a_large_request_that_comes_fast_has_all_the_time_it_needs():
    here, there = socket.socketpair()
    timed = server.Timed(here, grace=0.3)
    thread = threading.Thread(target=lambda: [(there.sendall(b"x" * 60_000), time.sleep(0.1)) for _ in range(10)])
    thread.start()
    came = 0
    while came < 600_000 and (piece := timed.recv(65536)):
        came += len(piece)
    thread.join()
    assert came == 600_000
    timed.begin()
    started = time.monotonic()
    assert timed.recv(1) == b""
    assert 0.2 < time.monotonic() - started < 2
    here.close()
    there.close()


def test_an_answer_that_nobody_takes_is_given_up():
    here, there = socket.socketpair()
    timed = server.Timed(here, grace=0.3)
    started = time.monotonic()
    with pytest.raises(ConnectionResetError):
        for _ in range(1000):
            timed.sendall(b"x" * 10_000)
    assert time.monotonic() - started < 30
    here.close()
    there.close()


def most_inside(*environs):
    """How many of such requests the application has in it at once, each of them asked three times."""
    inside, most = [], []

    def application(_environ, _start_response):
        inside.append(1)
        most.append(len(inside))
        time.sleep(0.05)
        inside.pop()
        return [b""]

    gate = server.OneAtATime(application)
    threads = [threading.Thread(target=gate, args=(environ(), None)) for environ in environs * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return max(most)


def test_requests_take_turns_in_a_process_and_those_with_a_body_that_has_come_are_a_few():
    def body():
        return {"CONTENT_LENGTH": "12", "wsgi.input": io.BytesIO(b"x" * 12)}

    assert most_inside(dict) == 1
    assert 1 < most_inside(*[body] * 4) <= server.SENDING
    assert most_inside(*[lambda: {"CONTENT_LENGTH": "20000000"}] * 3) > server.SENDING


def test_whoever_waits_for_the_sign_in_service_takes_no_turn():
    answered = threading.Event()

    def application(environ, _):
        if "PATH_INFO" in environ:
            answered.wait(10)
        return [b""]

    gate = server.OneAtATime(application)
    waiting = [
        threading.Thread(target=gate, args=({"PATH_INFO": f"{provider.ROOM}/svar"}, None))
        for _ in range(server.ASKING + 1)
    ]
    for one in waiting:
        one.start()
    assert gate({}, None) == [b""], "the map is served meanwhile"
    answered.set()
    for one in waiting:
        one.join(10)


def test_a_body_that_is_slow_to_come_takes_no_turn():
    there, here = socket.socketpair()
    gate = server.OneAtATime(lambda environ, _: [environ["wsgi.input"].read()])
    came = []
    slow = {"CONTENT_LENGTH": "2", "wsgi.input": there.makefile("rb")}
    waiting = threading.Thread(target=lambda: came.extend(gate(slow, None)))
    waiting.start()
    here.sendall(b"a")
    for _ in range(server.SENDING + 1):
        assert gate({"CONTENT_LENGTH": "1", "wsgi.input": io.BytesIO(b"b")}, None) == [b"b"]
    assert came == []
    here.sendall(b"b")
    waiting.join(10)
    assert came == [b"ab"]
    here.close()
    there.close()


def test_an_address_of_any_length_is_answered_in_words(served):
    for length in (5_000, 50_000):
        with socket.create_connection(("127.0.0.1", served)) as client:
            client.sendall(
                b"GET /karta?q=" + b"a" * length + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
            )
            answer = b"".join(iter(lambda: client.recv(65_536), b"")).decode()
        assert answer.startswith("HTTP/1.1 414 "), length
        assert "Adressen är för lång för att läsas." in answer
