"""The steps of taking in a file at the page."""

import html
import io
import json
import re

from sqlalchemy import func, select

from samverkan_map.db.tables import Report

HEADER = "kallans_id,typ,tid_fran,lon,lat,plats"
GOOD = ["A1,fortkorning,2026-01-10T08:15,12.9558,55.4098,", "A2,klotter,2026-01-11,13.0197,55.4712,"]
FAR = "A3,klotter,2026-01-12,18.0686,59.3293,"
UNKNOWN = "A4,Rattfylleri,2026-01-13,13.0197,55.4712,"


def csv_bytes(*rows, header=HEADER):
    return "\n".join([header, *rows]).encode() + b"\n"


def upload(world, client, content, name="mars.csv", source="medborgarrapport", **more):
    """Choose a file at the first step."""
    data = {"csrf_token": world.form_token(client), "source": source, "file": (io.BytesIO(content), name)} | more
    return client.post("/admin/leveranser/ny", data=data)


def chosen(page):
    """What the columns page has chosen, as the browser would send it."""
    form = {}
    for name, inside in re.findall(r'<select id="[^"]+" name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        form[name] = "".join(re.findall(r'<option value="([^"]*)" selected', inside)[:1])
    return form


def columns_of(page):
    """The header of the file as the page offers it: name -> value."""
    inside = re.search(r'name="column-type"[^>]*>(.*?)</select>', page, re.DOTALL)[1]
    return {
        html.unescape(name): value for value, name in re.findall(r'<option value="(\d+)"[^>]*>(.*?)</option>', inside)
    }


def check(world, client, address, **changes):
    """Send the columns as proposed, with some changes."""
    form = chosen(client.get(address).text)
    return world.post(client, address, **(form | changes))


def to_preview(world, client, content, name="mars.csv", source="medborgarrapport", **changes):
    """From the file to the third step; gives its address."""
    first = upload(world, client, content, name, source)
    assert first.status_code == 303, first.text
    second = check(world, client, first.location, **changes)
    assert second.status_code == 303, said(second)
    assert second.location.endswith("/granska")
    return second.location


def take_in(world, client, preview, **form):
    with world.post(client, preview.replace("granska", "las-in"), **form) as answer:
        return answer


def version_of(client, receipt):
    """What the page that asks once more holds."""
    return re.search(r'name="version" value="(\d+)"', client.get(receipt.partition("?")[0] + "/angra").text)[1]


def undo(world, client, receipt):
    """Answer yes on that page."""
    version = version_of(client, receipt)
    return world.post(client, receipt.partition("?")[0] + "/angra", version=version)


def said(answer):
    """The words of a page without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def tally(page):
    return [int(n) for n in re.findall(r"<dd>(\d+)</dd></div>", page.text)]


def count(world, table=Report):
    with world.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def kept_files(world):
    root = world.settings.instance / "uploads"
    return sorted(path for path in root.rglob("*") if path.is_file()) if root.exists() else []


def points():
    rows = [row.split(",") for row in GOOD]
    return [({"kallans_id": r[0], "typ": r[1], "tid_fran": r[2]}, (float(r[3]), float(r[4]))) for r in rows]


def as_geojson(_folder):
    features = [
        {"type": "Feature", "properties": told, "geometry": {"type": "Point", "coordinates": at}}
        for told, at in points()
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode(), "mars.geojson"
