"""The copy of many reports beside the embedded database: quick to read, holding no words, never believed wrongly."""

import shutil
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from builders import COORDINATOR, NOW, a_file, take_in

from samverkan_map import reports
from samverkan_map.db import bulk, engine
from samverkan_map.db.tables import Report
from samverkan_map.reports import frame as frames
from samverkan_map.reports import snapshot

GOOD = [
    "1,Fortkörning,2026-03-02T16:30,12.9558,55.4098",
    "2,klotter,2026-03-03,12.9560,55.4099",
    "3,Buskörning med moped,2026-03-06T22:15,13.0197,55.4712",
]
MORE = ["4,klotter,2026-04-01,12.9560,55.4099"]


LOOKING = """
import sys
from pathlib import Path
from samverkan_map.db import engine
from samverkan_map.reports import frame, snapshot
snapshot.LEAST_REPORTS = 3
database = engine.Database(sys.argv[1])
print("looking", flush=True)
while not Path(sys.argv[2]).exists():
    frame.forget()
    with database.reading() as session:
        frame.current(session)
"""
"""A process that makes the copy anew again and again."""


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Three reports are many here."""
    monkeypatch.setattr(snapshot, "LEAST_REPORTS", 3)


@pytest.fixture
def filled(embedded, vellinge, tmp_path):
    with embedded.writing() as session:
        take_in(session, vellinge, a_file(tmp_path, GOOD))
        session.commit()
    return embedded


def as_a_new_process(database):
    frames.forget()
    with database.reading() as session:
        return frames.current(session)


def copy_of(database) -> Path:
    return Path(f"{database.engine.url.database}.frame")


def same(one, other):
    return one.words == other.words and all(np.array_equal(one.arrays[name], other.arrays[name]) for name in one.arrays)


def test_a_new_process_has_the_same_reports_without_reading_them_one_by_one(filled, monkeypatch):
    first = as_a_new_process(filled)
    monkeypatch.setattr(bulk, "report_columns", lambda *_, **__: pytest.fail("read from the database"))
    again = as_a_new_process(filled)
    assert len(again) == 3 and same(first, again) and again.deliveries == first.deliveries


def test_what_came_later_is_read_and_added(filled, vellinge, tmp_path):
    as_a_new_process(filled)
    with filled.writing() as session:
        take_in(session, vellinge, a_file(tmp_path, MORE))
        session.commit()
    assert len(as_a_new_process(filled)) == 4


def test_the_copy_holds_no_words_and_is_its_owner_s_alone(filled):
    as_a_new_process(filled)
    file = copy_of(filled)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert b"description" not in file.read_bytes() and b"source_ref" not in file.read_bytes()
    assert not list(file.parent.glob("*.frame.*"))


def test_reports_that_are_taken_back_do_not_stay_in_it(filled):
    kept = as_a_new_process(filled)
    with filled.writing() as session:
        reports.undo(session, COORDINATOR, next(iter(kept.deliveries)), now=NOW)
        assert not copy_of(filled).exists()
        session.commit()
    assert len(as_a_new_process(filled)) == 0 and not copy_of(filled).exists()


def test_what_a_reader_kept_while_reports_went_goes_at_the_next_look_of_anybody(filled):
    before = as_a_new_process(filled)
    slow = filled.reading()
    assert len(frames.current(slow)) == 3  # its transaction sees all three until it ends
    with filled.writing() as session:
        reports.dispose(session, Report.type == "klotter")
        session.commit()
    assert not copy_of(filled).exists()
    frames.forget()
    assert len(frames.current(slow)) == 3 and copy_of(filled).exists(), "kept once more by whoever began before"
    slow.close()
    frames.forget()
    with filled.reading() as session:
        now = frames.current(session)
    assert len(now) == 2 and set(now.id) < set(before.id) and not copy_of(filled).exists()


def test_processes_that_keep_it_while_reports_come_and_go_leave_nothing_that_has_gone(filled, vellinge, tmp_path):
    stop = tmp_path / "stop"
    others = [
        subprocess.Popen([sys.executable, "-c", LOOKING, filled.engine.url.render_as_string(), str(stop)], stdout=-1)
        for _ in range(2)
    ]
    try:
        assert [one.stdout.readline() for one in others] == [b"looking\n"] * 2
        for turn in range(5):
            rows = [f"{turn}-{n},klotter,2026-04-0{1 + n},12.9560,55.4099" for n in range(3)]
            with filled.writing() as session:
                made = take_in(session, vellinge, a_file(tmp_path, rows))
                session.commit()
            with filled.writing() as session:
                reports.undo(session, COORDINATOR, made.delivery_id, now=NOW)
                session.commit()
    finally:
        stop.touch()
        assert [one.wait(20) for one in others] == [0, 0]
    last = as_a_new_process(filled)
    assert len(last) == 3 and same(last, as_a_new_process(filled))
    if copy_of(filled).exists():
        with np.load(copy_of(filled)) as parts:
            assert sorted(parts["id"]) == sorted(last.id)
    assert not list(copy_of(filled).parent.glob("*.frame.*")), "no half copies"


@pytest.mark.parametrize("harm", ["cut", "text", "other_kind", "other_length"])
def test_a_damaged_copy_is_made_again(filled, harm):
    first, file = as_a_new_process(filled), copy_of(filled)
    if harm == "cut":
        file.write_bytes(file.read_bytes()[:-200])
    elif harm == "text":
        file.write_text("not a copy", encoding="utf-8")
    else:
        with np.load(file) as parts:
            changed = dict(parts)
        changed["day"] = changed["day"].astype(float) if harm == "other_kind" else changed["day"][:1]
        with file.open("wb") as opened:
            np.savez(opened, **changed)
    assert same(first, as_a_new_process(filled))
    with filled.reading() as session:
        assert snapshot.load(session, {name: values.dtype.type for name, values in first.arrays.items()})


def test_the_copy_of_another_database_is_not_believed(filled, vellinge, tmp_path, embedded_template):
    as_a_new_process(filled)
    other = tmp_path / "other.sqlite"
    shutil.copy(embedded_template, other)
    shutil.copy(copy_of(filled), f"{other}.frame")
    database = engine.Database(f"sqlite:///{other}")
    try:
        with database.writing() as session:
            take_in(session, vellinge, a_file(tmp_path, MORE))
            session.commit()
        assert len(as_a_new_process(database)) == 1
        assert not Path(f"{other}.frame").exists()
    finally:
        database.close()


def test_postgis_has_no_copy(postgis, vellinge, tmp_path):
    with postgis.writing() as session:
        take_in(session, vellinge, a_file(tmp_path, GOOD))
        session.commit()
    frames.forget()
    with postgis.reading() as session:
        assert len(frames.current(session)) == 3
        snapshot.drop(session)
        assert snapshot.load(session, {}) is None


def test_a_folder_that_cannot_be_written_to_only_means_that_there_is_no_copy(filled, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    assert len(as_a_new_process(filled)) == 3
    assert not list(copy_of(filled).parent.glob("*.frame*"))
