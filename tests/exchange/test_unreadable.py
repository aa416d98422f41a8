"""A file that cannot be read at all is said in one sentence."""

import os
import time
import tracemalloc
import zipfile

import pytest
from files_to_read import a_csv, refusal

from samverkan_map.exchange.readers import COMMAND_LINE, UPLOAD, open_table


def test_a_missing_file_a_folder_and_an_empty_file_are_named(tmp_path):
    (tmp_path / "mapp.csv").mkdir()
    assert refusal(tmp_path / "finns_inte.csv") == ("Filen finns_inte.csv finns inte. Kontrollera namnet och mappen.")
    assert refusal(tmp_path / "mapp.csv") == "mapp.csv är en mapp. Ange en fil i mappen."
    for content in (b"", b" \r\n\r\n", b"\xef\xbb\xbf"):
        assert refusal(a_csv(tmp_path, content)).startswith("Filen rapporter.csv är tom.")


def test_a_file_that_may_not_be_read_is_named(tmp_path):
    path = a_csv(tmp_path, "typ\n")
    path.chmod(0)
    assert _as_nobody(lambda: refusal(path)).startswith("Filen rapporter.csv får inte läsas av dig.")


def _as_nobody(ask):
    """The answer of `ask` without the rights of root, who may read everything."""
    if os.geteuid() != 0:
        return ask()
    groups = os.getgroups()
    os.setgroups([])
    os.seteuid(65534)
    try:
        return ask()
    finally:
        os.seteuid(0)
        os.setgroups(groups)


def test_an_unknown_ending_lists_those_that_can_be_read(tmp_path):
    assert refusal(a_csv(tmp_path, "typ\n", name="rapporter.doc")) == (
        "Filen rapporter.doc har en ändelse som inte går att läsa. "
        "De som går är: .csv .txt .tsv .xlsx .geojson .json .gpkg."
    )


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"\x00\x01\x02\x03 data", "rapporter.csv", "innehåller inte text"),
        (b"\x7fELF\x02\x01" + bytes(50), "rapporter.xlsx", "heter .xlsx men är ingen Excelbok"),
        (b"typ,plats\nklotter,\x00\n" + b"a,b\n" * 50_000, "rapporter.csv", "innehåller inte text"),
        (b"typ,plats\n" + b"a,b\n" * 50_000 + b"\x00", "rapporter.csv", "innehåller inte text"),
        (b"  <!DOCTYPE html><html><body>Logga in", "rapporter.csv", "är en webbsida, inte en tabell"),
        (b"<html>", "rapporter.geojson", "är en webbsida, inte en tabell"),
        (b"<?xml version='1.0'?><gpx>", "rapporter.csv", "innehåller XML"),
        (b"%PDF-1.7", "rapporter.csv", "är en pdf"),
        (b"\x89PNG\r\n\x1a\n", "rapporter.csv", "är en bild"),
        (b"\x1f\x8b\x08\x00", "rapporter.csv", "är packad"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "rapporter.xlsx", "Excels gamla format eller skyddad med lösenord"),
        (b"\xff\xfe\x00\x00t\x00\x00\x00", "rapporter.csv", "är sparad i UTF-32"),
        (b'{"type": "FeatureCollection"}', "rapporter.csv", "innehåller JSON. Byt ändelse till .geojson"),
        (b"typ,plats\n", "rapporter.geojson", "innehåller vanlig text. Byt ändelse till .csv"),
        (b"typ,plats\n", "rapporter.xlsx", "innehåller vanlig text"),
        (b"SQLite format 3\x00", "rapporter.csv", "är en databas. Byt ändelse till .gpkg"),
        (b"SQLite format 3\x00" + bytes(200), "rapporter.gpkg", "går inte att läsa som GeoPackage"),
    ],
)
def test_a_file_that_is_not_what_it_is_called_says_what_it_is(tmp_path, content, name, said):
    assert said in refusal(a_csv(tmp_path, content, name=name))


def test_a_zip_archive_called_csv_or_xlsx_is_named(tmp_path):
    for name in ("rapporter.csv", "rapporter.xlsx"):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr("rapporter.csv", "typ,plats\n")
        assert "är ett zip-arkiv som inte är en Excelbok" in refusal(tmp_path / name)


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "rapporter.csv")
    assert refusal(tmp_path / "rapporter.csv").startswith("Filen rapporter.csv gick inte att läsa.")


def test_wrong_encodings_are_named(tmp_path):
    mixed = "typ,plats\nklotter,Höllviken\n".encode() + "klotter,Skanör\n".encode("cp1252")
    assert "blandar två teckenkodningar" in refusal(a_csv(tmp_path, mixed))
    assert "teckenkodning som inte går att läsa" in refusal(a_csv(tmp_path, b"typ,plats\nklotter,\x81\x8d\n"))
    assert "teckenkodning som inte går att läsa" in refusal(a_csv(tmp_path, b"\xff\xfet\x00y"))
    assert "inte sparad i UTF-8, som GeoJSON ska vara" in refusal(
        a_csv(tmp_path, '{"type":"FeatureCollection","features":[],"a":"ö"}'.encode("cp1252"), name="a.geojson")
    )


def test_a_line_of_fifty_megabytes_is_refused_without_being_kept(tmp_path):
    path = tmp_path / "rapporter.csv"
    with path.open("wb") as file:
        file.write(b"typ,plats\n")
        for _ in range(50):
            file.write(b"x" * 1_000_000)
    tracemalloc.start()
    said = refusal(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert said.startswith("Filen rapporter.csv har en rad som är längre än 1 MB.")
    assert peak < 8_000_000


def test_a_hundred_thousand_columns_are_refused_quickly(tmp_path):
    path = a_csv(tmp_path, ",".join(f"k{number}" for number in range(100_000)) + "\n")
    started = time.process_time()
    assert refusal(path).startswith("Filen rapporter.csv har 100000 kolumner. Högst 200 går att läsa")
    assert time.process_time() - started < 2


def test_a_quote_that_is_never_closed_is_found_where_it_opens(tmp_path):
    content = 'typ,plats\nklotter,ett\nklotter,"två\n' + "klotter,tre\n" * 20
    assert "ett citattecken som öppnas på rad 3 men aldrig stängs" in refusal(a_csv(tmp_path, content))
    long = 'typ,plats\nklotter,"två\n' + "klotter,tre\n" * 20_000
    assert "en cell som aldrig tar slut på rad 2" in refusal(a_csv(tmp_path, long))


def test_an_upload_is_smaller_than_what_the_command_line_takes(tmp_path):
    path = a_csv(tmp_path, b"typ\n" + b"klotter\n" * 2_600_000)
    assert refusal(path, limits=UPLOAD).startswith("Filen rapporter.csv är för stor. Högst 20 MB")
    assert open_table(path, limits=COMMAND_LINE).size_hint == path.stat().st_size
