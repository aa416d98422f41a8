"""A picture of a report: made anew, seen by nobody before it is reviewed, and gone when it is taken away."""

import io
import re

import pytest
from PIL import Image
from reporting_steps import go_on, letters, to_check
from sqlalchemy import select

from samverkan_map.db.tables import AuditLine, LetterPhoto
from samverkan_map.exchange import pictures
from samverkan_map.inbox import photos
from samverkan_map.web.inbox import covering, sending


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """No test waits until it is believed to be a human."""
    monkeypatch.setattr(sending, "QUICKEST_SECONDS", 0)


def a_picture(secret="Hemligkamera"):
    exif = Image.Exif()
    exif[0x010E] = secret
    written = io.BytesIO()
    Image.new("RGB", (300, 200), (20, 120, 20)).save(written, "JPEG", exif=exif.tobytes())
    return written.getvalue()


def reported(world, vad="skrap"):
    """The page of the receipt of a report."""
    client = world.client()
    sent = go_on(client, to_check(client, vad=vad), steg="skicka")
    return client, sent.location.partition("?")[0]


def add(world, client, receipt, data=None, name="IMG_070-1234567.jpg"):
    data = a_picture() if data is None else data
    return world.post(client, f"{receipt}/bild", bild=(io.BytesIO(data), name))


def files(world):
    return sorted((world.settings.instance / "pictures").glob("*"))


def version_of_letter(world):
    return letters(world)[0].version


def test_a_picture_is_made_anew_kept_apart_and_seen_by_the_coordinator_alone_until_it_is_reviewed(world_on_each):
    world = world_on_each
    client, receipt = reported(world)
    assert add(world, client, receipt).status_code == 303
    assert "1 bild är mottagen" in client.get(receipt).text
    (file,) = files(world)
    assert b"Hemligkamera" not in file.read_bytes() and file.stat().st_mode & 0o077 == 0
    assert "070" not in file.name and "static" not in file.parts
    staff = world.client("samordnare")
    assert "Bild väntar på granskning" in staff.get("/inkorg").text and "/bilder/1" in staff.get("/inkorg/1").text
    seen = staff.get("/bilder/1")
    assert (seen.status_code, seen.mimetype, seen.data) == (200, "image/jpeg", file.read_bytes())
    assert seen.headers["Content-Security-Policy"].startswith("sandbox") and seen.headers["Cache-Control"] == "no-store"
    assert seen.headers["Content-Disposition"].startswith("attachment")
    assert seen.headers["X-Content-Type-Options"] == "nosniff"
    for role in ("foretag", "trafikgrupp", "planerare", "polis"):
        assert world.client(role).get("/bilder/1").status_code == 404, role
    assert client.get("/bilder/1").status_code == client.get("/bilder/9").status_code == 302
    task = {"version": version_of_letter(world), "handler": str(world.persons["planerare"])}
    assert world.post(staff, "/inkorg/1/handlaggare", **task).status_code == 303
    assert world.client("planerare").get("/bilder/1").status_code == 200, "whose task it is reviews it"
    with world.database.reading() as session:
        last = session.scalars(select(AuditLine).order_by(AuditLine.id.desc())).first()
    assert (last.action, last.person_id) == ("see_raw_text", world.persons["planerare"])
    assert world.post(staff, "/inkorg/1/koppla", version=version_of_letter(world), place="1").status_code == 303
    assert "/bilder/1" not in world.client("planerare").get("/platser/1").text
    assert world.post(staff, "/inkorg/1/bild/1/slapp").status_code == 303
    planner = world.client("planerare")
    assert "/bilder/1" in planner.get("/platser/1").text and planner.get("/bilder/1").status_code == 200
    for role in ("foretag", "trafikgrupp", "polis"):
        assert world.client(role).get("/bilder/1").status_code == 404, role
        assert "/bilder/1" not in world.client(role).get("/platser/1").text
    assert "/bilder/1" not in world.client().get("/platser/1").text + staff.get("/platser/1?som=publik").text
    with world.database.reading() as session:
        actions = list(session.scalars(select(AuditLine.action)))
    assert "release_photo" in actions and actions.count("see_raw_text") >= 2


def two_colours():
    """A picture that is white on the left and has a red face on the right."""
    image = Image.new("RGB", (400, 200), (255, 255, 255))
    image.paste((255, 0, 0), (200, 50, 300, 150))
    written = io.BytesIO()
    image.save(written, "JPEG", quality=95)
    return written.getvalue()


def box(number=1, left=50, top=25, width=25, height=50):
    return dict(
        zip([f"ruta{number}_{one}" for one in covering.SIDES], map(str, (left, top, width, height)), strict=True)
    )


def cover(world, staff, version=None, *, steg="tack", **boxes):
    if version is None:
        version = re.search(r'name="version" value="(\w+)"', staff.get("/inkorg/1/bild/1/tack").text)[1]
    return world.post(staff, "/inkorg/1/bild/1/tack", version=version, steg=steg, **boxes)


def test_what_is_covered_is_black_in_a_new_file_and_the_original_is_destroyed(world_on_each):
    world = world_on_each
    client, receipt = reported(world)
    add(world, client, receipt, two_colours())
    (before,) = files(world)
    staff = world.client("samordnare")
    assert "/inkorg/1/bild/1/tack" in staff.get("/inkorg/1").text
    shown = cover(world, staff, steg="visa", **box(), **box(6, 0, 0, 10, 10))
    assert '<rect x="50" y="25" width="25" height="50"/><rect x="0" y="0" width="10" height="10"/>' in shown.text
    assert files(world) == [before] and shown.status_code == 200
    assert cover(world, staff, **box()).status_code == 303
    (after,) = files(world)
    assert after.name != before.name
    seen = Image.open(io.BytesIO(staff.get("/bilder/1").data)).convert("RGB")
    assert not any(red > 120 and green < 100 for red, green, _ in seen.get_flattened_data()), "nothing red is left"
    assert max(seen.getpixel((250, 100))) < 20 and min(seen.getpixel((100, 100))) > 235
    with world.database.reading() as session:
        last = session.scalars(select(AuditLine).where(AuditLine.action == "release_photo")).all()[-1]
        assert last.details == '{"act":"photo_covered","count":1,"photo":1}'
        assert session.scalars(select(LetterPhoto)).one().released_at is None, "covering is not releasing"


def test_of_two_who_cover_at_once_the_second_is_told_and_sees_the_first_one_s(world):
    client, receipt = reported(world)
    add(world, client, receipt)
    staff, colleague = world.client("samordnare"), world.client("samordnare")
    version = re.search(r'name="version" value="(\w+)"', staff.get("/inkorg/1/bild/1/tack").text)[1]
    assert cover(world, staff, version, **box()).status_code == 303
    kept = files(world)
    late = cover(world, colleague, version, **box(left=0))
    assert late.status_code == 409 and "under tiden" in late.text and files(world) == kept
    assert cover(world, colleague, **box(left=0)).status_code == 303
    world.post(staff, "/inkorg/1/dolj", version=version_of_letter(world), why="abuse")
    assert staff.get("/inkorg/1/bild/1/tack").status_code == 404


@pytest.mark.parametrize(
    "boxes",
    [{}, {"ruta1_vanster": "5"}, box(left=90, width=20), box(width=0), box(left=-1), box(top="x"), box(left=10**9)],
)
def test_boxes_that_are_none_are_refused_in_words_and_the_picture_stays(world, boxes):
    client, receipt = reported(world)
    add(world, client, receipt)
    kept, staff = files(world), world.client("samordnare")
    answer = cover(world, staff, **boxes)
    assert answer.status_code == 422 and 'class="wrong"' in answer.text and files(world) == kept
    for role in ("publik", "foretag", "trafikgrupp", "planerare", "polis"):
        assert world.client(role).get("/inkorg/1/bild/1/tack").status_code in (302, 403, 404), role


@pytest.mark.parametrize("how", ["removed", "hidden", "own"])
def test_a_picture_that_is_refused_is_gone_from_the_disk(world, how):
    client, receipt = reported(world)
    add(world, client, receipt)
    staff = world.client("samordnare")
    done = {
        "removed": lambda: world.post(staff, "/inkorg/1/bild/1/ta-bort"),
        "hidden": lambda: world.post(staff, "/inkorg/1/dolj", version=version_of_letter(world), why="abuse"),
        "own": lambda: world.post(client, f"{receipt}/bild/ta-bort"),
    }[how]()
    assert done.status_code == 303 and files(world) == []
    with world.database.reading() as session:
        assert list(session.scalars(select(LetterPhoto))) == []
    assert staff.get("/bilder/1").status_code == 404
    assert world.post(staff, "/inkorg/1/bild/1/slapp").status_code == 404


def test_what_is_no_picture_is_refused_in_words_and_the_report_is_safe(world):
    client, receipt = reported(world)
    for data, said in (
        (b"", "Välj en bild"), (b"<svg onload=alert(1)>", "ingen bild"), (b"GIF89a" + b"\0" * 99, "ingen bild"),
        (a_picture()[:-200], "gick inte att läsa"),
    ):  # fmt: skip
        refused = add(world, client, receipt, data, "<script>.jpg")
        assert refused.status_code == 422 and said in refused.text and "<title>Fel:" in refused.text
    assert add(world, client, receipt, b"\xff" * (pictures.MOST_BYTES + 200_000)).status_code == 413
    assert files(world) == [] and len(letters(world)) == 1
    for _ in range(photos.MOST):
        assert add(world, client, receipt).status_code == 303
    assert add(world, client, receipt).status_code == 422 and len(files(world)) == photos.MOST


def test_only_things_are_pictured_and_only_until_somebody_has_answered(world):
    client, receipt = reported(world, vad="fort")
    assert "Vill du lägga till en bild" not in client.get(receipt).text
    assert add(world, client, receipt).status_code == 422
    client, receipt = reported(world, vad="morkt")
    assert "Vill du lägga till en bild" in client.get(receipt).text
    staff = world.client("samordnare")
    assert world.post(staff, "/inkorg/2/svara", version=1, answer="fixed").status_code == 303
    assert add(world, client, receipt).status_code == 422 and files(world) == []
    assert add(world, client, "/r/7F3K-29QD-M4XA-8WPT").status_code == 404


def test_twenty_pictures_a_day_come_from_one_address(world, monkeypatch):
    monkeypatch.setattr(photos, "PER_DAY", 1)
    client, receipt = reported(world)
    assert add(world, client, receipt).status_code == 303
    late = add(world, client, receipt)
    assert late.status_code == 429 and "i morgon" in late.text and len(files(world)) == 1


def test_a_picture_without_a_report_is_swept_away(world, monkeypatch):
    client, receipt = reported(world)
    folder = photos.Folder(world.settings.instance)
    left = folder.put(b"x")
    add(world, client, receipt)
    assert left in {file.name for file in files(world)}
    monkeypatch.setattr(photos, "ORPHAN_SECONDS", -1)
    add(world, client, receipt)
    assert left not in {file.name for file in files(world)} and len(files(world)) == 2
