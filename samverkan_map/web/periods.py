"""The period of a question: in words, as presets, one step earlier or later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask import g

from samverkan_map.question import Question
from samverkan_map.vocabulary import Period, add_months
from samverkan_map.web.texts import Format, t


@dataclass(frozen=True)
class PeriodChoices:
    """The period in words and months, its presets as (key, address values, chosen), the question before and after."""

    words: str
    first_month: str
    last_month: str
    presets: list[tuple[str, dict[str, str | None], bool]]
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


def _presets(asked: Question, today: date) -> list[tuple[str, dict[str, str | None], bool]]:
    empty: dict[str, str | None] = {"from": None, "to": None, "period": None, "page": None}
    month = today.replace(day=1)
    found = [
        (f"months_{n}", empty | {"period": f"{n}m"}, asked.period == Period(add_months(month, -n), month))
        for n in (3, 12, 36)
    ]
    year = Period(date(today.year, 1, 1), date(today.year + 1, 1, 1))
    months: dict[str, str | None] = {"from": f"{today.year}-01", "to": f"{today.year}-12"}
    found.append(("this_year", empty | months, asked.period == year))
    found.append(("all_time", empty, asked.period == Period()))
    return found


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
