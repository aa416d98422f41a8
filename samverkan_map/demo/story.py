"""Plays the example's history in order, each act by the example person who would do it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from samverkan_map import access, meetings, people, places, sites, traffic
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.demo.asking import Asking, scores_of
from samverkan_map.demo.material import read
from samverkan_map.demo.spots import Ground
from samverkan_map.demo.undertakings import Undertakings
from samverkan_map.vocabulary import (
    DecisionStatus,
    OrganisationKind,
    Phase,
    Role,
    StepBackReason,
    Voice,
    WatchKind,
)

YEARS = 3
"""How many years the days of the material are meant for."""

Act = tuple[date, Callable[[], object]]

_VOICES = {Voice.POLICE: Role.POLICE, Voice.MUNICIPALITY: Role.PLANNER, Voice.BUSINESS: Role.COORDINATOR}
"""Who writes a review; what a business says is put in by the coordinator."""


class Story:
    """The people, stretches, places, sites and measures of the example, and what becomes of them."""

    def __init__(self, session: Session, agreement: Agreement, ground: Ground, *, until: date, years: int) -> None:
        self.session, self.agreement, self.ground = session, agreement, ground
        self.until, self.years = until, years
        self.sign_ins: list[tuple[str, str]] = []
        self.organisations: dict[str, int] = {}
        self.businesses: list[str] = []
        self.viewers: dict[Role, Viewer] = {}
        self.ids: dict[str, int] = {}

    def day(self, ago: int) -> date:
        """The day that is so many days of the material before the last; what lies ahead is not scaled."""
        return self.until - timedelta(days=ago * self.years // YEARS if ago > 0 else ago)

    def began(self) -> dict[str, date]:
        """On which day each measure that was started began."""
        return {one["key"]: self.day(one["started"]) for one in read("measures")["measures"] if "started" in one}

    def people(self, maker: Viewer, day: date) -> None:
        """The organisations, and one person per role with a password that is told once."""
        for one in read("people")["organisations"]:
            kind = OrganisationKind(one["kind"])
            made = people.add_organisation(self.session, maker, code=one["code"], name=one["name"], kind=kind)
            self.organisations[one["code"]] = made.id
            if kind is OrganisationKind.BUSINESS:
                self.businesses.append(one["name"])
        for one in read("people")["people"]:
            password = people.random_password()
            person = people.create(
                self.session, maker, **one, password=password, example=True, now=datetime.combine(day, time(8))
            )
            self.viewers[Role(person.role)] = people.as_viewer(person)
            self.sign_ins.append((person.username, password))

    def stretches(self) -> None:
        """The stretches of road, which are known from the beginning."""
        for one in read("traffic")["stretches"]:
            made = traffic.add_stretch(
                self.session,
                self.viewers[Role.PLANNER],
                self.agreement,
                name=one["name"],
                keeper=one["keeper"],
                speed_limit=one["limit"],
                line=self.ground.line(one["street"], *one.get("part", (0, 100))),
            )
            self.ids[one["name"]] = made.id

    def acts(self) -> Iterator[Act]:
        """What happens on which day; acts on one day in the order they are given."""
        for one in read("traffic")["stretches"]:
            for measured in one["measured"]:
                yield self.day(measured["ago"]), partial(self._measure_speed, one["name"], measured)
        for one in read("decisions")["decisions"]:
            yield self.day(one["ago"]), partial(self._decide, one)
            if "settled" in one:
                yield self.day(one["settled"]), partial(self._settle, one)
        of_measure = Undertakings(self).acts
        for kind, acts_of in (("places", self._of_place), ("sites", self._of_site), ("measures", of_measure)):
            for one in read(kind)[kind]:
                # Both orders matter: short examples put many acts on one day.
                for ago, act in sorted(acts_of(one), key=lambda found: -found[0]):
                    yield self.day(ago), partial(act, self.day(ago))

    def _viewer(self, one: Mapping[str, Any]) -> Viewer:
        return self.viewers[Role(one.get("by", Role.PLANNER))]

    @property
    def _coordinator(self) -> Viewer:
        return self.viewers[Role.COORDINATOR]

    def _measure_speed(self, stretch: str, one: Mapping[str, Any]) -> None:
        ended = self.day(one["ago"])
        traffic.measure_speed(
            self.session,
            self.viewers[Role.TRAFFIC_GROUP],
            self.ids[stretch],
            started_on=ended - timedelta(days=6),
            ended_on=ended,
            mean_speed=one["mean"],
            v85=one["v85"],
            share_over_limit=one["over"],
            share_over_30=one["over_30"],
            vehicles=one["vehicles"],
        )

    def _decide(self, one: Mapping[str, Any]) -> None:
        held = self.day(one["ago"])
        made = meetings.write(
            self.session,
            self.viewers[Role.TRAFFIC_GROUP],
            self.agreement,
            access.TRAFFIC_FORUM,
            held_on=held,
            text=one["text"],
            owner_id=self.organisations[one["owner"]],
            due_on=self.day(one["due"]),
            today=held,
            place_id=self.ids[one["place"]] if "place" in one else None,
            stretch_id=self.ids[one["stretch"]],
        )
        self.ids[one["text"]] = made.id

    def _settle(self, one: Mapping[str, Any]) -> None:
        who, number = self.viewers[Role.TRAFFIC_GROUP], self.ids[one["text"]]
        found = meetings.get(self.session, who, number)
        words: dict[str, Any] = {name: getattr(found, name) for name in ("held_on", "text", "owner_id", "due_on")}
        today = self.day(one["settled"])
        meetings.change(self.session, who, self.agreement, number, **words, status=DecisionStatus.DONE, today=today)

    # ---- Places ------------------------------------------------------------------------------------------------------

    def _of_place(self, one: Mapping[str, Any]) -> Iterator[tuple[int, Callable[[date], None]]]:
        yield one["opened"], partial(self._open_place, one)
        yield from self._worked_out(one)
        for note in one["notes"]:
            yield note["ago"], partial(self._describe, one, note)
        for step in one["steps"]:
            yield step["ago"], partial(self._step, one, step)
        if "published" in one:
            yield one["published"], lambda day: self._publish_place(one, day)
        if "closed" in one:
            yield one["closed"], lambda day: self._close(one, day)

    def _worked_out(self, one: Mapping[str, Any]) -> Iterator[tuple[int, Callable[[date], None]]]:
        for definition in one.get("definitions", ()):
            yield definition["ago"], partial(self._define, one, definition)
        for number, cause in enumerate(one.get("causes", ())):
            yield cause["ago"], partial(self._add_cause, one, number, cause)
            if "struck" in cause:
                yield cause["struck"]["ago"], partial(self._strike_cause, one, number, cause["struck"])
        if "hours" in one:
            yield one["hours"]["ago"], partial(self._set_hours, one)
        for picked in one.get("picked", ()):
            yield picked["ago"], partial(self._pick, one, picked)

    def _open_place(self, one: Mapping[str, Any], day: date) -> None:
        made = places.create(
            self.session,
            self._viewer(one),
            self.agreement,
            **{name: one[name] for name in ("name", "focus", "type", "forum", "summary")},
            owner_id=self.organisations[one["owner"]],
            shape=self.ground.shape(one),
            stretch_id=self.ids.get(one.get("stretch", "")),
            today=day,
        )
        self.ids[one["key"]] = made.id

    def _describe(self, one: Mapping[str, Any], note: Mapping[str, Any], day: date) -> None:
        place = self.ids[one["key"]]
        places.describe(self.session, self._viewer(one), place, Phase(note["phase"]), note["text"], today=day)

    def _define(self, one: Mapping[str, Any], definition: Mapping[str, Any], day: date) -> None:
        words = {name: definition[name] for name in places.PARTS}
        places.define(self.session, self._viewer(one), self.agreement, self.ids[one["key"]], **words, today=day)

    def _add_cause(self, one: Mapping[str, Any], number: int, cause: Mapping[str, Any], day: date) -> None:
        words = {name: cause[name] for name in ("kind", "what", "evidence", "source")}
        place = self.ids[one["key"]]
        made = places.add_cause(self.session, self._viewer(one), self.agreement, place, **words, today=day)
        self.ids[f"{one['key']} orsak {number}"] = made.id

    def _strike_cause(self, one: Mapping[str, Any], number: int, struck: Mapping[str, Any], day: date) -> None:
        place, cause = self.ids[one["key"]], self.ids[f"{one['key']} orsak {number}"]
        places.strike_cause(self.session, self._viewer(one), place, cause, note=struck["note"], today=day)

    def _set_hours(self, one: Mapping[str, Any], day: date) -> None:
        texts = {kind: one["hours"][kind] for kind in WatchKind}
        places.set_hours(self.session, self._viewer(one), self.ids[one["key"]], texts, today=day)

    def _pick(self, one: Mapping[str, Any], picked: Mapping[str, Any], day: date) -> None:
        """Pick the newest reports just outside the place into it, or the newest in it out of it."""
        viewer = self._viewer(one)
        place = places.get(self.session, viewer, self.ids[one["key"]])
        shape = places.shape_of(place)
        ask = partial(places.reports_of, self.session, viewer, self.agreement, types=picked["types"])
        inside = ask(shape).ids.tolist()
        around = ask(shape.buffer(picked["within"])).ids.tolist() if picked["belongs"] else inside
        found = [number for number in around if (number in inside) is not picked["belongs"]][: picked["most"]]
        if found:
            places.pick(self.session, viewer, place.id, found, picked["belongs"], today=day)

    def _step(self, one: Mapping[str, Any], step: Mapping[str, Any], day: date) -> None:
        places.step(
            self.session,
            self._viewer(one),
            self.ids[one["key"]],
            Phase(step["to"]),
            today=day,
            reason=StepBackReason(step["reason"]) if "reason" in step else None,
            note=step["note"],
            anyway=step.get("anyway", False),
        )

    def _close(self, one: Mapping[str, Any], day: date) -> None:
        places.close(self.session, self._viewer(one), self.ids[one["key"]], today=day)

    def _publish_place(self, one: Mapping[str, Any], day: date) -> None:
        places.publish(self.session, self._coordinator, self.agreement, self.ids[one["key"]], today=day)

    def _publish(self, noun: Any, one: Mapping[str, Any], day: date) -> None:
        noun.publish(self.session, self._coordinator, self.ids[one["key"]], today=day)

    # ---- Sites -------------------------------------------------------------------------------------------------------

    def _of_site(self, one: Mapping[str, Any]) -> Iterator[tuple[int, Callable[[date], object]]]:
        yield one["opened"], partial(self._open_site, one)
        if "published" in one:
            yield one["published"], lambda day: self._publish(sites, one, day)
        for review in one["reviews"]:
            yield review["ago"], partial(self._review, one, review)
        yield from Asking(self).acts(one)

    def _open_site(self, one: Mapping[str, Any], day: date) -> None:
        made = sites.create(
            self.session,
            self._viewer(one),
            self.agreement,
            **{name: one[name] for name in ("name", "focus", "summary")},
            owner_id=self.organisations[one["owner"]],
            shape=self.ground.shape(one),
            today=day,
        )
        self.ids[one["key"]] = made.id

    def _review(self, one: Mapping[str, Any], review: Mapping[str, Any], day: date) -> None:
        voice = Voice(review["voice"])
        sites.review(
            self.session,
            access.ANONYMOUS if voice is Voice.PUBLIC else self.viewers[_VOICES[voice]],
            self.ids[one["key"]],
            voice=voice,
            scores=scores_of(review),
            improve=review["improve"],
            good=review["good"],
            idea=review["idea"],
            today=day,
        )
