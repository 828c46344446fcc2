"""Files behind signed URLs."""

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.middleware.endpoint.files import send_download
from app.middleware.identity.access import PUBLIC
from app.services.files import file_links

bp = Blueprint("files", __name__, url_prefix="/files")


@bp.get("/<string:token>")
@endpoint(PUBLIC, out=bytes)
def download(token: str):
    """Download the file of a signed URL."""
    return send_download(file_links.open_link(token))
