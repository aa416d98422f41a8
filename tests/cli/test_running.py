"""Setting up, people, the example and the server: each command, its exit code, its sentence, never a traceback."""

import json
import signal
import subprocess
import sys
import time
import urllib.request

from command_line import PASSWORD, Samverkan, a_csv, count, rows

from samverkan_map.db.tables import Person


def test_a_new_database_is_set_up_and_once_more_changes_nothing(tmp_path):
    samverkan = Samverkan(tmp_path)
    first, again = samverkan.alone("setup"), samverkan.alone("setup")
    assert (first.code, again.code) == (0, 0)
    assert first.out.startswith("Databasen är skapad för Vellinge")
    assert again.out.startswith("Databasen är redo för Vellinge")
    instance = tmp_path / "instance"
    assert {path.name for path in instance.iterdir()} == {"samverkan.sqlite", "secret_key"}
    assert {path.stat().st_mode & 0o077 for path in instance.iterdir()} == {0}
    assert samverkan.alone("user", "add", "sam", "--role", "samordnare", given=f"{PASSWORD}\n").code == 0
    assert samverkan.alone("doctor").code == 0


def test_a_command_before_setup_says_that_setup_is_missing(tmp_path):
    commands = [
        ["deliveries"], ["export", "reports", tmp_path / "ut.csv"], ["audit", "verify"], ["serve"], ["user", "list"],
        ["backup", tmp_path / "kopia"], ["undo", "1"],
    ]  # fmt: skip
    for said in Samverkan(tmp_path).each({str(command): command for command in commands}).values():
        assert said.code == 1
        assert said.err.strip() == "Databasen är inte skapad eller behöver uppgraderas. Kör samverkan setup."


def test_a_person_is_added_listed_given_a_password_and_disabled(samverkan, database):
    assert samverkan("user", "add", "anna", "--role", "planerare", "--name", "Anna", given=f"{PASSWORD}\n").code == 0
    assert "anna  planerare" in samverkan("user", "list").out
    assert samverkan("user", "password", "anna", given="fyra blå bilar på rad\n").code == 0
    assert samverkan("user", "disable", "anna").code == 0
    assert "stängt" in samverkan("user", "list").out
    assert count(database, Person) == 1


def test_a_mistake_on_the_command_line_is_one_sentence(quick):
    mistakes = [
        (["user", "disable", "ingen"], 4),
        (["user", "password", "ingen"], 4),
        (["user", "add", "anna"], 2),
        (["undo", "99"], 4),
        (["undo", "ett"], 2),
        (["export", "katter", "ut.csv"], 2),
        (["export", "reports", "ut.pdf"], 2),
        (["export", "reports", "/ingen/mapp/ut.csv"], 2),
        (["import", "reports"], 2),
        (["fly"], 2),
        (["import", "reports", "x.csv", "--sourse", "est"], 2),
        (["serve", "--port", "0"], 2),
        (["restore", "ingen.kopia"], 2),
    ]
    found = quick.each({str(number): arguments for number, (arguments, _) in enumerate(mistakes)})
    for (arguments, code), said in zip(mistakes, found.values(), strict=True):
        assert said.code == code, (arguments, said)
        assert len(said.err.strip().splitlines()) == 1, (arguments, said)
        assert said.err.strip().endswith("."), (arguments, said)


def test_a_bad_person_is_refused_in_a_sentence(quick):
    for role, password, code in (("planerare", "kort", 2), ("kung", PASSWORD, 2)):
        said = quick("user", "add", "anna", "--role", role, given=password)
        assert (said.code, len(said.err.strip().splitlines())) == (code, 1)


def test_demo_fills_a_new_database_refuses_a_real_one_and_is_removed_by_command(samverkan, database, tmp_path):
    assert samverkan("demo", "--reports", "60", "--years", "1", "--until", "2026-11-01").code == 0
    assert count(database) == 60
    assert count(database) == 60
    assert samverkan("doctor").out.startswith("Databasen är en provdatabas")
    assert samverkan("export", "reports", tmp_path / "ut.csv").code == 0
    assert "Exempeldata" in (tmp_path / "ut.csv").read_text(encoding="utf-8-sig")
    assert samverkan("demo", "--remove").code == 0
    assert count(database) == 0
    assert samverkan("audit", "verify").code == 0
    samverkan.reports(a_csv(tmp_path, rows()))
    refused = samverkan("demo")
    assert refused.code == 4
    assert count(database) == 12


def test_demo_mode_is_refused_on_a_real_database_and_beyond_this_computer(quick):
    assert quick("serve", "--demo").code == 4
    assert quick("serve", "--demo", "--host", "0.0.0.0").code == 4


def test_the_server_answers_and_a_taken_port_is_said(quick, tmp_path):
    port = _free_port()
    command = [sys.executable, "-m", "samverkan_map.cli", "serve", "--port", str(port), "--workers", "1"]
    server = subprocess.Popen(command, env=quick.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        answer = _ask(f"http://127.0.0.1:{port}/halsa", server)
        assert answer["status"] == "ok"
        taken = quick("serve", "--port", port)
        assert taken.code == 1
        assert taken.err.startswith(f"Porten {port} är upptagen.")
    finally:
        server.send_signal(signal.SIGTERM)
        _, err = server.communicate(timeout=20)
    assert b"Traceback" not in err


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _ask(address: str, server: subprocess.Popen) -> dict:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(100):
        assert server.poll() is None, server.communicate()[1].decode()
        try:
            return json.loads(direct.open(address, timeout=5).read())
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the server did not answer within twenty seconds")
