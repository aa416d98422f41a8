"""The blueprint of residents' reports."""

from flask import Blueprint

blueprint = Blueprint("inbox", __name__)
