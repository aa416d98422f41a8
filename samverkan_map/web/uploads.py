"""The file that somebody is about to take in, kept between the steps of the page: for its sender only, for two hours.

Beside the file lies `about.json` with what has been chosen so far. The name that the file came with is shown and
stored with the delivery, but no path is ever made from it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from samverkan_map.errors import BadFile

KEEP_SECONDS = 2 * 60 * 60
LONGEST_NAME = 120
_KEY = re.compile(r"[\w-]{32}", re.ASCII)
_ENDING = re.compile(r"\.[a-z]{1,8}")


@dataclass
class Upload:
    """One file on its way in: what it holds, what has been chosen, what a dry run said, and what became of it."""

    key: str
    name: str
    person_id: int | None
    file: str
    file_hash: str
    kind: str = "reports"
    sheet: str = ""
    header: list[str] = field(default_factory=list)
    positioned: bool = False
    """Whether the positions are the file's geometries, so that no column is asked for."""
    stated_crs: int | None = None
    source: str = ""
    crs: int | None = None
    columns: dict[str, str] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    """The file's words for types, or for road keepers, and what each becomes."""
    keeper: str = ""
    """The road keeper of rows that name none."""
    merge: bool = False
    """Whether pieces of one street are put together."""
    rows: int = 0
    words: list[tuple[str, int]] = field(default_factory=list)
    """The words of those that the map does not know, with their numbers of rows, most common first."""
    system: str = ""
    swapped: bool = False
    preview: dict[str, Any] | None = None
    delivery_id: int | None = None


class Store:
    """The folder of files on their way in, readable for nobody but the server's own user."""

    def __init__(self, instance: Path) -> None:
        self.root = instance / "uploads"

    def keep(self, stream: IO[bytes], name: str, person_id: int | None, kind: str) -> Upload:
        """Put a file away under a new random key, and throw away those that nobody finished.

        Raises BadFile when the disk has no room for it.
        """
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.root.chmod(0o700)
        self.sweep()
        upload = Upload(secrets.token_urlsafe(24), shown_name(name), person_id, f"file{_ending(name)}", "", kind)
        self._folder(upload.key).mkdir(mode=0o700)
        try:
            self._write(upload, stream)
        except OSError as error:
            self.forget(upload)
            raise BadFile("deliveries.errors.not_kept", file=upload.name) from error
        return upload

    def _write(self, upload: Upload, stream: IO[bytes]) -> None:
        with os.fdopen(os.open(self.path(upload), os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            shutil.copyfileobj(stream, file)
            file.seek(0)
            upload.file_hash = hashlib.file_digest(file, "sha256").hexdigest()
        self.save(upload)

    def find(self, key: str, person_id: int | None) -> Upload | None:
        """The upload of this key when it is the person's own and not too old; None otherwise."""
        if not _KEY.fullmatch(key) or self._age(self._folder(key)) > KEEP_SECONDS:
            return None
        try:
            upload = Upload(**json.loads((self._folder(key) / "about.json").read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        there = upload.delivery_id is not None or self.path(upload).exists()
        return upload if there and upload.person_id == person_id else None

    def save(self, upload: Upload) -> None:
        """Remember what has been chosen."""
        path = self._folder(upload.key) / "about.json"
        part = path.with_name(f"{secrets.token_hex(4)}.part")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(asdict(upload), file, ensure_ascii=False, default=str)
        part.replace(path)

    def path(self, upload: Upload) -> Path:
        """Where the file lies."""
        return self._folder(upload.key) / upload.file

    def refused_path(self, upload: Upload) -> Path:
        """Where the file of refused rows lies, when there are any."""
        return self._folder(upload.key) / "refused.csv"

    def forget(self, upload: Upload) -> None:
        """Throw the upload away."""
        shutil.rmtree(self._folder(upload.key), ignore_errors=True)

    def finish(self, upload: Upload) -> None:
        """Throw the file away and keep which delivery it became, so that a second click finds the receipt."""
        for path in self._folder(upload.key).iterdir():
            path.unlink(missing_ok=True)
        left = Upload(
            upload.key, "", upload.person_id, "", upload.file_hash, upload.kind, delivery_id=upload.delivery_id
        )
        self.save(left)

    def _folder(self, key: str) -> Path:
        return self.root / key

    def sweep(self) -> None:
        """Throw away what nobody finished in time."""
        for folder in self.root.iterdir() if self.root.is_dir() else ():
            if self._age(folder) > KEEP_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)

    @staticmethod
    def _age(folder: Path) -> float:
        try:
            return time.time() - folder.stat().st_mtime
        except FileNotFoundError:
            return float("inf")


def shown_name(name: str) -> str:
    """The name a file came with, without folders and what cannot be printed.

    >>> shown_name("C:\\\\filer\\\\../mars.csv"), shown_name("../..")
    ('mars.csv', '…')
    """
    last = re.split(r"[/\\]", name)[-1]
    shown = "".join(letter for letter in last if letter.isprintable()).strip()
    if len(shown) > LONGEST_NAME:
        shown = shown[: LONGEST_NAME - 10] + "…" + shown[-9:]
    return shown if shown.strip(".") else "…"


def _ending(name: str) -> str:
    ending = Path(shown_name(name)).suffix.lower()
    return ending if _ENDING.fullmatch(ending) else ""
