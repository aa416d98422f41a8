"""Surveys, crime and dialogues go in by command, say what they lack, and come back out again."""

from pathlib import Path

import pytest
from command_line import count

from samverkan_map.db.tables import CrimeCount, DialogueTheme, SurveyValue

REAL = Path(__file__).resolve().parents[2] / "data" / "vellinge" / "statistics"


@pytest.mark.parametrize(
    ("kind", "file", "table", "rows", "stored", "said"),
    [
        ("surveys", "trygghetsmatning_facts.csv", SurveyValue, 19, 19, "15 siffror saknar antal svar."),
        ("crimes", "vellinge_anmalda_brott_2010_2015.csv", CrimeCount, 16, 96, "Kategorierna går in i varandra"),
    ],
)
def test_the_two_real_files_go_in_once_with_their_cautions_and_out_again(
    samverkan, database, kind, file, table, rows, stored, said
):
    dry = samverkan("import", kind, REAL / file, "--dry-run")
    assert (dry.code, count(database, table)) == (0, 0)
    first = samverkan("import", kind, REAL / file)
    assert first.code == 0 and said in first.out and f"Lästa {rows}, godkända {rows}," in first.out
    assert count(database, table) == stored
    assert f"redan kända {rows}" in samverkan("import", kind, REAL / file).out
    assert f"{file}  {rows} " in samverkan("deliveries").out
    assert f"{stored} rader togs bort." in samverkan("undo", 1).out
    assert count(database, table) == 0


def test_refused_rows_go_to_a_file_with_their_reasons(quick, embedded, tmp_path):
    file, refused = tmp_path / "teman.csv", tmp_path / "nekade.csv"
    file.write_text("datum;område;tema\n2026-05-04;Höllviken;fortkörning\n2026-05-04;Höllviken;fortkörnig\n", "utf-8")
    told = quick("import", "dialogues", file, "--source", "medborgardialog", "--refused", refused)
    assert (told.code, count(embedded, DialogueTheme)) == (3, 0)
    assert "Menade du Fortkörning?" in told.err and "Fortkörning" in refused.read_text("utf-8-sig")
    assert quick("import", "dialogues", file, "--source", "finnsinte").code == 2
    assert quick("import", "dialogues", file, "--partial").code == 3
    assert count(embedded, DialogueTheme) == 1
