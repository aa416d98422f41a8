"""The pages: read an address or a form into a question, ask the nouns, render a template.

Nothing here knows tables or decides who may; nothing below knows that it is on the web.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from flask import Flask

from samverkan_map import access, agreement
from samverkan_map import settings as settings_module
from samverkan_map.db import engine
from samverkan_map.errors import SetUpTrouble
from samverkan_map.settings import ROOT, Settings
from samverkan_map.web import answers, csrf, gatekeeper, headers, sessions, texts, transactions

PAGES = (
    "karta", "places", "measures", "sites", "traffic", "help", "account", "admin", "deliveries", "health", "demo",
)  # fmt: skip


def create_app(settings: Settings | None = None, *, demo: bool = False) -> Flask:
    """The whole web application. `demo` lets a first visit in as the example planner, on a trial database only.

    Raises SetUpTrouble when an address lacks its row in grants.toml, or a row its address, or `demo` has no trial
    database to show.
    """
    settings = settings or settings_module.read()
    app = Flask("samverkan_map", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.extensions["samverkan"] = settings
    app.extensions["secret"] = settings_module.secret_key(settings)
    database = engine.open_database(settings)
    if demo:
        _needs_trial(database)
    transactions.register(app, database, engine.translate)
    headers.register(app, settings)
    answers.register(app)
    texts.register(app, agreement.load(settings.municipality))
    sessions.register(app, demo=demo)
    gatekeeper.register(app)
    csrf.register(app)
    _add_pages(app)
    if all(find_spec(f"samverkan_map.web.{name}") for name in PAGES):
        gatekeeper.check_rows(app)
    return app


def _needs_trial(database: engine.Database) -> None:
    with database.reading() as session:
        if not access.is_trial(session):
            raise SetUpTrouble("access.errors.demo_needs_trial")


def _add_pages(app: Flask) -> None:
    for name in PAGES:
        if find_spec(f"samverkan_map.web.{name}"):
            app.register_blueprint(import_module(f"samverkan_map.web.{name}").blueprint)
