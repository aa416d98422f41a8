"""Backup, restore, the log and the doctor by command, and what is not shown or made before it is safe."""

from datetime import datetime
from pathlib import Path

import pytest
from command_line import PASSWORD, Samverkan, a_csv, count, rows
from sqlalchemy import text

from samverkan_map.db.tables import Letter, LetterPhoto
from samverkan_map.translations import text as sentence


def test_a_backup_is_written_restored_and_a_wrong_file_refused(samverkan, database, tmp_path):
    samverkan.reports(a_csv(tmp_path, rows()))
    saved = samverkan("backup", tmp_path / "kopia")
    assert saved.code == 0
    assert "12 rapporter" in saved.out
    samverkan("undo", "1")
    wrong = samverkan("restore", tmp_path / "rapporter.csv")
    assert wrong.code == 2
    assert wrong.err.strip().endswith("är ingen säkerhetskopia från samverkan backup. Ingenting är ändrat.")
    assert count(database) == 0
    assert samverkan("restore", tmp_path / "kopia").code == 0
    assert count(database) == 12
    assert samverkan("audit", "verify").out.startswith("Loggen är hel: 3 rader.\nLoggens slut är rad ")


def a_letter(session, *files):
    letter = Letter(
        code_hash="x", received_at=datetime(2026, 3, 1), type="klotter", days=[], parts=[], precision="area",
        photos=[LetterPhoto(file=name, came_at=datetime(2026, 3, 1)) for name in files],
    )  # fmt: skip
    session.add(letter)
    session.commit()
    return letter


def test_pictures_go_along_in_a_backup_and_after_a_restore_rows_and_files_agree(samverkan, database, tmp_path):
    folder = tmp_path / "instance" / "pictures"
    folder.mkdir(parents=True)
    names = [f"{number:032x}.jpg" for number in range(3)]
    for name in names:
        (folder / name).write_bytes(name.encode())
    with database.writing() as session:
        a_letter(session, *names)
    assert "3 bilder ligger bredvid" in samverkan("backup", tmp_path / "kopia").out
    archive = tmp_path / "kopia.pictures.zip"
    assert archive.stat().st_mode & 0o077 == 0
    for name in names[:2]:
        (folder / name).unlink()
    (folder / names[2]).write_bytes(b"nyare")
    said = samverkan("restore", tmp_path / "kopia")
    assert (said.code, "3 bilder finns på plats" in said.out) == (0, True), said
    assert [(folder / name).read_bytes() for name in names] == [name.encode() for name in names]
    assert {(folder / name).stat().st_mode & 0o077 for name in names[:2]} == {0}
    archive.unlink()
    (folder / names[0]).unlink()
    said = samverkan("restore", tmp_path / "kopia")
    assert "1 bild saknas och visas inte längre" in said.err and "2 bilder finns" in said.out
    assert count(database, LetterPhoto) == 2
    archive.write_bytes(b"PK nej")
    before = samverkan("audit", "verify").out
    spoiled = samverkan("restore", tmp_path / "kopia")
    assert (spoiled.code, "skadad" in spoiled.err) == (2, True)
    assert samverkan("audit", "verify").out == before
    for path in folder.glob("*"):
        path.unlink()
    assert samverkan("backup", tmp_path / "kopia", "--force").code == 0
    assert not archive.exists(), "pictures of an older backup do not stay beside a new one"


def test_a_broken_log_ends_with_five_and_says_where(samverkan, database, tmp_path):
    samverkan.reports(a_csv(tmp_path, rows()))
    with database.writing() as session:
        guard = "DROP TRIGGER audit_no_update" if database.embedded else "DROP TRIGGER audit_no_change ON audit"
        session.execute(text(guard))
        session.execute(text("UPDATE audit SET who = 'ingen' WHERE id = 1"))
        session.commit()
    said = samverkan("audit", "verify")
    assert said.code == 5
    assert "kedjan bryts vid rad 1" in said.err


def test_the_doctor_ends_with_six_and_repairs_an_index(quick, embedded, tmp_path):
    quick.reports(a_csv(tmp_path, rows()))
    quick("user", "add", "sam", "--role", "samordnare", given=f"{PASSWORD}\n")
    (tmp_path / "samverkan.sqlite").chmod(0o600)
    with embedded.writing() as session:
        session.execute(text("DELETE FROM idx_reports_geom"))
        session.commit()
    ill = quick("doctor")
    assert (ill.code, len(ill.err.strip().splitlines())) == (6, 2)
    assert "Kartindexet för reports" in ill.err
    well = quick("doctor", "--repair")
    assert well.code == 0, well.err
    assert well.out.startswith("Ett kartindex är ombyggt.\nAllt är som det ska")


def test_bad_settings_are_one_sentence_for_every_command(tmp_path):
    for more in ({"SAMVERKAN_PORT": "många"}, {"SAMVERKAN_CONFIG": "/ingen/fil"}, {"SAMVERKAN_MUNICIPALITY": "/ingen"}):
        said = Samverkan(tmp_path, **more)("setup")
        assert said.code == 1
        assert len(said.err.strip().splitlines()) == 1


def test_a_command_before_setup_says_so_and_leaves_no_empty_file(tmp_path):
    fresh = Samverkan(tmp_path)
    for command in (["deliveries"], ["user", "list"], ["audit", "verify"], ["export", "places", tmp_path / "ut.csv"],
                    ["backup", tmp_path / "kopia"], ["undo", "1"], ["serve"], ["demo", "--reports", "1"]):  # fmt: skip
        said = fresh(*command)
        assert said.code != 0 and "samverkan setup" in said.err, command
    assert not (tmp_path / "instance" / "samverkan.sqlite").exists()


def test_a_backup_goes_into_a_place_where_nothing_was_set_up(quick, embedded, tmp_path):
    quick.reports(a_csv(tmp_path, rows()))
    saved = quick("backup", tmp_path / "kopia")
    assert saved.code == 0 and "Loggens slut är rad 2, " in saved.out
    other = Samverkan(tmp_path / "ny")
    assert other("restore", tmp_path / "kopia").code == 0
    assert other("deliveries").out.count("12 rapporter") == 1


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ({"FLASK_DEBUG": "1"}, "doctor.debug"), ({"SAMVERKAN_HOSTS": ""}, "doctor.no_hosts"),
        ({"SAMVERKAN_SECRET_KEY": "hemlig"}, "doctor.key_short"), ({"open": "yes"}, "doctor.file_open"),
    ],
)  # fmt: skip
def test_the_map_is_not_shown_beyond_this_computer_before_it_is_safe(quick, embedded, wrong, key):
    path = Path(embedded.engine.url.database)
    path.chmod(0o644 if "open" in wrong else 0o600)
    for folder in path.parents if "open" in wrong else ():
        if folder.stat().st_mode & 0o001 == 0 and any(part.startswith("pytest-of-") for part in folder.parts):
            folder.chmod(folder.stat().st_mode | 0o011)
    quick.environment |= {"SAMVERKAN_HOSTS": "karta.example", "SAMVERKAN_PROXIES": "1"} | wrong
    refused = quick("serve", "--host", "0.0.0.0")
    assert refused.code == 4
    fields = {"least": 32, "file": path}
    assert refused.err.splitlines()[0] == sentence("sv", key, **fields)
    assert "0.0.0.0" in refused.err.splitlines()[-1] and len(refused.err.splitlines()) == 2
