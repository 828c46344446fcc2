"""Every state machine with the functions that its table names: guards before a transition, effects after it."""

from __future__ import annotations

from functools import partial

from app.models import Application, Interview, Offer, Screening
from app.models.application import APPLICATION_MACHINE
from app.models.approval import APPROVAL_MACHINE
from app.models.candidate_correction import CORRECTION_MACHINE
from app.models.candidate_invitation import INVITATION_MACHINE
from app.models.email_integration import MAILBOX_MACHINE
from app.models.interview import INTERVIEW_MACHINE
from app.models.job import JOB_MACHINE
from app.models.job_posting import POSTING_MACHINE
from app.models.offer import OFFER_MACHINE
from app.models.screening import SCREENING_MACHINE
from app.models.tenant import TENANT_MACHINE
from app.services.access import job_rights
from app.services.applications import (
    application_automations,
    application_service,
    screening_service,
    stage_history_service,
)
from app.services.approvals import approval_service
from app.services.interviews import interview_booking_service, interview_mails, interview_panel, interview_service
from app.services.invitations import candidate_invitation_service, invitation_mails
from app.services.jobs import job_posting_service, job_service
from app.services.offers import offer_service
from app.services.workflow import state_engine

MACHINES = (
    APPLICATION_MACHINE,
    APPROVAL_MACHINE,
    CORRECTION_MACHINE,
    INTERVIEW_MACHINE,
    INVITATION_MACHINE,
    MAILBOX_MACHINE,
    OFFER_MACHINE,
    JOB_MACHINE,
    POSTING_MACHINE,
    SCREENING_MACHINE,
    TENANT_MACHINE,
)

# Bound when create_app() imports this module. The order within a call does not matter: effects run in the order
# that the table names them.
state_engine.bind(
    JOB_MACHINE,
    guards=(job_service.has_approvers, job_service.has_no_approvers),
    effects=(
        job_service.request_approvals,
        job_service.cancel_approvals,
        job_service.settle_openings,
        job_service.end_postings,
    ),
)
state_engine.bind(
    POSTING_MACHINE,
    guards=(job_posting_service.job_is_open, job_posting_service.posting_has_not_expired),
    effects=(job_posting_service.note_publication,),
)
state_engine.bind(
    APPROVAL_MACHINE,
    guards=(approval_service.caller_may_decide,),
    effects=(approval_service.notify_subject,),
)
state_engine.bind(
    APPLICATION_MACHINE,
    guards=(application_service.has_free_opening, offer_service.has_accepted_offer),
    effects=(
        stage_history_service.record_stage_change,
        application_automations.run_automations,
        application_service.mail_move,
        application_service.cancel_move_mail,
        application_service.mail_rejection_later,
        application_service.cancel_rejection_mail,
        application_service.take_opening,
        application_service.release_opening,
        application_service.mail_hire,
        application_service.cancel_hire_mail,
        application_service.notify_owners,
        screening_service.settle_screenings,
        screening_service.wait_again_after_reopening,
        offer_service.void_offers,
        interview_service.cancel_interviews,
    ),
    can_change=partial(job_rights.can_change, Application),
)
state_engine.bind(
    INTERVIEW_MACHINE,
    guards=(interview_panel.panel_is_not_empty, interview_service.interview_has_started),
    effects=(
        interview_panel.hold_panel,
        interview_panel.free_panel,
        interview_mails.send_invitations,
        interview_mails.send_cancellations,
        interview_mails.ask_for_feedback,
        interview_booking_service.close_bookings,
    ),
    can_change=partial(job_rights.can_change, Interview),
)
state_engine.bind(
    INVITATION_MACHINE,
    guards=(candidate_invitation_service.no_other_is_active,),
    effects=(
        invitation_mails.mail_invitation,
        invitation_mails.mail_requested_changes,
        invitation_mails.take_mails_back,
        invitation_mails.notify_inviter,
        invitation_mails.confirm_receipt,
    ),
)
state_engine.bind(
    OFFER_MACHINE,
    guards=(
        offer_service.offer_has_approvers,
        offer_service.offer_has_no_approvers,
        offer_service.offer_led_to_no_hire,
    ),
    effects=(
        offer_service.request_offer_approvals,
        offer_service.cancel_offer_approvals,
        offer_service.note_acceptance,
        offer_service.mail_acceptance,
        offer_service.mail_offer,
        offer_service.mail_rescission,
        offer_service.notify_owner,
    ),
    can_change=partial(job_rights.can_change, Offer),
)
state_engine.bind(
    SCREENING_MACHINE,
    effects=(screening_service.reject_applications, screening_service.end_waiting, screening_service.screen_out),
    can_change=partial(job_rights.can_change, Screening),
)
state_engine.bind(CORRECTION_MACHINE)
state_engine.bind(MAILBOX_MACHINE)
state_engine.bind(TENANT_MACHINE)  # `platform_tenant_service` performs its transitions without effects
