"""The doctor: every fault is really made here, and found by name with its way out."""

import os
import shutil
import socket
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import builders
import mail_server
import pytest
from sqlalchemy import text

from samverkan_map import access, demo, doctor, people
from samverkan_map.db import engine, upkeep
from samverkan_map.db.tables import EarlierText
from samverkan_map.translations import text as sentence_of
from samverkan_map.vocabulary import Permission, Role

ROOT = Path(__file__).resolve().parent.parent
NOBODY = 65534


def add_coordinator(database):
    with database.writing() as session:
        people.create(
            session, builders.COORDINATOR, username="sam", name="Sam", role=Role.COORDINATOR, organisation=None,
            password="tre gula cyklar i regn",
        )  # fmt: skip
        session.commit()


@pytest.fixture
def port():
    """A port nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment_of(database, folder, port, **more):
    return {
        "SAMVERKAN_DATABASE_URL": database.url,
        "SAMVERKAN_INSTANCE": str(folder),
        "SAMVERKAN_PORT": str(port),
    } | more


@pytest.fixture
def well(database, tmp_path, port):
    """The settings of an installation with nothing wrong, on each kind of database."""
    return _well(database, tmp_path, port)


@pytest.fixture
def well_embedded(embedded, tmp_path, port):
    """The same on the embedded database only."""
    return _well(embedded, tmp_path, port)


def _well(database, folder, port):
    add_coordinator(database)
    if database.embedded:
        (folder / "samverkan.sqlite").chmod(0o600)
    return environment_of(database, folder, port)


def keys(environment, **more) -> list[str]:
    """The keys of what the doctor finds; each is a whole sentence in both languages."""
    found = doctor.examine(environment, **more)
    for one in found:
        for language in ("sv", "en"):
            assert sentence_of(language, one.key, **one.fields).endswith((".", "!"))
    return [one.key for one in found]


def change(database, *statements):
    with database.writing() as session:
        for statement in statements:
            session.execute(text(statement))
        session.commit()


def test_nothing_is_wrong_with_a_sound_installation(well):
    assert keys(well) == []


# ---- Settings ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"port = ", "setup.config_file"),
        (b"\xff\xfe", "setup.config_file"),
        (None, "setup.config_file"),
        (b'colour = "red"', "setup.config_unknown"),
    ],
)
def test_a_settings_file_that_cannot_be_used(well_embedded, tmp_path, content, key):
    if content is not None:
        (tmp_path / "config.toml").write_bytes(content)
    assert keys(well_embedded | {"SAMVERKAN_CONFIG": str(tmp_path / "config.toml")}) == [key]


def test_two_bad_settings_and_a_bad_database_are_all_three_named(well_embedded, embedded):
    change(embedded, "UPDATE people SET disabled_at = '2026-01-01 00:00:00'")
    bad = {"SAMVERKAN_PORT": "99999", "SAMVERKAN_BASEMAP": "colourful"}
    assert sorted(keys(well_embedded | bad)) == ["doctor.no_coordinator", "setup.basemap", "setup.port"]


def test_a_base_map_file_that_is_not_there(well_embedded):
    missing = {"SAMVERKAN_BASEMAP": "pmtiles:/ingen/karta.pmtiles", "SAMVERKAN_BASEMAP_ATTRIBUTION": "Någon"}
    assert keys(well_embedded | missing) == ["doctor.no_basemap"]


def test_map_tiles_without_a_place_for_their_numbers_or_without_their_maker(well_embedded):
    tiles = {"SAMVERKAN_BASEMAP": "xyz:https://tiles.example/{z}/{x}.png"}
    assert keys(well_embedded | tiles) == ["doctor.basemap_parts", "doctor.basemap_attribution"]
    whole = {"SAMVERKAN_BASEMAP": "xyz:https://t.example/{z}/{x}/{y}.png", "SAMVERKAN_BASEMAP_ATTRIBUTION": "Någon"}
    assert keys(well_embedded | whole) == []


def test_an_email_server_that_is_well_gone_or_told_a_password_in_the_open(well_embedded, port):
    sender = {"SAMVERKAN_MAIL_FROM": "karta@kommunen.se"}
    with mail_server.running() as server:
        there = f"smtp://127.0.0.1:{server.server_address[1]}"
        assert keys(well_embedded | sender | {"SAMVERKAN_SMTP": there}) == []
        tls = there.replace("smtp:", "smtp+starttls:")
        assert keys(well_embedded | sender | {"SAMVERKAN_SMTP": tls}) == ["mailing.errors.not_supported"]
    gone = {"SAMVERKAN_SMTP": f"smtp://127.0.0.1:{port}"}
    assert keys(well_embedded | sender | gone) == ["mailing.errors.unreachable"]
    open_password = {"SAMVERKAN_SMTP": "smtp://karta:hemligt@mejl.example"}
    assert keys(well_embedded | sender | open_password) == ["doctor.mail_open_password"]
    bad = {"SAMVERKAN_SMTP": "mejl", "SAMVERKAN_PORT": "99999"}
    assert sorted(keys(well_embedded | sender | bad)) == ["setup.port", "setup.smtp"]
    assert keys(well_embedded | gone) == ["setup.mail_from"]


def test_a_sign_in_service_that_is_well_half_set_gone_another_one_or_has_an_open_secret(well_embedded, identity, port):
    there = identity.environment()
    assert keys(well_embedded | there) == []
    assert keys(well_embedded | there | {"SAMVERKAN_OIDC_CLIENT": ""}) == ["setup.oidc_half"]
    gone, other = f"http://127.0.0.1:{port}", identity.address.replace("127.0.0.1", "localhost")
    assert keys(well_embedded | there | {"SAMVERKAN_OIDC_ISSUER": gone}) == ["doctor.oidc_unreachable"]
    assert keys(well_embedded | there | {"SAMVERKAN_OIDC_ISSUER": other}) == ["doctor.oidc_not_believed"]
    secret = open_folder() / "hemlighet"
    secret.write_text(there.pop("SAMVERKAN_OIDC_SECRET"), encoding="utf-8")
    for mode, found in ((0o644, ["doctor.oidc_secret_open"]), (0o600, [])):
        secret.chmod(mode)
        assert keys(well_embedded | there | {"SAMVERKAN_OIDC_SECRET_FILE": str(secret)}) == found
    shutil.rmtree(secret.parent)


def test_a_misspelt_setting_and_flasks_own_for_developers(well_embedded):
    wrong = {"SAMVERKAN_DATABSE_URL": "sqlite:///x", "SAMVERKAN_COLOUR": "blue", "FLASK_DEBUG": "1"}
    found = {one.key: one for one in doctor.examine(well_embedded | wrong)}
    assert found["doctor.misspelt_setting"].fields["near"] == "SAMVERKAN_DATABASE_URL"
    assert found["doctor.unknown_setting"].note
    assert set(keys(well_embedded | wrong)) == {
        "doctor.misspelt_setting", "doctor.unknown_setting", "doctor.debug",
    }  # fmt: skip


def test_a_database_of_another_municipality(well_embedded, embedded, vellinge, tmp_path):
    with embedded.writing() as session:
        builders.take_in(session, vellinge, builders.a_file(tmp_path, ["a,klotter,2026-03-01T20:00,12.9558,55.4098"]))
        session.commit()
    assert keys(well_embedded) == []
    change(embedded, "UPDATE reports SET area = 'nagon-annanstans'")
    assert keys(well_embedded) == ["doctor.other_municipality"]


def test_a_municipality_folder_that_is_not_there(well_embedded):
    assert keys(well_embedded | {"SAMVERKAN_MUNICIPALITY": "data/atlantis"}) == ["doctor.no_municipality"]


@pytest.mark.parametrize(
    ("file", "content", "key"),
    [
        ("agreement.toml", "name = ", "agreement.errors.unreadable"),
        ("agreement.toml", None, "agreement.errors.missing_file"),
        ("land.geojson", "{", "agreement.errors.unreadable"),
        ("measures.toml", "[[measures]]", "catalogue.errors.code"),
    ],
)
def test_a_municipality_folder_that_is_broken(well_embedded, tmp_path, file, content, key):
    folder = shutil.copytree(ROOT / "tests" / "data" / "exempelby", tmp_path / "by")
    (folder / file).unlink()
    if content is not None:
        (folder / file).write_text(content)
    assert keys(well_embedded | {"SAMVERKAN_MUNICIPALITY": str(folder)}) == [key]


@pytest.mark.parametrize(
    "address", ["mysql://x/y", "karta.sqlite", "sqlite://", "postgresql+psycopg://[", "postgresql://x"]
)
def test_a_database_address_that_means_nothing(well_embedded, address):
    assert keys(well_embedded | {"SAMVERKAN_DATABASE_URL": address}) == ["setup.database_url"]


# ---- The program and the host ------------------------------------------------------------------------------------


def doctor_in(environment, *, code="", **how) -> str:
    """What `samverkan doctor` says in a process of its own, which must end with 6."""
    code = f"{code}\nfrom samverkan_map.cli import main\nmain(['doctor'])"
    whole = {**os.environ, **environment}
    done = subprocess.run([sys.executable, "-c", code], env=whole, capture_output=True, text=True, **how)
    assert done.returncode == 6, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    return done.stderr


def test_spatialite_that_cannot_be_loaded(well_embedded, tmp_path):
    (tmp_path / "mod_spatialite.so").write_bytes(b"")
    said = doctor_in(well_embedded | {"LD_LIBRARY_PATH": str(tmp_path)})
    assert "SpatiaLite saknas. Installera paketet libsqlite3-mod-spatialite" in said


def test_a_python_whose_sqlite_cannot_load_extensions(well_embedded):
    code = """
import sqlite3, sys
if hasattr(sqlite3.Connection, "enable_load_extension"):
    sqlite3.Connection = type("Connection", (), {})
sys.modules["pysqlite3"] = None
"""
    assert "Pythons SQLite kan inte ladda tillägg" in doctor_in(well_embedded, code=code)


def test_a_postgis_that_does_not_answer(well_embedded, port):
    address = f"postgresql+psycopg://anna@127.0.0.1:{port}/karta"
    assert keys(well_embedded | {"SAMVERKAN_DATABASE_URL": address}) == ["database.unreachable"]


def test_another_program_on_the_port(well_embedded, port):
    with socket.create_server(("127.0.0.1", port)):
        assert keys(well_embedded) == ["doctor.port_taken"]


def test_a_browser_file_that_was_changed_or_lost(well_embedded, tmp_path):
    shutil.copytree(ROOT / "static" / "vendor", tmp_path / "static" / "vendor")
    shutil.copytree(ROOT / "data" / "vellinge", tmp_path / "data" / "vellinge")
    assert keys(well_embedded, root=tmp_path) == []
    with (tmp_path / "static" / "vendor" / "leaflet" / "leaflet.js").open("a") as file:
        file.write("\nalert(1)")
    (tmp_path / "static" / "vendor" / "leaflet" / "leaflet.css").unlink()
    found = doctor.examine(well_embedded, root=tmp_path)
    assert [one.fields["file"] for one in found] == [
        "static/vendor/leaflet/leaflet.js", "static/vendor/leaflet/leaflet.css"
    ]  # fmt: skip


def test_a_disk_that_is_almost_full(well_embedded, embedded, small_disk):
    small_disk.joinpath("instance").mkdir()
    assert set(keys(well_embedded | {"SAMVERKAN_INSTANCE": str(small_disk / "instance")})) == {"doctor.disk"}


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 1 MB of its own where one may be mounted, else the real disk with a higher demand on it."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True).returncode:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(doctor, "LEAST_FREE_BYTES", 2**62)
            yield folder
        return
    yield folder
    subprocess.run(["umount", folder], check=True)


# ---- Keys and rights ---------------------------------------------------------------------------------------------


def open_folder():
    """A folder that everybody may enter, as pytest's own may not be."""
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="samverkan-doctor-"))
    folder.chmod(0o755)
    return folder


@pytest.fixture
def shared(embedded):
    """A sound installation in a folder that everybody may enter."""
    folder = open_folder()
    add_coordinator(embedded)
    with embedded.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(embedded.url.removeprefix("sqlite:///"), folder / "samverkan.sqlite")
    (folder / "samverkan.sqlite").chmod(0o600)
    yield folder
    shutil.rmtree(folder)


def test_a_key_that_others_can_read(shared, port):
    (shared / "secret_key").write_text("k" * 64)
    (shared / "secret_key").chmod(0o600)
    where = {"SAMVERKAN_INSTANCE": str(shared), "SAMVERKAN_PORT": str(port)}
    assert keys(where) == []
    (shared / "secret_key").chmod(0o644)
    assert keys(where) == ["doctor.key_open"]


def test_a_key_that_is_empty_or_short(well_embedded, tmp_path):
    (tmp_path / "secret_key").write_text("")
    assert keys(well_embedded) == ["doctor.key_file_short"]
    assert keys(well_embedded | {"SAMVERKAN_SECRET_KEY": "hemlig"}) == ["doctor.key_short"]
    assert keys(well_embedded | {"SAMVERKAN_SECRET_KEY": "h" * 32}) == []


def test_a_database_that_others_can_read(shared, port):
    (shared / "samverkan.sqlite").chmod(0o644)
    assert keys({"SAMVERKAN_INSTANCE": str(shared), "SAMVERKAN_PORT": str(port)}) == ["doctor.file_open"]


def as_somebody_else(folder, port) -> list[str]:
    """What the doctor finds for a user who owns nothing there; root lends the name nobody."""
    inside, outside = os.pipe()
    child = os.fork()
    if child == 0:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        found = doctor.examine({"SAMVERKAN_INSTANCE": str(folder), "SAMVERKAN_PORT": str(port)})
        os.write(outside, "\n".join(one.key for one in found).encode())
        os._exit(0)
    os.close(outside)
    with os.fdopen(inside) as answer:
        found = answer.read().split("\n")
    os.waitpid(child, 0)
    return found


def test_a_file_that_may_not_be_written(shared, port):
    doctor.examine({"SAMVERKAN_INSTANCE": str(shared)})  # what is imported late is imported now, as oneself
    (shared / "samverkan.sqlite").chmod(0o444)
    shared.chmod(0o777)
    assert as_somebody_else(shared, port) == ["doctor.file_read_only", "doctor.file_open"]


def test_a_folder_that_may_not_be_written(shared, port):
    doctor.examine({"SAMVERKAN_INSTANCE": str(shared)})
    (shared / "samverkan.sqlite").chmod(0o666)
    shared.chmod(0o555)
    assert as_somebody_else(shared, port) == ["doctor.folder_read_only", "doctor.file_open"]


# ---- The database ------------------------------------------------------------------------------------------------


def test_a_database_that_was_never_made_and_the_doctor_makes_none(tmp_path, port):
    where = {"SAMVERKAN_INSTANCE": str(tmp_path / "instance"), "SAMVERKAN_PORT": str(port)}
    assert keys(where) == ["doctor.no_database"]
    assert not (tmp_path / "instance").exists()


def test_a_database_without_tables(tmp_path, postgis_url, port):
    (tmp_path / "samverkan.sqlite").touch(mode=0o600)
    where = {"SAMVERKAN_INSTANCE": str(tmp_path), "SAMVERKAN_PORT": str(port)}
    assert keys(where) == ["doctor.not_set_up"]
    assert keys(where | {"SAMVERKAN_DATABASE_URL": postgis_url}) == ["doctor.not_set_up"]


def test_a_database_that_is_newer_than_the_program(well, database):
    change(database, "UPDATE alembic_version SET version_num = 'zz99'")
    assert keys(well) == ["database.newer"]


def test_a_database_that_is_older_than_the_program(well_embedded, tmp_path):
    package = shutil.copytree(ROOT / "samverkan_map", tmp_path / "newer" / "samverkan_map")
    for name in ("static/vendor", "data/vellinge"):
        shutil.copytree(ROOT / name, tmp_path / "newer" / name)
    (package / "db" / "migrations" / "versions" / "zz99_later.py").write_text(
        f'revision = "zz99"\ndown_revision = "{engine.newest_revision()}"\n\n\ndef upgrade():\n    pass\n'
    )
    said = doctor_in(well_embedded, cwd=tmp_path / "newer")
    assert "Databasen är äldre än programmet." in said


def test_a_file_that_is_no_database(tmp_path, port):
    (tmp_path / "samverkan.sqlite").write_bytes(b"no database " * 1000)
    (tmp_path / "samverkan.sqlite").chmod(0o600)
    assert keys({"SAMVERKAN_INSTANCE": str(tmp_path), "SAMVERKAN_PORT": str(port)}) == ["database.damaged"]


def test_a_database_with_a_spoiled_page(well_embedded, embedded, vellinge, tmp_path):
    rows = [f"{n},skadegorelse,2025-03-01 10:00,12.955,55.415" for n in range(400)]
    with embedded.writing() as session:
        builders.take_in(session, vellinge, builders.a_file(tmp_path, rows))
        session.commit()
    with embedded.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    embedded.close()
    content = bytearray((tmp_path / "samverkan.sqlite").read_bytes())
    middle = content.find(b"skadegorelse")
    content[middle - 1500 : middle + 1500] = bytes(3000)
    (tmp_path / "samverkan.sqlite").write_bytes(content)
    assert "database.damaged" in keys(well_embedded)


def test_a_database_that_somebody_else_holds_locked(well_embedded, embedded):
    with embedded.writing() as session:
        session.execute(text("DELETE FROM attempts"))
        assert keys(well_embedded) == ["database.locked"]


def test_a_postgis_that_only_lets_itself_be_read(postgis, tmp_path, port):
    where = _well(postgis, tmp_path, port)
    change(postgis, f"ALTER DATABASE {postgis.engine.url.database} SET default_transaction_read_only = on")
    postgis.close()
    assert keys(where) == ["database.read_only"]


def test_a_spatial_index_that_is_lost_or_out_of_step_and_its_repair(well, database):
    if database.embedded:
        change(database, "DROP TABLE idx_reports_geom")
        with database.writing() as session:
            session.execute(
                text(
                    "INSERT INTO stretches (name, keeper, speed_limit, length_metres, version, geom) VALUES "
                    "('a', 'kommun', 30, 1, 1, GeomFromText('LINESTRING(0 0, 1 1)', 3006))"
                )
            )
            session.execute(text("DELETE FROM idx_stretches_geom"))
            session.commit()
    else:
        change(database, "DROP INDEX idx_reports_geom", "DROP INDEX idx_stretches_geom")
    assert sorted(one.fields["table"] for one in doctor.examine(well)) == ["reports", "stretches"]
    assert sorted(upkeep.rebuild_indexes(database)) == ["reports", "stretches"]
    assert keys(well) == []


def test_an_audit_log_that_was_changed(well, database):
    with database.writing() as session:
        for number in range(3):
            access.gate(session, builders.COORDINATOR, Permission.SET_UP, number=number)
        session.commit()
    guard = "DROP TRIGGER audit_no_update" if database.embedded else "DROP TRIGGER audit_no_change ON audit"
    change(database, guard, "UPDATE audit SET who = 'nobody' WHERE id = 2")
    found = doctor.examine(well)
    assert [(one.key, one.fields) for one in found] == [("doctor.audit", {"number": 2})]


def test_an_audit_log_that_lost_its_end(well, database):
    guard = "DROP TRIGGER audit_no_delete" if database.embedded else "DROP TRIGGER audit_no_change ON audit"
    change(database, guard, "DELETE FROM audit WHERE id = 1")
    assert keys(well) == ["doctor.audit"]


def test_a_clock_that_is_behind_the_log(well, database):
    guard = "DROP TRIGGER audit_no_update" if database.embedded else "DROP TRIGGER audit_no_change ON audit"
    change(database, guard, "UPDATE audit SET at = '2099-01-01 00:00:00.000000'")
    assert "doctor.clock" in keys(well)


def test_no_coordinator_left_who_can_sign_in(well, database):
    change(database, "UPDATE people SET disabled_at = '2026-01-01 00:00:00'")
    assert keys(well) == ["doctor.no_coordinator"]


def test_what_was_to_be_disposed_of_a_week_ago_and_is_not(well, database):
    change(
        database,
        "INSERT INTO disposal_decisions (rule, reference, days, entered_at, entered_by) "
        "VALUES ('earlier_texts', 'KS 2026/1', 30, '2026-01-01 00:00:00', 'Sam')",
    )
    with database.writing() as session:
        session.add(EarlierText(part="places", on=date(2026, 1, 1), who="Sam", texts={"name": "Torget"}))
        session.commit()
    assert keys(well) == [], "nobody has confirmed it"
    change(database, "UPDATE disposal_decisions SET confirmed_at = '2026-01-02 00:00:00', confirmed_by = 'Siv'")
    assert keys(well) == ["doctor.disposal"]


def test_example_people_in_a_real_database(well, database):
    change(database, "UPDATE people SET example = true")
    assert keys(well) == ["doctor.example_people"]


def test_a_trial_database_is_a_note_and_no_fault(database, vellinge, tmp_path, port, today):
    with database.writing() as session:
        demo.fill(session, vellinge, reports=30, seed=1, years=1, until=today, actor=builders.COORDINATOR)
        session.commit()
    if database.embedded:
        (tmp_path / "samverkan.sqlite").chmod(0o600)
    found = doctor.examine(environment_of(database, tmp_path, port))
    assert [(one.key, one.note) for one in found] == [("doctor.trial", True)]


def test_many_faults_are_all_named_at_once(well_embedded, embedded, tmp_path):
    change(embedded, "DROP TABLE idx_reports_geom", "UPDATE people SET disabled_at = '2026-01-01 00:00:00'")
    change(embedded, "DROP TRIGGER audit_no_delete", "DELETE FROM audit")
    (tmp_path / "secret_key").write_text("kort")
    bad = {"SAMVERKAN_MUNICIPALITY": "data/atlantis", "SAMVERKAN_BASEMAP": "pmtiles:borta", "SAMVERKAN_PORT": "0"}
    assert keys(well_embedded | bad) == [
        "setup.port", "doctor.no_basemap", "doctor.basemap_attribution", "doctor.no_municipality",
        "doctor.key_file_short", "doctor.index", "doctor.audit", "doctor.no_coordinator",
    ]  # fmt: skip


def test_a_table_that_is_lost_hides_no_other_fault(well_embedded, embedded):
    change(embedded, "ALTER TABLE people RENAME TO lost", "DROP TABLE idx_places_geom")
    found = keys(well_embedded)
    assert "doctor.index" in found
    assert "database.not_set_up" in found


def test_the_doctor_changes_nothing(well_embedded, embedded, tmp_path):
    embedded.close()
    before = (tmp_path / "samverkan.sqlite").read_bytes()
    assert keys(well_embedded) == []
    assert (tmp_path / "samverkan.sqlite").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["samverkan.sqlite"]


def test_a_proxy_without_host_names_is_named_and_host_names_without_a_proxy_are_a_note(well_embedded):
    assert keys(well_embedded) == []
    assert keys(well_embedded | {"SAMVERKAN_PROXIES": "1"}) == ["doctor.proxies_without_hosts"]
    (note,) = doctor.examine(well_embedded | {"SAMVERKAN_HOSTS": "karta.example"})
    assert (note.key, note.note) == ("doctor.hosts_without_proxies", True)
    assert keys(well_embedded | {"SAMVERKAN_HOSTS": "karta.example", "SAMVERKAN_PROXIES": "1"}) == []


def test_files_on_their_way_in_that_were_forgotten_are_named(well_embedded, tmp_path):
    for name, hours in (("ny", 1), ("gammal", 5)):
        (tmp_path / "uploads" / name).mkdir(parents=True)
        then = time.time() - hours * 3600
        os.utime(tmp_path / "uploads" / name, (then, then))
    found = doctor.examine(well_embedded)
    assert [(one.key, one.fields["n"]) for one in found] == [("doctor.uploads", 1)]
