"""Letters of other alphabets that look like those of ours, read as what they look like.

A Cyrillic or Greek letter among Latin ones is how somebody gets a plate or a column of names past a machine. A word
that is foreign throughout stays foreign: no plate, address or column name of ours comes of it.
"""

from __future__ import annotations

_CYRILLIC = "АВЕЅІЈКМНОРСТУХҮаеѕіјорсухһԁԛԝ", "ABESIJKMHOPCTYXYaesijopcyxhdqw"
_GREEK = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαικνορτυχϲ", "ABEZHIKMNOPTYXaiknoptuxc"
_OTHERS = "ıɑɡℓӏǀ", "iaglll"
LOOKALIKES = {
    ord(foreign): own
    for strange, plain in (_CYRILLIC, _GREEK, _OTHERS)
    for foreign, own in zip(strange, plain, strict=True)
}


def as_read(text: str) -> str:
    """The text with each such letter as the Latin one that it looks like; the length stays.

    >>> as_read("nаmn"), as_read("АВС123")
    ('namn', 'ABC123')
    """
    return text if text.isascii() else text.translate(LOOKALIKES)
