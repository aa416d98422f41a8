"""The command line on a set-up database of each kind."""

import pytest
from command_line import Samverkan


@pytest.fixture(scope="module", autouse=True)
def servant_goes_home():
    """End the process that ran the commands."""
    yield
    if Samverkan.servant is not None:
        Samverkan.servant.communicate()
        Samverkan.servant = None


@pytest.fixture
def samverkan(database, tmp_path):
    """The command line on a set-up database of each kind."""
    return Samverkan(tmp_path, database.url)


@pytest.fixture
def quick(embedded, tmp_path):
    """The command line on a set-up embedded database."""
    return Samverkan(tmp_path, embedded.url)
