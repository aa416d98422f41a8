"""Column names: which of theirs is which of ours, and which may not be there at all."""

from __future__ import annotations

import re
import unicodedata
from difflib import get_close_matches

from ..errors import BadFile
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
    spelled = unicodedata.normalize("NFKD", name.casefold()).translate(_STRANGE)
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


def refuse_personal(file: str, names: list[str]) -> None:
    """Raises BadFile naming the columns that look like personal data."""
    personal = [short(name) for name in names if looks_personal(name)]
    if personal:
        raise BadFile("readers.errors.personal_columns", file=file, columns=", ".join(personal[:10]))


def match(
    file: str, header: list[str], columns: dict[str, str] | None, limits: Limits, *, positioned: bool = False
) -> tuple[dict[str, str], list[str]]:
    """Which column is which: `(ours -> theirs, theirs that nothing uses)`.

    `columns` (ours -> theirs) goes before what the names say. `positioned` says that the position comes from elsewhere,
    so that columns named like coordinates are left alone. Raises BadFile for personal data, names that stand twice,
    too many columns, and for a mapping that names something unknown.
    """
    _check_header(file, header, limits)
    mapped = _mapped_by_hand(file, header, columns or {})
    taken = set(mapped.values())
    for theirs in header:
        ours = _OURS_BY_NAME.get(plain(theirs))
        if ours is None or theirs in taken or (columns and ours in columns):
            continue
        if positioned and ours in POSITION_COLUMNS:
            continue
        if ours in mapped:
            raise BadFile("readers.errors.same_meaning", file=file, first=mapped[ours], second=theirs, ours=ours)
        mapped[ours] = theirs
    used = set(mapped.values())
    return mapped, [theirs for theirs in header if theirs not in used and theirs.strip()]


def known(header: list[str]) -> int:
    """How many names of a header are names of ours.

    >>> known(["Typ", "Tid från", "något annat"])
    2
    """
    return sum(plain(name) in _OURS_BY_NAME for name in header)


def short(value: str, letters: int = 40) -> str:
    """A text from a file cut to what a sentence can carry, without control characters.

    >>> short("a" * 60, 5)
    'aaaaa…'
    """
    shown = "".join(letter if letter.isprintable() else " " for letter in value[: letters + 1])
    return shown[:letters] + "…" if len(shown) > letters else shown


def _check_header(file: str, header: list[str], limits: Limits) -> None:
    if len(header) > limits.max_columns:
        raise BadFile("readers.errors.too_many_columns", file=file, columns=len(header), most=limits.max_columns)
    if not any(map(plain, header)):
        raise BadFile("readers.errors.no_header", file=file)
    refuse_personal(file, header)
    seen: set[str] = set()
    for name in header:
        if (key := plain(name) or name.strip()) and key in seen:
            raise BadFile("readers.errors.column_twice", file=file, column=short(name))
        seen.add(key)


def _mapped_by_hand(file: str, header: list[str], columns: dict[str, str]) -> dict[str, str]:
    theirs_by_name = {plain(name): name for name in header}
    mapped: dict[str, str] = {}
    for ours, wanted in columns.items():
        if ours not in REPORT_COLUMNS:
            raise BadFile("readers.errors.unknown_ours", column=short(ours), allowed=", ".join(REPORT_COLUMNS))
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


_OURS_BY_NAME = {plain(name): ours for ours, others in REPORT_COLUMNS.items() for name in (ours, *others)}
