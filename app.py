"""The door: `flask --app app run`, `gunicorn app:app`."""

from samverkan_map.web import create_app

app = create_app()
