"""A picture is made anew: nothing but what is seen comes out, and no file makes it compute or hold too much."""

import io
import json
import struct
import subprocess
import sys
import time
import zlib

import pytest
from PIL import Image, PngImagePlugin

from samverkan_map.errors import BadFile
from samverkan_map.exchange import picture_worker, pictures

SECRET = b"Hemligt 55.4098"


def an_image(size=(60, 40), mode="RGB"):
    """Red on the left, blue on the right."""
    image = Image.new("RGB", size, (200, 20, 20))
    image.paste((20, 20, 200), (size[0] // 2, 0, *size))
    return image.convert(mode)


def saved(image, kind, **more):
    written = io.BytesIO()
    image.save(written, kind, **more)
    return written.getvalue()


def with_everything(kind, image=None):
    """A picture with EXIF (also a position and a small picture of its own), XMP, a colour profile and comments."""
    exif = Image.Exif()
    exif[0x010E] = exif[0x9286] = SECRET.decode()
    exif.get_ifd(0x8825)[2] = (55.0, 24.0, 35.0)
    more = {"exif": exif.tobytes(), "icc_profile": b"\0" * 128 + SECRET, "xmp": SECRET}
    if kind == "JPEG":
        more["comment"] = SECRET
    if kind == "PNG":
        more["pnginfo"] = PngImagePlugin.PngInfo()
        more["pnginfo"].add_text("Comment", SECRET.decode())
    return saved(image or an_image(), kind, **more)


def opened(data):
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("kind", picture_worker.FORMATS)
def test_nothing_but_the_pixels_comes_through(kind):
    dirty = with_everything(kind) + SECRET
    clean = pictures.anew(dirty)
    assert SECRET in dirty and SECRET not in clean
    image = opened(clean)
    assert image.format == "JPEG" and set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert not image.getexif() and b"Exif" not in clean and b"http://ns.adobe" not in clean
    red, blue = image.getpixel((5, 5)), image.getpixel((55, 5))
    assert red[0] > 150 > blue[0] and blue[2] > 150 > red[2]


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_picture_stands_upright_whichever_way_the_camera_was_held(turn):
    upright = an_image((40, 40))
    upright.paste((20, 200, 20), (0, 0, 40, 10))
    back = {5: 5, 6: 8, 7: 7, 8: 6}.get(turn, turn)
    stored = upright
    for step in picture_worker._TURNS.get(back, ()):
        stored = stored.transpose(step)
    exif = Image.Exif()
    exif[picture_worker.ORIENTATION] = turn
    found = opened(pictures.anew(saved(stored, "JPEG", exif=exif.tobytes(), quality=95)))
    assert [max(range(3), key=found.getpixel(at).__getitem__) for at in ((20, 3), (5, 30), (35, 30))] == [1, 0, 2]


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "LA", "CMYK", "I;16"])
def test_every_kind_of_colour_becomes_a_plain_picture(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    image = Image.new("I;16", (60, 40)) if mode == "I;16" else an_image(mode=mode)
    assert opened(pictures.anew(saved(image, kind))).mode == "RGB"


@pytest.mark.parametrize("size", [(4999, 4501), (4097, 130), (2600, 4100), (300, 129)])
def test_a_picture_made_small_strip_by_strip_has_the_pixels_of_the_whole(size):
    whole = an_image((97, 89)).resize(size)
    factor = max(1, max(size) // picture_worker.WIDEST)
    expected = whole.reduce(factor) if factor > 1 else whole
    found = picture_worker._small(whole.copy())
    assert found.size == expected.size and found.tobytes() == expected.tobytes()


def test_a_large_picture_becomes_a_small_one_within_time_and_memory():
    """Each the largest that is taken; the decoder of WEBP alone holds three times what the picture does."""
    large = an_image((5900, 4000), "RGBA")
    for data, most in (
        (saved(large.convert("RGB"), "JPEG"), 180),
        (saved(large, "PNG", compress_level=1), 180),
        (saved(large.resize((4000, 3000)), "WEBP"), 240),
    ):
        begun = time.monotonic()
        found = opened(pictures.anew(data))
        assert max(found.size) == 2048 and time.monotonic() - begun < 5
        measured = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL); "
        measured += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
        command = [sys.executable, "-c", measured, sys.executable, "-I", str(pictures._WORKER)]
        kilobytes = int(subprocess.run(command, input=data, capture_output=True, check=True).stdout)
        assert kilobytes < most * 1024, kilobytes


def a_bomb(width, height):
    """A PNG of a few kilobytes that says it is so large."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    lines = zlib.compress(b"\0" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


REFUSED = {
    "none": b"",
    "too_large": b"\xff\xd8" + b"\0" * pictures.MOST_BYTES,
    "no_picture": [
        b"GIF89a" + b"\0" * 99, b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"SIMPLE  =   T" * 99,
        b"MZ", b"\xff\xd8\xff", saved(an_image(), "BMP"), saved(an_image(), "TIFF"), saved(an_image(), "GIF"),
    ],
    "too_many_pixels": [
        a_bomb(5000, 5000), saved(Image.new("L", (6001, 4001)), "PNG"), saved(Image.new("RGB", (4001, 3001)), "WEBP"),
    ],
    "broken": [
        a_bomb(4000, 4000), saved(an_image((600, 400)), "PNG")[:-200], saved(an_image((900, 900)), "JPEG")[:700],
    ],
}  # fmt: skip


@pytest.mark.parametrize("why", REFUSED)
def test_what_is_no_picture_or_pretends_is_refused_at_once(why):
    for data in REFUSED[why] if isinstance(REFUSED[why], list) else [REFUSED[why]]:
        begun = time.monotonic()
        with pytest.raises(BadFile) as no:
            pictures.anew(data)
        assert no.value.key == f"pictures.errors.{why}", data[:20]
        assert time.monotonic() - begun < 3


MEASURED = """
import json, resource, subprocess, sys
spent = []
for file in sys.argv[2:]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with open(file, "rb") as data:
        code = subprocess.run([sys.executable, "-I", sys.argv[1]], stdin=data, stdout=subprocess.DEVNULL).returncode
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent.append((code, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime))
print(json.dumps([spent, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]))
"""


def test_no_file_of_thirty_keeps_metadata_and_none_that_is_refused_takes_a_second_or_two_hundred_megabytes(tmp_path):
    corpus = [
        with_everything(kind, an_image(size)) + tail
        for kind in picture_worker.FORMATS
        for size in ((1, 1), (7, 300), (640, 480), (2049, 40), (900, 1400))
        for tail in (b"", SECRET)
    ]
    assert len(corpus) == 30 and all(SECRET in data for data in corpus)
    for data in corpus:
        clean = pictures.anew(data)
        assert SECRET not in clean and b"Exif" not in clean and not opened(clean).getexif()
    refused = [data for why in ("no_picture", "too_many_pixels", "broken") for data in REFUSED[why]]
    refused += [a_bomb(*size) for size in ((60_000, 60_000), (2**31 - 1, 2**31 - 1), (0, 0), (1, 24_000_001))]
    files = [tmp_path / str(number) for number in range(len(refused))]
    for file, data in zip(files, refused, strict=True):
        file.write_bytes(data)
    command = [sys.executable, "-c", MEASURED, str(pictures._WORKER), *map(str, files)]
    spent, kilobytes = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert all(code != 0 for code, _ in spent)
    assert max(seconds for _, seconds in spent) < 1 and kilobytes < 200 * 1024, (spent, kilobytes)


def test_a_giant_that_no_decoder_should_begin_with_is_refused():
    for size in ((60_000, 60_000), (2**31 - 1, 2**31 - 1), (0, 0)):
        with pytest.raises(BadFile):
            pictures.anew(a_bomb(*size))


def test_a_picture_that_takes_forever_is_given_up(monkeypatch):
    monkeypatch.setattr(pictures, "MOST_SECONDS", 0.001)
    with pytest.raises(BadFile) as no:
        pictures.anew(saved(an_image(), "PNG"))
    assert no.value.key == "pictures.errors.broken"
