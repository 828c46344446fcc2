"""All permissions, and those that one permission includes."""

from __future__ import annotations

from collections.abc import Iterable

PERMISSIONS: dict[str, str] = {
    "tenant.read": "See the tenant's profile, plan and usage",
    "tenant.update": "Change the tenant's profile, settings and branding",
    "tenant.sandbox": "Create a sandbox of the tenant",
    "tenant.export": "Export all data of the tenant",
    "users.read": "See the users of the tenant",
    "users.create": "Add users",
    "users.update": "Change users, their role and status",
    "users.delete": "Remove users",
    "roles.read": "See roles and their permissions",
    "roles.create": "Add custom roles",
    "roles.update": "Change custom roles",
    "roles.delete": "Delete custom roles that no user has",
    "api_keys.read": "See API keys, but not their secrets",
    "api_keys.create": "Create API keys with permissions that the user has",
    "api_keys.update": "Change and rotate API keys",
    "api_keys.delete": "Revoke API keys",
    "candidates.view_own": "See the candidates that the user owns",
    "candidates.view_assigned": "See the candidates of the user and of the user's team",
    "candidates.view_all": "See all candidates of the tenant",
    "candidates.pii": "See the contact points of candidates",
    "compensation.read": "See and set what candidates expect to be paid",
    "candidates.create": "Add candidates",
    "candidates.update": "Change candidates, their tags and pools",
    "candidates.assign": "Assign candidates to users and unassign them",
    "candidates.import": "Import candidates from a table",
    "candidates.export": "Export candidates as a table",
    "candidates.merge": "Merge duplicate candidates, undo merges, and review duplicate suggestions",
    "candidates.broadcast": "Make a candidate visible to everyone who can see candidates",
    "candidates.delete": "Delete candidates with their documents",
    "candidate_consents.read": "See the consents of candidates",
    "candidate_consents.create": "Record consents and their withdrawal",
    "privacy.read": "See exports and erasures of personal data, and their certificates",
    "privacy.export": "Export all data stored about a person",
    "privacy.erase": "Erase all data stored about a person",
    "notes.read": "Read public notes, and those of the team",
    "notes.create": "Write notes, and change and delete the user's own notes",
    "notes.delete": "Delete notes of other users",
    "tasks.read": "See tasks",
    "tasks.create": "Add tasks",
    "tasks.update": "Change and complete tasks",
    "tasks.delete": "Delete tasks",
    "candidate_tags.update": "Add, change and delete the tags of the tenant",
    "custom_fields.update": "Add and change custom fields",
    "talent_pools.read": "See talent pools",
    "talent_pools.create": "Add talent pools",
    "talent_pools.update": "Change talent pools and their members",
    "talent_pools.delete": "Delete talent pools",
    "candidate_documents.read": "List and download documents",
    "candidate_documents.create": "Upload documents",
    "candidate_documents.delete": "Delete documents",
    "candidate_documents.verify": "Say of which type documents are, and verify them",
    "document_types.update": "Add, change and delete types of documents, and require them",
    "candidate_invitations.read": "See invitations of candidates with their answers and files",
    "candidate_invitations.send": "Invite candidates to fill in a form, and revoke invitations",
    "candidate_invitations.review": "Approve and reject what invited candidates submit",
    "candidate_resumes.read": "See resumes and their parsed data",
    "candidate_resumes.create": "Upload resumes",
    "candidate_resumes.update": "Attach resumes to candidates, choose the primary resume, and parse resumes again",
    "candidate_resumes.delete": "Delete resumes",
    "jobs.read": "See jobs and their stages",
    "jobs.create": "Add jobs",
    "jobs.update": "Change jobs and their stages, and open, hold and close jobs",
    "jobs.delete": "Delete draft jobs",
    "job_postings.update": "Publish and unpublish jobs, and manage tracking links",
    "approvals.read": "See approvals and approval chains",
    "approvals.decide": "Approve, reject and delegate approvals that are waiting for the user",
    "approvals.force": "Skip approvers and force approvals",
    "approval_chains.update": "Add, change and delete approval chains for jobs and offers",
    "rejection_reasons.update": "Add, change and delete reasons for rejections and withdrawals",
    "pipeline_templates.update": "Add, change and delete pipeline templates",
    "job_templates.update": "Add, change and delete job templates",
    "departments.update": "Add, change and delete departments and locations",
    "candidate_matches.read": "See ranked matches with explanations",
    "candidate_matches.mark": "Mark candidates as seen, shortlisted or passed over for a job",
    "candidate_matches.refresh": "Rank the candidates of a job again",
    "applications.read": "See applications",
    "applications.create": "Create applications of candidates for jobs",
    "applications.update": "Change the source and the custom fields of applications",
    "applications.move": "Move, reject, withdraw, transfer and reopen applications",
    "applications.hire": "Hire without an accepted offer, and undo hires",
    "interviews.read": "See interviews",
    "interviews.update": "Propose, schedule, change and cancel interviews",
    "interview_kits.update": "Add, change and delete interview kits",
    "interview_scorecards.read": "See scorecards and their summary; panel members must submit their own first",
    "interview_scorecards.create": "Fill in a scorecard as a member of the panel",
    "availability.update": "Set when users are available for interviews",
    "interviewer_pools.update": "Add, change and delete pools of interviewers",
    "offers.read": "See offers with their terms and letters",
    "offers.update": "Draft, change and submit offers",
    "offers.send": "Send and rescind offers, and record the candidates' answers",
    "offer_templates.update": "Add, change and delete offer letter templates",
    "reports.read": "See and export reports on the applications visible to the user",
    "selection_rates.read": "See selection rates by the answers to the voluntary survey",
    "survey_questions.update": "Add, change and delete questions of the voluntary survey",
    "email_templates.update": "Change the texts of emails",
    "email_messages.send": "Write to candidates, take emails back, and suppress addresses",
    "mail_suppressions.delete": "Send emails to suppressed addresses again",
    "email_integrations.use": "Connect the user's own mailboxes",
    "email_messages.read": "See emails and their recipients",
    "events.read": "Read the change feed",
    "audit.read": "Read and verify the audit trail",
    "audit.export": "Export the whole audit trail",
}

PII, COMPENSATION = "candidates.pii", "compensation.read"
VIEW_OWN, VIEW_TEAM, VIEW_ALL = "candidates.view_own", "candidates.view_assigned", "candidates.view_all"
# A permission, and the permissions that it includes.
IMPLIED = {
    VIEW_ALL: (VIEW_TEAM, VIEW_OWN),
    VIEW_TEAM: (VIEW_OWN,),
    "candidate_documents.read": (PII,),  # files contain contact points
    "candidate_resumes.read": (PII,),
    "candidate_invitations.read": (PII,),
    "privacy.export": (PII, COMPENSATION),  # the archive of a person contains both
    "tenant.export": (VIEW_ALL, VIEW_TEAM, VIEW_OWN, PII, COMPENSATION),  # the archive contains all of it
}
# Permissions that no endpoint requires: they extend what candidate endpoints show or allow.
WIDENING = frozenset({VIEW_TEAM, VIEW_ALL, PII, COMPENSATION, "notes.delete"})

ALL = frozenset(PERMISSIONS)


def with_implied(names: Iterable[str]) -> frozenset[str]:
    """Return these permissions and those that they include."""
    # One level: an entry lists what its own permissions include, too.
    held = frozenset(names)
    return held.union(*(IMPLIED.get(name, ()) for name in held))
