"""The deeper pages under recurring problems: how places develop, the year, concentration, repeats, the week."""

from samverkan_map.web.deeper import held, repeats, trends, weekly, wheel
from samverkan_map.web.deeper.blueprint import blueprint

__all__ = ["blueprint", "held", "repeats", "trends", "weekly", "wheel"]
