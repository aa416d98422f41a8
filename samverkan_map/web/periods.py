"""The period of a question: in words, as presets, one step earlier or later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask import g

from samverkan_map.question import Question
from samverkan_map.vocabulary import Period, add_months
from samverkan_map.web.texts import Format, t

Preset = tuple[str, str, dict[str, str | None], bool]


@dataclass(frozen=True)
class PeriodChoices:
    """The period in words and months, its presets, the question before and after.

    A preset is its name, what it is called, its values in the address, and whether it is chosen.
    """

    words: str
    first_month: str
    last_month: str
    presets: list[Preset]
    before: Question | None
    after: Question | None


def choices(asked: Question, today: date) -> PeriodChoices:
    """What the period control shows for a question; there is nothing after a period that is not over yet."""
    period = asked.period
    stepped = bool(period.start and period.end)
    return PeriodChoices(
        words=words(period),
        first_month=f"{period.start:%Y-%m}" if period.start else "",
        last_month=f"{period.end - timedelta(days=1):%Y-%m}" if period.end else "",
        presets=_presets(asked, today),
        before=asked.step(-1) if stepped else None,
        after=asked.step(1) if stepped and period.end and period.end <= today else None,
    )


def _presets(asked: Question, today: date) -> list[Preset]:
    empty: dict[str, str | None] = {"from": None, "to": None, "period": None, "page": None}
    month = today.replace(day=1)
    found: list[tuple[str, dict, bool]] = [
        (f"months_{n}", empty | {"period": f"{n}m"}, asked.period == Period(add_months(month, -n), month))
        for n in (3, 12, 36)
    ]
    year = Period(date(today.year, 1, 1), date(today.year + 1, 1, 1))
    months: dict[str, str | None] = {"from": f"{today.year}-01", "to": f"{today.year}-12"}
    found.append(("this_year", empty | months, asked.period == year))
    found += _agreements(asked, empty, today)
    found.append(("all_time", empty, asked.period == Period()))
    return [(name, _called(name), changes, chosen) for name, changes, chosen in found]


def _agreements(asked: Question, empty: dict[str, str | None], today: date) -> list[tuple[str, dict, bool]]:
    """The periods of the agreements that have begun, once there are several; one alone says little beside "all"."""
    begun = [one for one in g.agreement.periods if one.starts_on <= today]
    return [(one.code, empty | {"period": one.code}, asked.period == one.days) for one in begun if len(begun) > 1]


def _called(name: str) -> str:
    return agreement_years(name) if name[0].isdigit() else t(f"karta.preset_{name}")


def agreement_years(code: str) -> str:
    """The years of an agreement as they are read.

    >>> agreement_years("2023-2026")
    '2023–2026'
    """
    return code.replace("-", "–")


def words(period: Period) -> str:
    """A period in words: whole months as months, otherwise days."""
    if not period.start and not period.end:
        return t("karta.all_time")
    last = period.end - timedelta(days=1) if period.end else None
    months = (period.start is None or period.start.day == 1) and (period.end is None or period.end.day == 1)
    fmt = Format(g.language)
    written = fmt.month if months else fmt.date
    if last is None:
        return t("karta.period_from", start=written(period.start or date.min))
    if period.start is None:
        return t("karta.period_to", end=written(last))
    return fmt.months(period.start, last) if months else fmt.range(period.start, last)
