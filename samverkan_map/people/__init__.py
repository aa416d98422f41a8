"""Colleagues who use the map: their organisations, accounts, sign-ins and sessions. Never somebody the map is about.

Nothing here knows what a page looks like; who may is decided in `access`.
"""

from samverkan_map.people.accounts import (
    by_username,
    change_password,
    create,
    disable,
    disconnect,
    find,
    forget_second_step,
    get,
    give_role,
    name_at_provider,
    reopen,
    set_password,
)
from samverkan_map.people.code_tries import remove as remove_second_step
from samverkan_map.people.code_tries import renew_codes
from samverkan_map.people.code_tries import take as take_second_step
from samverkan_map.people.connecting import check_tries, count_failure, let_in
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
from samverkan_map.people.passwords import check_password, has_password, nobodys_password, random_password
from samverkan_map.people.proposals import confirm as confirm_proposal
from samverkan_map.people.proposals import kinds_for, open_proposals
from samverkan_map.people.proposals import propose as propose_change
from samverkan_map.people.proposals import propose_new as propose_new_police
from samverkan_map.people.proposals import refuse as refuse_proposal
from samverkan_map.people.proposals import withdraw as withdraw_proposal
from samverkan_map.people.second_step import OwnStep, enrolled, new_secret, own_step, waiting_for_code
from samverkan_map.people.second_step import begin as begin_second_step
from samverkan_map.people.second_step import confirm as confirm_second_step
from samverkan_map.people.second_step import forget as forget_all_steps
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
    "OwnDraft", "OwnSession", "OwnStep", "SavedDraft", "Visit", "add_organisation", "as_viewer", "begin_form",
    "begin_second_step", "by_username", "change_password", "check_password", "check_tries", "confirm_proposal",
    "confirm_second_step", "count_failure", "create", "disable", "disconnect", "draft_of", "drop_draft", "end_all",
    "end_form", "end_own", "end_session", "enrolled", "example_viewer", "find", "find_organisations",
    "forget_all_steps", "forget_second_step", "get", "give_role", "has_password", "kinds_for", "let_in",
    "name_at_provider", "new_secret", "nobodys_password", "open_proposals", "own_drafts", "own_sessions", "own_step",
    "propose_change", "propose_new_police", "random_password", "refuse_proposal", "remove_second_step", "renew_codes",
    "reopen", "save_draft", "set_password", "sign_in", "start_session", "take_second_step", "touch", "viewer_of",
    "visit_of", "waiting_for_code", "withdraw_proposal",
]  # fmt: skip
