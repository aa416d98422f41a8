"""The rounds of reviews of the example: opened, invited to, and answered by those who hold the links."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from samverkan_map import rounds
from samverkan_map.vocabulary import DayPart, Role

if TYPE_CHECKING:
    from samverkan_map.demo.story import Story

PARTS = {"m": DayPart.MORNING, "d": DayPart.DAY, "e": DayPart.EVENING, "n": DayPart.NIGHT}
"""The letters of the material."""

One = Mapping[str, Any]


def scores_of(one: One) -> dict[str, int]:
    """The scores of a review of the material."""
    return {part.value: one[letter] for letter, part in PARTS.items() if letter in one}


class Asking:
    """What becomes of each round of a site, told as acts of a story."""

    def __init__(self, story: Story) -> None:
        self.story, self.session = story, story.session
        self.links: dict[tuple[str, int], dict[str, rounds.Link]] = {}

    def acts(self, site: One) -> Iterator[tuple[int, Callable[[date], object]]]:
        """What happens to the rounds of a site: how many days before the last day, and what is done then."""
        for number, one in enumerate(site.get("rounds", ())):
            yield one["opened"], partial(self._open, site["key"], number, one)
            for answer in one["answers"]:
                yield one["opened"], partial(self._answer, site["key"], number, answer)

    def _open(self, key: str, number: int, one: One, day: date) -> None:
        coordinator = self.story.viewers[Role.COORDINATOR]
        made = rounds.open_round(
            self.session, coordinator, self.story.ids[key], closes_on=day + timedelta(days=one["days"]), today=day
        )
        ids = {self.story.organisations[code]: code for code in one["invited"]}
        links = rounds.invite(self.session, coordinator, made.id, list(ids), today=day)
        self.links[key, number] = {ids[link.invitation.organisation_id]: link for link in links}

    def _answer(self, key: str, number: int, one: One, day: date) -> None:
        link = self.links[key, number][one["by"]]
        later = min(day + timedelta(days=one["after"]), self.story.until)
        guest = rounds.guest(link.invitation)
        rounds.begin(self.session, guest, link.invitation, today=later)
        rounds.answer(
            self.session,
            guest,
            rounds.by_token(self.session, link.token),
            scores=scores_of(one),
            strengths=one["strengths"],
            improve=one["improve"],
            good=one.get("good", ""),
            idea=one.get("idea", ""),
            contribution=one.get("offer", ""),
            version=0,
            today=later,
        )
