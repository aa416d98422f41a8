"""What residents of the example report, through the form's own verb, and what becomes of it in the inbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any, Protocol

from sqlalchemy.orm import Session

from samverkan_map import access, inbox, reports
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.demo.material import read
from samverkan_map.demo.spots import Ground
from samverkan_map.vocabulary import Answer, DayKind, DayPart, HowOften, Precision, Recipient, Role, Unusable

SECRET = "exempel"
"""The codes of the example are the same everywhere, as all of it is."""

TAKEN_UP = ("linked", "sent_on", "answered")
ACTS = ("sent_on", "linked", "answered", "hidden", "handed")


class Told(Protocol):
    """What the letters need of the story that they are part of."""

    session: Session
    agreement: Agreement
    ground: Ground
    ids: dict[str, int]
    viewers: dict[Role, Viewer]
    until: date

    def day(self, ago: int) -> date:
        """The day that is so many days of the material before the last."""


def taken_up() -> int:
    """How many of the letters come to count as reports."""
    return sum(any(act in one for act in TAKEN_UP) for one in read("letters")["letters"])


def acts(story: Told, *, handled: bool) -> Iterator[tuple[date, Callable[[], object]]]:
    """What happens on which day; with `handled` False nobody takes any of the letters up."""
    for number, one in enumerate(read("letters")["letters"]):
        yield story.day(one["ago"]), partial(_send, story, number, one)
        for name in ACTS:
            if name in one and (handled or name not in TAKEN_UP):
                day = story.day(one[name]["ago"])
                yield day, partial(_ACTS[name], story, f"brev {number}", one[name], day)


def quiet_weeks(story: Told) -> Iterator[tuple[date, Callable[[], object]]]:
    """The weeks in which a colleague's organisation had nothing to report, said on the Monday after."""
    for one in read("letters")["quiet"]:
        for back in one["weeks"]:
            said_on = story.until - timedelta(days=story.until.weekday() + 7 * (back - 1))
            yield said_on, partial(_say_nothing, story, Role(one["by"]), said_on)


def _say_nothing(story: Told, role: Role, said_on: date) -> None:
    who, at = story.viewers[role], datetime.combine(said_on, time(8))
    reports.say_nothing(story.session, who, said_on - timedelta(days=7), today=said_on, now=at)


def _send(story: Told, number: int, one: Mapping[str, Any]) -> None:
    sent_at = datetime.combine(story.day(one["ago"]), time(6, 30)) + timedelta(minutes=7 * number)
    code = inbox.send(
        story.session, access.ANONYMOUS, story.agreement,
        choice=one["choice"], where=_where(story, one), key=str(number), secret=SECRET, now=sent_at,
        days=[DayKind(name) for name in one.get("days", ())], parts=[DayPart(name) for name in one.get("parts", ())],
        how_often=HowOften(one["how_often"]) if "how_often" in one else None, words=one.get("words", ""),
        hinted_id=story.ids.get(one.get("hint", "")),
    )  # fmt: skip
    coordinator = story.viewers[Role.COORDINATOR]
    story.ids[f"brev {number}"] = inbox.by_code(story.session, coordinator, code).id


def _where(story: Told, one: Mapping[str, Any]) -> inbox.Where:
    if "street_name" in one:
        return inbox.Where(None, one["street_name"], Precision.STREET)
    return inbox.Where(story.ground.shape(one).centroid, one["spot"], Precision.POINT)


def _handled(story: Told, letter: str, day: date) -> dict[str, Any]:
    return {
        "session": story.session, "actor": story.viewers[Role.COORDINATOR], "agreement": story.agreement,
        "letter_id": story.ids[letter], "now": datetime.combine(day, time(14)),
    }  # fmt: skip


def _link(story: Told, letter: str, one: Mapping[str, Any], day: date) -> None:
    inbox.link(**_handled(story, letter, day), place_id=story.ids[one["place"]], today=day)


def _send_on(story: Told, letter: str, one: Mapping[str, Any], day: date) -> None:
    inbox.send_on(**_handled(story, letter, day), to=Recipient(one["to"]))


def _answer(story: Told, letter: str, one: Mapping[str, Any], day: date) -> None:
    inbox.answer(**_handled(story, letter, day), sentence=Answer(one["answer"]), words=one.get("words", ""))


def _hide(story: Told, letter: str, one: Mapping[str, Any], day: date) -> None:
    given = _handled(story, letter, day)
    del given["agreement"]
    inbox.hide(**given, why=Unusable(one["why"]))


def _hand(story: Told, letter: str, one: Mapping[str, Any], day: date) -> None:
    given = _handled(story, letter, day)
    del given["now"]
    version = inbox.get(story.session, given["actor"], story.ids[letter]).version
    inbox.assign(**given, person_id=story.viewers[Role(one["to"])].person_id, version=version)


_ACTS = {"linked": _link, "sent_on": _send_on, "answered": _answer, "hidden": _hide, "handed": _hand}
