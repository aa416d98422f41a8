"""The forms of a page as a browser reads them: where they are sent, and what stands in their fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

TEXTS = ("text", "search", "email", "textarea")
USUAL = {
    "password": "grönt cykelställ vid muren",
    "date": "2027-02-01",
    "number": "5",
    "text": "Ett vanligt ord",
    "textarea": "Ett vanligt ord",
}
NUMBERS = frozenset({
    "cost_kronor", "dose_planned", "dose_delivered", "kronor", "window_months", "ring_metres", "mean_speed", "v85",
    "share_over_limit", "share_over_30", "vehicles", "days", "value", "answers",
    "response_rate", "count", "mentions",
})  # fmt: skip
"""Text fields in which a number stands."""

NAMED = {
    "code": "ny-kod", "username": "ny.person", "started_on": "2026-02-01", "ended_on": "2026-02-07", "spot": "",
    "year": "2025", "origin": "", "opening": "", "staffed": "", "lit": "", "direction": "norrut", "webbplats": "",
    "score_evening": "3",
}  # fmt: skip
AREA = '{"type": "Polygon", "coordinates": [[[12.955, 55.409], [12.957, 55.409], [12.957, 55.41], [12.955, 55.409]]]}'
LINE = '{"type": "LineString", "coordinates": [[12.955, 55.4095], [12.958, 55.4105]]}'


@dataclass
class Form:
    """Where a form is sent, what it sends as it stands, and the kind of each field."""

    action: str
    values: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)

    @property
    def texts(self) -> list[str]:
        """The fields in which anything may be written."""
        return [name for name, kind in self.kinds.items() if kind in TEXTS]

    def filled(self) -> dict[str, str]:
        """The form with something usual in every empty field."""
        found = {name: self.values.get(name) or self._usual(name, kind) for name, kind in self.kinds.items()}
        return {name: value for name, value in found.items() if value}

    def _usual(self, name: str, kind: str) -> str:
        if name == "geometry":
            return LINE if "speed_limit" in self.kinds else AREA
        return "5" if name in NUMBERS else NAMED.get(name, USUAL.get(kind, ""))


def forms(page: str) -> list[Form]:
    """The forms of a page that are sent by POST."""
    return _Reader(page).forms


class _Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.form: Form | None = None
        self.open: str | None = None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        name = found.get("name")
        if tag == "form":
            self.form = Form(found.get("action") or "") if found.get("method") == "post" else None
            self.forms += [self.form] if self.form else []
        elif self.form and tag == "input" and name:
            self._input(name, found.get("type", "text"), found.get("value") or "", "checked" in found)
        elif self.form and tag in ("textarea", "select") and name:
            self.open, self.form.kinds[name] = name, tag
            self.form.values.setdefault(name, "")
        elif self.form and tag == "option" and self.open and ("selected" in found or not self.form.values[self.open]):
            self.form.values[self.open] = found.get("value") or ""

    def _input(self, name, kind, value, checked):
        first = name not in self.form.kinds
        self.form.kinds[name] = kind
        if kind in ("radio", "checkbox"):
            if checked or (kind == "radio" and first):
                self.form.values[name] = value
        elif first:
            self.form.values[name] = value

    def handle_data(self, data):
        if self.form and self.open and self.form.kinds[self.open] == "textarea":
            self.form.values[self.open] += data.lstrip("\n")

    def handle_endtag(self, tag):
        if tag in ("textarea", "select"):
            self.open = None
        elif tag == "form":
            self.form = None
