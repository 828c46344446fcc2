"""Candidate imports."""

from __future__ import annotations

import csv
import io
import itertools
from typing import Any
from uuid import UUID

from app.models.permission import ALL
from app.schemas.candidate_import_schema import ImportUploadForm
from app.services.imports import candidate_import_service
from app.utils import scope
from app.utils.file_store import Upload
from app.utils.scope import Actor
from tests.factories.tenant import SampleTenant

_numbers = itertools.count(1)


def table(rows: list[dict[str, Any]]) -> bytes:
    """Return a CSV file of these rows."""
    target = io.StringIO()
    writer = csv.DictWriter(target, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return target.getvalue().encode()


def people(count: int) -> list[dict[str, str]]:
    """Return rows of invented people with unique email addresses."""
    numbers = [next(_numbers) for _ in range(count)]
    return [
        {"Name": f"Imported Person{n}", "E-Mail": f"imported{n}@people.example", "Skills": "Python; Go"}
        for n in numbers
    ]


def make_import(tenant: SampleTenant, data: bytes | None = None, **form: Any) -> UUID:
    """Upload an import that has not run yet."""
    user = tenant.users["TENANT_ADMIN"]
    with tenant.app.app_context(), scope.tenant(tenant.id, Actor("user", user, permissions=ALL)):
        file = Upload(io.BytesIO(data or table(people(2))), "people.csv")
        return candidate_import_service.upload(user, file, ImportUploadForm.model_validate(form)).id
