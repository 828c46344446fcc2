"""Avatars of users."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Tenant, User, UserAvatar
from app.models.tenant import TenantStatus
from app.schemas.auth_schema import MeOut
from app.services.accounts import auth_service
from app.services.core import child_process, rows
from app.services.core.child_process import ChildFailed
from app.services.core.transaction import mark_deleted, use_case
from app.services.events import event_service
from app.services.users import user_service
from app.utils import avatar_links, file_types, images, scope
from app.utils.errors import NotFound, PayloadTooLarge, UnsupportedMedia
from app.utils.file_store import Download, Upload

MAX_BYTES = 10 * 1024 * 1024
TYPES = frozenset({file_types.PNG, file_types.JPEG})


def set_own(user_id: UUID, file: Upload) -> MeOut:
    """Replace the user's avatar; UnsupportedMedia or PayloadTooLarge if the file is no such picture."""
    return _store(user_id, _drawn(file))


@use_case
def delete(user_id: UUID) -> None:
    """Remove the avatar of a user, if there is one; Forbidden if the user outranks the actor."""
    user = rows.lock_row(User, user_id)
    if user_id != scope.user_id():
        user_service.check_rank_of(user)
    if user.avatar_id is not None:
        user.version += 1
        _remove(user)
        event_service.record("user.updated", user, changed=["avatar_id"])


def open_avatar(token: str) -> Download:
    """Return the picture of an avatar's URL; NotFound if it was replaced, or its tenant is not active."""
    tenant_id, avatar_id = avatar_links.read(token)
    with scope.tenant(tenant_id):
        active = sa.exists().where(Tenant.id == UserAvatar.tenant_id, Tenant.status == TenantStatus.ACTIVE)
        image = db.session.scalar(sa.select(UserAvatar.image).where(UserAvatar.id == avatar_id, active))
    if image is None:
        raise NotFound("There is no such avatar.")
    return Download(iter([image]), "avatar.jpg", file_types.JPEG, len(image))


def _drawn(file: Upload) -> bytes:
    """Return the picture as a square JPEG, without what a camera writes into it, such as the place."""
    if file.stream.seek(0, 2) > MAX_BYTES:  # the end of the stream is its size
        raise PayloadTooLarge(f"An avatar can be at most {MAX_BYTES // 1024 // 1024} MB.")
    file.stream.seek(0)
    if file_types.sniff(file.stream) not in TYPES:
        raise UnsupportedMedia("An avatar must be a PNG or JPEG file.", code="unsupported_file")
    file.stream.seek(0)
    try:
        image: bytes | None = child_process.run_now(images.square, file.stream.read())
    except ChildFailed:
        image = None
    if image is None:
        raise UnsupportedMedia("The picture cannot be read or has too many pixels.", code="unsupported_file")
    return image


@use_case
def _store(user_id: UUID, image: bytes) -> MeOut:
    user = rows.lock_for_update(User, user_id)
    _remove(user)
    avatar = UserAvatar(user_id=user.id, image=image)
    db.session.add(avatar)
    db.session.flush()  # the user refers to it
    user.avatar_id = avatar.id
    event_service.record("user.updated", user, changed=["avatar_id"])
    db.session.flush()  # the account is read back
    return auth_service.me(user_id)


def _remove(user: User) -> None:
    db.session.execute(sa.delete(UserAvatar).where(UserAvatar.user_id == user.id))
    user.avatar_id = None
    mark_deleted()
