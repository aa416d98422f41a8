"""The command line: every command, its exit code, its sentence; whatever is thrown at it, never a traceback."""

import csv
import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import tomllib
import urllib.request
from pathlib import Path

import geopandas
import openpyxl
import pytest
import shapely
from sqlalchemy import func, select, text

from samverkan_map.db import engine
from samverkan_map.db.tables import AuditLine, Delivery, Person, Report

ROOT = Path(__file__).resolve().parent.parent
HEADER = ["kallans_id", "typ", "tid_fran", "lon", "lat", "beskrivning"]
PASSWORD = "tre gula cyklar i regn"


@dataclasses.dataclass
class Said:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


SERVANT = """
import contextlib, io, json, os, sys
from samverkan_map.cli import main
answers = sys.stdout
for line in sys.stdin:
    asked = json.loads(line)
    os.environ.clear()
    os.environ.update(asked["environment"])
    out, err, code = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        kept, sys.stdin = sys.stdin, io.StringIO(asked["given"])
        try:
            main(asked["arguments"])
        except SystemExit as end:
            code = end.code
        finally:
            sys.stdin = kept
    print(json.dumps([code, out.getvalue(), err.getvalue()]), file=answers, flush=True)
"""


class Samverkan:
    """The command line with its settings in a folder of its own.

    Commands go to one process that runs them one after another, since starting Python takes longer than most of them;
    `alone` starts a process for a single one.
    """

    servant: subprocess.Popen | None = None

    def __init__(self, folder: Path, url: str = "", **more: str) -> None:
        self.environment = {**os.environ, "SAMVERKAN_INSTANCE": str(folder / "instance"), **more}
        if url:
            self.environment["SAMVERKAN_DATABASE_URL"] = url

    def __call__(self, *arguments: object, given: str = "") -> Said:
        if Samverkan.servant is None:
            Samverkan.servant = subprocess.Popen(
                [sys.executable, "-c", SERVANT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
            )
        asked = {"environment": self.environment, "arguments": [*map(str, arguments)], "given": given}
        Samverkan.servant.stdin.write(json.dumps(asked) + "\n")
        Samverkan.servant.stdin.flush()
        return _checked(arguments, Said(*json.loads(Samverkan.servant.stdout.readline())))

    def alone(self, *arguments: object, given: str = "") -> Said:
        """The command in a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "samverkan_map.cli", *map(str, arguments)],
            env=self.environment, input=given, capture_output=True, text=True, cwd=ROOT,
        )  # fmt: skip
        return _checked(arguments, Said(done.returncode, done.stdout, done.stderr))

    def each(self, commands: dict[str, list]) -> dict[str, Said]:
        """The answers to many commands by name."""
        return {name: self(*arguments) for name, arguments in commands.items()}

    def reports(self, file: Path, *more: object, source: str = "medborgarrapport") -> Said:
        """`samverkan import reports`."""
        return self("import", "reports", file, "--source", source, *more)


def _checked(arguments: tuple, said: Said) -> Said:
    assert "Traceback" not in said.out + said.err, said
    assert "Felnummer" not in said.err, said
    assert said.code == 0 or said.err.strip(), f"{arguments} ended with {said.code} without a word"
    return said


@pytest.fixture(scope="module", autouse=True)
def servant_goes_home():
    """End the process that ran the commands."""
    yield
    if Samverkan.servant is not None:
        Samverkan.servant.communicate()
        Samverkan.servant = None


@pytest.fixture
def samverkan(database, tmp_path):
    """The command line on a set-up database of each kind."""
    return Samverkan(tmp_path, database.url)


@pytest.fixture
def quick(embedded, tmp_path):
    """The command line on a set-up embedded database."""
    return Samverkan(tmp_path, embedded.url)


def count(database, table=Report) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def rows(number: int = 12, *, first: int = 0) -> list[list[str]]:
    words = ["Krossad ruta vid parken.", "Rutor krossade, igen; två stycken.", ""]
    return [
        [f"r{n}", "Skadegörelse", f"2025-03-{n % 28 + 1:02d} 21:15", f"12.95{n % 7}", f"55.41{n % 5}", words[n % 3]]
        for n in range(first, first + number)
    ]


def a_csv(folder: Path, content, *, delimiter=",", encoding="utf-8", header=HEADER, comma=False) -> Path:
    path = folder / "rapporter.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(header)
        for row in content:
            writer.writerow([cell.replace(".", ",") if comma and i in (3, 4) else cell for i, cell in enumerate(row)])
    return path


def a_workbook(folder: Path, content) -> Path:
    book = openpyxl.Workbook()
    for row in [HEADER, *content]:
        book.active.append(row)
    book.save(folder / "rapporter.xlsx")
    return folder / "rapporter.xlsx"


def a_frame(content) -> geopandas.GeoDataFrame:
    places = geopandas.points_from_xy([float(row[3]) for row in content], [float(row[4]) for row in content], crs=4326)
    columns = {name: [row[i] for row in content] for i, name in enumerate(HEADER) if name not in ("lon", "lat")}
    return geopandas.GeoDataFrame(columns, geometry=places)


def a_geojson(folder: Path, content) -> Path:
    a_frame(content).to_file(folder / "rapporter.geojson", driver="GeoJSON")
    return folder / "rapporter.geojson"


def a_geopackage(folder: Path, content) -> Path:
    a_frame(content).to_crs(3006).to_file(folder / "rapporter.gpkg", driver="GPKG")
    return folder / "rapporter.gpkg"


# ---- Set up, people, demo, serve ---------------------------------------------------------------------------------


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
    assert "avstängd" in samverkan("user", "list").out
    assert count(database, Person) == 1


def test_a_mistake_on_the_command_line_is_one_sentence(quick):
    mistakes = [
        (["user", "disable", "ingen"], 4),
        (["user", "password", "ingen"], 4),
        (["user", "add", "anna"], 2),
        (["undo", "99"], 4),
        (["undo", "ett"], 2),
        (["export", "katter", "ut.csv"], 2),
        (["export", "reports", "ut.pdf"], 1),
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
    for role, password, code in (("planerare", "kort", 1), ("kung", PASSWORD, 2)):
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


# ---- Import: what goes in ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"delimiter": ";", "comma": True},
        {"delimiter": "\t", "encoding": "utf-8-sig"},
        {"delimiter": ";", "encoding": "cp1252"},
        {"delimiter": ";", "comma": True, "encoding": "utf-8-sig"},
    ],
)
def test_every_dialect_of_csv_goes_in(quick, embedded, tmp_path, how):
    said = quick.reports(a_csv(tmp_path, rows(), **how))
    assert said.code == 0, said.err
    assert "Lästa 12, godkända 12, redan kända 0, nekade 0, utelämnade 0." in said.out
    with embedded.reading() as session:
        first = session.scalars(select(Report).where(Report.source_ref == "r1")).one()
        assert first.description == "Rutor krossade, igen; två stycken."
        assert (first.type, first.area, first.hour) == ("skadegorelse", "hollviken", 21)


@pytest.mark.parametrize("make", [a_csv, a_workbook, a_geojson, a_geopackage])
def test_every_format_goes_in_and_the_same_file_twice_changes_nothing(samverkan, database, tmp_path, make):
    file = make(tmp_path, rows())
    assert samverkan.reports(file).code == 0
    before = count(database), count(database, Delivery), count(database, AuditLine)
    again = samverkan.reports(file)
    assert again.code == 0
    assert "Lästa 12, godkända 0, redan kända 12, nekade 0" in again.out
    assert (count(database), count(database, Delivery), count(database, AuditLine)) == before == (12, 1, 1)


def test_a_dry_run_stores_nothing(samverkan, database, tmp_path):
    said = samverkan.reports(a_csv(tmp_path, rows()), "--dry-run")
    assert said.code == 0
    assert "godkända 12" in said.out
    assert "Ingenting sparades." in said.out
    assert count(database) == count(database, Delivery) == count(database, AuditLine) == 0


def test_bad_rows_keep_all_out_go_to_a_file_and_the_rest_goes_in_with_partial(samverkan, database, tmp_path):
    bad = [
        ["x1", "Skadegörelse", "2025-02-30", "12.955", "55.415", "Krossad ruta."],
        ["x2", "Drakar", "2025-02-03", "12.955", "55.415", ""],
    ]
    file, refused = a_csv(tmp_path, rows() + bad, delimiter=";"), tmp_path / "nekade.csv"
    said = samverkan.reports(file, "--refused", refused)
    assert said.code == 3
    assert count(database) == 0
    assert "Ingenting sparades eftersom rader nekades." in said.err
    with refused.open(encoding="utf-8-sig", newline="") as opened:
        found = list(csv.DictReader(opened, delimiter=";"))
    assert [(row["kallans_id"], row["row_number"]) for row in found] == [("x1", "14"), ("x2", "15")]
    assert found[0]["beskrivning"] == "Krossad ruta."
    assert "är en dag som inte finns" in found[0]["reason"]
    assert "Närmast är" in found[1]["reason"]
    assert samverkan.reports(file, "--partial").code == 3
    assert count(database) == 12


def test_a_refused_file_put_right_goes_in(quick, embedded, tmp_path):
    bad = [["x1", "Skadegörelse", "2025-02-30", "12.955", "55.415", ""]]
    refused = tmp_path / "nekade.csv"
    quick.reports(a_csv(tmp_path, rows() + bad), "--partial", "--refused", refused)
    refused.write_text(refused.read_text(encoding="utf-8-sig").replace("2025-02-30", "2025-02-28"), encoding="utf-8")
    assert quick.reports(refused).code == 0
    assert count(embedded) == 13


def test_a_delivery_is_listed_undone_and_can_come_again(samverkan, database, tmp_path):
    file = a_csv(tmp_path, rows())
    assert samverkan("deliveries").out == "Inget har lästs in än.\n"
    samverkan.reports(file)
    assert "rapporter.csv  källa medborgarrapport  12 rapporter" in samverkan("deliveries").out
    assert samverkan("undo", "1").code == 0
    assert count(database) == 0
    assert "ångrad" in samverkan("deliveries").out
    assert samverkan("undo", "1").code == 4
    assert samverkan.reports(file).code == 0
    assert count(database) == 12
    assert samverkan("audit", "verify").out.startswith("Loggen är hel: 3 rader.\nLoggens slut är rad ")


def test_own_column_names_and_words_are_translated(quick, embedded, tmp_path):
    found = [[number, word, "2025-03-01", "12.955", "55.415", ""] for number, word in (("1", "Ruta"), ("2", "Katt"))]
    file = a_csv(tmp_path, found, header=["nr", "vad", "dag", "lon", "lat", "x"])
    columns = "source_ref=nr,type=vad,occurred_from=dag"
    said = quick.reports(file, "--columns", columns, "--types", "Ruta=skadegorelse,Katt=-")
    assert said.code == 0, said.err
    assert "Lästa 2, godkända 1, redan kända 0, nekade 0, utelämnade 1." in said.out


def test_a_mapping_that_cannot_be_followed_is_one_sentence(quick, embedded, tmp_path):
    mistakes = {
        "--columns kan inte läsas vid ”type”": ["--columns", "type"],
        "--types kan inte läsas": ["--types", "=klotter"],
        "leder till en typ som inte finns": ["--types", "Ruta=drake"],
        "Kolumnen colour finns inte i kartan": ["--columns", "colour=typ"],
        "har ingen kolumn som heter Brottstyp": ["--columns", "type=Brottstyp"],
        "Koordinatsystemet 999999 är okänt": ["--crs", "999999"],
    }
    begin = ["import", "reports", a_csv(tmp_path, rows()), "--source", "medborgarrapport"]
    for words, said in quick.each({words: begin + more for words, more in mistakes.items()}).items():
        assert said.code in (1, 2)
        assert words in said.err
        assert len(said.err.strip().splitlines()) == 1
    assert count(embedded) == 0


def test_an_unknown_source_is_one_sentence(quick, tmp_path):
    said = quick.reports(a_csv(tmp_path, rows()), source="skvallret")
    assert said.code == 2
    assert said.err.startswith("Källan ”skvallret” finns inte.")


# ---- Export ------------------------------------------------------------------------------------------------------


def test_an_export_comes_out_in_four_formats_and_its_csv_is_known_already(samverkan, database, tmp_path):
    samverkan.reports(a_csv(tmp_path, rows()))
    for ending in ("csv", "xlsx", "geojson", "gpkg"):
        said = samverkan("export", "reports", tmp_path / f"ut.{ending}")
        assert (said.code, said.out) == (0, f"12 rader skrevs till {tmp_path}/ut.{ending}.\n"), said.err
    with (tmp_path / "ut.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file, delimiter=";"))) == 12
    assert openpyxl.load_workbook(tmp_path / "ut.xlsx").active.max_row >= 13
    assert json.loads((tmp_path / "ut.geojson").read_text())["numberMatched"] == 12
    frame = geopandas.read_file(tmp_path / "ut.gpkg")
    assert (len(frame), frame.crs.to_epsg()) == (12, 3006)

    again = samverkan("import", "reports", tmp_path / "ut.csv")
    assert again.code == 0, again.out + again.err
    assert "godkända 0, redan kända 12, nekade 0" in again.out
    assert count(database) == 12


def test_an_export_follows_the_filters(quick, tmp_path):
    quick.reports(a_csv(tmp_path, rows()))
    said = quick("export", "reports", tmp_path / "ut.csv", "--from", "2025-03-03", "--to", "2025-03-06")
    assert said.out.startswith("3 rader skrevs")
    assert quick("export", "reports", tmp_path / "ut.csv", "--hour", "21-22", "--area", "hollviken").out.startswith(
        "12 "
    )


def test_an_unknown_filter_value_is_named(quick, tmp_path):
    filters = [
        ["--area", "atlantis"], ["--from", "2025-02-30"], ["--hour", "25-99"], ["--weekday", "9"], ["--bbox", "1,2,3"],
        ["--bbox", "nan,nan,nan,nan"], ["--period", "12x"], ["--type", "drakar"], ["--kind", "x"], ["--sort", "färg"],
        ["--source", "'; DROP TABLE reports"], ["--phase", "x"], ["--from", "２０２５-01-01"],
    ]  # fmt: skip
    commands = {" ".join(words): ["export", "reports", tmp_path / "ut.csv", *words] for words in filters}
    for words, said in quick.each(commands).items():
        assert said.code == 1, (words, said)
        assert len(said.err.strip().splitlines()) == 1, (words, said)
    assert not (tmp_path / "ut.csv").exists()


def test_a_formula_in_a_text_leaves_harmless(quick, tmp_path):
    row = ["=1+1", "Skadegörelse", "2025-03-01", "12.955", "55.415", '=HYPERLINK("http://exempel.se")']
    said = quick.reports(a_csv(tmp_path, [row]))
    assert said.code in (0, 3)
    quick("export", "reports", tmp_path / "ut.csv")
    with (tmp_path / "ut.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for line in csv.reader(file, delimiter=";") for cell in line]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]


# ---- Bad input ---------------------------------------------------------------------------------------------------


def _one(folder: Path, **changes: str) -> Path:
    """A file of one good row and one row with the changed cells."""
    bad = dict(zip(HEADER, ["b", "Skadegörelse", "2025-03-01 10:00", "12.955", "55.415", ""], strict=True)) | changes
    return a_csv(folder, [*rows(1), list(bad.values())])


def _bytes(folder: Path, content: bytes, name: str = "rapporter.csv") -> Path:
    (folder / name).write_bytes(content)
    return folder / name


def _json(folder: Path, geometry: str, *, properties: str = "") -> Path:
    said = f'{{"kallans_id": "1", "typ": "klotter", "tid_fran": "2025-03-01"{properties}}}'
    feature = f'{{"type": "Feature", "properties": {said}, "geometry": {geometry}}}'
    return _bytes(folder, f'{{"type": "FeatureCollection", "features": [{feature}]}}'.encode(), "rapporter.geojson")


def _long_line(folder: Path) -> Path:
    path = folder / "rapporter.csv"
    with path.open("wb") as file:
        file.write((",".join(HEADER) + "\n1,klotter,2025-03-01,12.955,55.415,").encode())
        for _ in range(50):
            file.write(b"a" * 1_000_000)
        file.write(b"\n")
    return path


def _formula(folder: Path) -> Path:
    return a_workbook(folder, [["1", "klotter", "=TODAY()", 12.955, 55.415, ""]])


def _position(value: str) -> str:
    return f'{{"type": "Point", "coordinates": {value}}}'


_CROSSING = (
    '{"type": "Polygon", "coordinates": [[[12.95,55.41],[12.96,55.42],[12.96,55.41],[12.95,55.42],[12.95,55.41]]]}'
)

WHOLE_FILE = {
    "missing": (lambda folder: folder / "borta.csv", "finns inte"),
    "a folder": (lambda folder: folder, "har en ändelse som inte går att läsa"),
    "empty": (lambda folder: _bytes(folder, b""), "är tom"),
    "only blanks": (lambda folder: _bytes(folder, b"\xef\xbb\xbf \n\n"), "är tom"),
    "binary": (lambda folder: _bytes(folder, os.urandom(5000)), "innehåller inte text"),
    "two encodings": (
        lambda folder: _bytes(folder, ",".join(HEADER).encode() + "\n1,ö".encode() + "\n2,ö".encode("cp1252")),
        "teckenkodning",
    ),
    "a pdf": (lambda folder: _bytes(folder, b"%PDF-1.7\n" + os.urandom(500)), "är en pdf"),
    "a zip": (lambda folder: _bytes(folder, b"PK\x03\x04" + os.urandom(500)), "zip-arkiv"),
    "a line of 50 MB": (_long_line, "en rad som är längre än"),
    "100,000 columns": (
        lambda folder: _bytes(folder, ",".join(f"k{n}" for n in range(100_000)).encode() + b"\n"),
        "100000 kolumner",
    ),
    "personal data": (lambda folder: a_csv(folder, [], header=[*HEADER, "personnr"]), "ser ut som personuppgifter"),
    "an open quote": (
        lambda folder: _bytes(folder, (",".join(HEADER) + '\n1,"klotter\n2,x\n').encode()),
        "citattecken",
    ),
    "swapped axes": (
        lambda folder: a_csv(folder, [[r[0], r[1], r[2], r[4], r[3], r[5]] for r in rows()]),
        "omvänd ordning",
    ),
    "NaN": (lambda folder: _json(folder, _position("[NaN, 55.415]")), "NaN eller Infinity"),
    "Infinity": (lambda folder: _json(folder, _position("[12.95, -Infinity]")), "NaN eller Infinity"),
    "2,000 brackets": (
        lambda folder: _json(folder, _position("[12.9, 55.4]"), properties=f', "x": {"[" * 2000}{"]" * 2000}'),
        "parenteser",
    ),
    "half a GeoJSON": (
        lambda folder: _bytes(folder, _json(folder, "null").read_bytes()[:-20], "rapporter.geojson"),
        "JSON",
    ),
    "no feature collection": (
        lambda folder: _bytes(folder, b'{"type": "Topology"}', "rapporter.geojson"),
        "FeatureCollection",
    ),
    "a text named xlsx": (lambda folder: _bytes(folder, b"typ;tid\n", "rapporter.xlsx"), "innehåller vanlig text"),
    "no type column": (
        lambda folder: a_csv(folder, [["1", "2025-03-01"]], header=["kallans_id", "tid_fran"]),
        "kolumn för typ",
    ),
    "no header": (lambda folder: _bytes(folder, b"\n".join(b"1,2,3,4" for _ in range(9))), "Filen"),
}

ONE_ROW = {
    "1_000": (lambda folder: _one(folder, lon="1_000"), "1_000 är inte ett tal"),
    "full-width digits": (lambda folder: _one(folder, lat="５５.4"), "är inte ett tal"),
    "full-width date": (lambda folder: _one(folder, tid_fran="２０２５-03-01"), "är inte en tid"),
    "30 February": (lambda folder: _one(folder, tid_fran="2025-02-30"), "en dag som inte finns"),
    "the hour that does not exist": (lambda folder: _one(folder, tid_fran="2025-03-30 02:30"), "sommartid"),
    "0, 0": (lambda folder: _one(folder, lon="0", lat="0"), "Positionen är 0, 0"),
    "outside": (lambda folder: _one(folder, lon="13.35", lat="55.47"), "utanför kommunen"),
    "far outside": (lambda folder: _one(folder, lon="-89.9", lat="35.1"), "inte i närheten"),
    "half a position": (lambda folder: _one(folder, lat=""), "Bara den ena"),
    "a formula": (_formula, "formel utan uträknat värde"),
    "a polygon that crosses itself": (lambda folder: _json(folder, _CROSSING), "korsar sig själv"),
    "a personal number": (lambda folder: _one(folder, beskrivning="Sågs: 811228-9874"), "personnummer"),
    "a number as description": (lambda folder: _one(folder, tid_fran="1e400"), "är inte en tid"),
}


@pytest.fixture(scope="module")
def world(tmp_path_factory, embedded_template):
    """An embedded database with three reports that outlives one test, its command line and its folder."""
    folder = tmp_path_factory.mktemp("world")
    shutil.copy(embedded_template, folder / "samverkan.sqlite")
    database = engine.Database(f"sqlite:///{folder / 'samverkan.sqlite'}")
    samverkan = Samverkan(folder, database.url)
    assert samverkan.reports(a_csv(folder, rows(3))).code == 0
    yield samverkan, database, folder
    database.close()


def _counts(database) -> tuple[int, ...]:
    return count(database), count(database, Delivery), count(database, AuditLine)


def _imported(world, files: dict, *more: str) -> dict[str, Said]:
    samverkan, database, folder = world
    commands = {}
    for name, (make, _) in files.items():
        own = folder / name.replace(",", "")
        own.mkdir()
        commands[name] = ["import", "reports", make(own), "--source", "medborgarrapport", *more]
    found = samverkan.each(commands)
    assert _counts(database) == (3, 1, 1), "a refused file left something behind"
    return found


@pytest.fixture(scope="module")
def whole_files(world):
    return _imported(world, WHOLE_FILE, "--partial")


@pytest.fixture(scope="module")
def bad_rows(world):
    return _imported(world, ONE_ROW)


@pytest.mark.parametrize("name", WHOLE_FILE)
def test_a_file_that_cannot_be_read_is_one_sentence_and_changes_nothing(whole_files, name):
    said = whole_files[name]
    assert said.code == 2, said
    assert WHOLE_FILE[name][1] in said.err
    assert len(said.err.strip().splitlines()) == 1


@pytest.mark.parametrize("name", ONE_ROW)
def test_a_row_that_cannot_be_right_is_named_and_nothing_is_stored(bad_rows, name):
    said = bad_rows[name]
    assert said.code == 3, said
    assert ONE_ROW[name][1] in said.err
    assert said.err.strip().splitlines()[-1] == "Ingenting sparades eftersom ingen ny rad gick att läsa in."


def test_a_file_with_a_header_only_says_so(quick, embedded, tmp_path):
    said = quick.reports(a_csv(tmp_path, []))
    assert said.code == 0
    assert "Filen har inga rader under rubrikerna." in said.out
    assert count(embedded, Delivery) == 0


def test_refused_personal_data_is_found_nowhere_on_the_disk(quick, embedded, tmp_path):
    quick.reports(_one(tmp_path, beskrivning="Sågs: 811228-9874"), "--partial")
    (tmp_path / "rapporter.csv").unlink()
    embedded.close()
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or b"811228" not in path.read_bytes(), path


# ---- Backup, restore, audit, doctor ------------------------------------------------------------------------------


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
    assert samverkan("audit", "verify").out.startswith("Loggen är hel: 2 rader.\nLoggens slut är rad ")


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


# ---- Real files --------------------------------------------------------------------------------------------------


def mapping(**changed: str | None) -> list[str]:
    """The example mapping of the police's notices as the command line takes it; None takes a column away."""
    example = tomllib.loads((ROOT / "data" / "vellinge" / "examples" / "polisen.toml").read_text(encoding="utf-8"))
    columns = {ours: theirs for ours, theirs in (example["columns"] | changed).items() if theirs}
    types = ",".join(f'"{word}={code}"' for word, code in example["types"].items())
    pairs = ",".join(f"{ours}={theirs}" for ours, theirs in columns.items())
    return ["--partial", "--columns", pairs, "--types", types]


def test_the_polices_own_notices_for_vellinge_and_then_for_all_of_skane(samverkan, database, tmp_path):
    folder = ROOT / "tests" / "data" / "polisen"
    own = samverkan.reports(folder / "polisen_handelser_vellinge_2023_2025.csv", *mapping(), source="polisen")
    assert own.code == 3, own.err
    # 17 rows name no place, and 27 are of a type that is crime against persons or in homes and has no word here.
    assert "Lästa 119, godkända 50, redan kända 0, nekade 44, utelämnade 25." in own.out
    assert "17 × Raden saknar både position och plats." in own.err
    assert "9 × Typen ”Misshandel” är okänd." in own.err
    refused = tmp_path / "nekade.csv"
    all_of_them = samverkan.reports(
        folder / "polisen_handelser_skane_2023_2025.csv",
        *mapping(municipality="municipality", place_name=None), "--refused", refused, source="polisen",
    )  # fmt: skip
    assert all_of_them.code == 3
    with refused.open(encoding="utf-8-sig", newline="") as file:
        reasons = [row["reason"] for row in csv.DictReader(file)]
    assert sum(reason.startswith("Raden gäller en annan kommun") for reason in reasons) == 8006
    assert reasons.count("Raden säger inte vilken kommun den gäller.") == 85
    # All 119 of Vellinge are there again: 50 stored the first time, 25 left out and 44 refused, now as then.
    assert "Lästa 8210, godkända 0, redan kända 50, nekade 8135, utelämnade 25." in all_of_them.out
    assert len(reasons) == 8006 + 85 + 44
    with database.reading() as session:
        assert set(session.scalars(select(Report.precision))) <= {"area", "street", "municipality"}
        assert session.scalar(select(func.count()).where(Report.geom.is_not(None))) == 0


def test_memphis_is_another_municipality_in_a_folder(embedded, tmp_path):
    memphis = ROOT / "tests" / "data" / "memphis"
    samverkan = Samverkan(tmp_path, embedded.url, SAMVERKAN_MUNICIPALITY=str(memphis))
    agreement = tomllib.loads((memphis / "agreement.toml").read_text())
    said = samverkan.reports(
        memphis / "memphis_robberies_2019.csv",
        "--columns", "source_ref=uid,type=offense_type,occurred_from=datetime_local",
        "--types", f"personal robbery={agreement['types'][0]['code']}", "--partial",
        source=agreement["sources"][0]["code"],
    )  # fmt: skip
    assert "Lästa 2245, godkända 2245, redan kända 0, nekade 0, utelämnade 0." in said.out
    assert count(embedded) == 2245


def test_exempelby_takes_its_own_words_and_refuses_vellinges(embedded, tmp_path):
    folder = ROOT / "tests" / "data" / "exempelby"
    samverkan = Samverkan(tmp_path, embedded.url, SAMVERKAN_MUNICIPALITY=str(folder))
    land = shapely.geometry.shape(json.loads((folder / "land.geojson").read_text())["features"][0]["geometry"])
    lon, lat = land.representative_point().coords[0]
    good = ["1", "snöskoter", "2025-03-01 10:00", str(lon), str(lat), ""]
    assert samverkan.reports(a_csv(tmp_path, [good]), source="boende").code == 0
    assert samverkan.reports(a_csv(tmp_path, [["2", "klotter", *good[2:]]]), source="boende").code == 3
    assert samverkan.reports(a_csv(tmp_path, [good]), source="est").code == 2
    assert count(embedded) == 1
    assert samverkan("setup").out.startswith("Databasen är redo för Exempelby, överenskommelsen 2025–2028")


# ---- What is taken out is recorded, and nothing is dropped in silence ----------------------------------------------


def told(database):
    with database.reading() as session:
        lines = session.scalars(select(AuditLine).order_by(AuditLine.id))
        return [(line.action, json.loads(line.details)) for line in lines]


def test_an_export_is_recorded_with_its_layer_and_number_of_rows(samverkan, database, tmp_path):
    samverkan.reports(a_csv(tmp_path, rows()))
    assert samverkan("export", "reports", tmp_path / "ut.csv").code == 0
    assert samverkan("export", "places", tmp_path / "platser.csv").code == 0
    assert told(database)[1:] == [
        ("export_internal", {"layer": "reports", "count": 12}), ("see_raw_text", {"layer": "reports", "count": 12}),
        ("export_internal", {"layer": "places", "count": 0}),
    ]  # fmt: skip


def test_what_cannot_be_recorded_is_not_taken_out(quick, embedded, tmp_path):
    quick.reports(a_csv(tmp_path, rows()))
    with embedded.writing() as session:
        session.execute(text("DELETE FROM attempts"))
        assert quick("export", "reports", tmp_path / "ut.csv").code == 1
    assert not (tmp_path / "ut.csv").exists()


def test_stretches_are_chosen_by_what_they_have_and_nothing_is_dropped(quick, tmp_path):
    file = tmp_path / "ut.csv"
    assert quick("export", "stretches", file, "--q", "mellan", "--keeper", "kommun", "--area", "hollviken").code == 0
    for name, value in (("period", "12m"), ("type", "klotter"), ("focus", "trygga-unga"), ("hour", "16-22")):
        refused = quick("export", "stretches", file, f"--{name}", value)
        assert refused.code == 1
        assert refused.err.startswith(f"Sträckor kan inte väljas med --{name}.")


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
    assert saved.code == 0 and "Loggens slut är rad 1, " in saved.out
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
    from samverkan_map.translations import text as sentence

    path = Path(embedded.engine.url.database)
    path.chmod(0o644 if "open" in wrong else 0o600)
    for folder in path.parents if "open" in wrong else ():
        if folder.stat().st_mode & 0o001 == 0 and folder.is_relative_to("/tmp"):
            folder.chmod(folder.stat().st_mode | 0o011)
    quick.environment |= {"SAMVERKAN_HOSTS": "karta.example", "SAMVERKAN_PROXIES": "1"} | wrong
    refused = quick("serve", "--host", "0.0.0.0")
    assert refused.code == 4
    fields = {"least": 32, "file": path}
    assert refused.err.splitlines()[0] == sentence("sv", key, **fields)
    assert "0.0.0.0" in refused.err.splitlines()[-1] and len(refused.err.splitlines()) == 2
