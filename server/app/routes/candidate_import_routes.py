"""Candidate imports from tables."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.candidate_import_schema import ImportOut, ImportQuery, ImportRowOut, ImportRowQuery, ImportUploadForm
from app.schemas.lists import Page
from app.services.access.principal_service import Principal
from app.services.imports import candidate_import_service
from app.utils.file_store import Upload

bp = Blueprint("candidate_imports", __name__, url_prefix="/candidate-imports")


@bp.get("")
@endpoint("candidates.import", out=Page[ImportOut])
def list_imports(query: ImportQuery):
    """List imports."""
    return candidate_import_service.list_imports(query)


@bp.post("")
@endpoint("candidates.import", out=ImportOut, status=202, idempotency_key="required", upload_kind="import")
def upload(file: Upload, form: ImportUploadForm, principal: Principal):
    """Import candidates from a CSV or XLSX file.

    The file is stored immediately and processed in the background. Each row is imported exactly once.
    """
    return candidate_import_service.upload(principal.user_id, file, form)


@bp.get("/<uuid:import_id>")
@endpoint("candidates.import", out=ImportOut)
def get(import_id: UUID):
    """Get an import with its progress."""
    return candidate_import_service.get(import_id)


@bp.get("/<uuid:import_id>/rows")
@endpoint("candidates.import", out=Page[ImportRowOut])
def list_rows(import_id: UUID, query: ImportRowQuery):
    """List the rows of an import with their results and errors."""
    return candidate_import_service.list_rows(import_id, query)


@bp.post("/<uuid:import_id>/run")
@endpoint("candidates.import", out=ImportOut, status=202)
def run(import_id: UUID):
    """Run an import after its dry run, or resume a stopped import."""
    return candidate_import_service.run(import_id)
