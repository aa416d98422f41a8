"""All figures in one run: `python bench/run.py [--reports N] [--quick] [--only 1,3] [--out FOLDER]`."""

from __future__ import annotations

import argparse
import json
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from bench import (  # noqa: E402
    effects,
    folium_peer,
    hotspots,
    imports,
    machine,
    map_data,
    memory,
    pages,
    planner,
    recurring,
    reporting,
    roads,
    situation,
    starting,
)  # fmt: skip
from bench.figures import Figure, Unmeasurable, missing, table  # noqa: E402
from bench.workshop import Workshop  # noqa: E402

SECTIONS = {
    1: map_data, 2: pages, 3: folium_peer, 4: imports, 5: memory, 6: starting, 7: effects, 8: planner, 9: hotspots,
    10: roads, 11: recurring, 12: reporting, 13: situation,
}  # fmt: skip
MOST_MINUTES = 30


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, write; 1 when something could not be measured, otherwise 0 (also when a target is missed)."""
    asked = _asked(arguments)
    report = Report(asked.out)
    begun = time.monotonic()
    for line in machine.describe():
        report.say(line)
    report.say(f"{asked.reports:,} demo reports{', quick: few repeats' if asked.quick else ''}\n")
    shop = Workshop(asked.reports, quick=asked.quick, say=report.say)
    try:
        for number in asked.only:
            report.section(number, SECTIONS[number].TITLE, _figures(number, shop, report))
    finally:
        shop.close()
    minutes = (time.monotonic() - begun) / 60
    report.section(0, "The bench itself", [Figure("whole run", "minutes", (minutes,), most=MOST_MINUTES)])
    return report.close()


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=_positive, default=1_000_000, help="the large size (1,000,000)")
    parser.add_argument("--quick", action="store_true", help="few repeats: to see that it runs")
    parser.add_argument("--only", type=_sections, default=list(SECTIONS), help="sections, such as 1,3")
    parser.add_argument("--out", type=Path, default=ROOT / "bench" / "out", help="folder for bench.txt and bench.json")
    return parser.parse_args(arguments)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("a whole number from 1")
    return int(text)


def _sections(text: str) -> list[int]:
    numbers = [int(part) if part.strip().isdecimal() else 0 for part in text.split(",")]
    if not set(numbers) <= set(SECTIONS):
        raise argparse.ArgumentTypeError(f"sections are {', '.join(map(str, SECTIONS))}")
    return sorted(set(numbers))


def _figures(number: int, shop: Workshop, report: Report) -> list[Figure]:
    """The figures of a section; what stops it becomes a row of its own, and the other sections go on."""
    found: list[Figure] = []
    try:
        for figure in SECTIONS[number].measure(shop):
            found.append(figure)
    except Unmeasurable as reason:
        found.append(missing("the rest of this section", str(reason)))
    except Exception as error:
        report.say(traceback.format_exc())
        found.append(missing("the rest of this section", f"{type(error).__name__}: {error}"))
    return found


class Report:
    """Prints at once, keeps everything, and writes bench.txt and bench.json at the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lines: list[str] = []
        self.sections: list[dict[str, object]] = []
        self.figures: list[Figure] = []

    def say(self, line: str) -> None:
        """One line, printed now."""
        self.lines.append(line)
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    def section(self, number: int, title: str, figures: list[Figure]) -> None:
        """A section's figures as a table."""
        self.figures += figures
        self.sections.append({"number": number, "title": title, "figures": [one.as_json() for one in figures]})
        self.say(f"\n{f'{number}. ' if number else ''}{title}\n{table(figures)}\n")

    def close(self) -> int:
        """The closing line, the files, and the exit code."""
        verdicts = [one.verdict for one in self.figures]
        counts = {name: verdicts.count(name) for name in ("ok", "over", "not measured")}
        self.say(", ".join(f"{count} {name}" for name, count in counts.items()))
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "bench.txt").write_text("\n".join(self.lines) + "\n", encoding="utf-8")
        kept = {"machine": machine.describe(), "sections": self.sections}
        (self.folder / "bench.json").write_text(json.dumps(kept, indent=1), encoding="utf-8")
        return 1 if counts["not measured"] else 0


if __name__ == "__main__":
    sys.exit(main())
