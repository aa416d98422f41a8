"""Which tests stay in one worker: those that share what is dear to make.

pytest-xdist's own groups do nothing with pytest 9.2 (pytest-xdist issue 1386), so the folders are told here.
"""

from __future__ import annotations

import re

from xdist.scheduler import LoadScopeScheduling

BROWSER = ("tests/browser/", "tests/web/test_templates.py")
"""They share one Chromium and one server."""

EVERY_PAGE = "tests/browser/test_every_page.py"
"""Half of them, with a browser of its own: in one worker they took longer than everything else in the others."""

WHOLE = re.compile(r"tests/(test_bench|example/\w+|cli/\w+)\.py")
"""Files whose tests read what is made once."""


class Together(LoadScopeScheduling):
    """Hands out the browser's tests and some whole files together, and every other test by itself."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(EVERY_PAGE):
            return "every page"
        if nodeid.startswith(BROWSER):
            return "browser"
        found = WHOLE.match(nodeid)
        return found[0] if found else nodeid
