"""The page of a placemaking site: what its reviews say together, on the scale they were given on."""

import re
from datetime import date

from samverkan_map import access, sites
from samverkan_map.vocabulary import Voice

SCORES = {"morning": (1, 1, 1, 1, 1), "day": (5, 5, 5, 5, 5), "evening": (3, 3, 2, 4, 3), "night": (2, 3)}


def test_the_means_are_dots_between_the_worst_and_the_best_score(world):
    with world.database.writing() as session:
        for turn in range(5):
            scores = {part: given[turn] for part, given in SCORES.items() if turn < len(given)}
            sites.review(
                session, access.command_line(), 1, voice=Voice.PUBLIC, scores=scores, improve=["light"], good="",
                idea="", today=date(2026, 3, 1),
            )  # fmt: skip
        session.commit()
    page = world.client().get("/platsutveckling/1").text
    scale = page[page.index('<svg class="diagram"') : page.index("</svg>", page.index('<svg class="diagram"'))]
    assert [float(at) for at in re.findall(r'<circle cx="([\d.]+)"', scale)] == [94, 294, 194], "1, 5 and 3 of 1 to 5"
    assert "1 mycket dåligt" in scale and "5 mycket bra" in scale
    assert scale.count("för få svar") == 1, "two answers about the night are too few for the public"
