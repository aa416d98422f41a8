"""Whatever is thrown at the import is one sentence, and changes nothing."""

import os
import shutil
from pathlib import Path

import pytest
from command_line import HEADER, Said, Samverkan, a_csv, a_workbook, count, rows

from samverkan_map.db import engine
from samverkan_map.db.tables import AuditLine, Delivery


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
        "Filen saknar kolumner för type (typ), lon/lat",
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
