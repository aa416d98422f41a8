"""The sections of a situation picture, under the headings that the law asks for.

A section counts (`count`: from the domain, plain whole numbers and days) and derives (`derive`: from those counts
alone, pure). One more section is one more module here and one more entry in `SECTIONS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from samverkan_map.situation.asked import Facts, Gathering
from samverkan_map.situation.figure import Figure
from samverkan_map.situation.sections import (
    effects,
    harm,
    heard,
    hotspots,
    plan,
    reported,
    speeds,
    times,
    unknown,
    voices,
    work,
)
from samverkan_map.vocabulary import SituationChapter as Chapter


@dataclass(frozen=True)
class Section:
    """One section: its code, the chapter it stands in, how it counts, and how it makes figures of the counts.

    A `costly` one looks at many months of reports for each of its rows.
    """

    code: str
    chapter: Chapter
    count: Callable[[Gathering], dict[str, Any]]
    derive: Callable[[Facts], list[Figure]]
    costly: bool = False


SECTIONS = (
    Section("reported", Chapter.EXTENT, reported.count, reported.derive),
    Section("hotspots", Chapter.EXTENT, hotspots.count, hotspots.derive),
    Section("times", Chapter.EXTENT, times.count, times.derive),
    Section("harm", Chapter.CONSEQUENCES, harm.count, harm.derive),
    Section("voices", Chapter.OTHER, voices.count, voices.derive),
    Section("told", Chapter.OTHER, heard.count, heard.derive),
    Section("speeds", Chapter.OTHER, speeds.count, speeds.derive),
    Section("work", Chapter.ANALYSIS, work.count, work.derive),
    Section("effects", Chapter.ANALYSIS, effects.count, effects.derive, costly=True),
    Section("plan", Chapter.ANALYSIS, plan.count, plan.derive),
    Section("unknown", Chapter.UNKNOWN, unknown.count, unknown.derive),
)
QUICK = tuple(section.code for section in SECTIONS if not section.costly)
"""The sections that need not be waited for, which are all that a comparison or a picture asks for."""
BY_CODE = {section.code: section for section in SECTIONS}
