"""Importing this module registers every job function."""

from app.inngest import (
    email_functions,
    import_functions,
    maintenance_functions,
    match_functions,
    privacy_functions,
    resume_functions,
    round_functions,
    search_functions,
    tenant_functions,
)
from app.inngest.function import JOBS

__all__ = [
    "JOBS",
    "email_functions",
    "import_functions",
    "maintenance_functions",
    "match_functions",
    "privacy_functions",
    "resume_functions",
    "round_functions",
    "search_functions",
    "tenant_functions",
]
