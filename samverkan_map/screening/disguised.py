"""What somebody wrote so that a machine would not see it: numbers with gaps and letters for digits, spoken addresses.

Every function keeps the length of its text or searches in the text itself, so that places stay what they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_WORD = re.compile(r"[\w|]+")
_STANDS_FOR = str.maketrans("oOlI|", "00111")


def with_digits(text: str) -> str:
    """The text with the letters that stand for 0 and 1 within a number read as digits; the length stays.

    >>> with_digits("o7o-l23 45 67 och 8O kilo")
    '070-123 45 67 och 80 kilo'
    """
    return _WORD.sub(_read, text)


def _read(match: re.Match[str]) -> str:
    word = match[0].translate(_STANDS_FOR)
    return word if word.isdigit() and not match[0].isalpha() else match[0]


# ---- Numbers with gaps -------------------------------------------------------------------------------------------

_GAP = r"[ ._]{0,2}"
_PERSON = re.compile(
    rf"(?<![\d.,:/+-])(?P<born>\d(?:{_GAP}\d){{5}}(?:(?:{_GAP}\d){{2}})?)"
    rf"(?P<outer>\s{{0,2}}[-+–—/]?\s{{0,2}}|[ ._]{{1,2}})"
    rf"(?P<last>\d(?:[ ._]?\d){{3}})(?!\d|[ .,:-]\d)"
)
_MOBILE = re.compile(r"(?<![\d.,:/+-])0[ .]?7[ .]?[02369](?:(?: ?[-–/.] ?|[ ]{0,2})\d){7}(?!\d|[ .:-]\d)")
_COUNTED = re.compile(r"\d\d")


def gapped_persons(text: str) -> Iterator[tuple[re.Match[str], str]]:
    """(where, the number as it is usually written) of what has the length of a personal number.

    >>> [number for _, number in gapped_persons("född 19 80 01 01 - 12 34")]
    ['19800101-1234']
    """
    for match in _PERSON.finditer(text):
        born, last = (re.sub(r"\D", "", match[part]) for part in ("born", "last"))
        dash = "-" if match["outer"].strip(" ._/") else ""
        if dash or not _counts_up(born + last):
            yield match, f"{born}{dash}{last}"


def _counts_up(digits: str) -> bool:
    """Whether pairs of digits follow on each other as the lines of buses do in a list: 10 11 12 13 14."""
    pairs = [int(pair) for pair in _COUNTED.findall(digits)]
    return len({after - before for before, after in zip(pairs, pairs[1:], strict=False)}) == 1


def gapped_mobiles(text: str) -> Iterator[re.Match[str]]:
    """Mobile numbers with any gaps.

    >>> [match[0] for match in gapped_mobiles("ring 0 7 0 1 2 3 4 5 6 7")]
    ['0 7 0 1 2 3 4 5 6 7']
    """
    return (match for match in _MOBILE.finditer(text) if not _CLOCK.search(match[0]))


_CLOCK = re.compile(r"[01]\d\.[0-5]\d ?[-–] ?[012]\d\.[0-5]\d")

_DIGIT_WORD = r"(?:noll|ett|två|tre|fyra|fem|sex|sju|åtta|nio)"
_SPOKEN_PHONE = re.compile(rf"\bnoll(?:[\s,.-]{{1,2}}{_DIGIT_WORD}){{6,11}}\b", re.IGNORECASE)


def spoken_phones(text: str) -> Iterator[re.Match[str]]:
    """Telephone numbers digit by digit in words.

    >>> [match[0] for match in spoken_phones("ring noll sju noll ett två tre fyra fem sex sju")]
    ['noll sju noll ett två tre fyra fem sex sju']
    """
    return _SPOKEN_PHONE.finditer(text)


# ---- Plates with gaps --------------------------------------------------------------------------------------------

_LETTER = "[A-HJ-PR-UW-Z]"
_PLATE = re.compile(
    rf"(?<![\w-])(?P<letters>{_LETTER}{{3}}|{_LETTER}[ .-]{_LETTER}[ .-]{_LETTER})[ .-]{{0,2}}"
    rf"(?:(?P<tight>\d\d[\dA-HJ-PR-UW-Z])|\d[ .-]\d[ .-]?[\dA-HJ-PR-UW-Z])(?![\w-]|[ .,]\d)",
    re.IGNORECASE,
)


def gapped_plates(text: str) -> Iterator[tuple[re.Match[str], str]]:
    """(where, its three letters) of plates with gaps between letters or digits.

    Three letters of the alphabet after each other before a number without gaps are doors or lines: hus A B C 123.

    >>> [letters for _, letters in gapped_plates("bilen har A B C 1 2 3, hus A B C 123")]
    ['ABC']
    """
    for match in _PLATE.finditer(text):
        letters = re.sub(r"[ .-]", "", match["letters"])
        doors = ord(letters[2]) - ord(letters[0]) == 2
        if not match["tight"] or (len(match["letters"]) > 3 and letters.isupper() and not doors):
            yield match, letters


# ---- Spoken mail addresses ---------------------------------------------------------------------------------------

_AT = r"(?:\s?[(\[{<](?:at|a|snabel[ -]?a|@)[)\]}>]\s?|\s+snabel[ -]?a\s+|\s?@\s?)"
_DOT = r"(?:\.|\s\.\s|\s?[(\[{<](?:dot|punkt|\.)[)\]}>]\s?|\s+(?:dot|punkt)\s+)"
_ENDS = r"(?:se|com|nu|net|org|eu|dk|no|de|fi|info|io|me|uk)"
_SPOKEN_MAIL = re.compile(
    rf"(?<![\w.+-])(?P<box>[\w.+-]++){_AT}(?:[\w-]+(?:\.[\w-]+)*\.[a-z]{{2,}}|[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{0,3}}{_DOT}{_ENDS}\b)"
    rf"|(?<![\w.+-])[\w.+-]++\s+snabel[ -]?a\s+[\w-]{{2,63}}"
    rf"|(?<![\w.+-])[\w.+-]++\s+at\s+[\w-]{{2,63}}\s+(?:dot|punkt)\s+{_ENDS}\b"
    rf"|(?<![\w@])(?:gmail|hotmail|outlook|icloud|yahoo|protonmail){_DOT}{_ENDS}\b",
    re.IGNORECASE,
)


def spoken_mails(text: str) -> Iterator[re.Match[str]]:
    """Mail addresses with words for their signs; `box` is what stands before the at sign, or None.

    >>> [match["box"] for match in spoken_mails("anna punkt svensson (snabel-a) gmail punkt com")]
    ['svensson']
    """
    return _SPOKEN_MAIL.finditer(text)


CUES = ("@", "snabel", "noll", "(at)", "[at]", "{at}", "<at>", "(a)", "[a]", "{a}", "<a>", " at ",
        "gmail", "hotmail", "outlook", "icloud", "yahoo", "protonmail")  # fmt: skip
"""None of the words above is there without one of these in small letters."""

DIGITS = (
    r"(?:(?<=[A-Za-z].)|(?<=[A-Za-z][ .-].)|(?<=[A-Za-z][ .-][ .-].))[ .-][0-9]"
    r"|(?:(?<=[A-Z][ .-][A-Z].)|(?<=[A-Z][ .-][A-Z][ .-].)|(?<=[A-Z][ .-][A-Z][ .-][ .-].))[0-9]"
)
"""What follows after the first digit of every plate with gaps."""
