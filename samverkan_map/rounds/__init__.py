"""Rounds of reviews of a placemaking site: opened, invited to, answered by all four voices, compared with the round
before.

Nothing here knows how a link reaches anybody: a token is given once, and only its hash is kept.
"""

from samverkan_map.rounds.answering import answer
from samverkan_map.rounds.comparing import Changed, Voiced, changes, voices
from samverkan_map.rounds.inviting import Link, invite, renew, revoke
from samverkan_map.rounds.keeping import DAYS, answered, close, current, find, get, is_open, open_round
from samverkan_map.rounds.limits import count
from samverkan_map.rounds.receipts import Receipt, Said, receipt
from samverkan_map.rounds.respondents import (
    VOICES,
    Respondent,
    Standing,
    answer_of,
    anybody,
    begin,
    by_token,
    guest,
    invited,
    signed_in,
)
from samverkan_map.rounds.taking_up import offers, take_up

__all__ = [
    "Changed", "DAYS", "Link", "Receipt", "Respondent", "Said", "Standing", "VOICES", "Voiced", "answer", "answer_of",
    "answered", "anybody", "begin", "by_token", "changes", "close", "count", "current", "find", "get", "guest",
    "invite", "invited", "is_open", "offers", "open_round", "receipt", "renew", "revoke", "signed_in", "take_up",
    "voices",
]  # fmt: skip
