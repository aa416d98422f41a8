"""Composes the map with folium; the only file that knows folium.

folium decides what the map consists of; the visitor gets none of its notebook defaults: no address of another host, no
inline script or style, no popups. Data is never put into the page, only its address, except in the stand-alone file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from typing import Any

import folium
from branca.element import CssLink, Element, Figure, JavascriptLink, MacroElement
from folium.elements import JSCSSMixin
from folium.template import Template

from samverkan_map.agreement import Agreement
from samverkan_map.web import basemap, file_page, joined
from samverkan_map.web.basemap import LAYERS, STEPS, Basemap
from samverkan_map.web.file_page import FileWords
from samverkan_map.web.joined import LEAFLET_CSS, STATIC

LEAFLET_JS = "vendor/leaflet/leaflet.js"
PROTOMAPS_JS = "vendor/protomaps-leaflet/protomaps-leaflet.js"
VENDORED = frozenset({LEAFLET_JS, LEAFLET_CSS, PROTOMAPS_JS})
"""The only links that a map may have, as files under `static/`."""

NAME = "karta"
"""The map's id in the page, fixed so that two answers to one question are the same bytes."""

NEAREST_ZOOM, FARTHEST_ZOOM = 18, 9
BUILT_IN_NEAREST_ZOOM = 17
"""The built-in base map has nothing more to show nearer."""

OVER, UNDER, LEGEND_WIDE = (16, 64), (16, 34), 250
"""Room, in pixels, for what lies over the map: its tools above, scale and sources below, the legend in a corner."""

Bounds = tuple[float, float, float, float]
_Pairs = tuple[tuple[str, Any], ...]


class ForeignLink(Exception):
    """An element of the map wants a file that is not vendored."""


@dataclass(frozen=True)
class LayerSign:
    """How a layer is called and drawn: its name in the visitor's language and the colour of its share in a ring."""

    label: str
    colour: str


@dataclass(frozen=True)
class FirstCells:
    """The cells that a page asks for before its map has begun: box in degrees, zoom, address."""

    box: Bounds
    zoom: int
    address: str


@dataclass(frozen=True)
class Hit:
    """What was searched for: its name, where its sign stands (lat, lon), and for a street its lines (lon, lat)."""

    name: str
    at: tuple[float, float]
    lines: tuple[tuple[tuple[float, float], ...], ...] = ()


@dataclass(frozen=True)
class View:
    """What the map shows first and in which words (pairs). Bounds are (west, south, east, north) in degrees."""

    bounds: Bounds
    whole: Bounds
    language: str
    names: tuple[tuple[str, str], ...]
    basemap: Basemap
    within: Bounds | None = None
    first: FirstCells | None = None
    hit: Hit | None = None
    about: bool = False


@dataclass(frozen=True)
class MapParts:
    """A composed map: what stands in the page, the script served under its own address, and the files both need."""

    body: str
    script: str
    scripts: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()

    def __html__(self) -> str:
        """The body as it stands in a template: folium's own markup, made of nothing but the map's fixed name."""
        return self.body


class Viewport(folium.Map):
    """folium's map with our own copy of Leaflet and a fixed name."""

    default_js = [("leaflet", LEAFLET_JS)]
    default_css = [("leaflet_css", LEAFLET_CSS)]

    def get_name(self) -> str:
        """The fixed name."""
        return NAME


class Call(MacroElement):
    """One call of a function of `static/js/map.js` with the map and plain data."""

    _template = Template("{% macro script(this, kwargs) %}{{ this.line }}{% endmacro %}")

    def __init__(self, function: str, **options: Any) -> None:
        super().__init__()
        self._name = f"Call{function}"
        self.line = f"samverkan.{function}({NAME}, {_as_script(options)});"


class VectorTiles(JSCSSMixin, Call):
    """A base map from one PMTiles file; the only element that needs a second library."""

    default_js = [("protomaps", PROTOMAPS_JS)]


def compose(
    agreement: Agreement, layers: Mapping[str, LayerSign], view: View, addresses: Mapping[str, str]
) -> MapParts:
    """The map of a page. `addresses` holds `cells`, `question`, `sprite` and `background`.

    Raises ForeignLink when an element would load anything that is not vendored.
    """
    return _composed(agreement, tuple(layers.items()), view, tuple(addresses.items()))


@lru_cache(maxsize=256)
def _composed(agreement: Agreement, layers: _Pairs, view: View, addresses: _Pairs) -> MapParts:
    """Kept, since folium compiles its templates anew each time, and a page and its script need the same map."""
    viewport, named = _viewport(view), dict(addresses)
    asked = {"address": named["cells"], "question": named["question"], "first": view.first and asdict(view.first)}
    # What the map is about comes before what it lies on.
    viewport.add_child(Call("cells", **asked, **_drawing(dict(layers), view, named)))
    for element in _base(view, named):
        viewport.add_child(element)
    viewport.add_child(_frame(view, named["sprite"]))
    if view.hit:
        viewport.add_child(Call("hit", **asdict(view.hit)))
    return _parts(viewport)


@lru_cache(maxsize=256)
def stretches(view: View, addresses: _Pairs, drawing: tuple[tuple[str, Any], ...]) -> MapParts:
    """A map of stretches of road. `addresses` holds `stretches`, `sprite` and `background`, `drawing` how they are
    drawn (pairs; values are texts, numbers and tuples).

    Raises ForeignLink when an element would load anything that is not vendored.
    """
    viewport, named = _viewport(view), dict(addresses)
    viewport.add_child(Call("stretches", address=named["stretches"], **dict(drawing)))
    for element in _base(view, named):
        viewport.add_child(element)
    viewport.add_child(_frame(view, named["sprite"]))
    return _parts(viewport)


def _parts(viewport: Viewport) -> MapParts:
    figure = _rendered(viewport)
    return MapParts(
        body=figure.html.render().strip(),
        script=figure.script.render(),
        scripts=_links(figure, JavascriptLink),
        styles=_links(figure, CssLink),
    )


def _viewport(view: View) -> Viewport:
    west, south, east, north = view.bounds
    calm: dict[str, Any] = {
        "keyboard": False,
        "attribution_control": False,
        "zoom_snap": 0.5,
        "max_bounds_viscosity": 0.8,
    }
    viewport = Viewport(
        location=((south + north) / 2, (west + east) / 2),
        zoom_start=11,
        tiles=None,
        zoom_control=False,
        minZoom=FARTHEST_ZOOM,
        maxZoom=BUILT_IN_NEAREST_ZOOM if view.basemap.kind == "builtin" else NEAREST_ZOOM,
        maxBounds=_corners(_padded(view.whole, 0.7)),
        **calm,
    )
    # The municipality leaves the legend's corner free by itself; what is looked for must not lie under it.
    under = (LEGEND_WIDE, UNDER[1]) if view.hit or view.about else UNDER
    viewport.fit_bounds(_corners(view.bounds), padding_top_left=OVER, padding_bottom_right=under)
    return viewport


def _base(view: View, addresses: Mapping[str, str]) -> Iterable[MacroElement]:
    """The elements of the base map that the settings ask for."""
    if view.basemap.kind == "xyz":
        yield Call("localTiles")
        # Public tile servers turn away requests that do not say where they come from; the origin is enough.
        yield folium.TileLayer(
            view.basemap.address,
            # folium insists; what is shown is the credit line of the page.
            attr=view.basemap.credit or NAME,
            max_native_zoom=NEAREST_ZOOM,
            referrer_policy="strict-origin-when-cross-origin",
        )
    elif view.basemap.kind == "pmtiles":
        yield VectorTiles("vectorTiles", address=view.basemap.address, flavor="light", language=view.language)
    elif view.basemap.kind == "builtin":
        yield _background(address=addresses["background"])


def _background(**data: Any) -> Call:
    """The built-in base map; `data` is its address or its layers."""
    layers = [
        {"source": layer.source, "zoom": layer.zoom, "style": layer.style, "labels": layer.labels} for layer in LAYERS
    ]
    return Call("background", steps=STEPS, layers=layers, **data)


def _drawing(layers: Mapping[str, LayerSign], view: View, addresses: Mapping[str, str]) -> dict[str, Any]:
    signs = {key: {"label": sign.label, "colour": sign.colour} for key, sign in layers.items()}
    return {"layers": signs, "names": dict(view.names), "sprite": addresses["sprite"], "within": view.within}


def _frame(view: View, sprite: str) -> Call:
    return Call(
        "frame",
        sprite=sprite,
        bounds=_corners(view.whole),
        first=_corners(view.bounds),
        names=dict(view.names),
        describedBy="karta-hjalp",
    )


def _rendered(viewport: Viewport) -> Any:
    """The figure with all parts rendered, after a check that nothing foreign came with them."""
    figure: Any = viewport.get_root()
    # A figure starts with a charset tag that a page of ours has already.
    figure.header._children.clear()
    viewport.render()
    for child in figure.header._children.values():
        if isinstance(child, JavascriptLink | CssLink) and child.url not in VENDORED:
            raise ForeignLink(child.url)
    return figure


def _links(figure: Any, kind: Any) -> tuple[str, ...]:
    return tuple(str(child.url) for child in figure.header._children.values() if isinstance(child, kind))


def _corners(bounds: Bounds) -> list[list[float]]:
    west, south, east, north = bounds
    return [[south, west], [north, east]]


def _padded(bounds: Bounds, share: float) -> Bounds:
    west, south, east, north = bounds
    x, y = (east - west) * share, (north - south) * share
    return west - x, south - y, east + x, north + y


def _as_script(value: Any) -> str:
    """A value as it may stand in a script, also in one that stands inside a page.

    folium reads what it is given as a template once more, so what would open a template tag is written otherwise. JSON
    itself never has two such signs in a row: they can only stand inside a text.

    >>> print(_as_script(["</script>", "{{ 7 * 7 }}"]))
    ["\\u003c/script\\u003e","\\u007b{ 7 * 7 }}"]
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    text = re.sub(r"\{(?=[{%#])", r"\\u007b", text)
    return re.sub("[<>\u2028\u2029]", lambda found: f"\\u{ord(found[0]):04x}", text)


# ---- The stand-alone file ------------------------------------------------------------------------------------------


_STYLES = ("css/tokens.css", "css/layout.css", "css/parts.css", "css/karta.css", "css/standalone.css")
_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"


class File(Figure):
    """folium's page with the language and the policy that a file of ours has."""

    _template = Template(
        '<!DOCTYPE html>\n<html lang="{{ this.language }}">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="{{ this.policy }}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{{ this.title|e }}</title>\n'
        "{{ this.header.render() }}\n</head>\n<body>\n{{ this.html.render() }}\n"
        "<script>\n{{ this.script.render() }}\n</script>\n</body>\n</html>\n"
    )

    def __init__(self, title: str, language: str) -> None:
        super().__init__(title=title)
        self.language, self.policy = language, _POLICY


def standalone(
    agreement: Agreement,
    layers: Mapping[str, LayerSign],
    view: View,
    rows: list[dict[str, Any]],
    words: FileWords,
    *,
    areas: Mapping[str, Any] | None = None,
) -> str:
    """One HTML file with the map and its rows inside, that opens without a network and sends nothing anywhere.

    A row holds `lon`, `lat` and either `layer`, `id`, `title`, `symbol` and `facts` (pairs of words), or `counts` per
    layer. `areas` holds `zones`, numbered areas (GeoJSON `geometry`, `colour`, `number`, `title`, `text`, `facts`), and
    `held`: for each choice of `words` the sub-areas with their numbers, as the page's own addresses give them.
    """  # fmt: skip
    file = File(words.title, view.language)
    viewport = _viewport(view)
    viewport.add_to(file)
    # Tiles would need a network, so the file always stands on the built-in base map.
    viewport.add_child(_background(data=basemap.packed(agreement.folder)))
    viewport.add_child(Call("rows", rows=rows, **_drawing(layers, view, {"sprite": ""})))
    viewport.add_child(_frame(view, ""))
    if areas:
        viewport.add_child(Call("zones", zones=areas["zones"]))
        viewport.add_child(Call("areas", held=areas["held"]))
    _rendered(viewport)
    calls = file.script.render()
    for part in (file, file.header, file.html, file.script):
        part._children.clear()
    file.header.add_child(Element(_escaped(_inline_styles())), name="styles")
    signs = [(key, sign.label) for key, sign in layers.items()]
    file.html.add_child(Element(_escaped(file_page.body(words, signs, NAME))), name="page")
    file.script.add_child(Element(_escaped(f"{_leaflet()}\n{_modules()}\n{calls}")), name="script")
    return file.render()


def _escaped(text: str) -> str:
    """folium reads an element's text as a template; data that looks like one must not become one."""
    return "{% raw %}" + text.replace("{% endraw %}", "") + "{% endraw %}"


def _inline_styles() -> str:
    # The pictures of Leaflet's own controls are not used here, and a file has no folder beside it.
    alone = re.sub(r"url\([^)]*\)", "none", joined.styles((LEAFLET_CSS, *_STYLES)))
    return f"<style>{alone}</style>"


def _leaflet() -> str:
    return (STATIC / LEAFLET_JS).read_text(encoding="utf-8")


@cache
def _modules() -> str:
    """The page's own modules as one script: a file that is opened from disk may not import other files."""
    return joined.scripts(("standalone",)) + "\nconst samverkan = standaloneModule;"
