"""The measures of the world, as they are stored."""

import pytest

from samverkan_map.db.tables import Measure


@pytest.fixture
def stored(world):
    """The measure with a number as it is stored now."""

    def get(number=1):
        with world.database.reading() as session:
            measure = session.get(Measure, number)
            for name in ("places", "causes", "follow_ups", "parts", "promises"):
                getattr(measure, name)
            return measure

    return get
