"""Production entry point: `gunicorn wsgi:app`; also what `flask run` finds."""

from app import create_app
from app.inngest import embedded_process
from app.middleware.identity import api_use
from config import load_settings

settings = load_settings()
app = create_app(settings)

if settings.embedded_jobs and not settings.uses_inngest:
    embedded_process.start(app)
api_use.start(app)
