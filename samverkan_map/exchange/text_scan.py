"""One pass over a text file before anything is made of it: its encoding, and that no line is too long."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from ..errors import BadFile
from .table import Limits

_CHUNK = 262_144
_UTF_8_LETTER = re.compile(rb"\xc3[\x80-\xbf]")
_UTF_16 = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def encoding_of(path: Path, limits: Limits, *, lines: bool = True) -> str:
    """The encoding of a text file: `utf-8`, `utf-8-sig` (with BOM), `utf-16` or `windows-1252`.

    The file is read once, a piece at a time. Raises BadFile for a line longer than the limit (unless `lines` is
    False), for NUL bytes, and for text that is in no encoding or in two.
    """
    with path.open("rb") as file:
        start = file.read(4)
    wide = _UTF_16.get(start[:2])
    scan = _Scan(path.name, limits.max_line_bytes if lines else None, wide or "utf-8")
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            scan.take(chunk)
    scan.finish()
    if scan.valid:
        return wide or ("utf-8-sig" if start.startswith(codecs.BOM_UTF8) else "utf-8")
    if not wide and (scan.has_utf_8_letters or start.startswith(codecs.BOM_UTF8)):
        raise BadFile("readers.errors.two_encodings", file=path.name)
    if wide or not scan.valid_windows:
        raise BadFile("readers.errors.unknown_encoding", file=path.name)
    return "windows-1252"


class _Scan:
    """What is known of a file after the pieces taken so far."""

    def __init__(self, file: str, longest: int | None, encoding: str) -> None:
        self.file = file
        self.longest = longest
        self.encoding = encoding
        self.decoder = codecs.getincrementaldecoder(encoding)()
        self.valid = True
        self.valid_windows = True
        self.has_utf_8_letters = False
        self.line = 0

    def take(self, chunk: bytes) -> None:
        if self.encoding == "utf-8" and b"\x00" in chunk:
            raise BadFile("readers.errors.is_binary", file=self.file)
        self._measure(chunk)
        self._decode(chunk)
        self.has_utf_8_letters = self.has_utf_8_letters or bool(_UTF_8_LETTER.search(chunk))
        self.valid_windows = self.valid_windows and not chunk.translate(None, _DEFINED_IN_WINDOWS)

    def finish(self) -> None:
        self._decode(b"", final=True)

    def _measure(self, chunk: bytes) -> None:
        first, last = chunk.find(b"\n"), chunk.rfind(b"\n")
        if first < 0:
            first, last = chunk.find(b"\r"), chunk.rfind(b"\r")
        self.line += len(chunk) if first < 0 else first
        if self.longest is not None and self.line > self.longest:
            raise BadFile("readers.errors.line_too_long", file=self.file, most=self.longest // 1_000_000)
        if first >= 0:
            self.line = len(chunk) - last - 1

    def _decode(self, chunk: bytes, final: bool = False) -> None:
        if self.valid:
            try:
                self.decoder.decode(chunk, final)
            except UnicodeDecodeError:
                self.valid = False


_DEFINED_IN_WINDOWS = bytes(set(range(256)) - {0x81, 0x8D, 0x8F, 0x90, 0x9D})
