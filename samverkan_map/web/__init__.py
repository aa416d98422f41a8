"""The pages: read an address or a form into a question, ask the nouns, render a template.

Nothing here knows tables or decides who may; nothing below knows that it is on the web.
"""

from __future__ import annotations

from flask import Flask

from samverkan_map import access, agreement
from samverkan_map import catalogue as measure_catalogue
from samverkan_map import settings as settings_module
from samverkan_map.db import engine
from samverkan_map.errors import SetUpTrouble
from samverkan_map.settings import ROOT, Settings
from samverkan_map.web import (
    account,
    addresses,
    admin,
    answers,
    basemap,
    catalogue,
    compression,
    csrf,
    deeper,
    deliveries,
    demo,
    disposal,
    effects,
    figures,
    forms,
    gatekeeper,
    headers,
    health,
    help,
    hotspot_along,
    hotspot_comparison,
    hotspot_runs,
    hotspot_series,
    inbox,
    joined,
    karta,
    measures,
    meetings,
    places,
    police_accounts,
    provider,
    public_view,
    reading_log,
    renewal,
    reviews,
    road_files,
    saying,
    second_step,
    sessions,
    sites,
    situation,
    source_files,
    sources,
    texts,
    traffic,
    transactions,
    uploads,
    walks,
)

PAGES = (
    karta, places, measures, catalogue, effects, sites, reviews, figures, traffic, hotspot_runs, hotspot_along,
    hotspot_comparison, hotspot_series, deeper, meetings, inbox, walks, help, account, admin, deliveries, road_files,
    sources, source_files, forms, health, demo, joined, situation, basemap, second_step, police_accounts, disposal,
    renewal, provider,
)  # fmt: skip


def create_app(settings: Settings | None = None, *, demo: bool = False) -> Flask:
    """The whole web application. `demo` lets a first visit in as the example planner, on a trial database only.

    Raises SetUpTrouble when an address lacks its row in grants.toml, or a row its address, or `demo` has no trial
    database to show.
    """
    settings = settings or settings_module.read()
    app = Flask("samverkan_map", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.url_map.converters["int"] = addresses.Number
    app.extensions["samverkan"] = settings
    app.extensions["secret"] = settings_module.secret_key(settings)
    uploads.Store(settings.instance).sweep()
    database = engine.open_database(settings)
    if demo:
        _needs_trial(database)
    transactions.register(app, database, engine.translate)
    headers.register(app, settings)
    compression.register(app)
    answers.register(app)
    own = agreement.load(settings.municipality)
    texts.register(app, own, measure_catalogue.load(settings.municipality))
    saying.register(app)
    public_view.register(app)
    sessions.register(app, demo=demo)
    reading_log.register(app, database)
    gatekeeper.register(app)
    csrf.register(app)
    inbox.replying.register(app, own)
    for page in PAGES:
        app.register_blueprint(page.blueprint)
    # Of the functions that see an answer the last one goes first: an answer that says the commit failed is dressed too.
    transactions.commit_first(app)
    gatekeeper.check_rows(app)
    return app


def _needs_trial(database: engine.Database) -> None:
    with database.reading() as session:
        if not access.is_trial(session):
            raise SetUpTrouble("access.errors.demo_needs_trial")
