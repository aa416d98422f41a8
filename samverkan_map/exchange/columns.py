"""Column names: which of theirs is which of ours, and which may not be there at all."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from itertools import islice

from ..errors import BadFile
from .lookalikes import as_read
from .table import Limits

REPORT_COLUMNS: dict[str, tuple[str, ...]] = {
    "source_ref": ("kallans_id",),
    "kind": ("slag",),
    "type": ("typ",),
    "occurred_from": ("tid_fran",),
    "occurred_to": ("tid_till",),
    "reported_at": ("rapporterad",),
    "lon": ("long", "lng", "longitude", "longitud"),
    "lat": ("latitude", "latitud"),
    "e": ("easting", "ost", "east"),
    "n": ("northing", "nord", "norr", "north"),
    "x": ("x_koordinat", "x_coordinate"),
    "y": ("y_koordinat", "y_coordinate"),
    "position": ("koordinater", "coordinates", "wkt"),
    "place_name": ("plats", "platsnamn"),
    "precision": (),
    "description": ("beskrivning",),
    "source": ("kalla",),
    "municipality": ("kommun", "kommunnamn"),
    "severity": ("svarhet",),
    "organisation": ("organization",),
}
"""Our column names with the other names they are known under; case, spaces and accents do not matter."""

STRETCH_COLUMNS: dict[str, tuple[str, ...]] = {
    "source_ref": ("kallans_id", "osm_id", "full_id", "element_id"),
    "name": ("namn", "gatunamn", "vagnamn", "street_name", "stracka", "stretch"),
    "keeper": ("vaghallare", "vaghallartyp", "vaghallarkategori", "road_keeper"),
    "speed_limit": ("hastighetsgrans", "hastighetsbegransning", "maxspeed", "hogsta_tillatna_hastighet"),
    "function": ("funktion", "funktionsklass", "funktionell_vagklass", "vagklass", "highway", "road_class"),
}
"""The same for stretches of road; the line itself is the geometry of each row."""

SPEED_COLUMNS: dict[str, tuple[str, ...]] = {
    "stretch": ("stracka", "namn", "name", "gatunamn", "gata"),
    "started_on": ("fran", "startdatum", "fran_datum", "datum", "date", "from"),
    "ended_on": ("till", "slutdatum", "till_datum", "to"),
    "mean_speed": ("medel", "medelhastighet", "mean"),
    "v85": ("85_percentil", "percentil_85"),
    "share_over_limit": ("andel_over_gransen", "andel_over_gräns", "andel_over"),
    "share_over_30": ("andel_over_30", "andel_mer_an_30_over"),
    "vehicles": ("fordon", "antal_fordon", "antal", "n"),
    "direction": ("riktning",),
}
"""The same for speed measurements."""

SURVEY_COLUMNS: dict[str, tuple[str, ...]] = {
    "year": ("ar", "artal"),
    "area": ("omrade", "delomrade"),
    "question": ("fraga", "measure", "matt"),
    "value": ("varde",),
    "answers": ("antal_svar", "svar", "svarande", "respondents", "n"),
    "response_rate": ("svarsfrekvens", "svarsandel"),
    "source": ("kalla",),
    "origin": ("source_url", "url", "lank"),
    "note": ("anmarkning", "kommentar"),
}
"""The same for answers of safety surveys."""

CRIME_COLUMNS: dict[str, tuple[str, ...]] = {
    "category": ("brottstyp", "brottskategori", "kategori"),
    "year": ("ar", "artal"),
    "count": ("antal", "antal_brott", "anmalda_brott"),
    "origin": ("source_url", "url", "lank"),
}
"""The same for reported crime; a file may also have a column per year."""

DIALOGUE_COLUMNS: dict[str, tuple[str, ...]] = {
    "held_on": ("datum", "dag", "date"),
    "area": ("omrade", "delomrade"),
    "type": ("tema", "typ", "theme"),
    "mentions": ("antal", "namnt_av", "n"),
    "source": ("kalla",),
    "note": ("anmarkning", "kommentar"),
}
"""The same for themes of dialogues."""

LEAST_KNOWN = 2
"""A row with so many names of ours is the header of a table of what is taken in."""

_TITLE_ROWS = 20
POSITION_COLUMNS = ("lon", "lat", "e", "n", "x", "y", "position")

# Whoever has a column of this name tells about single people; of the second kind only with "name" or the like after it.
_PERSON = (
    "(?:kontakt)?person|anmalare|malsagande|vittne|misstankt|garningsman|forare|kontakt|uppgiftslamnare|vardnadshavare"
    "|reporter|victim|witness|suspect|contact|offender|driver"
)
_SOMEBODY = (
    "offer|elev|barn|ungdom|agare|anvandar|handlaggare|kund|boende|hyresgast|owner|user|pupil|student|child|resident"
    "|tenant|guardian"
)
_PERSONAL_WHOLE = re.compile(
    rf"(?:{_PERSON})(?:s|n|ns|en|ens|er|ern)?"
    rf"|(?:{_PERSON}|{_SOMEBODY})(?:s|n|ns|en|ens|ets|er|ern)?(?:namn|name|id|uppgift|uppgifter)"
    r"|(?:for|efter|full|fulla|till|tilltals|mellan|smek|first|last|sur|middle|nick|given|family|maiden)?(?:namn|name)"
    r"|(?:fullstandigt|hela)namn|namnteckning|signature"
    r"|ssn|pnr|pnummer|persnr|dob|fodd|born|tel|telnr|tele|mob|mobil|mobile|cell|fax|mail|mails|gmail"
    r"|regno|reg|bilnr|bilnummer|ip|ipnr|bostad|hemort|kontaktuppgift|kontaktuppgifter|contactdetails"
)
_PERSONAL_PART = re.compile(
    r"personn|personnamn|personid|personname|personalid|personalnumber|personalidentity|personident|samordningsn"
    r"|socialsecurity|nationalid|fodelse|birth|fornamn|efternamn|firstname|lastname|surname|fullname"
    r"|telefon|telephone|phone|mobiln|mobiltel|epost|email|mejl|mailadr|adress|address"
    r"|regnr|regnum|registreringsn|registrationn|registrationplate|licen[cs]eplate|numberplate|platenumber|bilregn"
    r"|skylt(?:nr|nummer)|fordonsnummer|chassinummer"
)
_NOT_PERSONAL = re.compile(r"web+adress\w*|web+address\w*|url\w*")
_STRANGE = str.maketrans({"ø": "o", "æ": "a", "ß": "ss", "ð": "d", "ł": "l"})


def plain(name: str) -> str:
    """The bare letters and digits of a column name, so that spelling habits do not matter.

    >>> plain(" Källans ID ")
    'kallansid'
    """
    spelled = unicodedata.normalize("NFKD", as_read(name).casefold()).translate(_STRANGE)
    return "".join(letter for letter in spelled if letter.isalnum())


def looks_personal(name: str) -> bool:
    """Whether a column of this name probably holds something about a person.

    >>> [looks_personal(name) for name in ("E-post", "Målsägandes namn", "kommunnamn", "place_name")]
    [True, True, False, False]
    """
    letters = plain(name)
    if _NOT_PERSONAL.fullmatch(letters):
        return False
    return bool(_PERSONAL_WHOLE.fullmatch(letters) or _PERSONAL_PART.search(letters))


@dataclass(frozen=True)
class Wanted:
    """Which columns a kind of file has: ours with their other names, and what the caller mapped by hand (ours, theirs).

    With `lines` the geometry of a row is a line, not a point. `sheet` is the sheet of a workbook or the layer of a
    GeoPackage that is to be read; "" means the only one there is.
    """

    names: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: REPORT_COLUMNS)
    by_hand: Mapping[str, str] = field(default_factory=dict)
    lines: bool = False
    sheet: str = ""

    @cached_property
    def by_name(self) -> dict[str, str]:
        """Every known spelling without its habits, and which column of ours it is."""
        return {plain(name): ours for ours, others in self.names.items() for name in (ours, *others)}

    def known(self, header: list[str]) -> int:
        """How many names of a header are names of ours.

        >>> Wanted().known(["Typ", "Tid från", "något annat"])
        2
        """
        return sum(plain(name) in self.by_name for name in header)

    def refuse_title(self, file: str, header: list[str], below: Iterable[tuple[int, list[str]]]) -> None:
        """Raises BadFile naming the row of the header when rows of other things, such as a title, stand above it.

        `below` are the rows after the first one, with their numbers. Whoever maps columns by hand knows the header.
        """
        if self.by_hand or self.known(header):
            return
        for number, row in islice(below, _TITLE_ROWS):
            if self.known(row) >= LEAST_KNOWN:
                raise BadFile("readers.errors.header_below", file=file, row=number)

    def chosen(self, file: str, names: list[str]) -> str:
        """Which of a file's sheets or layers is the one asked for. Raises BadFile naming them when it is not there."""
        found = [name for name in names if name == self.sheet] or [
            name for name in names if name.strip().casefold() == self.sheet.strip().casefold()
        ]
        if not found:
            there = {"sheets": listed(names), "names": names}
            raise BadFile("readers.errors.no_such_sheet", file=file, sheet=short(self.sheet), **there)
        return found[0]

    def refuse_personal(self, file: str, names: list[str]) -> None:
        """Raises BadFile naming the columns that look like personal data; a street may have a name."""
        refuse_personal(file, [name for name in names if plain(name) not in self.by_name])


def refuse_personal(file: str, names: list[str]) -> None:
    """Raises BadFile naming the columns that look like personal data."""
    personal = [short(name) for name in names if looks_personal(name)]
    if personal:
        raise BadFile("readers.errors.personal_columns", file=file, columns=", ".join(personal[:10]))


def match(
    file: str, header: list[str], wanted: Wanted, limits: Limits, *, positioned: bool = False
) -> tuple[dict[str, str], list[str]]:
    """Which column is which: `(ours -> theirs, theirs that nothing uses)`.

    What was mapped by hand goes before what the names say. `positioned` says that the position comes from elsewhere,
    so that columns named like coordinates are left alone. Raises BadFile for personal data, names that stand twice,
    too many columns, and for a mapping that names something unknown.
    """
    _check_header(file, header, wanted, limits)
    mapped = _mapped_by_hand(file, header, wanted)
    taken = set(mapped.values())
    for theirs in header:
        ours = wanted.by_name.get(plain(theirs))
        if ours is None or theirs in taken or ours in wanted.by_hand:
            continue
        if positioned and ours in POSITION_COLUMNS:
            continue
        if ours in mapped:
            raise BadFile("readers.errors.same_meaning", file=file, first=mapped[ours], second=theirs, ours=ours)
        mapped[ours] = theirs
    used = set(mapped.values())
    return mapped, [theirs for theirs in header if theirs not in used and theirs.strip()]


def listed(names: list[str]) -> str:
    """Names of sheets or layers as a sentence lists them."""
    return ", ".join(map(short, names[:20])) + (" …" if len(names) > 20 else "")


def short(value: str, letters: int = 40) -> str:
    """A text from a file cut to what a sentence can carry, without control characters.

    >>> short("a" * 60, 5)
    'aaaaa…'
    """
    shown = "".join(letter if letter.isprintable() else " " for letter in value[: letters + 1])
    return shown[:letters] + "…" if len(shown) > letters else shown


def _check_header(file: str, header: list[str], wanted: Wanted, limits: Limits) -> None:
    if len(header) > limits.max_columns:
        raise BadFile("readers.errors.too_many_columns", file=file, columns=len(header), most=limits.max_columns)
    if not any(map(plain, header)):
        raise BadFile("readers.errors.no_header", file=file)
    wanted.refuse_personal(file, header)
    seen: set[str] = set()
    for name in header:
        if (key := plain(name) or name.strip()) and key in seen:
            raise BadFile("readers.errors.column_twice", file=file, column=short(name))
        seen.add(key)


def _mapped_by_hand(file: str, header: list[str], known: Wanted) -> dict[str, str]:
    theirs_by_name = {plain(name): name for name in header}
    mapped: dict[str, str] = {}
    for ours, wanted in known.by_hand.items():
        if ours not in known.names:
            raise BadFile("readers.errors.unknown_ours", column=short(ours), allowed=", ".join(known.names))
        theirs = wanted if wanted in header else theirs_by_name.get(plain(wanted))
        if theirs is None or not plain(wanted):
            raise BadFile("readers.errors.unknown_theirs", **_what_there_is(file, header, wanted))
        mapped[ours] = theirs
    return mapped


def _what_there_is(file: str, header: list[str], wanted: str) -> dict[str, object]:
    near = get_close_matches(wanted, header, n=len(header), cutoff=0.6)
    names = [short(name) for name in [*near, *(name for name in header if name not in near)] if name.strip()]
    listed = ", ".join(names[:30]) + (" …" if len(names) > 30 else "")
    return {"file": file, "column": short(wanted), "columns": listed}
