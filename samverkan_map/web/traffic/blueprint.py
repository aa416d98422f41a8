"""The one blueprint that all pages of stretches hang on."""

from flask import Blueprint

blueprint = Blueprint("traffic", __name__)
