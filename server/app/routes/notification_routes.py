"""Notifications of the signed-in user."""

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.middleware.identity.access import AUTHENTICATED
from app.schemas.lists import Page
from app.schemas.notification_schema import (
    NotificationCount,
    NotificationOut,
    NotificationQuery,
    NotificationsMarked,
    NotificationsRead,
)
from app.services.access.principal_service import Principal
from app.services.notifications import notification_service

bp = Blueprint("notifications", __name__, url_prefix="/notifications")


@bp.get("")
@endpoint(AUTHENTICATED, out=Page[NotificationOut])
def list_notifications(query: NotificationQuery, principal: Principal):
    """List your notifications, newest first, of the last 90 days."""
    return notification_service.list_own(query)


@bp.get("/count")
@endpoint(AUTHENTICATED, out=NotificationCount)
def count(principal: Principal):
    """Count your unread notifications."""
    return notification_service.count()


@bp.post("/read")
@endpoint(AUTHENTICATED, out=NotificationsMarked)
def mark_read(body: NotificationsRead, principal: Principal):
    """Mark notifications as read, all up to one or some by their ids."""
    return notification_service.mark_read(body)
