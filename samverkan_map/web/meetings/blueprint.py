"""The one blueprint that all pages of meetings hang on."""

from flask import Blueprint

blueprint = Blueprint("meetings", __name__)
