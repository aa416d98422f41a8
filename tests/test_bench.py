"""The bench runs, and what it prints is what it measured."""

import doctest
import gzip
import json
import math
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from samverkan_map.settings import ROOT

sys.path[:0] = [path for path in (str(ROOT), str(ROOT / "scripts")) if path not in sys.path]

from bench import asking, child, effects, figures, folium_peer, imports, map_data  # noqa: E402

SMALL, WITH_SERVERS = [7, 9], [1, 2, 4, 5, 6]
"""Sections that ask no network: what only computes, and what imports, fills databases and starts servers."""


@pytest.fixture(scope="module", params=[SMALL, pytest.param(WITH_SERVERS, marks=pytest.mark.long)], ids=str)
def small_run(request, tmp_path_factory):
    """A run with 500 reports: its sections, what it printed and what it wrote."""
    out = tmp_path_factory.mktemp("bench")
    command = [sys.executable, str(ROOT / "bench" / "run.py"), "--reports", "500", "--quick"]
    only = ["--only", ",".join(map(str, request.param))]
    done = subprocess.run([*command, *only, "--out", str(out)], capture_output=True, text=True)
    assert "Traceback" not in done.stdout + done.stderr, done.stdout + done.stderr
    return request.param, done.stdout, json.loads((out / "bench.json").read_text(encoding="utf-8"))


def rows(written):
    return [figure for section in written["sections"] for figure in section["figures"]]


def test_every_section_prints_its_table_and_only_a_missing_program_is_not_measured(small_run):
    asked, printed, written = small_run
    assert [section["number"] for section in written["sections"]] == [*asked, 0]
    for section in written["sections"]:
        assert section["title"] in printed
        assert len(section["figures"]) >= (1 if section["number"] in (0, 6) else 6)
    absent = [one for one in rows(written) if one["verdict"] == "not measured"]
    assert all(one["what"].endswith("ogr2ogr") for one in absent), absent


def test_every_printed_figure_follows_from_its_samples(small_run):
    _, printed, written = small_run
    lines = [" ".join(line.split()) for line in printed.splitlines()]
    for one in rows(written):
        if one["verdict"] == "not measured":
            continue
        samples = sorted(one["samples"])
        assert all(math.isfinite(sample) and sample > 0 for sample in samples), one
        middle = (samples[(len(samples) - 1) // 2] + samples[len(samples) // 2]) / 2
        measured = {"median": middle, "largest": samples[-1], "smallest": samples[0]}[one["take"]]
        assert one["measured"] == pytest.approx(measured)
        target = one["most"] if one["most"] is not None else one["least"]
        if target is not None:
            held = measured <= target if one["most"] is not None else measured >= target
            assert one["verdict"] == ("ok" if held else "over")
        start = f"{one['what']} {figures.shown(measured, one['unit'])}"
        assert any(line.startswith(" ".join(start.split())) for line in lines), start


def test_repeated_measurements_are_measured_each_time(small_run):
    _, _, written = small_run
    repeated = [one["samples"] for one in rows(written) if one["unit"] == "ms" and len(one["samples"]) > 2]
    assert len(repeated) > 5
    assert all(len(set(samples)) > 1 for samples in repeated)


class Slow(BaseHTTPRequestHandler):
    """A server whose delay and bytes are known."""

    def do_GET(self):
        time.sleep(0.1)
        body = gzip.compress(b"a" * 100_000) if self.path == "/packed" else b"a" * 100_000
        self.send_response(404 if self.path == "/none" else 200)
        if self.path == "/packed":
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def slow_port():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def test_a_request_is_timed_to_its_last_byte_and_weighed_as_sent_and_compressed(slow_port):
    plain, packed = asking.get(slow_port, "/"), asking.get(slow_port, "/packed")
    assert 100 <= plain.milliseconds < 5000
    assert (plain.sent, plain.compressed_by_server, len(plain.body)) == (100_000, False, 100_000)
    assert packed.compressed_by_server and packed.body == plain.body
    assert packed.sent == packed.gzipped < 1000 and plain.gzipped < 1000
    with pytest.raises(RuntimeError, match="404"):
        asking.get(slow_port, "/none")


def test_a_command_is_timed_and_its_peak_memory_is_its_own(tmp_path):
    held = bytearray(400_000_000)
    code = "import time; block = bytearray(b'x' * 150_000_000); time.sleep(0.3)"
    used = child.run([sys.executable, "-c", code], {}, tmp_path)
    assert len(held) and 0.3 <= used.seconds < 30
    assert 150 < used.peak_own_mb <= used.peak_mb < 380
    with pytest.raises(RuntimeError, match="ended with 3"):
        child.run([sys.executable, "-c", "raise SystemExit(3)"], {}, tmp_path)


def test_the_file_to_import_holds_as_many_different_described_rows_as_were_asked_for(tmp_path):
    imports.write_rows(tmp_path / "rows.csv", 300)
    header, *lines = (tmp_path / "rows.csv").read_text(encoding="utf-8").splitlines()
    assert header == ",".join(imports.HEADER)
    assert len(lines) == len({line.split(",", 1)[1] for line in lines}) == 300
    assert all(len(line) > 80 for line in lines)


@pytest.mark.parametrize("expected, bursts", effects.WORLDS)
def test_the_worlds_of_the_bench_have_the_truth_they_are_said_to_have(expected, bursts):
    drawn = np.array(effects._drawn(expected, bursts, 20_000))
    means = [expected, expected * effects.TRUE_RATIO, expected, expected]
    assert drawn.mean(axis=0) == pytest.approx(means, rel=0.05)
    assert (drawn.var(axis=0) / drawn.mean(axis=0)).tolist() == pytest.approx([bursts] * 4, rel=0.06)


def test_an_interval_that_always_holds_the_truth_is_counted_as_all_and_one_that_never_does_as_none(monkeypatch):
    everything, nothing = lambda counts, phi: (-math.inf, math.inf), lambda counts, phi: (5.0, 4.0)
    monkeypatch.setattr(effects, "INTERVALS", {"everything": everything, "nothing": nothing})
    assert {(one.what.split()[0], one.measured) for one in effects._coverage(50)} == {
        ("everything", 100),
        ("nothing", 0),
    }


def test_the_page_made_by_hand_holds_every_point_and_asks_no_other_machine():
    page = folium_peer.local(folium_peer.by_hand([(55.41, 12.95), (55.42, 12.96)]))
    assert "[[55.41, 12.95], [55.42, 12.96]]" in page
    assert "markerClusterGroup" in page
    assert not folium_peer.LINK.findall(page)


@pytest.mark.parametrize("module", [figures, folium_peer, map_data], ids=lambda module: module.__name__)
def test_the_examples_of_the_bench_hold(module):
    assert doctest.testmod(module).attempted > 0
    assert doctest.testmod(module).failed == 0
