"""Real files of the police and of other municipalities go in by command."""

import csv
import json
import re
import shlex
from pathlib import Path

import shapely
from command_line import (
    ROOT,
    Samverkan,
    a_csv,
    count,
)
from sqlalchemy import func, select

from samverkan_map.db.tables import Report


def pasted(readme: Path, number: int) -> list[str]:
    """The arguments of one of the commands `samverkan import` of a README, as they come out of a shell."""
    found = re.findall(r"^samverkan (import .*?)\n```", readme.read_text(encoding="utf-8"), re.S | re.M)[number]
    return shlex.split(found.replace("\\\n", ""))


def test_the_polices_own_notices_for_vellinge_and_then_for_all_of_skane(samverkan, database, tmp_path):
    readme, refused = ROOT / "data" / "vellinge" / "examples" / "README.md", tmp_path / "nekade.csv"
    own = samverkan(*pasted(readme, 0), "--refused", refused)
    assert own.code == 3, own.err
    # 17 rows name no place, and 27 are of a type that is crime against persons or in homes and has no word here.
    assert "Lästa 119, godkända 50, redan kända 0, nekade 44, utelämnade 25." in own.out
    assert "17 × Raden saknar både position och plats." in own.err
    assert "9 × Typen ”Misshandel” är okänd." in own.err
    refused.unlink()
    all_of_them = samverkan(*pasted(readme, 1), "--refused", refused)
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
    said = samverkan(*pasted(memphis / "README.md", 0))
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
