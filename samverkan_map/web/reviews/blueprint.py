"""The one blueprint that all pages of rounds and reviews hang on."""

from flask import Blueprint

blueprint = Blueprint("reviews", __name__)
