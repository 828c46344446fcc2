"""Tenant branding: name, color and logo."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from app.extensions import db
from app.models import SubscriptionPlan, Tenant
from app.models.subscription_plan import Feature
from app.models.tenant import TenantStatus
from app.schemas.tenant_schema import BrandingOut, BrandingUpdate
from app.services.core import child_process, rows
from app.services.core.child_process import ChildFailed
from app.services.core.transaction import on_rollback, use_case
from app.services.events import event_service, outbox_service, quota
from app.utils import file_types, ids, images, scope
from app.utils.addresses import addresses
from app.utils.errors import NotFound, PayloadTooLarge, UnsupportedMedia
from app.utils.file_store import Download, StoredFile, Upload, file_store

MAX_LOGO_BYTES = 512 * 1024
LOGO_TYPES = frozenset({file_types.PNG, file_types.JPEG})  # no SVG, which can contain scripts


@dataclass(frozen=True, slots=True)
class _Look:
    tenant: Tenant
    custom: bool


def get() -> BrandingOut:
    """Return the branding of the bound tenant."""
    return _out(_look(Tenant.id == scope.tenant_id()))


def of_slug(slug: str) -> BrandingOut:
    """Return the branding of an active tenant with the custom branding feature; NotFound for any other tenant."""
    return _out(_visible(slug))


def logo_of_slug(slug: str, name: str) -> Download:
    """Return the logo of an active tenant with custom branding; NotFound if `name` is not its current logo."""
    tenant = _visible(slug).tenant
    if tenant.logo_key is None or tenant.logo_media_type is None or _name_of(tenant.logo_key) != name:
        raise _nothing()
    return Download(file_store.open(tenant.logo_key), "logo", tenant.logo_media_type, tenant.logo_size)


@use_case
def update(changes: BrandingUpdate) -> BrandingOut:
    """Set or remove the color."""
    tenant = rows.lock_for_update(Tenant, scope.tenant_id())
    tenant.brand_color = changes.color
    event_service.record("tenant.branding_changed", tenant, changed=["color"])
    return _out(_Look(tenant, True))  # the endpoint requires the feature


def set_logo(file: Upload) -> BrandingOut:
    """Replace the logo by a PNG or JPEG of at most 512 KB; UnsupportedMedia or PayloadTooLarge otherwise."""
    media_type = file_types.sniff(file.stream)
    if media_type not in LOGO_TYPES:
        raise UnsupportedMedia("A logo must be a PNG or JPEG file.", code="unsupported_file")
    if file.stream.seek(0, 2) > MAX_LOGO_BYTES:  # the end of the stream is its size
        raise PayloadTooLarge(f"A logo can have at most {MAX_LOGO_BYTES} bytes.")
    file.stream.seek(0)
    if not _is_drawable(file.stream.read()):
        raise UnsupportedMedia(
            "The logo cannot be read, has more than 4 megapixels, or a side of more than 4 000 pixels.",
            code="unsupported_file",
        )
    file.stream.seek(0)
    stored: StoredFile = file_store.save(f"{scope.tenant_id()}/branding/{ids.new_id()}", file.stream)
    # With an idempotency key, the whole request is one transaction, which can still fail after this function.
    on_rollback(lambda: file_store.delete(stored.key))
    try:
        return _store_logo(stored, media_type)
    except BaseException:
        # Without one, `on_rollback` did nothing.
        file_store.delete(stored.key)
        raise


@use_case
def delete_logo() -> None:
    """Remove the logo."""
    tenant = rows.lock_for_update(Tenant, scope.tenant_id())
    _drop_logo(tenant)
    tenant.logo_key = tenant.logo_media_type = tenant.logo_size = None
    event_service.record("tenant.branding_changed", tenant, changed=["logo"])


def mail_brand() -> dict[str, str | None]:
    """Return the name, color, logo, locale and postal address of the bound tenant for its emails."""
    look = _look(Tenant.id == scope.tenant_id())
    return {**_out(look).model_dump(), "locale": look.tenant.locale, "postal_address": look.tenant.postal_address}


def logo() -> bytes | None:
    """Return the logo of the bound tenant as it was uploaded, for its letters; None if it has none."""
    look = _look(Tenant.id == scope.tenant_id())
    if not look.custom or look.tenant.logo_key is None:
        return None
    return b"".join(file_store.open(look.tenant.logo_key))


def _is_drawable(image: bytes) -> bool:
    try:
        return child_process.run_now(images.scaled, image) is not None
    except ChildFailed:
        return False


@use_case
def _store_logo(stored: StoredFile, media_type: str) -> BrandingOut:
    tenant = rows.lock_for_update(Tenant, scope.tenant_id())
    _drop_logo(tenant)
    tenant.logo_key, tenant.logo_media_type, tenant.logo_size = stored.key, media_type, stored.size
    quota.consume("storage_bytes", stored.size)
    event_service.record("tenant.branding_changed", tenant, changed=["logo"])
    return _out(_Look(tenant, True))


def _drop_logo(tenant: Tenant) -> None:
    if tenant.logo_key is not None:
        quota.release("storage_bytes", tenant.logo_size or 0)
        # Deleted after the commit, because a rollback could not bring the file back.
        outbox_service.enqueue("file/deleted", storage_key=tenant.logo_key)


def _look(condition: sa.ColumnElement[bool]) -> _Look:
    found = db.session.execute(
        sa.select(Tenant, SubscriptionPlan.features)
        .join(SubscriptionPlan, SubscriptionPlan.id == Tenant.plan_id)
        .where(condition)
    ).one_or_none()
    if found is None:
        raise _nothing()
    return _Look(found[0], bool(found[1].get(Feature.CUSTOM_BRANDING)))


def _visible(slug: str) -> _Look:
    with scope.platform("visitors see the branding of the tenant that they name"):
        look = _look(sa.and_(Tenant.slug == slug, Tenant.status == TenantStatus.ACTIVE))
    if not look.custom:
        raise _nothing()
    return look


def _out(look: _Look) -> BrandingOut:
    tenant = look.tenant
    if not look.custom:
        return BrandingOut(name=tenant.name, color=None, logo_url=None)
    logo = None
    if tenant.logo_key is not None:
        logo = f"{addresses.api}/api/v1/tenants/{tenant.slug}/logos/{_name_of(tenant.logo_key)}"
    return BrandingOut(name=tenant.name, color=tenant.brand_color, logo_url=logo)


def _name_of(key: str) -> str:
    """Return the name of a logo in its URL; each logo has a new name, so that it can be cached."""
    return key.rsplit("/", 1)[-1]


def _nothing() -> NotFound:
    return NotFound("There is no such branding.")
