"""Colleagues who use the map: their organisations, accounts, sign-ins and sessions. Never somebody the map is about.

Nothing here knows what a page looks like; who may is decided in `access`.
"""

from samverkan_map.people.accounts import (
    by_username,
    change_password,
    create,
    disable,
    find,
    get,
    give_role,
    reopen,
    set_password,
)
from samverkan_map.people.forms import (
    OwnDraft,
    SavedDraft,
    begin_form,
    draft_of,
    drop_draft,
    end_form,
    own_drafts,
    save_draft,
)
from samverkan_map.people.organisations import add_organisation, find_organisations
from samverkan_map.people.passwords import check_password, random_password
from samverkan_map.people.sessions import (
    OwnSession,
    Visit,
    as_viewer,
    end_all,
    end_own,
    end_session,
    example_viewer,
    own_sessions,
    start_session,
    touch,
    viewer_of,
    visit_of,
)
from samverkan_map.people.sign_in import sign_in

__all__ = [
    "OwnDraft", "OwnSession", "SavedDraft", "Visit", "add_organisation", "as_viewer", "begin_form", "by_username",
    "change_password", "check_password", "create", "disable", "draft_of", "drop_draft", "end_all", "end_form",
    "end_own", "end_session", "example_viewer", "find", "find_organisations", "get", "give_role", "own_drafts",
    "own_sessions", "random_password", "reopen", "save_draft", "set_password", "sign_in", "start_session", "touch",
    "viewer_of", "visit_of",
]  # fmt: skip
