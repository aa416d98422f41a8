"""The measures of the example: attached, planned for follow-up, promised to, carried out in parts, judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from samverkan_map import measures, places
from samverkan_map.access import Viewer
from samverkan_map.vocabulary import MeasureStatus, Mechanism, Role, Term, Verdict

if TYPE_CHECKING:
    from samverkan_map.demo.story import Story

One = Mapping[str, Any]
Acts = Iterator[tuple[int, Callable[[date], object]]]


class Undertakings:
    """What becomes of each measure of the material, told as acts of a story."""

    def __init__(self, story: Story) -> None:
        self.story, self.session, self.ids = story, story.session, story.ids

    def acts(self, one: One) -> Acts:
        """What happens to a measure: how many days before the last day, and what is done then."""
        yield one["attached"], partial(self._attach, one)
        if "started" in one:
            yield one["started"], lambda day: self._move(one, MeasureStatus.ONGOING, day)
        if "ended" in one:
            end = MeasureStatus.CANCELLED if one.get("cancelled") else MeasureStatus.DONE
            yield one["ended"], lambda day: self._finish(one, end, day)
        if "published" in one:
            yield one["published"], partial(self._publish, one)
        for number, follow_up in enumerate(one["follow_ups"]):
            yield from self._of_follow_up(one, f"{one['key']} {number}", follow_up)
        for number, part in enumerate(one.get("parts", ())):
            yield from self._of_part(one, f"{one['key']} part {number}", part)
        for number, promise in enumerate(one.get("promises", ())):
            yield from self._of_promise(one, f"{one['key']} promise {number}", promise)

    def _viewer(self, one: One) -> Viewer:
        return self.story.viewers[Role(one.get("by", Role.PLANNER))]

    # ---- The measure itself ------------------------------------------------------------------------------------------

    def _attach(self, one: One, day: date) -> None:
        made = measures.attach(
            self.session, self._viewer(one), self.story.agreement, **self._words(one), **self._where(one), today=day
        )
        self.ids[one["key"]] = made.id
        for number, follow_up in enumerate(one["follow_ups"]):
            planned = measures.plan_follow_up(
                self.session,
                self._viewer(one),
                self.story.agreement,
                made.id,
                **self._plan(follow_up, follow_up),
                today=day,
            )
            self.ids[f"{one['key']} {number}"] = planned.id
        if "waiver" in one:
            measures.waive(self.session, self._viewer(one), made.id, one["waiver"], today=day)

    def _words(self, one: One) -> dict[str, Any]:
        start, end = (self.story.day(ago) for ago in one["planned"])
        return {
            "title": one["title"],
            "mechanism": Mechanism(one["mechanism"]),
            "summary": one["summary"],
            "owner_id": self.story.organisations[one["owner"]],
            "planned_start": start,
            "planned_end": end,
            "catalogue_code": one["catalogue"],
            "term": Term(one.get("term", Term.SHORT)),
            "works_while_ongoing": one.get("works_while_ongoing", False),
            "expected": one["expected"],
            "cost_kronor": one["cost"],
            "dose_planned": one["dose"][0],
        }

    def _where(self, one: One) -> dict[str, Any]:
        place_ids = [self.ids[key] for key in one.get("places", ())]
        found = [places.get(self.session, self._viewer(one), number) for number in place_ids]
        kinds = one.get("causes", ())
        return {
            "place_ids": place_ids,
            "site_ids": [self.ids[key] for key in one.get("sites", ())],
            "cause_ids": [cause.id for place in found for cause in place.causes if cause.kind in kinds],
            "shape": self.story.ground.shape(one) if "street" in one or "spot" in one else None,
        }

    def _move(self, one: One, to: MeasureStatus, day: date) -> None:
        measures.move(self.session, self._viewer(one), self.ids[one["key"]], to, on=day)

    def _finish(self, one: One, to: MeasureStatus, day: date) -> None:
        self._move(one, to, day)
        words = self._words(one) | {"dose_delivered": one["dose"][1]}
        number = self.ids[one["key"]]
        measures.edit(
            self.session, self._viewer(one), self.story.agreement, number, **words, **self._where(one), version=None,
            today=day,
        )  # fmt: skip

    def _publish(self, one: One, day: date) -> None:
        measures.publish(self.session, self.story.viewers[Role.COORDINATOR], self.ids[one["key"]], today=day)

    # ---- Its follow-ups ----------------------------------------------------------------------------------------------

    def _of_follow_up(self, one: One, key: str, follow_up: One) -> Acts:
        if changed := follow_up.get("changed"):
            yield changed["ago"], partial(self._change_plan, one, key, follow_up, changed)
        if "verdict" in follow_up:
            yield follow_up["done"], partial(self._judge, one, key, follow_up)

    def _plan(self, follow_up: One, compared: One) -> dict[str, Any]:
        return {
            "indicator": follow_up["indicator"],
            "types": follow_up["types"],
            "window_months": follow_up["months"],
            "same_season": follow_up.get("same_season", True),
            "comparison": follow_up["comparison"],
            "comparison_place_ids": [self.ids[key] for key in compared.get("compare", ())],
            "comparison_area": compared.get("area"),
            "comparison_reason": compared.get("reason", ""),
            "ring_metres": follow_up.get("ring", 200),
            "chosen_for_height": follow_up.get("height", False),
            "due_on": self.story.day(follow_up["due"]),
        }

    def _change_plan(self, one: One, key: str, follow_up: One, changed: One, day: date) -> None:
        plan, who = self._plan(follow_up, changed), self._viewer(one)
        measures.change_plan(self.session, who, self.story.agreement, self.ids[key], **plan, today=day)

    def _judge(self, one: One, key: str, follow_up: One, day: date) -> None:
        verdict = Verdict(follow_up["verdict"])
        measures.set_verdict(self.session, self._viewer(one), self.ids[key], verdict, note=follow_up["note"], today=day)

    # ---- Its parts and promises --------------------------------------------------------------------------------------

    def _of_part(self, one: One, key: str, part: One) -> Acts:
        yield one["attached"], partial(self._add_part, one, key, part)
        if "done" in part:
            yield part["done"][1], partial(self._finish_part, one, key, part)

    def _days(self, names: tuple[str, str], days: list[int]) -> dict[str, Any]:
        return {name: self.story.day(ago) for name, ago in zip(names, days, strict=True)}

    def _add_part(self, one: One, key: str, part: One, day: date) -> None:
        days = self._days(("planned_start", "planned_end"), part["planned"])
        self.ids[key] = measures.add_part(
            self.session, self._viewer(one), self.ids[one["key"]], title=part["title"], **days, today=day
        ).id

    def _finish_part(self, one: One, key: str, part: One, day: date) -> None:
        days = self._days(("planned_start", "planned_end"), part["planned"])
        days |= self._days(("started_on", "ended_on"), part["done"])
        measures.change_part(self.session, self._viewer(one), self.ids[key], title=part["title"], **days, today=day)

    def _of_promise(self, one: One, key: str, promise: One) -> Acts:
        yield promise["made"], partial(self._promise, one, key, promise)
        if "kept" in promise:
            yield promise["told"], partial(self._keep, one, key, promise)

    def _promise(self, one: One, key: str, promise: One, day: date) -> None:
        self.ids[key] = measures.promise(
            self.session,
            self.story.viewers[Role.PLANNER],
            self.ids[one["key"]],
            organisation_id=self.story.organisations[promise["by"]],
            what=promise["what"],
            kronor=promise.get("kronor"),
            due_on=self.story.day(promise["due"]),
            today=day,
        ).id

    def _keep(self, one: One, key: str, promise: One, day: date) -> None:
        measures.keep(
            self.session, self._viewer(one), self.ids[key], promise["kept"], note=promise.get("note", ""), today=day
        )
