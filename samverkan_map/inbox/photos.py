"""Pictures of what a letter is about: made anew as they come, reviewed before anybody sees them, gone when refused.

The files lie under random names in a folder that no address leads to; the row is what says whose they are.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from samverkan_map import access, codes
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db.tables import Letter, LetterPhoto, Place, PlaceReport
from samverkan_map.errors import BadFile, BadValue, Conflict, NotFound, TooManyTries
from samverkan_map.exchange import pictures
from samverkan_map.exchange.pictures import Box
from samverkan_map.inbox import finding, keys
from samverkan_map.people import counters
from samverkan_map.vocabulary import LetterStatus, Permission

MOST, MOST_BOXES = 3, 6
DAY, PER_DAY = timedelta(days=1), 20
ORPHAN_SECONDS = 3600


class Folder:
    """Where the pictures lie, readable for nobody but the server's own user."""

    def __init__(self, instance: Path) -> None:
        self.root = instance / "pictures"

    def put(self, data: bytes) -> str:
        """Put a picture away under a new name, on the disk when this returns. Raises BadFile when there is no room."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{secrets.token_hex(16)}.jpg"
        try:
            with os.fdopen(os.open(self.root / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            self.drop(name)
            raise BadFile("pictures.errors.not_kept") from error
        return name

    def read(self, name: str) -> bytes:
        """The bytes of a picture. Raises NotFound when it is gone."""
        try:
            return (self.root / name).read_bytes()
        except OSError as error:
            raise NotFound("pictures.errors.gone") from error

    def named(self, session: Session) -> list[str]:
        """The names of all pictures that are to be here."""
        return list(session.scalars(select(LetterPhoto.file)))

    def drop(self, name: str) -> None:
        """Take a picture off the disk."""
        (self.root / name).unlink(missing_ok=True)

    def sweep(self, session: Session) -> None:
        """Take away what no row names any more: pictures whose report was not stored after all."""
        old = time.time() - ORPHAN_SECONDS
        found = {path.name for path in self.root.glob("*.jpg") if path.stat().st_mtime < old}
        for name in found - set(session.scalars(select(LetterPhoto.file).where(LetterPhoto.file.in_(found)))):
            self.drop(name)


def forget_lost(session: Session, names: Collection[str]) -> None:
    """Take away the rows of pictures that are gone, so that nobody is promised one."""
    for photo in session.scalars(select(LetterPhoto).where(LetterPhoto.file.in_(names))):
        session.delete(photo)
    session.flush()


def takes(agreement: Agreement, letter: Letter) -> bool:
    """Whether a picture may be added: of a kind where it shows a thing and not people, and nobody has answered yet."""
    open_still = letter.status in (LetterStatus.NEW, LetterStatus.TAKEN_UP)
    return letter.type in agreement.photo_types and open_still and len(letter.photos) < MOST


def add(
    session: Session,
    actor: Viewer,
    agreement: Agreement,
    folder: Folder,
    code: str,
    data: bytes,
    *,
    secret: str,
    address: str,
    now: datetime,
) -> LetterPhoto:
    """Add a picture to the letter with this code. Raises NotFound, BadFile, BadValue, TooManyTries, NotAllowed."""
    access.check(actor, Permission.SEND_REPORT)
    letter = _sent(session, code)
    if not takes(agreement, letter):
        raise BadValue("pictures.errors.no_more", field="bild", most=MOST)
    _count(session, address, secret, now)
    folder.sweep(session)
    photo = LetterPhoto(file=folder.put(pictures.anew(data)), came_at=now)
    letter.photos.append(photo)
    session.flush()
    access.gate(session, actor, Permission.SEND_REPORT, letter, act="photo_added")
    return photo


def take_own_back(session: Session, actor: Viewer, folder: Folder, code: str) -> None:
    """Take away all pictures of the letter with this code, as its sender asks. Raises NotFound, NotAllowed."""
    access.check(actor, Permission.FOLLOW_REPORT)
    letter = _sent(session, code)
    drop_all(letter, folder)
    session.flush()
    access.gate(session, actor, Permission.SEND_REPORT, letter, act="photo_removed")


def release(session: Session, actor: Viewer, letter_id: int, photo_id: int, *, now: datetime) -> None:
    """Let those who work with the place see a picture. Raises NotFound, NotAllowed."""
    letter, photo = _of_letter(session, actor, letter_id, photo_id)
    photo.released_at = now
    session.flush()
    access.gate(session, actor, Permission.RELEASE_PHOTO, letter, act="photo_released", photo=photo_id)


def remove(session: Session, actor: Viewer, folder: Folder, letter_id: int, photo_id: int) -> None:
    """Take a picture away for good, from the disk too. Raises NotFound, NotAllowed."""
    letter, photo = _of_letter(session, actor, letter_id, photo_id)
    photo.letter.photos.remove(photo)
    session.flush()
    access.gate(session, actor, Permission.RELEASE_PHOTO, letter, act="photo_removed", photo=photo_id)
    # Before the commit: a row without its picture is mended by a click, a picture without its row is a secret kept.
    folder.drop(photo.file)


def version_of(photo: LetterPhoto) -> str:
    """What tells a picture from the one it is after parts of it have been covered, without its name on the disk."""
    return hashlib.sha256(photo.file.encode()).hexdigest()[:16]


def to_review(session: Session, viewer: Viewer, letter_id: int, photo_id: int) -> tuple[Letter, LetterPhoto]:
    """A letter and its picture, for somebody who reviews it. Raises NotFound, Conflict for a hidden one, NotAllowed."""
    return _of_letter(session, viewer, letter_id, photo_id)


def cover(
    session: Session,
    actor: Viewer,
    folder: Folder,
    letter_id: int,
    photo_id: int,
    boxes: Sequence[Box],
    *,
    version: str,
) -> None:
    """Cover parts of a picture for good: it is made anew with them black, and the one before is destroyed.

    `version` is that of the picture that was looked at. Raises BadValue for boxes that cover nothing or do not lie in
    the picture, Conflict when it is another one by now, BadFile, NotFound, NotAllowed.
    """
    letter, photo = _of_letter(session, actor, letter_id, photo_id)
    if not 0 < len(boxes) <= MOST_BOXES or not all(_lies_inside(box) for box in boxes):
        raise BadValue("pictures.errors.boxes", field="ruta1")
    session.refresh(photo, with_for_update=True)
    before = photo.file
    if version_of(photo) != version:
        raise Conflict("pictures.errors.changed")
    photo.file = folder.put(pictures.anew(folder.read(before), boxes))
    session.flush()
    access.gate(session, actor, Permission.RELEASE_PHOTO, letter, act="photo_covered", photo=photo_id, count=len(boxes))
    # Before the commit, as when one is taken away: better a picture lost than a face kept.
    folder.drop(before)


def _lies_inside(box: Box) -> bool:
    left, top, width, height = box
    return min(left, top) >= 0 and min(width, height) > 0 and left + width <= 100 and top + height <= 100


def drop_all(letter: Letter, folder: Folder) -> None:
    """Take all pictures of a letter away, from the disk too."""
    for photo in letter.photos:
        folder.drop(photo.file)
    letter.photos.clear()


def get(session: Session, viewer: Viewer, photo_id: int) -> LetterPhoto:
    """A picture that the viewer may see: any for those who read the words of its letter, a released one for planners.

    Raises NotFound, the same for what there is not and what may not be seen.
    """
    photo = session.get(LetterPhoto, photo_id)
    if photo is None or not _sees(session, viewer, photo):
        raise NotFound("pictures.errors.gone")
    return photo


def _sees(session: Session, viewer: Viewer, photo: LetterPhoto) -> bool:
    if access.may(viewer, Permission.SEE_RAW_TEXT, finding.first_of(session, photo.letter)):
        return True
    return photo.released_at is not None and access.may(viewer, Permission.SEE_PHOTO)


def all_of(letter: Letter) -> list[LetterPhoto]:
    """The pictures of a letter and of those with the very same words."""
    return [photo for one in (letter, *letter.same) for photo in one.photos]


def at_place(session: Session, viewer: Viewer, place: Place) -> Sequence[LetterPhoto]:
    """The released pictures of the reports that were linked to a place by hand, the latest first."""
    if not access.may(viewer, Permission.SEE_PHOTO):
        return []
    linked = select(PlaceReport.report_id).where(PlaceReport.place_id == place.id, PlaceReport.belongs)
    shown = (LetterPhoto.released_at.is_not(None), Letter.report_id.in_(linked))
    return session.scalars(select(LetterPhoto).join(Letter).where(*shown).order_by(LetterPhoto.id.desc())).all()


def _sent(session: Session, code: str) -> Letter:
    plain = codes.read(code)
    found = session.scalars(select(Letter).where(Letter.code_hash == keys.hashed(plain))).first() if plain else None
    if found is None:
        raise NotFound("inbox.errors.no_code")
    return found


def _of_letter(session: Session, actor: Viewer, letter_id: int, photo_id: int) -> tuple[Letter, LetterPhoto]:
    letter = finding.get(session, actor, letter_id)
    access.check(actor, Permission.RELEASE_PHOTO, letter)
    photo = next((one for one in all_of(letter) if one.id == photo_id), None)
    if photo is None:
        raise NotFound("pictures.errors.gone")
    if letter.status == LetterStatus.HIDDEN:
        raise Conflict("inbox.errors.changed")
    return letter, photo


def _count(session: Session, address: str, secret: str, now: datetime) -> None:
    key = counters.key(secret, "letter-photo", f"{now:%Y-%m-%d}", counters.network(address))
    _, tries = counters.counted(session, key, DAY, now)
    if tries > PER_DAY:
        raise TooManyTries("pictures.errors.enough", seconds=3600, n=PER_DAY)
