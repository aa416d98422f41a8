"""What stands around the map in the file that opens without a network: words, legend, choices and watermark, as markup.

Nobody but the file has this page: it has no address, no other files beside it, and everything in it is escaped here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from samverkan_map.web.joined import STATIC

ACROSS = 12
"""So many times the word across the map is repeated, so that no part of a picture of it goes without."""

Swatch = tuple[str, str]
Choice = tuple[str, str]


@dataclass(frozen=True)
class FileWords:
    """What stands around the map: title, lines under it, legend, source line, watermark.

    `note` is said of the signs. `swatches` are colour and words of each class of areas, under `classes`. `choices` are
    value and words of what may be shown on the sub-areas, under `choose` and after `no_choice`. `told` are headings
    with the same things in words. `across` lies over the whole map.
    """

    title: str
    lines: tuple[str, ...]
    legend: str
    credit: str
    close: str
    watermark: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    note: str = ""
    classes: str = ""
    swatches: Sequence[Swatch] = ()
    choose: str = ""
    no_choice: str = ""
    choices: Sequence[Choice] = ()
    told: Sequence[tuple[str, Sequence[str]]] = ()
    across: str = ""


def body(words: FileWords, signs: Iterable[tuple[str, str]], name: str) -> str:
    """The markup of the file. `signs` are symbol and words of each layer, `name` the id of the map."""
    symbols = (STATIC / "img/symbols.svg").read_text(encoding="utf-8").replace("<svg ", '<svg hidden="" ', 1)
    return f"""{symbols}
{_head(words, signs)}
<main class="map-box"><div class="folium-map" id="{name}"></div>{_across(words)}<div class="crosshair"></div>
<div class="map-tools"><div class="group"><button class="tool" data-map-action="in" aria-label="+">+</button>
<button class="tool" data-map-action="out" aria-label="−">−</button></div></div>
<aside class="panel" hidden><div class="panel-head"><div><p class="panel-kind"></p><h2 tabindex="-1"></h2></div>
<button class="tool close" aria-label="{escape(words.close)}">×</button></div><div class="panel-body"></div></aside>
<p class="map-credit">{escape(words.credit)}</p></main>"""


def _head(words: FileWords, signs: Iterable[tuple[str, str]]) -> str:
    watermark = Markup('<p class="watermark"><strong>{}</strong></p>').format(words.watermark)
    lines = Markup("").join(Markup("<p>{}</p>").format(line) for line in words.lines)
    return (
        f'{watermark if words.watermark else ""}<header class="file-head"><h1>{escape(words.title)}</h1>{lines}\n'
        f'<section class="legend"><h2>{escape(words.legend)}</h2>{_signs(words, signs)}{_swatches(words)}</section>'
        f"{_choices(words)}{_told(words)}</header>"
    )


def _signs(words: FileWords, signs: Iterable[tuple[str, str]]) -> Markup:
    item = Markup(
        '<li><svg class="symbol" viewBox="0 0 32 32" aria-hidden="true"><use href="#{}"/></svg>'
        '{} <span class="number">{}</span></li>'
    )
    items = (item.format(key, name, words.counts[key]) for key, name in signs if words.counts.get(key))
    note = Markup("<p>{}</p>").format(words.note) if words.note else ""
    return Markup("<ul>{}</ul>{}").format(Markup("").join(items), note)


def _swatches(words: FileWords) -> Markup:
    if not words.swatches:
        return Markup("")
    item = Markup(
        '<li><svg class="symbol" viewBox="0 0 32 32" aria-hidden="true"><rect x="3" y="3" width="26" height="26" '
        'fill="{}" stroke="#101820" stroke-width="2"/></svg>{}</li>'
    )
    items = Markup("").join(item.format(colour, name) for colour, name in words.swatches)
    return Markup("<h3>{}</h3><ul>{}</ul>").format(words.classes, items)


def _choices(words: FileWords) -> Markup:
    if not words.choices:
        return Markup("")
    options = Markup("").join(Markup('<option value="{}">{}</option>').format(*one) for one in words.choices)
    return Markup(
        '<p class="areas-choice"><label for="delomraden">{}</label> <select id="delomraden" data-areas '
        'autocomplete="off"><option value="">{}</option>{}</select></p>'
        '<section class="areas-key" data-areas-key aria-live="polite" hidden></section>'
    ).format(words.choose, words.no_choice, options)


def _told(words: FileWords) -> Markup:
    return Markup("").join(
        Markup("<details><summary>{}</summary><ul>{}</ul></details>").format(
            heading, Markup("").join(Markup("<li>{}</li>").format(line) for line in lines)
        )
        for heading, lines in words.told
    )


def _across(words: FileWords) -> Markup:
    if not words.across:
        return Markup("")
    # The same is said in words above the map; who listens need not hear it again and again.
    return Markup('<div class="across" aria-hidden="true">{}</div>').format(
        Markup("").join(Markup("<span>{}</span>").format(words.across) for _ in range(ACROSS))
    )
