"""The text firewall: what may not be written, and why.

Nothing that points at a single person may be stored: numbers, plates, telephones, addresses of homes, names after a
cue word, and what belongs to the forums that deal with individuals. An answer names the kind, never the text.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from samverkan_map.errors import BadValue
from samverkan_map.exchange.lookalikes import as_read
from samverkan_map.screening import disguised, names

KINDS = ("personal_number", "plate", "phone", "email", "home", "name", "forum")

_NEVER_A_NAME = frozenset({"personal_number", "phone", "email"})

_INVISIBLE = dict.fromkeys([0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), 0xFEFF])


@dataclass(frozen=True)
class Finding:
    """What was found, and where in the text as `normalised` gives it."""

    kind: str
    start: int
    end: int


def findings(text: str) -> list[Finding]:
    """Everything in the text that may not be written, in its order.

    >>> findings("Grå moped, reg ABC12D, kör mot E22 kl 22.30")
    [Finding(kind='plate', start=15, end=21)]
    """
    text = normalised(text)
    found = {Finding(kind, *match.span()) for kind, search in _SEARCHES.items() for match in search(text)}
    return sorted(found, key=lambda finding: (finding.start, finding.end, finding.kind))


def screen(text: str | None, *, field: str = "description") -> None:
    """Raises BadValue naming the field and the kind of what may not be written, never the text itself."""
    if text and (kind := _first_kind(text)):
        raise BadValue(f"screening.errors.{kind}", field=field)


def screen_name(text: str, *, field: str = "name") -> None:
    """Raises BadValue when what somebody or an organisation is called holds a number or an address of a person.

    That it is a name is no fault here, and "abc123" is a user name and no plate.
    """
    kinds = [finding.kind for finding in findings(text) if finding.kind in _NEVER_A_NAME]
    if kinds:
        raise BadValue(f"screening.errors.{kinds[0]}", field=field)


def screen_many(texts: Sequence[str | None]) -> dict[int, str]:
    """Per index the first kind found; texts without a find are left out. Made for imports of millions of texts.

    >>> screen_many(["Högljudd moped", "ring 070-123 45 67", None])
    {1: 'phone'}
    """
    found = {}
    for first in range(0, len(texts), _BLOCK):
        block = [text or "" for text in texts[first : first + _BLOCK]]
        for index in sorted(_suspects(block)):
            if kind := _first_kind(block[index]):
                found[first + index] = kind
    return found


def screen_references(texts: Sequence[str]) -> dict[int, str]:
    """Per index the kind of a source's own id that points at a person; texts without a find are left out.

    Ids are numbers and letters, and many look like something by chance, so only what can hardly be chance counts: a
    personal number with date and check digit, a telephone number with its separators, an e-mail address, and a plate
    alone. Numbers of ten or twelve digits count only when a fifth of those in the column are personal numbers, plates
    only when their letters differ, as they do not in a series of one system.

    >>> screen_references(["19811228-9874", "T1", "anna@example.se", "20250301-0042"])
    {0: 'personal_number', 2: 'email'}
    """
    found = {index: _reference(text) for index, text in enumerate(texts) if _REFERENCE.search(text)}
    bare = [index for index, shape in found.items() if shape and shape[0] == "bare"]
    persons = {index for index in bare if _reads_as_person(texts[index])}
    series = Counter(shape[1] for shape in found.values() if shape and shape[0] == "plate")
    kinds = {}
    for index, shape in found.items():
        if shape is None or (shape[0] == "bare" and (index not in persons or FEW * len(persons) < len(bare))):
            continue
        if shape[0] != "plate" or series[shape[1]] < SERIES:
            kinds[index] = "personal_number" if shape[0] == "bare" else shape[0]
    return kinds


def normalised(text: str) -> str:
    """The text as it reads: compatibility forms and look-alikes as plain letters, every digit 0-9, nothing unseen.

    >>> normalised("８５０２１２\\u200b-1234")
    '850212-1234'
    """
    if text.isascii():
        return text
    text = as_read(unicodedata.normalize("NFKC", text.translate(_INVISIBLE)))
    return _FOREIGN_DIGIT.sub(lambda match: str(unicodedata.decimal(match[0])), text)


def _first_kind(text: str) -> str | None:
    text = normalised(text)
    return next((kind for kind, search in _SEARCHES.items() if next(search(text), None)), None)


# ---- Personal and coordination numbers ---------------------------------------------------------------------------

_FOREIGN_DIGIT = re.compile(r"(?![0-9])\d")
_NUMBER = re.compile(
    r"(?<![\d.,])(?P<century>(?:18|19|20)[ -]?)?(?P<year>\d\d)(?P<inner>[ .-]?)(?P<month>\d\d)(?P=inner)(?P<day>\d\d)"
    r"(?P<outer> ?[-+–—/]? ?)(?P<last>\d{4})(?![\d])"
)


def _personal_numbers(text: str) -> Iterator[re.Match[str]]:
    text = disguised.with_digits(text)
    yield from (match for match in _NUMBER.finditer(text) if _is_personal_number(match))
    for match, written in disguised.gapped_persons(text):
        number = _NUMBER.fullmatch(written)
        if number and _is_personal_number(number):
            yield match


def _is_personal_number(match: re.Match[str]) -> bool:
    day = int(match["day"]) % 60
    if not (1 <= int(match["month"]) <= 12 and 1 <= day <= 31 and int(match["day"]) < 92):
        return False
    if _is_date_and_time(match):
        return False
    right_check_digit = _luhn(match["year"] + match["month"] + match["day"] + match["last"])
    return right_check_digit or match["outer"].strip() in ("-", "+", "–", "—")


def _is_date_and_time(match: re.Match[str]) -> bool:
    """Whether it can be read as a recent moment, like 20250301-2230: hardly anybody spoken of is born then."""
    clock = int(match["last"][:2]) < 24 and int(match["last"][2:]) < 60
    return clock and (match["century"] or "20")[:2] == "20" and 16 <= int(match["year"]) <= 30


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


# ---- A source's own ids ------------------------------------------------------------------------------------------

FEW = 5
"""When less than one in so many long numbers reads as a personal number, those that do are chance."""

SERIES = 3
"""So many ids with the same three letters are numbered by a system and no plates."""

_REFERENCE = re.compile(
    r"@|\([aA]t\)|[0-9][^0-9A-Za-z][0-9]|[0-9]{10}|^\W*[A-Za-z]{3}[ -]?[0-9]{2}\w\W*$|[^\x00-\x7f]|[+]"
)
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_ALONE = r"(?<![0-9A-Za-z])(?:{})(?![0-9A-Za-z])"
_DASHED_PERSON = re.compile(_ALONE.format(r"(?:[0-9]{2})?[0-9]{6} ?[-+–] ?[0-9]{4}"))
_WRITTEN_MOBILE = re.compile(_ALONE.format(r"(?:\+46 ?|0)7[02369](?:[ -]?[0-9]){7}"))


def _reference(text: str) -> tuple[str, str] | None:
    """(kind, letters of a plate) of an id that may point at a person; `bare` for ten or twelve digits alone."""
    text = normalised(text).strip()
    if _UUID.search(text):
        return None
    if next(_emails(text), None):
        return "email", ""
    if any(_reads_as_person(match[0]) for match in _DASHED_PERSON.finditer(text)):
        return "personal_number", ""
    if _is_written_phone(text):
        return "phone", ""
    if text.isdigit() and len(text) in (10, 12):
        return "bare", ""
    plate = _PLATE.fullmatch(text)
    return ("plate", text[:3].upper()) if plate and _is_plate(plate, text) else None


def _reads_as_person(text: str) -> bool:
    """Whether it is a personal number with a real date, not of these years, and the right check digit."""
    match = _NUMBER.fullmatch(normalised(text).strip())
    if match is None:
        return False
    digits = match["year"] + match["month"] + match["day"]
    recent = (match["century"] or "20")[:2] == "20" and 16 <= int(match["year"]) <= 30
    return not recent and _is_day(match) and _luhn(digits + match["last"])


def _is_day(match: re.Match[str]) -> bool:
    """Whether month and day are of a year (a coordination number adds 60 to the day)."""
    with suppress(ValueError):
        date(2000 + int(match["year"]), int(match["month"]), int(match["day"]) % 60)
        return int(match["day"]) < 92
    return False


def _is_written_phone(text: str) -> bool:
    """A mobile number with separators in the text, or a fixed or foreign one that is all of it."""
    mobiles = (match[0] for match in _WRITTEN_MOBILE.finditer(text))
    if any(re.search(r"[ +-]", mobile) for mobile in mobiles):
        return True
    whole = _PHONE.fullmatch(text)
    return whole is not None and bool(re.search(r"[ +/-]", text)) and not _is_switchboard(whole)


# ---- Plates ------------------------------------------------------------------------------------------------------

_PLATE_LETTERS = "A-HJ-PR-UW-Z"
_PLATE = re.compile(
    rf"(?<![\w-])(?:(?P<tight>[{_PLATE_LETTERS}]{{3}})\d\d[\d{_PLATE_LETTERS}]"
    rf"|(?P<spaced>[{_PLATE_LETTERS}]{{3}})[ -]\d\d[\d{_PLATE_LETTERS}])(?![\w-])",
    re.IGNORECASE,
)
_NO_PLATES = frozenset((
    "APR", "AUG", "BUS", "CAM", "CAR", "CIR", "DEC", "DEN", "DET", "DKK", "DOM", "DYR", "EFT", "EUR", "FEB", "FOT",
    "FRA", "GPS", "HAR", "HUS", "JAN", "JUL", "JUN", "KAN", "KAP", "LED", "LGH", "LPO", "MAJ", "MAN", "MAR", "MAX",
    "MED", "MER", "MOT", "NER", "NOR", "NOT", "NUM", "OCH", "OKT", "OSL", "PER", "RAL", "REF", "REN", "RUM", "SAK",
    "SAN", "SEK", "SEN", "SEP", "SHA", "SOM", "STR", "SYD", "TEL", "TOG", "TOT", "TRE", "TYP", "UPP", "UTE", "UTM",
    "WGS", "ZON",
))  # fmt: skip
_PLATE_CUE = re.compile(
    r"(?:reg|plåt|plat|skylt|bilnr|nummer)[^.!?\n]{0,25}$"
    r"|\b(?:\w*bil(?:en)?|moped(?:en)?|mc(?:n)?|motorcykel(?:n)?|släp(?:et)?|\w*traktor(?:n)?|epa(?:n)?|taxi|volvo|saab|audi|"
    r"bmw|ford|opel|skoda|toyota|mercedes|tesla|golf|passat|kia|peugeot|renault|nissan|mazda)[\s,:(\"”]{1,3}$",
    re.IGNORECASE,
)


def _plates(text: str) -> Iterator[re.Match[str]]:
    yield from (match for match in _PLATE.finditer(text) if _is_plate(match, text))
    for match, letters in disguised.gapped_plates(text):
        if letters.upper() not in _NO_PLATES and (letters.isupper() or _has_plate_cue(match, text)):
            yield match


def _is_plate(match: re.Match[str], text: str) -> bool:
    letters = match["tight"] or match["spaced"]
    if letters.upper() in _NO_PLATES:
        return False
    return bool(match["tight"]) or letters.isupper() or _has_plate_cue(match, text)


def _has_plate_cue(match: re.Match[str], text: str) -> bool:
    return bool(_PLATE_CUE.search(text[max(0, match.start() - 40) : match.start()]))


# ---- Telephones --------------------------------------------------------------------------------------------------

_AREA_CODE = r"(?:8|1[013689]|2[136]|3[136]|4[0246]|5[04]|6[03]|90|[1-6]\d\d|9[1-8]\d)"
_PHONE = re.compile(
    rf"(?<![\d.,:/+-])(?:(?:\+|00)46[ -]?(?:\(0\)[ -]?)?|0)"
    rf"(?:(?P<mobile>7[02369](?:[ -]?\d){{7}})|(?P<fixed>{_AREA_CODE}[ -/]{{0,3}}[1-9](?: ?\d){{4,7}}))(?![\d-]\d)"
    rf"|(?<![\d+])\+(?!46)[1-9](?:[ -]?\d){{8,13}}(?!\d)"
)


def _phones(text: str) -> Iterator[re.Match[str]]:
    text = disguised.with_digits(text)
    yield from (match for match in _PHONE.finditer(text) if not _is_switchboard(match))
    yield from disguised.gapped_mobiles(text)
    yield from disguised.spoken_phones(text)


def _is_switchboard(match: re.Match[str]) -> bool:
    """Whether it is the number of an authority or a firm: fixed, and ending in 00."""
    return bool(match["fixed"]) and match[0].endswith("00")


# ---- Mail, homes, names, forums ----------------------------------------------------------------------------------

_SHARED_BOXES = frozenset({"info", "kommun", "kommunen", "kontakt", "registrator", "kundtjanst", "kundservice"})

_HOME = re.compile(
    r"\b(?i:lgh|lägenhet(?:en|snr|snummer)?)\.?\s*(?:nr\.?\s*)?\d{1,4}\b"
    r"|\b[A-ZÅÄÖ][\wåäö]*(?:gatan|vägen|väg|gränd|gata|stigen|gången|torget|backen)\s+\d{1,3}\s?[A-Za-z]?\s*,?\s+"
    r"(?:\d{1,2}\s?(?:tr|trappor|vån)\b|vån(?:ing)?\.?\s*\d|(?:port|uppgång|dörr)(?:en)?\s+\w{1,3}\b)",
)

_FORUM = re.compile(
    r"\b(?:sspf|vinr|orosanmäl\w*|lvu|lvm|skydda[dt]e? (?:adress|identitet|personuppgift|folkbokföring|boende)\w*|"
    r"(?:sekretess|kvar)skriv\w*|sekretessmark\w*|belastningsregist\w*|misstankeregist\w*|underrättelseregist\w*|"
    r"sociala? insatsgrupp\w*|frivård\w*|avhoppare\w*|kontaktfamilj\w*|våld i nära relation\w*|dömda? för|"
    r"misstänkt[a]? för|(?:anmäl|utred|placera|omhänderta)\w* (?:\w+ )?(?:till|av|hos) (?:soc|socialtjänst)\w*|"
    r"soc(?:ialtjänsten)? (?:utreder|har (?:kontakt|pratat))|(?-i:SIG))\b",
    re.IGNORECASE,
)


def _emails(text: str) -> Iterator[re.Match[str]]:
    return (match for match in disguised.spoken_mails(text) if (match["box"] or "").lower() not in _SHARED_BOXES)


def _forums(text: str) -> Iterator[re.Match[str]]:
    # In a text written in capitals throughout, SIG is the ordinary Swedish word for oneself.
    shouted = text.isupper()
    return (match for match in _FORUM.finditer(text) if not (shouted and match[0] == "SIG"))


_SEARCHES: dict[str, Callable[[str], Iterator[re.Match[str]]]] = {
    "personal_number": _personal_numbers,
    "plate": _plates,
    "phone": _phones,
    "email": _emails,
    "home": _HOME.finditer,
    "name": names.found,
    "forum": _forums,
}

# ---- The cheap look at many texts at once ----------------------------------------------------------------------

# Nothing above can match a text in which none of these stand (the tests compare with looking at every text).
_BLOCK = 5000
_APART = " \0 "
_USUAL = bytes(range(0x80)) + "åäöÅÄÖéÉüÜ–—”’…§°".encode("cp1252")
_DIGITS = re.compile(
    r"[0-9](?:(?:[^0-9\n\0]{0,4}[0-9]){5}|(?:(?<=[A-Za-z]{3}.)|(?<=[A-Za-z]{3}[ -].))[0-9][0-9A-Za-z]"
    rf"|{disguised.DIGITS}|\s?[A-Za-z]?\s*,?\s+(?:[0-9]|port|uppg|dörr))"
)
_CUES = (
    *disguised.CUES, *names.CUES, "lgh", "lägenhet", "vån",
    "sspf", "vinr", "orosanm", "lvu", "lvm", "skydda", "skriv", "regist", "insatsgrupp", "sekretessmark", "frivård",
    "avhoppare", "kontaktfamilj", "relation", "dömd", "misstänkt", "soc",
)  # fmt: skip


def _suspects(block: list[str]) -> set[int]:
    """Indexes of the texts worth looking at, searched as one text: a call per text would cost ten times more."""
    if not any(block):
        return set()
    whole = _APART.join(block)
    if not _is_usual(whole):
        # Lower case can be longer than upper case in foreign scripts, which would move every index after it.
        odd = {index for index, text in enumerate(block) if not _is_usual(text)}
        return odd | _suspects(["" if index in odd else text for index, text in enumerate(block)])
    ends = list(accumulate(map(len, block), lambda end, length: end + length + len(_APART), initial=-1))[1:]
    small = whole.lower()
    words = " ".join(set(small.split()))  # most texts are made of the same words, and no cue is longer than one
    places = [match.start() for match in _DIGITS.finditer(whole)]
    places += [match.start() for match in names.PAIR.finditer(whole)]
    for text, cue in ((whole, "SIG"), *((small, cue) for cue in _CUES if cue in words)):
        places += _places(text, cue)
    return {bisect_left(ends, place) for place in places}


def _is_usual(text: str) -> bool:
    """Whether a text is written in the letters of Swedish alone."""
    try:
        return not text.encode("cp1252").translate(None, _USUAL)
    except UnicodeEncodeError:
        return False


def _places(text: str, cue: str) -> Iterator[int]:
    place = text.find(cue)
    while place >= 0:
        yield place
        place = text.find(cue, place + 1)
