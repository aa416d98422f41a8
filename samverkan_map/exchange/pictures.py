"""The one way a picture comes in: decoded and made anew in a process of its own (`picture_worker`)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from samverkan_map.errors import BadFile

MOST_BYTES = 12 * 1024 * 1024
MOST_SECONDS = 10

_WORKER = Path(__file__).with_name("picture_worker.py")
_WHY = {3: "pictures.errors.no_picture", 4: "pictures.errors.too_many_pixels"}


Box = tuple[int, int, int, int]
"""Left, top, width and height of a part of a picture, in whole per cent of it as it is seen."""


def anew(data: bytes, covered: Sequence[Box] = ()) -> bytes:
    """A picture (JPEG, PNG or WEBP) as a JPEG of at most 2048 pixels a side that holds nothing but what is seen, and
    only black where it is `covered`.

    Raises BadFile for what is none of these, is too large, or cannot be decoded within the limits.
    """
    if not data:
        raise BadFile("pictures.errors.none")
    if len(data) > MOST_BYTES:
        raise BadFile("pictures.errors.too_large", most=MOST_BYTES // 1024 // 1024)
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_WORKER), *(",".join(map(str, one)) for one in covered)],
            input=data, capture_output=True, timeout=MOST_SECONDS, env={},
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise BadFile("pictures.errors.broken") from error
    if done.returncode or not done.stdout:
        raise BadFile(_WHY.get(done.returncode, "pictures.errors.broken"))
    return done.stdout
