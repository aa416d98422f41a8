"""Names of persons: what stands in capitals after a word that says somebody is meant, and is no place or thing."""

from __future__ import annotations

import re
from collections.abc import Iterator

_CAPITAL = r"[A-ZÅÄÖ][a-zåäöéü]+"
_GIVEN = rf"(?P<given>{_CAPITAL})"
_PERSONS = (
    "killen|tjejen|pojken|flickan|mannen|kvinnan|grannen|sonen|dottern|brodern|systern|eleven|läraren|föraren|förälder|"
    "mamman|pappan|kompisen|ägaren|ledaren|vännen|barnet|kunden|vakten|hyresgästen|ungdomen"
)
_OURS = "son|dotter|mamma|pappa|bror|syster|kompis|granne|sambo|kusin|elev|flickvän|pojkvän|make|maka|barnbarn"
_TITLES = "familjen|fru|herr|fröken|bröderna|systrarna|syskonen|paret"
_ROLES = (
    "vaktmästaren|rektorn|chefen|ordföranden|tränaren|kassören|kollegan|anmälaren|anmälare:?|kontaktperson:?|kontakt:|"
    "vittnet|vittne:?|(?:min|hennes) man|det var|det är"
)
_NAME = re.compile(
    r"\b(?P<cue>(?i:heter|hette|kallas|kallad|kallade sig|kallar sig|döpt till|vid namn|namnet är|namn är|namn:|"
    rf"presenterade sig som|{_PERSONS}|{_TITLES}|"
    rf"(?:min|mitt|hans|hennes|deras|vår|sin) (?:{_OURS})|med vänlig hälsning|hälsningar|hälsar|mvh|vänligen))"
    rf",? (?:för |även |också |visst |nog |tydligen )?[\"'”»]?{_GIVEN}"
)
_FULL_NAME = re.compile(rf"\b(?P<cue>(?i:{_ROLES})),? {_GIVEN} (?P<family>{_CAPITAL})")
PAIR = re.compile(rf" (?<=[a-zåäöA-ZÅÄÖ:,] ){_CAPITAL} [A-ZÅÄÖ]")
"""Where a full name may stand; the cheap look at many texts searches for it."""

_CAPITAL_AFTER = re.compile(r"[ \"'”»][A-ZÅÄÖ]")

CUES = (
    "heter", "hette", "kallas", "kallad", "kallar", "döpt", "namn", "presenterade", *_PERSONS.split("|"),
    *(one for one in _TITLES.split("|") if one != "fru"), "fru ", *(f" {one} " for one in _OURS.split("|")),
    "hälsning", "hälsar", "mvh", "vänligen",
)  # fmt: skip
"""No single name is found in a text without one of these in small letters."""

_PLACE_ENDING = re.compile(
    r"(?:gatan|gata|vägen|väg|parken|park|torget|torg|backen|gränd|stigen|gången|skolan|skola|platsen|plats|hallen|gården|"
    r"hamnen|hamn|stranden|strand|plan|planen|ängen|ängar|huset|bron|området|hult|stad|by|byn|holmen|lunden|kiosken|center|"
    r"centrum|rondellen|näs|viken|hed|heden|dammen|ån|fältet)$"
)
_THING_BEFORE = re.compile(
    r"\b(?:platsen|gatan|vägen|parken|torget|området|skolan|hållplatsen|lekplatsen|rondellen|stråket|stigen|butiken|kiosken|"
    r"affären|restaurangen|kafét|caféet|appen|forumet|projektet|föreningen|företaget|stranden|hamnen|kvarteret|bron|tunneln|"
    r"byn|orten|backen|planen|banan|huset|gården|det|den|stället|bussen|linjen|delen|ytan|rampen)\b[^.!?]{0,40}$",
    re.IGNORECASE,
)
_JUST_BEFORE = re.compile(r"(?P<thing>\w+(?:et|en|an|n))(?: som)? $", re.IGNORECASE)
_PERSON_ENDING = re.compile(
    rf"^(?:\w*(?:aren|isten|anten|enten|ören|örsen|inna|innan|mannen|kvinnan|killen|tjejen|personen|gubben|tanten|ungen)|"
    rf"{_PERSONS}|han|hon|hen|man|den|en|son|person|ingen|någon|polisen|chefen|rektorn|släktingen|gästen)$",
    re.IGNORECASE,
)
_SAYS_WHO = frozenset({"heter", "hette", "kallas", "kallad", "namnet är", "namn är", "vid namn", "döpt till"})
_NO_GIVEN = frozenset((
    "Västra", "Östra", "Norra", "Södra", "Stora", "Lilla", "Sankt", "Sankta", "Nya", "Gamla", "Övre", "Nedre", "Inre",
    "Yttre", "Gröna", "Röda", "Svenska", "Region", "Gårman",
))  # fmt: skip


def found(text: str) -> Iterator[re.Match[str]]:
    """Names of persons in a text as it reads.

    >>> [match["given"] for match in found("Killen heter Kevin, parken heter Solen, Mvh Bo Ek")]
    ['Kevin', 'Bo']
    """
    if not _CAPITAL_AFTER.search(text):
        return
    for search in (_NAME, _FULL_NAME) if PAIR.search(text) else (_NAME,):
        yield from (match for match in search.finditer(text) if not _is_thing(match, text))


def _is_thing(match: re.Match[str], text: str) -> bool:
    """Whether what is called so is a place or a thing and no person."""
    words = [match["given"], match.groupdict().get("family") or ""]
    if words[0] in _NO_GIVEN or any(_PLACE_ENDING.search(word) for word in words if word):
        return True
    if match["cue"].lower() not in _SAYS_WHO:
        return False
    before = text[max(0, match.start() - 60) : match.start()]
    named = _JUST_BEFORE.search(before)
    thing = named is not None and not _PERSON_ENDING.match(named["thing"])
    return thing or bool(_THING_BEFORE.search(before))
