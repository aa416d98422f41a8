"""The page's own styles and scripts, each as one file: a first visit asks for few addresses, and needs no build step.

The sources stay what they are under `static/`, ES modules that import each other. Joined, each keeps a scope of its own
and its lines as they were written, so that what a browser points at is found in the source.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, request, url_for

from samverkan_map.errors import NotFound
from samverkan_map.settings import ROOT

blueprint = Blueprint("joined", __name__)

STATIC = ROOT / "static"
LEAFLET_CSS = "vendor/leaflet/leaflet.css"

_FRAME = ("css/tokens.css", "css/layout.css", "css/parts.css")
STYLES = {
    "sida.css": (*_FRAME, "css/print.css"),
    "karta.css": (LEAFLET_CSS, *_FRAME, "css/karta.css", "css/print.css"),
    "katalog.css": (*_FRAME, "css/catalogue.css", "css/print.css"),
    "plats.css": (*_FRAME, "css/places.css", "css/print.css"),
    "rita.css": (LEAFLET_CSS, *_FRAME, "css/karta.css", "css/places.css", "css/print.css"),
    "atgarder.css": (*_FRAME, "css/catalogue.css", "css/measures.css", "css/print.css"),
    "omdome.css": (*_FRAME, "css/reviews.css", "css/print.css"),
    "mote.css": (*_FRAME, "css/meeting.css", "css/print.css"),
    "aterkommande.css": (*_FRAME, "css/hotspots.css", "css/deeper.css", "css/print.css"),
    "lagesbild.css": (*_FRAME, "css/situation.css", "css/print.css"),
    "statistik.css": (*_FRAME, "css/figures.css", "css/print.css"),
    "kallor.css": (*_FRAME, "css/figures.css", "css/sources.css", "css/print.css"),
    "vandring.css": (
        LEAFLET_CSS,
        *_FRAME,
        "css/karta.css",
        "css/places.css",
        "css/inbox.css",
        "css/walks.css",
        "css/print.css",
    ),
    "rapport.css": (*_FRAME, "css/inbox.css", "css/print.css"),
    "period.css": (*_FRAME, "css/renewal.css", "css/print.css"),
    "leveranser.css": (*_FRAME, "css/deliveries.css", "css/print.css"),
}
"""Each joined style with its sources, in the order in which they overrule each other."""

SCRIPTS = {"sida.js": ("main",), "karta.js": ("main", "map"), "rita.js": ("main", "map", "draw")}
"""Each joined script with the modules that it begins with; what they import comes along."""

NAMES = frozenset(STYLES) | frozenset(SCRIPTS)

_IMPORT = re.compile(r"^import (?:\{ ([\w, ]+) \}|\* as (\w+)) from '\./(\w+)\.js';$", re.MULTILINE)
_HANDED_ON = re.compile(r"^export \{ ((?:\w+, )*\w+) \} from '\./(\w+)\.js';$", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?function (\w+))", re.MULTILINE)
_LEFT = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


class NotJoinable(Exception):
    """A module uses a form of import or export that cannot be joined; the message says where."""


@blueprint.get("/samlat/<name>")
def file(name: str) -> Response:
    """A joined file as it stands now."""
    if name not in NAMES:
        raise NotFound("access.errors.not_found")
    changed = _changed(name)
    response = Response(_text(name, changed), mimetype="text/css" if name in STYLES else "text/javascript")
    response.set_etag(_version(name, changed))
    response.make_conditional(request)
    return response


def address(name: str) -> str:
    """The address of a joined file, with its content's hash so that it can be kept for a year."""
    return url_for("joined.file", name=name, v=_version(name, _changed(name)))


@cache
def _version(name: str, changed: tuple[int, ...]) -> str:
    return hashlib.sha256(_text(name, changed).encode()).hexdigest()[:12]


@cache
def _text(name: str, _changed: tuple[int, ...]) -> str:
    return styles(STYLES[name]) if name in STYLES else scripts(SCRIPTS[name])


def _changed(name: str) -> tuple[int, ...]:
    sources = STYLES.get(name) or tuple(f"js/{module}.js" for module in _with_imports(SCRIPTS[name]))
    return tuple((STATIC / source).stat().st_mtime_ns for source in sources)


def styles(sources: tuple[str, ...]) -> str:
    """Style sheets one after the other; what they name beside themselves is named from the root instead."""
    return "\n".join(_style(source) for source in sources)


def _style(source: str) -> str:
    css = (STATIC / source).read_text(encoding="utf-8")
    return re.sub(r"url\((?![#/])", f"url(/static/{Path(source).parent}/", css)


def scripts(modules: tuple[str, ...]) -> str:
    """The modules with everything they import as one script that imports nothing, each a constant `<name>Module`."""
    return "\n".join(_as_scope(module, _source(module)) for module in _with_imports(modules))


def _with_imports(modules: tuple[str, ...]) -> tuple[str, ...]:
    """The modules after what they import, each once."""
    found: dict[str, None] = {}
    for module in modules:
        found |= dict.fromkeys((*_with_imports(tuple(_imported(_source(module)))), module))
    return tuple(found)


def _imported(source: str) -> Iterator[str]:
    for found in (*_IMPORT.finditer(source), *_HANDED_ON.finditer(source)):
        yield found[found.lastindex or 0]


def _source(module: str) -> str:
    return (STATIC / "js" / f"{module}.js").read_text(encoding="utf-8")


def _as_scope(name: str, source: str) -> str:
    """One module as a constant that holds what it exports. Raises NotJoinable for a form it does not know.

    >>> print(_as_scope("b", "import { x as y } from './a.js';\\nexport function f() { return y; }"))
    // ---- b.js
    const bModule = (() => { 'use strict';
    const { x: y } = aModule;
    function f() { return y; }
    return { f };
    })();
    """
    exported = [one[1] for one in _EXPORT.finditer(source)]
    for names, _ in _HANDED_ON.findall(source):
        exported += names.split(", ")
    source = _HANDED_ON.sub(r"const { \1 } = \2Module;", _EXPORT.sub("", source))
    source = _IMPORT.sub(_as_constant, source)
    if left := _LEFT.search(source):
        raise NotJoinable(f"{name}.js: {left[0]}")
    given = f"return {{ {', '.join(exported)} }};"
    return f"// ---- {name}.js\nconst {name}Module = (() => {{ 'use strict';\n{source}\n{given}\n}})();"


def _as_constant(found: re.Match[str]) -> str:
    names, whole, module = found.groups()
    return (
        f"const {whole} = {module}Module;" if whole else f"const {{ {names.replace(' as ', ': ')} }} = {module}Module;"
    )
