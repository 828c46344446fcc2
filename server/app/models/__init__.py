"""Tables, constraints, enums and state machines. Importing this package registers every table."""

from app.models.api_key import ApiKey
from app.models.application import Application
from app.models.application_bulk_operation import ApplicationBulkOperation
from app.models.application_form import ApplicationForm
from app.models.approval import Approval, ApprovalSeat
from app.models.approval_chain import ApprovalChain
from app.models.auth_session import AuthSession
from app.models.candidate import Candidate
from app.models.candidate_assignment import CandidateAssignment
from app.models.candidate_bookmark import CandidateBookmark
from app.models.candidate_bulk_operation import CandidateBulkOperation
from app.models.candidate_consent import CandidateConsent
from app.models.candidate_contact import CandidateContact
from app.models.candidate_correction import CandidateCorrection
from app.models.candidate_document import CandidateDocument
from app.models.candidate_duplicate import CandidateDuplicate
from app.models.candidate_import import CandidateImport, CandidateImportRow
from app.models.candidate_invitation import CandidateInvitation, InvitationFile
from app.models.candidate_mark import CandidateMark
from app.models.candidate_match import CandidateMatch
from app.models.candidate_merge import CandidateMerge
from app.models.candidate_resume import CandidateResume
from app.models.candidate_tag import CandidateTag, CandidateTagging
from app.models.candidate_word import CandidateWord
from app.models.custom_field import CustomField
from app.models.department import Department
from app.models.document_type import DocumentRequirement, DocumentType
from app.models.email_integration import EmailIntegration, ProcessedEmail
from app.models.email_message import EmailMessage
from app.models.email_template import EmailTemplate
from app.models.email_thread import EmailThread
from app.models.event import Event
from app.models.function_run import FunctionRun
from app.models.idempotency_key import IdempotencyKey
from app.models.interview import Interview, InterviewPanelist
from app.models.interview_booking import InterviewBooking
from app.models.interview_kit import InterviewKit
from app.models.interview_scorecard import InterviewScorecard
from app.models.interviewer_availability import InterviewerAvailability
from app.models.interviewer_busy_time import (
    CalendarFeed,
    InterviewerBusyTime,
    InterviewerCalendar,
    InterviewerPause,
)
from app.models.interviewer_pool import InterviewerPool, InterviewerPoolMember
from app.models.job import Job
from app.models.job_opening import JobOpening
from app.models.job_posting import JobPosting
from app.models.job_question import ApplicationAnswer, JobQuestion
from app.models.job_stage import JobStage
from app.models.job_team_member import JobTeamMember
from app.models.job_template import JobTemplate
from app.models.ledger_checkpoint import LedgerCheckpoint
from app.models.location import Location
from app.models.login_attempt import LoginAttempt
from app.models.mail_plan import MailPlan, MailPlanRecipient
from app.models.mail_rule import MailRule
from app.models.mail_suppression import MailSuppression
from app.models.note import Note
from app.models.notification import Notification
from app.models.offer import Offer
from app.models.offer_template import OfferTemplate
from app.models.offer_version import OfferVersion
from app.models.outbox import Outbox
from app.models.pipeline_template import PipelineTemplate
from app.models.platform_admin import PlatformAdmin
from app.models.platform_event import PlatformEvent
from app.models.platform_session import PlatformSession
from app.models.portal_session import PortalSession
from app.models.privacy_request import PrivacyRequest
from app.models.rejection_reason import RejectionReason
from app.models.role import Role
from app.models.saved_search import SavedSearch
from app.models.saved_view import SavedView
from app.models.screening import Screening
from app.models.stage_history import StageHistoryEntry
from app.models.subscription_plan import SubscriptionPlan
from app.models.survey_question import SurveyAnswer, SurveyQuestion
from app.models.talent_pool import TalentPool, TalentPoolMember
from app.models.task import Task
from app.models.tenant import Tenant
from app.models.tenant_api_use import TenantApiUse
from app.models.tenant_counter import TenantCounter
from app.models.tenant_export import TenantExport
from app.models.tenant_llm_use import TenantLlmUse
from app.models.tenant_subscription import TenantSubscription
from app.models.tracking_link import TrackingLink
from app.models.user import User
from app.models.user_avatar import UserAvatar
from app.models.user_role import UserRole

__all__ = [
    "ApiKey",
    "Application",
    "ApplicationAnswer",
    "ApplicationBulkOperation",
    "ApplicationForm",
    "StageHistoryEntry",
    "Approval",
    "ApprovalChain",
    "ApprovalSeat",
    "AuthSession",
    "CalendarFeed",
    "Candidate",
    "CandidateAssignment",
    "CandidateBookmark",
    "CandidateBulkOperation",
    "CandidateConsent",
    "CandidateContact",
    "CandidateCorrection",
    "CandidateDocument",
    "CandidateDuplicate",
    "CandidateImport",
    "CandidateImportRow",
    "CandidateInvitation",
    "CandidateMark",
    "CandidateMatch",
    "CandidateMerge",
    "Note",
    "CandidateResume",
    "CandidateTag",
    "CandidateTagging",
    "Task",
    "CandidateWord",
    "CustomField",
    "Department",
    "SurveyAnswer",
    "SurveyQuestion",
    "DocumentRequirement",
    "DocumentType",
    "EmailIntegration",
    "EmailMessage",
    "EmailTemplate",
    "EmailThread",
    "Event",
    "IdempotencyKey",
    "Interview",
    "InterviewBooking",
    "InterviewKit",
    "InterviewPanelist",
    "InterviewScorecard",
    "InterviewerAvailability",
    "InterviewerBusyTime",
    "InterviewerCalendar",
    "InterviewerPause",
    "InterviewerPool",
    "InterviewerPoolMember",
    "InvitationFile",
    "Job",
    "JobOpening",
    "JobPosting",
    "JobQuestion",
    "FunctionRun",
    "JobStage",
    "JobTeamMember",
    "JobTemplate",
    "LedgerCheckpoint",
    "Location",
    "LoginAttempt",
    "MailPlan",
    "MailPlanRecipient",
    "MailRule",
    "MailSuppression",
    "Notification",
    "Offer",
    "OfferTemplate",
    "OfferVersion",
    "Outbox",
    "PipelineTemplate",
    "PlatformAdmin",
    "PlatformEvent",
    "PlatformSession",
    "PortalSession",
    "PrivacyRequest",
    "ProcessedEmail",
    "RejectionReason",
    "Role",
    "SavedSearch",
    "SavedView",
    "Screening",
    "SubscriptionPlan",
    "TalentPool",
    "TalentPoolMember",
    "Tenant",
    "TenantApiUse",
    "TenantCounter",
    "TenantExport",
    "TenantLlmUse",
    "TenantSubscription",
    "TrackingLink",
    "User",
    "UserAvatar",
    "UserRole",
]
