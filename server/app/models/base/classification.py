"""The data class of each column about a candidate; a column without a class fails the tests.

identity: who the person is; contact: how to reach them; sensitive: confidential; derived: computed from other
columns and can be computed again; none: not about the person, or meaningful only inside this system.
"""

from __future__ import annotations

from enum import StrEnum

from app.extensions import db


class DataClass(StrEnum):
    """How personal the data of a column is."""

    IDENTITY = "identity"
    CONTACT = "contact"
    SENSITIVE = "sensitive"
    DERIVED = "derived"
    NONE = "none"


# Columns that are not personal in any table.
PLAIN = frozenset(
    """id tenant_id candidate_id first_id second_id winner_id loser_id document_id job_id stage_id tag_id pool_id
    user_id author_id uploaded_by_id assignee_id created_by_id recorded_by_id merged_by_id owner_id version created_at
    updated_at status is_primary position""".split()
)
CLASSES: dict[str, dict[DataClass, str]] = {
    "candidates": {
        DataClass.IDENTITY: "name given_name family_name preferred_name headline location years_experience skills "
        "skill_use languages available_from notice_days preferred_roles preferred_locations preferred_workplace "
        "preferred_language "
        "custom_fields",
        DataClass.SENSITIVE: "pay_amount pay_currency pay_period work_authorizations",
        DataClass.NONE: "source source_detail source_url is_broadcast provenance purge_after last_activity_at",
        DataClass.DERIVED: "search_text",
    },
    "candidate_contacts": {DataClass.CONTACT: "kind value raw", DataClass.NONE: "shared_by is_parsed"},
    "candidate_documents": {
        DataClass.IDENTITY: "filename",
        DataClass.NONE: "media_type size sha256 storage_key scan_status is_from_candidate document_type_id expires_on "
        "verification verified_by_id verified_at expiry_notified_at",
    },
    "candidate_resumes": {
        DataClass.IDENTITY: "parsed text",
        DataClass.DERIVED: "embedding embedding_form",
        DataClass.NONE: "failure_reason parsed_at trust",
    },
    "notes": {DataClass.SENSITIVE: "body", DataClass.NONE: "application_id visibility mentions"},
    "tasks": {DataClass.SENSITIVE: "title", DataClass.NONE: "application_id due_at done_at reminded_at"},
    "candidate_taggings": {},  # all its columns are in PLAIN
    "candidate_assignments": {DataClass.NONE: "ended_at"},
    "candidate_bookmarks": {DataClass.NONE: "kind marked_at"},
    "candidate_corrections": {
        DataClass.IDENTITY: "field value",
        DataClass.SENSITIVE: "status_reason",
        DataClass.NONE: "decided_by_id decided_at",
    },
    "portal_sessions": {DataClass.NONE: "opened_at expires_at"},
    "candidate_consents": {
        DataClass.IDENTITY: "purpose source evidence given_at expires_at withdrawn_at",
    },
    "candidate_duplicates": {DataClass.DERIVED: "score reasons"},
    "candidate_invitations": {
        DataClass.CONTACT: "email",
        DataClass.IDENTITY: "name form",
        DataClass.SENSITIVE: "status_reason note",
        DataClass.NONE: "language hours revision sent_at expires_at submitted_at reminded_at",
    },
    "candidate_marks": {DataClass.SENSITIVE: "mark"},
    "candidate_matches": {DataClass.DERIVED: "score standing grade confidence criteria scorer"},
    "candidate_merges": {DataClass.IDENTITY: "snapshot", DataClass.NONE: "winner_version undone_at"},
    "candidate_words": {DataClass.DERIVED: "word fields"},
    "talent_pool_members": {},
    "applications": {
        DataClass.SENSITIVE: "status_reason custom_fields",
        DataClass.NONE: "source awaits_screening stage_entered_at last_activity_at transferred_from_id "
        "rejection_reason_id opening_id tracking_link_id applied_at withdrawn_at",
    },
    "interviews": {
        DataClass.SENSITIVE: "status_reason",
        DataClass.NONE: "application_id kit_id kind starts_at ends_at zone location meeting_url invites_candidate "
        "rubric sequence reminded_at",
    },
    "interview_bookings": {
        DataClass.NONE: "interview_id seats user_ids minutes since until revision changes is_open",
    },
    "interview_scorecards": {
        DataClass.SENSITIVE: "recommendation ratings notes",
        DataClass.NONE: "interview_id application_id submitted_at",
    },
    "application_answers": {
        DataClass.SENSITIVE: "answer has_passed",
        DataClass.NONE: "application_id question_id",
    },
    "application_forms": {
        DataClass.IDENTITY: "name message",
        DataClass.CONTACT: "email phone",
        DataClass.SENSITIVE: "answers",
        DataClass.NONE: "application_id talent_pool_consent is_new_candidate has_known_file",
    },
    "screenings": {
        DataClass.SENSITIVE: "status_reason failed",
        DataClass.NONE: "application_id decided_by_id decided_at",
    },
    "survey_answers": {
        DataClass.SENSITIVE: "answer",
        DataClass.NONE: "application_id question_id",
    },
    "offers": {
        DataClass.IDENTITY: "signed_name",
        DataClass.SENSITIVE: "status_reason title pay_amount pay_currency pay_period conditions custom_fields",
        DataClass.NONE: "application_id template_id revision employment_type start_on expires_at sent_at viewed_at "
        "accepted_at signed_sha256",
    },
    "offer_versions": {
        DataClass.SENSITIVE: "title pay_amount pay_currency pay_period conditions",
        DataClass.NONE: "application_id offer_id revision employment_type start_on expires_at sent_at viewed_at",
    },
    "notifications": {
        DataClass.NONE: "kind key subject_type subject_id actor_id is_shown awaits_digest read_at",
    },
    "mail_plan_recipients": {DataClass.NONE: "plan_id refusal"},
    "email_threads": {
        DataClass.IDENTITY: "subject",
        DataClass.NONE: "application_id last_message_at last_direction",
    },
    "email_messages": {
        DataClass.CONTACT: "recipient sender",
        DataClass.IDENTITY: "context subject text html attachments",
        DataClass.NONE: "delivery_key template due_at claimed_until sent_at error direction thread_id plan_id "
        "invitation_id "
        "message_id is_internal is_automatic",
    },
}
PERSONAL = (DataClass.IDENTITY, DataClass.CONTACT, DataClass.SENSITIVE)
SHOWN_BESIDES = frozenset({"id", "created_at", "updated_at", "status", "source", "sent_at", "template", "filename"})


def class_of(table: str, column: str) -> DataClass | None:
    """Return the class of a column, or None if it is not classified."""
    for data_class, names in CLASSES[table].items():
        if column in names.split():
            return data_class
    return DataClass.NONE if column in PLAIN else None


def personal_columns(table: str) -> list[str]:
    """Return the columns that a data export shows to the person: personal data, plus times, status and kind."""
    names = db.metadata.tables[table].columns.keys()
    return [name for name in names if class_of(table, name) in PERSONAL or name in SHOWN_BESIDES]
