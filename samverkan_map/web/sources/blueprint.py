"""The one blueprint that all pages of sources hang on."""

from flask import Blueprint

blueprint = Blueprint("sources", __name__)
