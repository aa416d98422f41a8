"""Rounds of reviews of a placemaking site: opened, invited to, answered by a link, compared with the round before.

Nothing here knows how a link reaches anybody: a token is given once, and only its hash is kept.
"""

from samverkan_map.rounds.answering import Receipt, Standing, answer, begin, by_token, guest, receipt
from samverkan_map.rounds.comparing import Changed, Voiced, changes, voices
from samverkan_map.rounds.inviting import Link, invite, renew, revoke
from samverkan_map.rounds.keeping import DAYS, answered, close, current, find, get, is_open, open_round
from samverkan_map.rounds.taking_up import offers, take_up

__all__ = [
    "Changed", "DAYS", "Link", "Receipt", "Standing", "Voiced", "answer", "answered", "begin", "by_token", "changes",
    "close", "current", "find", "get", "guest", "invite", "is_open", "offers", "open_round", "receipt", "renew",
    "revoke", "take_up", "voices",
]  # fmt: skip
