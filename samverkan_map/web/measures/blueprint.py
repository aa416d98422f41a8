"""The one blueprint that all pages of measures hang on."""

from flask import Blueprint

blueprint = Blueprint("measures", __name__)
