"""Backups: taken while others write, restored whole, and never trusted unread."""

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
import time

import builders
import pytest
from sqlalchemy import func, select, text

from samverkan_map import access, reports
from samverkan_map.db import backup, dump, engine
from samverkan_map.db.tables import Report, SignedIn, State
from samverkan_map.errors import BadFile, BadValue, DatabaseTrouble, SetUpTrouble
from samverkan_map.translations import text as sentence_of
from samverkan_map.vocabulary import Permission


def rows(first: int, last: int) -> list[str]:
    return [f"{n},skadegorelse,2025-03-01 10:00,12.95{n % 10},55.41{n % 10}" for n in range(first, last)]


def fill(database, vellinge, folder, first=0, last=20):
    with database.writing() as session:
        builders.take_in(session, vellinge, builders.a_file(folder, rows(first, last)))
        session.commit()


def count(database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count(Report.id)))


def test_what_was_backed_up_comes_back_and_what_came_later_is_gone(database, vellinge, tmp_path):
    fill(database, vellinge, tmp_path)
    file = tmp_path / "kopia"
    saved = backup.save(database, file)
    assert saved == {"reports": 20, "places": 0, "measures": 0, "sites": 0, "people": 0, "audit": 1}
    fill(database, vellinge, tmp_path, 20, 50)
    assert count(database) == 50

    assert backup.restore(database, file) == saved
    with database.reading() as session:
        assert session.scalar(select(func.count(Report.id))) == 20
        assert access.verify(session) is None
        assert [one.accepted for one in reports.find_deliveries(session, builders.COORDINATOR)] == [20]


def test_after_a_restore_the_map_goes_on_as_before(database, vellinge, tmp_path):
    fill(database, vellinge, tmp_path)
    backup.save(database, tmp_path / "kopia")
    backup.restore(database, tmp_path / "kopia")
    fill(database, vellinge, tmp_path, 10, 30)
    assert count(database) == 30
    box = (12.94, 55.40, 12.97, 55.43)
    with database.reading() as session:
        shape = engine.bbox_hit(Report.geom, (360000, 6130000, 400000, 6160000))
        assert session.scalar(select(func.count(Report.id)).where(shape)) == 30, box
        assert access.verify(session) is None


def test_the_audit_log_of_a_restored_database_can_still_only_grow(database, vellinge, tmp_path):
    fill(database, vellinge, tmp_path)
    backup.save(database, tmp_path / "kopia")
    backup.restore(database, tmp_path / "kopia")
    with database.writing() as session, pytest.raises(Exception, match="only grow"):
        session.execute(text("UPDATE audit SET who = 'x'"))


def test_a_tampered_log_shows_after_a_restore_too(embedded, vellinge, tmp_path):
    fill(embedded, vellinge, tmp_path)
    backup.save(embedded, tmp_path / "kopia")
    with sqlite3.connect(tmp_path / "kopia") as connection:
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute("UPDATE audit SET who = 'x'")
    backup.restore(embedded, tmp_path / "kopia")
    with embedded.reading() as session:
        assert access.verify(session) == 1


def test_everybody_is_signed_out_by_a_restore(database, tmp_path):
    with database.writing() as session:
        session.add(SignedIn(token_hash="a", created_at=builders.NOW, seen_at=builders.NOW))
        session.commit()
    backup.save(database, tmp_path / "kopia")
    backup.restore(database, tmp_path / "kopia")
    with database.reading() as session:
        assert session.scalar(select(func.count(SignedIn.token_hash))) == 0


def test_a_backup_is_for_its_owner_only_and_one_single_file(database, tmp_path):
    folder = tmp_path / "kopior"
    folder.mkdir()
    backup.save(database, folder / "kopia")
    assert [path.name for path in folder.iterdir()] == ["kopia"]
    assert stat.S_IMODE((folder / "kopia").stat().st_mode) == 0o600


def test_the_next_hours_backup_takes_the_place_of_the_last(database, vellinge, tmp_path):
    backup.save(database, tmp_path / "kopia")
    fill(database, vellinge, tmp_path)
    with pytest.raises(BadValue, match="there_already"):
        backup.save(database, tmp_path / "kopia")
    assert backup.save(database, tmp_path / "kopia", overwrite=True)["reports"] == 20


def test_ten_backups_taken_while_others_write_are_all_whole(database, vellinge, tmp_path):
    done = threading.Event()
    written = []

    def write():
        session_database = engine.Database(database.url)
        number = 0
        while not done.is_set():
            with session_database.writing() as session:
                access.gate(session, builders.COORDINATOR, Permission.SET_UP, number=number)
                access.gate(session, builders.COORDINATOR, Permission.SET_UP, number=number)
                session.commit()
            number += 1
        written.append(number)
        session_database.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        found = [backup.save(database, tmp_path / f"kopia{number}")["audit"] for number in range(10)]
    finally:
        done.set()
        writer.join()
    assert written[0] > 20, "the writer hardly wrote"
    assert found == sorted(found)
    assert all(lines % 2 == 0 for lines in found), "a backup holds half a transaction"
    for number in (0, 9):
        assert backup.restore(database, tmp_path / f"kopia{number}")["audit"] == found[number]
        with database.reading() as session:
            assert access.verify(session) is None


def _garbage(kind, good, path):
    """A file that is no good backup, made from a good one."""
    content = good.read_bytes()
    if kind == "empty":
        path.write_bytes(b"")
    elif kind == "text":
        path.write_text("kallans_id,typ\n1,klotter\n")
    elif kind == "half":
        path.write_bytes(content[: len(content) // 2])
    elif kind == "header only":
        path.write_bytes(content[:100])
    elif kind == "another database":
        path.unlink(missing_ok=True)
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE cats (name)")
    elif kind == "folder":
        path.mkdir()


@pytest.mark.parametrize("kind", ["missing", "empty", "text", "half", "header only", "another database", "folder"])
def test_a_wrong_or_half_file_is_refused_in_a_sentence_and_nothing_changes(database, vellinge, tmp_path, kind):
    fill(database, vellinge, tmp_path)
    good = tmp_path / "kopia"
    backup.save(database, good)
    fill(database, vellinge, tmp_path, 20, 30)
    _garbage(kind, good, tmp_path / "fel")
    with pytest.raises(BadFile) as no:
        backup.restore(database, tmp_path / "fel")
    assert "Ingenting är ändrat." in sentence_of("sv", no.value.key, **no.value.fields)
    assert count(database) == 30
    assert backup.kept_file(database) is None


def test_a_backup_with_a_spoiled_page_is_refused(database, vellinge, tmp_path):
    fill(database, vellinge, tmp_path, 0, 400)
    backup.save(database, tmp_path / "kopia")
    content = bytearray((tmp_path / "kopia").read_bytes())
    middle = content.find(b"skadegorelse") if database.embedded else len(content) // 2
    content[middle - 2000 : middle + 2000] = os.urandom(4000)
    (tmp_path / "kopia").write_bytes(content)
    with pytest.raises(BadFile, match=r"backup\.errors\.damaged"):
        backup.restore(database, tmp_path / "kopia")
    assert count(database) == 400


def test_a_backup_of_the_other_kind_of_database_is_named_as_that(postgis_url, request, vellinge, tmp_path):
    embedded = request.getfixturevalue("embedded")
    server = engine.Database(postgis_url)
    backup.save(embedded, tmp_path / "kopia")
    with pytest.raises(BadFile, match="other_kind"):
        backup.restore(server, tmp_path / "kopia")
    (tmp_path / "dump").write_bytes(b"PGDMP" + bytes(100))
    with pytest.raises(BadFile, match="other_kind"):
        backup.restore(embedded, tmp_path / "dump")
    server.close()


def _stand_at(database, revision):
    with database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})
        session.commit()


def test_a_backup_of_a_newer_program_is_refused(database, vellinge, tmp_path):
    fill(database, vellinge, tmp_path)
    newest = engine.newest_revision()
    _stand_at(database, "zz99")
    with pytest.raises(DatabaseTrouble, match=r"database\.newer"):
        backup.save(database, tmp_path / "kopia")
    with database.engine.connect() as connection:
        if database.embedded:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            shutil.copy(tmp_path / "samverkan.sqlite", tmp_path / "kopia")
        else:
            dump.save(connection, database.url, tmp_path / "kopia")
    _stand_at(database, newest)
    with pytest.raises(BadFile, match=r"backup\.errors\.newer"):
        backup.restore(database, tmp_path / "kopia")
    assert count(database) == 20


def test_a_restore_that_fails_half_way_changes_nothing_on_postgis(postgis, vellinge, tmp_path):
    fill(postgis, vellinge, tmp_path)
    backup.save(postgis, tmp_path / "kopia")
    fill(postgis, vellinge, tmp_path, 20, 30)
    with postgis.writing() as session:
        session.execute(text("CREATE VIEW leans_on AS SELECT id FROM reports"))
        session.commit()
    with pytest.raises(DatabaseTrouble, match="program_failed"):
        backup.restore(postgis, tmp_path / "kopia")
    assert count(postgis) == 30


def test_a_backup_never_overwrites_the_database_or_another_file(database, tmp_path):
    precious = tmp_path / "anteckningar.txt"
    precious.write_text("viktigt")
    with pytest.raises(BadValue, match="in_the_way"):
        backup.save(database, precious)
    assert precious.read_text() == "viktigt"
    with pytest.raises(BadValue, match="in_the_way"):
        backup.save(database, tmp_path)
    with pytest.raises(BadValue, match="cannot_write"):
        backup.save(database, tmp_path / "ingen" / "mapp")
    if database.embedded:
        with pytest.raises(BadValue, match="same_file"):
            backup.save(database, tmp_path / "samverkan.sqlite")


def test_the_old_content_stays_beside_the_restored_embedded_database(embedded, vellinge, tmp_path):
    fill(embedded, vellinge, tmp_path)
    backup.save(embedded, tmp_path / "kopia")
    fill(embedded, vellinge, tmp_path, 20, 50)
    backup.restore(embedded, tmp_path / "kopia")
    assert backup.kept_file(embedded) == tmp_path / "samverkan.sqlite.before-restore"
    assert backup.restore(embedded, backup.kept_file(embedded))["reports"] == 50
    assert backup.kept_file(embedded) == tmp_path / "samverkan.sqlite.before-restore-2"
    assert backup.restore(embedded, backup.kept_file(embedded))["reports"] == 20


def test_invented_material_replaces_a_real_database_and_the_other_way_only_when_that_is_said(
    database, vellinge, tmp_path
):
    fill(database, vellinge, tmp_path)
    backup.save(database, tmp_path / "riktig")
    mark_as_trial(database, True)
    with pytest.raises(BadFile, match="real_over_trial"):
        backup.restore(database, tmp_path / "riktig")
    backup.save(database, tmp_path / "exempel")
    mark_as_trial(database, False)
    with pytest.raises(BadFile, match="trial_over_real"):
        backup.restore(database, tmp_path / "exempel")
    assert backup.restore(database, tmp_path / "exempel", other_purpose=True)["reports"] == 20
    with database.reading() as session:
        assert access.is_trial(session)


def mark_as_trial(database, holds):
    with database.writing() as session:
        session.merge(State(key="trial", value="1" if holds else "0"))
        session.commit()


@pytest.mark.parametrize("ruin", [b"not a database at all", None])
def test_a_ruined_or_lost_embedded_database_can_be_restored(embedded, vellinge, tmp_path, ruin):
    fill(embedded, vellinge, tmp_path)
    backup.save(embedded, tmp_path / "kopia")
    embedded.close()
    for ending in ("", "-wal", "-shm"):
        (tmp_path / f"samverkan.sqlite{ending}").unlink(missing_ok=True)
    if ruin:
        (tmp_path / "samverkan.sqlite").write_bytes(ruin * 500)
    assert backup.restore(embedded, tmp_path / "kopia")["reports"] == 20
    assert stat.S_IMODE((tmp_path / "samverkan.sqlite").stat().st_mode) == 0o600
    if ruin:
        assert (tmp_path / "samverkan.sqlite.before-restore").read_bytes() == ruin * 500


def test_a_restore_waits_ten_seconds_for_a_writer_and_then_says_so(embedded, vellinge, tmp_path):
    fill(embedded, vellinge, tmp_path)
    backup.save(embedded, tmp_path / "kopia")
    with embedded.writing() as session:
        session.execute(text("DELETE FROM attempts"))
        start = time.monotonic()
        with pytest.raises(DatabaseTrouble, match=r"database\.locked"):
            backup.restore(embedded, tmp_path / "kopia")
        assert 9 < time.monotonic() - start < 25
    assert count(embedded) == 20


def test_a_restore_killed_in_the_middle_leaves_the_old_or_the_new_content(embedded, vellinge, tmp_path):
    fill(embedded, vellinge, tmp_path, 0, 3000)
    backup.save(embedded, tmp_path / "kopia")
    fill(embedded, vellinge, tmp_path, 3000, 6000)
    embedded.close()
    code = (
        "import sys; from pathlib import Path; from samverkan_map.db import backup, engine; "
        "backup.restore(engine.Database(sys.argv[1]), Path(sys.argv[2]))"
    )
    seen = set()
    for milliseconds in (0, 20, 40, 80, 160):
        process = subprocess.Popen([sys.executable, "-c", code, embedded.url, str(tmp_path / "kopia")])
        kept = tmp_path / "samverkan.sqlite.before-restore"
        kept.unlink(missing_ok=True)
        while process.poll() is None and not kept.exists():
            time.sleep(0.002)
        time.sleep(milliseconds / 1000)
        process.kill()
        process.wait()
        with embedded.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        seen.add(count(embedded))
        embedded.close()
    assert seen <= {3000, 6000}, seen


def test_a_missing_pg_dump_is_named(postgis, vellinge, tmp_path, monkeypatch):
    empty = tmp_path / "bin"
    empty.mkdir()
    monkeypatch.setenv("PATH", str(empty))
    assert shutil.which("pg_dump") is None
    with pytest.raises(SetUpTrouble, match="no_program"):
        backup.save(postgis, tmp_path / "kopia")
    assert not (tmp_path / "kopia").exists()


def test_the_password_of_postgis_is_not_in_the_list_of_processes(tmp_path, monkeypatch):
    fake = tmp_path / "pg_restore"
    fake.write_text('#!/bin/sh\necho "$@"; echo "$PGPASSWORD" >&2\n')
    fake.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    done = dump._run("pg_restore", url="postgresql+psycopg://anna:hemligt@127.0.0.1:1/karta?sslmode=disable")
    assert done.stdout.split() == ["--dbname", "postgresql://anna@127.0.0.1:1/karta?sslmode=disable"]
    assert done.stderr.strip() == "hemligt"
