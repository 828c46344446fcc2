"""API endpoints: one blueprint per noun."""

from flask import Flask

from app.routes import (
    account_routes,
    api_key_routes,
    application_routes,
    auth_routes,
    authz_routes,
    candidate_assignment_routes,
    candidate_bookmark_routes,
    candidate_bulk_routes,
    candidate_document_routes,
    candidate_duplicate_routes,
    candidate_match_routes,
    candidate_merge_routes,
    candidate_note_routes,
    candidate_resume_routes,
    candidate_routes,
    candidate_tag_routes,
    candidate_task_routes,
    custom_field_routes,
    docs_routes,
    email_message_routes,
    event_routes,
    file_routes,
    health_routes,
    job_routes,
    meta_routes,
    platform_admin_routes,
    platform_auth_routes,
    platform_plan_routes,
    platform_tenant_routes,
    role_routes,
    saved_search_routes,
    skill_routes,
    talent_pool_routes,
    tenant_branding_routes,
    tenant_export_routes,
    tenant_routes,
    user_routes,
)

API = (
    account_routes,
    api_key_routes,
    application_routes,
    auth_routes,
    authz_routes,
    candidate_assignment_routes,
    candidate_bookmark_routes,
    candidate_bulk_routes,
    candidate_document_routes,
    candidate_duplicate_routes,
    candidate_match_routes,
    candidate_merge_routes,
    candidate_note_routes,
    candidate_resume_routes,
    candidate_routes,
    candidate_tag_routes,
    candidate_task_routes,
    custom_field_routes,
    email_message_routes,
    event_routes,
    file_routes,
    job_routes,
    meta_routes,
    platform_admin_routes,
    platform_auth_routes,
    platform_plan_routes,
    platform_tenant_routes,
    role_routes,
    saved_search_routes,
    skill_routes,
    talent_pool_routes,
    tenant_branding_routes,
    tenant_export_routes,
    tenant_routes,
    user_routes,
)
PLAIN = (docs_routes, health_routes)


def register(app: Flask) -> None:
    """Register every blueprint."""
    for module in API:
        app.register_blueprint(module.bp, url_prefix=f"/api/v1{module.bp.url_prefix or ''}")
    for module in PLAIN:
        app.register_blueprint(module.bp)
