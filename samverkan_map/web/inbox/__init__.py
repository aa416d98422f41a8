"""The pages of residents' reports: sending one, following it by its code, the inbox, weeks with nothing to report."""

from samverkan_map.web.inbox import covering, following, handling, photos, quiet, replying, sending
from samverkan_map.web.inbox.blueprint import blueprint

__all__ = ["blueprint", "covering", "following", "handling", "photos", "quiet", "replying", "sending"]
