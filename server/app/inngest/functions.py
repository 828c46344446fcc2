"""Importing this module registers every Inngest function."""

from app.inngest import (
    email_functions,
    import_functions,
    invitation_functions,
    maintenance_functions,
    match_functions,
    privacy_functions,
    resume_functions,
    round_functions,
    search_functions,
    tenant_functions,
)
from app.inngest.function import FUNCTIONS

__all__ = [
    "FUNCTIONS",
    "email_functions",
    "import_functions",
    "invitation_functions",
    "maintenance_functions",
    "match_functions",
    "privacy_functions",
    "resume_functions",
    "round_functions",
    "search_functions",
    "tenant_functions",
]
