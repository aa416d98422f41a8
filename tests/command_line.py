"""The command line as its users run it, and files to give it."""

import csv
import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import geopandas
import openpyxl
from sqlalchemy import func, select

from samverkan_map.db.tables import Report

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
