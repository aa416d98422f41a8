"""Real files of the police and of other municipalities go in by command."""

import csv
import json
import tomllib

import shapely
from command_line import (
    ROOT,
    Samverkan,
    a_csv,
    count,
)
from sqlalchemy import func, select

from samverkan_map.db.tables import Report


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
