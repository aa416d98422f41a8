"""The coordinator at the page of deliveries."""

import pytest


@pytest.fixture
def coordinator(world):
    return world.client("samordnare")
