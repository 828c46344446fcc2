"""Users: their accounts, roles, managers and sessions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.extensions import db
from app.models import Candidate, Job, Role, TalentPool, Task, Tenant, User
from app.models.notification import NotificationKind
from app.models.user import UserStatus
from app.schemas.auth_schema import MeOut, MeUpdate
from app.schemas.lists import Page
from app.schemas.user_schema import (
    PasswordChange,
    Reassigned,
    UserCreate,
    UserNode,
    UserOut,
    UserQuery,
    UserTree,
    UserUpdate,
)
from app.services.access import principal_service, role_service, user_expansions
from app.services.accounts import account_service, auth_service, auth_session_service, password_policy, totp_service
from app.services.approvals import approval_service
from app.services.candidates import candidate_assignment_service
from app.services.core import listing, rows
from app.services.core.transaction import end_read, mark_deleted, use_case
from app.services.events import event_service, quota
from app.services.mail import email_message_service
from app.services.notifications import notification_service
from app.services.notifications.notification_service import About
from app.services.settings import tenant_settings_service
from app.utils import clock, passwords, scope
from app.utils.errors import Conflict, Forbidden, Invalid, NotFound

ADMIN = "TENANT_ADMIN"
NEEDS_MANAGER = frozenset({"TEAM_LEAD", "RECRUITER"})  # the manager determines the team, and so what they see
MAX_DEPTH = 10
OWNED: tuple[Any, ...] = (Candidate.owner_id, Job.owner_id, TalentPool.owner_id, Task.assignee_id)
WITH_ROLES = (joinedload(User.role), selectinload(User.custom_roles))


def get(user_id: UUID) -> UserOut:
    """Return a user."""
    return _out(rows.get(User, user_id, *WITH_ROLES))


def list_users(query: UserQuery) -> Page[UserOut]:
    """Return users, filtered."""
    statement = sa.select(User).options(*WITH_ROLES)
    if query.q is not None:
        statement = statement.where(listing.contains(query.q, User.name, User.email))
    if query.role is not None:
        named = sa.and_(Role.tenant_id == User.tenant_id, Role.id == User.role_id)
        statement = statement.join(Role, named).where(Role.name.in_(query.role))
    page = listing.paginate(statement, User, query)
    page.data = [_out(user) for user in page.data]
    return page


def tree() -> UserTree:
    """Return the hierarchy of users, by name, in one statement; at most 999 users, ten levels deep."""
    joined = sa.and_(Role.tenant_id == User.tenant_id, Role.id == User.role_id)
    columns = (*user_expansions.IN_SHORT, User.title, User.status, User.manager_id, Role.name.label("role"))
    found = db.session.execute(sa.select(*columns).join(Role, joined).order_by(User.name, User.id)).all()
    nodes = {
        row.id: UserNode.model_validate({**row._mapping, **user_expansions.in_short(row), "reports": []})
        for row in found
    }
    for row in found:
        if row.manager_id is not None:
            nodes[row.manager_id].reports.append(nodes[row.id])
    return UserTree(data=[nodes[row.id] for row in found if row.manager_id is None])


def create(new: UserCreate) -> UserOut:
    """Add a user with a password, or invite them; Forbidden if the role outranks the caller's."""
    if new.password is None:
        return _create(new, None)
    names = [*password_policy.names_of_tenant(), new.name, new.email.partition("@")[0]]
    end_read()  # hashing is slow
    return _create(new, password_policy.hash_new(new.password, names))


@use_case
def update(user_id: UUID, changes: UserUpdate, if_match: int | None) -> UserOut:
    """Update name, role, manager or status; suspending a user ends their sessions at once."""
    db.session.get_one(
        Tenant, scope.tenant_id(), with_for_update=True
    )  # so that concurrent updates cannot remove the last administrator
    user = rows.lock_for_update(User, user_id, if_match)
    before = db.session.get_one(Role, user.role_id)
    # The old role here, the new one below: nobody changes a superior or promotes anyone above themselves.
    _check_rank(before)
    if changes.status is not None and user.status == UserStatus.INVITED:
        raise Conflict("This user has not accepted the invitation yet.", code="not_accepted")
    role = role_service.by_name(changes.role) if changes.role else before
    values: dict[str, Any] = changes.model_dump(exclude_unset=True, exclude={"role"})
    _check_rank(role)
    _check_manager(role, values.get("manager_id", user.manager_id), user.id)
    changed = rows.apply_changes(user, {**values, "role_id": role.id})
    _keep_an_administrator(before, role, user)
    _check_reports(role, user)
    event_service.record("user.updated", user, changed=changed, role=role.name)
    if user.status != UserStatus.ACTIVE:
        auth_session_service.end_sessions(user, "user_suspended")
    principal_service.invalidate(user)
    if "manager_id" in changed:
        _teams_changed()
    db.session.flush()  # the roles are read back
    return get(user_id)


@use_case
def update_own(user_id: UUID, changes: MeUpdate, if_match: int | None) -> MeOut:
    """Update what users say of themselves."""
    user = rows.lock_for_update(User, user_id, if_match)
    changed = rows.apply_changes(user, changes.model_dump(exclude_unset=True))
    event_service.record("user.updated", user, changed=changed)
    db.session.flush()  # the account is read back
    return auth_service.me(user_id)


@use_case
def set_roles(user_id: UUID, role_ids: list[UUID], if_match: int | None) -> UserOut:
    """Replace the user's custom roles; the caller must hold every permission that is given or taken."""
    user = rows.lock_for_update(User, user_id, if_match)
    _check_rank(db.session.get_one(Role, user.role_id))
    changed = role_service.assign(user, role_ids)
    event_service.record("user.roles_changed", user, roles=changed)
    principal_service.invalidate(user)
    db.session.flush()  # the roles are read back
    return get(user_id)


@use_case
def delete(user_id: UUID) -> None:
    """Delete a user who owns nothing; Conflict if it is the caller or the last administrator."""
    if user_id == scope.actor().id:
        raise Conflict("You cannot delete yourself.", code="self_delete")
    db.session.get_one(Tenant, scope.tenant_id(), with_for_update=True)  # for the same reason as in `update`
    user = rows.lock_for_update(User, user_id)
    role = db.session.get_one(Role, user.role_id)
    _check_rank(role)
    user.status = UserStatus.SUSPENDED  # so that the count of active administrators leaves the user out
    _keep_an_administrator(role, role, user)
    # The rows are deleted with the user; this invalidates cached principals and records the end of each session.
    auth_session_service.end_sessions(user, "user_deleted")
    event_service.record("user.deleted", user)
    quota.release("users")
    # Refused by foreign keys while the user owns or manages anything.
    db.session.delete(user)


@use_case
def end_sessions(user_id: UUID) -> None:
    """End all sessions of a user at once."""
    user = rows.lock_for_update(User, user_id)
    _check_rank(db.session.get_one(Role, user.role_id))
    auth_session_service.end_sessions(user, "ended_by_administrator")


@use_case
def force_new_password(email: str, second_factor: bool) -> UUID:
    """For operators: remove a user's password, end their sessions and mail them a reset link; return the user's id."""
    user = db.session.scalars(sa.select(User).where(User.email == email.lower())).one_or_none()
    if user is None or user.status != UserStatus.ACTIVE:
        raise NotFound("There is no such active user.")
    user = rows.lock_for_update(User, user.id)
    user.password_hash = None
    auth_session_service.end_sessions(user, "password_reset_forced")
    if second_factor:
        totp_service.clear(user.id)
    account_service.send_reset(user.id)
    return user.id


@use_case
def reset_second_factor(user_id: UUID) -> None:
    """Remove the second factor of a user who lost their app and recovery codes.

    A password that is too short without a second factor is removed, and a reset link is mailed.
    """
    user = rows.lock_for_update(User, user_id)
    _check_rank(db.session.get_one(Role, user.role_id))
    totp_service.clear(user_id)
    if user.is_password_short:
        user.password_hash, user.is_password_short = None, False
        account_service.send_reset(user.id)
    auth_session_service.end_sessions(user, "second_factor_reset")


@use_case
def reassign(user_id: UUID, to_user_id: UUID) -> Reassigned:
    """Transfer everything a user owns, and their reports, to another active user; return the counts."""
    user = rows.lock_row(User, user_id)
    heir = rows.get(User, to_user_id, joinedload(User.role))
    _check_rank(db.session.get_one(Role, user.role_id))
    if heir.status != UserStatus.ACTIVE or heir.id == user.id:
        raise Conflict("Choose another active user.", code="bad_heir")
    _check_outranks_reports(heir, user)
    with scope.unrestricted("all that the user owns is handed over"):
        candidate_assignment_service.hand_over(user_id, to_user_id)
        moved: dict[str, Any] = {
            column.class_.__tablename__: _hand_over(column, user_id, to_user_id) for column in OWNED
        }
        moved["approvals"] = approval_service.hand_over(user_id, to_user_id)
    reports = _hand_over(User.manager_id, user_id, to_user_id)
    _teams_changed()
    event_service.record("user.work_reassigned", user, to=str(to_user_id), users=reports, **moved)
    key = f"work_reassigned:{heir.id}:{clock.now().isoformat()}"
    notification_service.notify(heir, NotificationKind.WORK_REASSIGNED, key, {"users": reports, **moved}, About(user))
    return Reassigned(users=reports, **moved)


def change_password(user_id: UUID, session_id: UUID, change: PasswordChange) -> None:
    """Set a new password after checking the current one; ends every other session of the user."""
    user = rows.get(User, user_id)
    end_read()  # checking the password is slow
    if not passwords.verify(change.current_password, user.password_hash):
        raise Forbidden("The current password is wrong.", code="wrong_password")
    password_hash = password_policy.hash_for(user, change.password)
    set_password(user_id, password_hash, session_id, is_short=password_policy.is_short(change.password))


@use_case
def set_password(user_id: UUID, password_hash: str, session_id: UUID | None = None, *, is_short: bool = False) -> None:
    """Store a new password, activate an invited user, and end every session except `session_id`."""
    user = rows.lock_for_update(User, user_id)
    password_policy.set_password(user, password_hash, is_short=is_short)
    if user.status == UserStatus.INVITED:
        user.status = UserStatus.ACTIVE
    auth_session_service.end_sessions(user, "password_changed", except_for=session_id)
    event_service.record("user.password_changed", user)
    account_service.warn_of_new_password(user)


@use_case
def _create(new: UserCreate, password_hash: str | None) -> UserOut:
    role = role_service.by_name(new.role)
    _check_rank(role)
    _check_manager(role, new.manager_id, None)
    _check_domain(new.email)
    user = User(email=new.email, name=new.name, password_hash=password_hash, role_id=role.id, manager_id=new.manager_id)
    user.status = UserStatus.ACTIVE if password_hash else UserStatus.INVITED
    db.session.add(user)
    db.session.flush()  # the event needs the id
    quota.consume("users")
    event_service.record("user.created", user, role=role.name)
    # The new user joins the manager's team, whose members see each other's candidates.
    if new.manager_id is not None:
        _teams_changed()
    if password_hash is None:
        account_service.send_invitation(user)
    else:
        email_message_service.queue("user_added", user.email, key=f"user_added:{user.id}", context={"name": user.name})
    return get(user.id)


def _hand_over(column: Any, user_id: UUID, to_user_id: UUID) -> int:
    model = column.class_
    # With a new version, so that an update based on the row as it was before fails with 412.
    more = {column.key: to_user_id, "version": model.version + 1, "updated_at": clock.now()}
    handed: Any = db.session.execute(sa.update(model).where(column == user_id).values(more))
    mark_deleted()  # loaded rows are out of date
    return int(handed.rowcount)


def _check_outranks_reports(heir: User, user: User) -> None:
    joined = sa.and_(Role.tenant_id == User.tenant_id, Role.id == User.role_id)
    # `<=` also refuses an heir who is one of the reports and would become their own manager.
    beyond = sa.select(User.id).join(Role, joined).where(User.manager_id == user.id, Role.level <= heir.role.level)
    if db.session.scalar(beyond.limit(1)):
        raise Conflict("This user must outrank every user whose manager they would become.", code="does_not_outrank")


def check_rank_of(user: User) -> None:
    """Raise Forbidden if the user outranks the caller."""
    _check_rank(db.session.get_one(Role, user.role_id))


def _check_rank(role: Role) -> None:
    """Raise Forbidden if the role outranks the caller's."""
    actor = scope.actor()
    if actor.kind != "user" or actor.id is None:  # operators have no rank; API keys cannot change users
        return
    own = db.session.scalars(
        sa.select(Role)
        .join(User, sa.and_(User.tenant_id == Role.tenant_id, User.role_id == Role.id))
        .where(User.id == actor.id)
    ).one()
    if role.level < own.level:  # level 1 is the highest
        raise Forbidden("This role outranks yours.", code="outranked")


def _check_manager(role: Role, manager_id: UUID | None, user_id: UUID | None) -> None:
    """Raise Invalid unless the manager outranks the role, without a cycle and at most ten levels deep."""
    if manager_id is None:
        if role.name in NEEDS_MANAGER:
            raise Invalid(
                "This role requires a manager.",
                code="manager_missing",
                errors=[_field("manager_id", "missing", "is required")],
            )
        return
    manager = rows.get(User, manager_id, joinedload(User.role))
    if manager.role.level >= role.level:
        raise Invalid(
            "A manager must have a higher role.",
            code="manager_rank",
            errors=[_field("manager_id", "rank", "must have a higher role")],
        )
    # Walks up to the top, one row per level; meeting the user on the way would be a cycle.
    seen = {user_id}
    current: User | None = manager
    while current is not None:
        if current.id in seen or len(seen) > MAX_DEPTH:
            raise Invalid("This would create a cycle or more than ten levels of managers.", code="manager_cycle")
        seen.add(current.id)
        current = db.session.get(User, current.manager_id) if current.manager_id else None


def _check_domain(email: str) -> None:
    domains = tenant_settings_service.current().user_email_domains
    if domains and email.rpartition("@")[2] not in domains:
        raise Invalid(
            f"The email address must use one of these domains: {', '.join(domains)}.",
            code="domain_not_allowed",
            errors=[_field("email", "domain_not_allowed", "must be in an allowed domain")],
        )


def _check_reports(role: Role, user: User) -> None:
    """Raise Conflict unless the role outranks everyone the user manages."""
    joined = sa.and_(Role.tenant_id == User.tenant_id, Role.id == User.role_id)
    reports = sa.select(User.id).join(Role, joined).where(User.manager_id == user.id, Role.level <= role.level)
    if db.session.scalar(reports.limit(1)):
        raise Conflict("The new role must outrank every user that this user manages.", code="does_not_outrank")


def _teams_changed() -> None:
    """Invalidate every principal of the tenant: teams determine which candidates they see."""
    principal_service.invalidate(db.session.get_one(Tenant, scope.tenant_id()))


def _keep_an_administrator(before: Role, after: Role, user: User) -> None:
    """Raise Conflict if no active administrator would remain; the caller has locked the tenant."""
    if before.name != ADMIN or (after.name == ADMIN and user.status == UserStatus.ACTIVE):
        return
    db.session.flush()  # the count must see the change
    active = (
        sa.select(sa.func.count()).select_from(User).where(User.role_id == before.id, User.status == UserStatus.ACTIVE)
    )
    if not db.session.scalar(active):
        raise Conflict("At least one active administrator must remain.", code="last_administrator")


def _field(name: str, code: str, detail: str) -> dict[str, str]:
    return {"pointer": f"/{name}", "code": code, "detail": detail}


def _out(user: User) -> UserOut:
    named = {"role": user.role.name, "custom_roles": [role.name for role in user.custom_roles]}
    return UserOut.model_validate({**rows.columns_of(user), **user_expansions.in_short(user), **named})
