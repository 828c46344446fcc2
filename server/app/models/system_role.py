"""System roles: their level and their permissions."""

from __future__ import annotations

from app.models.permission import ALL, COMPENSATION, PERMISSIONS, VIEW_ALL

# By noun: a new permission of these nouns is granted unless it is subtracted below.
_RECRUITER = frozenset(
    name
    for name in PERMISSIONS
    if name.split(".")[0]
    in {
        "candidates",
        "candidate_documents",
        "candidate_invitations",
        "candidate_resumes",
        "candidate_matches",
        "notes",
        "candidate_consents",
        "tasks",
        "candidate_tags",
        "talent_pools",
        "applications",
        "interviews",
        "interview_scorecards",
        "availability",
        "offers",
        "email_integrations",
        "email_messages",
    }
    or name
    in {"approvals.read", "approvals.decide", "tenant.read", "users.read", "roles.read", "jobs.read", "events.read"}
) - {
    VIEW_ALL,
    "candidates.delete",
    "candidates.broadcast",
    "candidates.export",
    "candidates.import",
    "candidates.merge",
    "candidate_documents.delete",
    "candidate_resumes.delete",
    "notes.delete",
    "talent_pools.delete",
    "applications.hire",
    "offers.send",
}
_TEAM_LEAD = _RECRUITER | {
    "reports.read",
    "offers.send",
    COMPENSATION,
    "candidates.broadcast",
    "candidates.export",
    "candidates.import",
    "candidates.merge",
    "talent_pools.delete",
    "jobs.create",
    "jobs.update",
    "job_postings.update",
    "candidate_documents.delete",
    "candidate_resumes.delete",
}
_MANAGER = _TEAM_LEAD | {
    VIEW_ALL,
    "candidates.delete",
    "privacy.read",
    "notes.delete",
    "custom_fields.update",
    "document_types.update",
    "departments.update",
    "approvals.force",
    "interview_kits.update",
    "interviewer_pools.update",
    "offer_templates.update",
    "email_templates.update",
    "mail_suppressions.delete",
    "approval_chains.update",
    "rejection_reasons.update",
    "pipeline_templates.update",
    "job_templates.update",
    "applications.hire",
    "jobs.delete",
    "users.create",
    "users.update",
    "audit.read",
}

# System roles: level (1 outranks 4) and permissions; immutable.
SYSTEM_ROLES: dict[str, tuple[int, frozenset[str]]] = {
    "TENANT_ADMIN": (1, ALL),
    "MANAGER": (2, _MANAGER),
    "TEAM_LEAD": (3, _TEAM_LEAD),
    "RECRUITER": (4, _RECRUITER),
}
