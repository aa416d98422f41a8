"""Density, clusters and stretches in words, the same on the page, on the command line and in files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from samverkan_map.hotspots import clustering, smoothing, stretches, words
from samverkan_map.hotspots.finding import LEAST_EVENTS
from samverkan_map.hotspots.things import Method, Thing, Things
from samverkan_map.hotspots.words import Speaker
from samverkan_map.hotspots.work import Work
from samverkan_map.translations import text

COLUMNS = (
    "number", "method", "place", "area", "count", "value", "unit", "distinct_places", "hectares", "metres", "before",
    "types", "largest_source", "source_share", "places", "measures", "from", "to", "reach_metres",
)  # fmt: skip
HECTARE = 10_000
YEAR_DAYS = 366
"""What is longer than a year is compared with as long a time before, and not with the year before."""


def _say(say: Speaker, key: str, **fields: object) -> str:
    return text(say.language, f"things.{key}", **fields)


def headline(say: Speaker, found: Things) -> str:
    """What came out, in a sentence or two."""
    if found.nothing == "no_stretches":
        return _say(say, "nothing_no_stretches")
    if found.nothing:
        return say(f"nothing_{found.nothing}", period=say.period(found.counted), n=found.events, least=LEAST_EVENTS)
    if not found.things:
        return _say(say, f"none.{found.method}", n=say.fmt.number(found.events))
    share = _say(say, "together", count=say.fmt.number(found.in_things), total=say.fmt.number(found.events))
    return f"{_say(say, f'found_{found.method}', n=len(found.things))} {share}"


def facts(say: Speaker, found: Things) -> list[str]:
    """Which period, and what is not among the numbers."""
    told = [say("period_words", period=say.period(found.counted))]
    if found.nothing in ("no_period", "few") and found.known:
        told.append(say("nothing_data", period=say.period(found.known)))
    if found.unmapped:
        told.append(say("no_position", n=say.fmt.number(found.unmapped)))
    if found.outside:
        key = "off_stretch" if found.method is Method.STREETS else "outside"
        n = say.fmt.number(found.outside)
        told.append(_say(say, key, n=n) if found.method is Method.STREETS else say(key, n=n))
    if hidden := int(found.facts.get("hidden", 0)):
        told.append(_say(say, "hidden", n=hidden, fewest=int(found.facts["fewest"])))
    return told


def title(say: Speaker, found: Things, thing: Thing) -> str:
    """Where a thing is; a stretch by its own name first."""
    area = say.label(say.agreement.areas, thing.area) if thing.area else say("title_nowhere")
    if found.method is Method.STREETS:
        return f"{thing.near}, {area}" if thing.area else thing.near
    return say("title_near", area=area, near=thing.near) if thing.near else area


def measure(say: Speaker, found: Things, thing: Thing) -> str:
    """The method's own measure with its unit."""
    decimals = 0 if thing.value >= 100 else 1
    return _say(say, f"measure.{found.method}", value=say.fmt.number(thing.value, decimals))


def hectares(thing: Thing) -> float:
    """How large a thing is; 0 for a stretch."""
    return thing.shape.area / HECTARE


def described(say: Speaker, found: Things, thing: Thing) -> list[str]:
    """A thing in sentences: how much, how thick, of what, from whom."""
    number = say.fmt.number
    fields: dict[str, object] = {
        "count": number(thing.events), "measure": measure(say, found, thing), "metres": number(thing.metres),
        "hectares": number(hectares(thing), 0 if hectares(thing) >= 10 else 1), "places": number(thing.places),
    }  # fmt: skip
    told = [_say(say, f"described.{found.method}", **fields)]
    if thing.low is not None and thing.high is not None:
        key = "ranks" if thing.low != thing.high else "rank"
        told.append(_say(say, key, low=thing.low, high=thing.high))
    if thing.before is not None:
        more = thing.events - thing.before
        arrow, signed = ("▲", f"+{more}") if more > 0 else ("▼", f"−{-more}") if more < 0 else ("●", "0")
        key = "compared" if (found.counted.days or 0) <= YEAR_DAYS else "compared_just_before"
        change = say(key, arrow=arrow, change=signed, before=number(thing.before), now=number(thing.events))
        sure = {"sure": "certain", "unsure": "uncertain", "few": "too_few"}.get(thing.sure)
        told.append(f"{change} {say('certainty')}: {say(sure)}." if sure else change)
    if thing.types:
        told.append(say("types", types=words.types(say, thing.types)))
    if thing.sources:
        code, count = thing.sources[0]
        source = say.label(say.agreement.sources, code).lower()
        told.append(say("source_share", source=source, percent=round(100 * count / thing.events)))
    return told


def class_words(say: Speaker, found: Things, step: int) -> str:
    """A class of the density's ramp."""
    low = say.fmt.number(found.limits[step])
    if step + 1 == len(found.limits):
        return _say(say, "class_most", low=low)
    return _say(say, "class", low=low, high=say.fmt.number(found.limits[step + 1]))


def method_card(say: Speaker, found: Things) -> list[str]:
    """Everything it takes to find the same again, and what the answer cannot say."""
    number = say.fmt.number
    kinds = ", ".join(say.kind(kind).lower() for kind in found.kinds)
    fewest = int(found.facts.get("fewest", 0))
    card: Mapping[Method, list[str]] = {
        Method.DENSITY: [
            _say(say, "card_density", metres=found.reach_metres, cell=found.cell_metres),
            _say(say, "card_density_edge"),
            _say(say, "card_density_ramp", dense=smoothing.DENSE + 1, classes=smoothing.CLASSES),
            _say(say, "card_density_fewest", n=fewest, metres=found.reach_metres),
            _say(say, "card_density_limits"),
        ],
        Method.CLUSTERS: [
            _say(say, "card_clusters", metres=found.reach_metres, least=number(found.facts.get("least", 0)),
                 times=clustering.TIMES_EVEN, even=number(found.facts.get("even", 0), 1)),
            _say(say, "card_clusters_squares", side=found.cell_metres),
            _say(say, "card_clusters_fewest", n=fewest),
            _say(say, "card_clusters_limits"),
        ],
        Method.STREETS: [
            _say(say, "card_streets", percent=number(100 * stretches.PART), n=fewest),
            _say(say, "card_streets_limits"),
        ],
    }  # fmt: skip
    return [*card.get(found.method, ()), _say(say, "card_kinds", kinds=kinds or "–"), _say(say, "card_no_test"),
            say("method_data", version=found.data_version)]  # fmt: skip


def rows(say: Speaker, found: Things, work: Mapping[int, Work]) -> Iterator[dict[str, Any]]:
    """The things as rows of a file, with `id` and `geometry` (EPSG:3006) beside the columns."""
    last = found.counted.end and found.counted.end - timedelta(days=1)
    for thing in found.things:
        done = work.get(thing.number, Work([], []))
        yield {
            "id": thing.number, "layer": "hotspots", "geometry": thing.shape, "number": thing.number,
            "method": found.method.value, "place": title(say, found, thing), "area": thing.area,
            "count": thing.events, "value": thing.value, "unit": _say(say, f"unit.{found.method}"),
            "distinct_places": thing.places or None, "hectares": round(hectares(thing), 2) or None,
            "metres": round(thing.metres) or None, "before": thing.before, "types": words.types(say, thing.types),
            "largest_source": say.label(say.agreement.sources, thing.sources[0][0]) if thing.sources else "",
            "source_share": round(thing.sources[0][1] / thing.events, 3) if thing.sources else None,
            "places": ", ".join(place.name for place in done.places),
            "measures": ", ".join(measure.title for measure in done.measures),
            "from": found.counted.start, "to": last, "reach_metres": found.reach_metres or None,
        }  # fmt: skip
