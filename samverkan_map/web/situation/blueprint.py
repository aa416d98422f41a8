"""Under which name all pages of the situation picture are found, and what their templates can say."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, g

from samverkan_map import situation
from samverkan_map.vocabulary import Period
from samverkan_map.web.texts import Format, label

blueprint = Blueprint("situation", __name__, url_prefix="/lagesbild")


@blueprint.context_processor
def words() -> dict[str, Any]:
    """What the templates say of versions."""
    return {"months_of": _months, "period_of": situation.period_of, "day_of": date.fromisoformat, "label": label}


def _months(period: Period) -> str:
    assert period.start and period.end
    return Format(g.language).months(period.start, period.end - timedelta(days=1))
