"""The situation picture (lägesbild): composed from what the map knows, weighed in words, frozen by two keys, compared.

`sections` count and derive, `document` is all of it as data, `keeping` its versions and the words of both parties,
`approving` the two keys, `verifying` whether a frozen version holds, `comparing` two of them.
"""

from samverkan_map.situation.approving import approve, document_of, party_of, reopen, seal, standing_keys
from samverkan_map.situation.clock import Demand, Due, Missing, demands, due, missing
from samverkan_map.situation.comparing import Differences, Part, Squares, compare
from samverkan_map.situation.document import read_figures
from samverkan_map.situation.figure import Figure, Row, Sentence
from samverkan_map.situation.keeping import (
    begin,
    change,
    find,
    frozen,
    get,
    lacking,
    last_day,
    may_write,
    period_of,
    text_of,
    write,
)
from samverkan_map.situation.presenting import get_published, present, publish, published
from samverkan_map.situation.sections import SECTIONS, Section
from samverkan_map.situation.verifying import Verified, again, read, verify
from samverkan_map.situation.words import Speaker

__all__ = [
    "Demand", "Differences", "Due", "Figure", "Missing", "Part", "Row", "SECTIONS", "Section", "Sentence", "Speaker",
    "Squares", "Verified", "again", "approve", "begin", "change", "compare", "demands", "document_of", "due", "find",
    "frozen", "get", "lacking", "last_day", "may_write", "missing", "party_of", "period_of", "read", "read_figures",
    "reopen", "seal", "standing_keys", "text_of", "verify", "write", "get_published", "present", "publish", "published",
]  # fmt: skip
