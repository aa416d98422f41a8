"""Dates and numbers as they are written in one language.

A date never breaks over two lines, so the spaces inside it are no-break ones; of a range the second half may go down.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from datetime import date as Day
from datetime import datetime as Moment

from babel import dates, numbers

from samverkan_map.vocabulary import STOCKHOLM

FIXED = "\N{NO-BREAK SPACE}"


class Format:
    """Dates and numbers as they are written in one language.

    >>> Format("sv").date(Day(2025, 11, 3)).replace(FIXED, " ")
    '3 november 2025'
    >>> Format("sv").datetime(Moment(2025, 7, 1, 12, 5)).replace(FIXED, " ")
    '1 juli 2025 14:05'
    >>> Format("sv").short(Day(2025, 9, 22)).replace(FIXED, " ")
    '22 sep 2025'
    >>> Format("sv").range(Day(2025, 9, 16), Day(2025, 9, 22)).replace(FIXED, " ")
    '16–22 sep 2025'
    >>> Format("sv").number(1234.5, 1).replace(FIXED, " ")
    '1 234,5'
    """

    def __init__(self, language: str) -> None:
        self.language = "en_GB" if language == "en" else language

    def date(self, day: Day | None) -> str:
        """A day in words; nothing for None."""
        return self._written(day, "d MMMM y") if day else ""

    def datetime(self, moment: Moment | None) -> str:
        """A moment, given in UTC, in words as a Swedish clock shows it; nothing for None."""
        return self._moment(moment, self.date)

    def short(self, day: Day | None) -> str:
        """A day as a table shows it; nothing for None."""
        return self._written(day, "d MMM y") if day else ""

    def short_datetime(self, moment: Moment | None) -> str:
        """A moment, given in UTC, as a table shows it; nothing for None."""
        return self._moment(moment, self.short)

    def range(self, first: Day | None, last: Day | None) -> str:
        """The days from `first` to `last`, both counted, as a table shows them; what both ends share stands once."""
        if not first or not last or first == last:
            return self.short(first or last)
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.day}–{self.short(last)}"
        begin = self._written(first, "d MMM") if first.year == last.year else self.short(first)
        return f"{begin}{FIXED}– {self.short(last)}"

    def months(self, first: Day, last: Day) -> str:
        """The months from that of `first` to that of `last`, in words.

        >>> Format("sv").months(Day(2025, 1, 1), Day(2025, 3, 31)).replace(FIXED, " ")
        'januari–mars 2025'
        """
        if (first.year, first.month) == (last.year, last.month):
            return self.month(last)
        begin = self._written(first, "LLLL")
        return (
            f"{begin}–{self.month(last)}"
            if first.year == last.year
            else f"{self.month(first)}{FIXED}– {self.month(last)}"
        )

    def month(self, day: Day | None) -> str:
        """The month of a day in words; nothing for None."""
        return self._written(day, "LLLL y") if day else ""

    def signed(self, value: float, decimals: int = 0) -> str:
        """A number with its sign.

        >>> Format("sv").signed(-5.5, 1), Format("sv").signed(3)
        ('−5,5', '+3')
        """
        sign = "+" if value > 0 else "−" if value < 0 else "±" if decimals else ""
        return sign + self.number(abs(value), decimals)

    def number(self, value: float | None, decimals: int = 0) -> str:
        """A number with the language's separators and a real minus; nothing for None."""
        if value is None:
            return ""
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        return numbers.format_decimal(value, format=pattern, locale=self.language).replace("-", "−")

    def _written(self, day: Day, pattern: str) -> str:
        # The abbreviated months of Swedish end with a full stop that nobody writes in a table.
        return dates.format_date(day, pattern, locale=self.language).replace(".", "").replace(" ", FIXED)

    def _moment(self, moment: Moment | None, written: Callable[[Day], str]) -> str:
        if moment is None:
            return ""
        local = moment.replace(tzinfo=UTC).astimezone(STOCKHOLM)
        return f"{written(local.date())} {local:%H:%M}"
