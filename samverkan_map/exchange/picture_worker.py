"""Makes a picture anew, in a process of its own: bytes in, a JPEG without anything but what is seen out.

What is to be covered comes as arguments, `left,top,width,height` in per cent of the upright picture.

Run as a file by `pictures`, never imported by the program: whatever a picture does to its decoder ends with this
process, which may neither compute, nor hold, nor write more than the limits below.
"""

from __future__ import annotations

import io
import resource
import sys

from PIL import Image, ImageDraw, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = {"WEBP": 12_000_000}
MOST_OTHERWISE = 24_000_000
"""The decoder of WEBP holds each pixel four times, the others once."""

WIDEST = 2048
QUALITY = 85
_STRIP = 64
SECONDS, MEMORY_BYTES = 5, 700 * 1024 * 1024
NO_PICTURE, TOO_MANY_PIXELS, BROKEN = 3, 4, 5

ORIENTATION = 0x0112
_TURNS = {
    2: (Image.Transpose.FLIP_LEFT_RIGHT,),
    3: (Image.Transpose.ROTATE_180,),
    4: (Image.Transpose.FLIP_TOP_BOTTOM,),
    5: (Image.Transpose.TRANSPOSE,),
    6: (Image.Transpose.ROTATE_270,),
    7: (Image.Transpose.TRANSVERSE,),
    8: (Image.Transpose.ROTATE_90,),
}


def main() -> int:
    """Read a picture from standard input and write it anew; the exit code says why not."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        image = Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=FORMATS)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
        return NO_PICTURE
    if image.width * image.height > MOST_PIXELS.get(image.format or "", MOST_OTHERWISE):
        return TOO_MANY_PIXELS
    try:
        sys.stdout.buffer.write(anew(image, [tuple(map(int, one.split(","))) for one in sys.argv[1:]]))
    except Exception:
        return BROKEN
    return 0


def anew(image: Image.Image, covered: list[tuple[int, ...]]) -> bytes:
    """The picture upright, at most 2048 pixels wide and high, with nothing beside its pixels, black where `covered`."""
    turn = image.getexif().get(ORIENTATION, 1)
    seen = _small(image)
    image.close()
    seen.thumbnail((WIDEST, WIDEST))
    for step in _TURNS.get(turn, ()):
        seen = seen.transpose(step)
    # A new one from the pixels alone: what a decoder has learnt of the file would otherwise be written again.
    plain = Image.frombytes("RGB", seen.size, seen.tobytes())
    for left, top, width, height in covered:
        # Outwards to whole pixels, and gone before it is written: nothing of it is left in the file.
        right, bottom = -(-(left + width) * plain.width // 100), -(-(top + height) * plain.height // 100)
        begins = (left * plain.width // 100, top * plain.height // 100)
        ImageDraw.Draw(plain).rectangle((*begins, right - 1, bottom - 1), fill=(0, 0, 0))
    written = io.BytesIO()
    plain.save(written, "JPEG", quality=QUALITY)
    return written.getvalue()


def _small(image: Image.Image) -> Image.Image:
    """The picture in red, green and blue, a large one already made smaller by a whole factor."""
    # A very large JPEG is decoded smaller at once, which takes a fraction of time and memory.
    image.draft("RGB", (WIDEST, WIDEST))
    image.load()  # Before there is another one: what the decoder itself needs has been let go of by then.
    width, height = image.size
    factor = max(1, max(width, height) // WIDEST)
    small = Image.new("RGB", (-(-width // factor), -(-height // factor)))
    # Strip by strip: to change the colours of the whole would need a second one as large beside it.
    for top in range(0, height, _STRIP * factor):
        strip = image.crop((0, top, width, min(top + _STRIP * factor, height))).convert("RGB")
        small.paste(strip.reduce(factor) if factor > 1 else strip, (0, top // factor))
    return small


if __name__ == "__main__":
    sys.exit(main())
