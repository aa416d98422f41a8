"""One version as a page: figures under the headings of the law, the words of both parties beside them, and its keys."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Response, g, render_template

from samverkan_map import situation
from samverkan_map.errors import NotFound, StepNotAllowed
from samverkan_map.exchange import writers
from samverkan_map.situation import SECTIONS, Figure, Section, Speaker, Verified
from samverkan_map.situation.asked import read_period
from samverkan_map.situation.document import Document
from samverkan_map.situation.words import METHOD_PAGES
from samverkan_map.vocabulary import SituationChapter, SituationState
from samverkan_map.web.asking import csv_download, watermark
from samverkan_map.web.situation import drawn
from samverkan_map.web.situation.blueprint import blueprint
from samverkan_map.web.texts import may, t

COLUMNS = ("section", "figure", "title", "row", "column", "value")

MAP_KEYS = {"squares": ("spot", "count"), "places": ("place", "phase"), "measures": ("measure", "status")}
"""What stands beside a map of each kind: the column with the name and the one with a word about it."""


@dataclass(frozen=True)
class Shown:
    """A version with what it says: of today for a draft, as it was closed for the others."""

    found: Any
    document: Document

    @property
    def say(self) -> Speaker:
        """Who speaks to this visitor, with the names that the version froze."""
        return Speaker(g.language, self.document["labels"])

    @property
    def figures(self) -> dict[str, list[Figure]]:
        """The figures of each section."""
        return situation.read_figures(self.document)

    def figure(self, key: str) -> Figure | None:
        """One figure."""
        return next((one for made in self.figures.values() for one in made if one.key == key), None)

    def title(self, figure: Figure) -> str:
        """What a figure concludes, as it read when the version was closed."""
        return self.document["told"][g.language][figure.key]["title"]

    def notes(self, figure: Figure) -> list[str]:
        """What is to be known besides."""
        return self.document["told"][g.language][figure.key]["notes"]

    def numbered(self, figure: Figure) -> list[tuple[int, str, str]]:
        """What the numbers on a figure's map are called, and a word about each; only of what is on the map."""
        held = figure.picture or {}
        name, about = MAP_KEYS["squares" if held["kind"] == "squares" else held.get("of", "measures")]
        on_map = {one[0] for one in held["at"]} if "at" in held else {row["number"] for row in figure.rows}
        return [
            (row["number"], self.say.cell(row, name), t("situation.key_count", n=row[about]) if about == "count"
             else self.say.cell(row, about))
            for row in figure.rows
            if row["number"] in on_map
        ]  # fmt: skip

    def chapters(self) -> list[tuple[SituationChapter, list[Section]]]:
        """The headings of the law with their sections."""
        return [(chapter, [one for one in SECTIONS if one.chapter is chapter]) for chapter in SituationChapter]

    def period(self, name: str) -> str:
        """One of the periods of the version in words; "" where there is none."""
        return self.say.period(read_period(self.document["days"][name]))

    def sources(self, figure: Figure) -> str:
        """Where the numbers of a figure come from."""
        named = [self.say.code("source", code) for code in figure.sources]
        return ", ".join(named) or t(f"situation.from.{figure.method}")

    def rests(self, figure: Figure) -> str:
        """What a figure rests on: how many, which period, which sources."""
        period = self.period("now") or self.say.period(situation.period_of(self.found))
        return " ".join((
            t("situation.underlag", count=self.say.fmt.number(figure.n)), t("situation.period_line", period=period),
            t("situation.sources_words", sources=self.sources(figure)),
        ))  # fmt: skip

    def method(self, figure: Figure) -> tuple[str, str]:
        """The version of a figure's method, and where more about it stands ("" for nowhere)."""
        return self.document["methods"][figure.method]["version"], METHOD_PAGES.get(figure.method, "")


def shown(number: int, only: Collection[str] = ()) -> Shown:
    """A version with what it says, or with `only` some sections of it. Raises NotFound, NotAllowed."""
    found = situation.get(g.session, g.viewer, number)
    if found.document is not None:
        return Shown(found, situation.read(found))
    return Shown(found, situation.document_of(g.session, g.viewer, g.agreement, found, today=g.today, only=only))


@blueprint.get("/<int:id>")
def one(id: int) -> str:
    """A version."""
    it = shown(id)
    found = it.found
    texts = {(text.section, text.party): text for text in found.texts}
    frozen = found.state == SituationState.FROZEN
    earlier = [other for other in situation.frozen(g.session, g.viewer) if other.id < id]
    return render_template(
        "situation/one.html",
        it=it,
        found=found,
        frozen=frozen,
        texts=texts,
        parties=g.agreement.parties,
        may_write=lambda text: not frozen and situation.may_write(g.viewer, text),
        may_lead=not frozen and may("edit_situation", found),
        own_party=situation.party_of(g.session, g.viewer),
        keys=situation.standing_keys(found),
        void=[key for key in found.approvals if key.void_at],
        lacking=situation.lacking(found.texts),
        verified=_verified(id) if found.document else None,
        earlier=earlier[0] if earlier else None,
        switched=g.switched,
        drawn=drawn,
    )


def _verified(id: int) -> Verified:
    return situation.verify(g.session, g.viewer, id)


@blueprint.get("/<int:id>/karta.svg")
def svg(id: int) -> Response:
    """The recurring places of a version as a picture."""
    figure = shown(id, ["hotspots"]).figure("hotspots")
    if figure is None or figure.empty:
        raise NotFound("situation.errors.not_found")
    return Response(drawn.squares_map(figure, t("situation.map_words")), mimetype="image/svg+xml")


@blueprint.get("/<int:id>/innehall.json")
def data(id: int) -> Response:
    """All that a closed or frozen version says, byte for byte as its checksum is worked out. Raises StepNotAllowed."""
    found = situation.get(g.session, g.viewer, id)
    if found.document is None:
        raise StepNotAllowed("situation.errors.not_closed")
    name = f"lagesbild-{id}.json"
    return Response(
        found.document, mimetype="application/json", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@blueprint.get("/<int:id>/tabeller.csv")
def csv(id: int) -> Response:
    """The tables of all figures, a row for each value."""
    return tables_csv(shown(id), f"lagesbild-{id}.csv")


def tables_csv(it: Shown, name: str, sections: Collection[str] = ()) -> Response:
    """The tables of the figures of some sections, or of all, a row for each value."""
    return csv_download(writers.csv_rows(COLUMNS, _values(it, sections), watermark=watermark()), name)


def _values(it: Shown, sections: Collection[str]) -> Iterator[dict[str, Any]]:
    for section in SECTIONS:
        if sections and section.code not in sections:
            continue
        for figure in it.figures.get(section.code, ()):
            if figure.empty:
                yield {"section": section.code, "figure": figure.key, "title": it.title(figure)}
            for row in figure.rows:
                first = figure.columns[0]
                for name in figure.columns[1:]:
                    yield {
                        "section": section.code, "figure": figure.key, "title": it.title(figure),
                        "row": it.say.cell(row, first), "column": it.say.column(name), "value": _plain(it, row, name),
                    }  # fmt: skip


def _plain(it: Shown, row: dict[str, Any], name: str) -> Any:
    if name == "parts":
        return " ".join(map(str, row[name]))
    value = row.get(name)
    return value if isinstance(value, int | float) else it.say.cell(row, name)
