"""Saved views of lists."""

from __future__ import annotations

from typing import Any, get_args
from uuid import UUID

import sqlalchemy as sa
from pydantic import ValidationError

from app.extensions import db
from app.models import SavedView
from app.models.saved_view import ViewedList
from app.schemas.common import Out
from app.schemas.lists import ListQuery, Page
from app.schemas.saved_view_schema import LISTS, SavedViewCreate, SavedViewOut, SavedViewQuery, SavedViewUpdate
from app.services.access import shared_rows
from app.services.core import listing, rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.utils.errors import BadRequest, Invalid
from app.utils.validation_errors import field_errors

MAX_VIEWS = 200  # of a user
PAGING = ("cursor", "limit")  # of one page, not of the list


def list_own(user_id: UUID, query: SavedViewQuery) -> Page[SavedViewOut]:
    """List the user's views and those shared by others."""
    page = listing.paginate(sa.select(SavedView).where(shared_rows.readable(SavedView, user_id)), SavedView, query)
    return page.model_copy(update={"data": [_out(view) for view in page.data]})


def get(user_id: UUID, view_id: UUID) -> SavedViewOut:
    """Return a view; NotFound unless it is the user's own or shared."""
    return _out(shared_rows.get(SavedView, user_id, view_id))


@use_case
def create(user_id: UUID, new: SavedViewCreate) -> SavedViewOut:
    """Keep a view; Invalid if the list does not know a parameter or column, Conflict at the limit."""
    rows.enforce_limit(
        MAX_VIEWS, SavedView, f"A user can have {MAX_VIEWS} views", "too_many_views", SavedView.user_id == user_id
    )
    _check(new.resource, new.query, new.columns)
    view = SavedView(**new.model_dump(mode="json"), user_id=user_id)
    db.session.add(view)
    db.session.flush()  # the event needs the id
    event_service.record("saved_view.created", view, resource=view.resource)
    return _out(view)


@use_case
def update(user_id: UUID, view_id: UUID, changes: SavedViewUpdate, if_match: int | None) -> SavedViewOut:
    """Change a view; Forbidden if it belongs to another user."""
    view = shared_rows.lock_own(SavedView, user_id, view_id, if_match)
    _check(view.resource, changes.query or {}, changes.columns or [])
    values = changes.model_dump(mode="json", exclude_unset=True)
    event_service.record("saved_view.updated", view, changed=rows.apply_changes(view, values))
    return _out(view)


@use_case
def delete(user_id: UUID, view_id: UUID) -> None:
    """Delete a view; Forbidden if it belongs to another user."""
    view = shared_rows.lock_own(SavedView, user_id, view_id)
    event_service.record("saved_view.deleted", view)
    db.session.delete(view)


def _check(name: ViewedList, query: dict[str, Any], columns: list[str]) -> None:
    """Invalid unless the list takes these parameters, and its rows have these fields."""
    schema, row = LISTS[name]
    errors = [_error(f"/query/{each}", "belongs to a page, not to a view") for each in PAGING if each in query]
    try:
        listing.check_sort(schema.model_validate(query))
    except ValidationError as error:
        errors += [{**each, "pointer": f"/query{each['pointer']}"} for each in field_errors(error)]
    except BadRequest as error:
        errors.append(_error("/query/sort", error.detail))
    errors += [
        _error(f"/query/{each}/{place}", "must not contain a comma")  # which separates values in the URL
        for each, value in query.items()
        for place, one in enumerate(value if isinstance(value, list) else ())
        if "," in one
    ]
    errors += [
        _error(f"/columns/{place}", "is not a field of this list, or is there twice")
        for place, each in enumerate(columns)
        if not _is_field(row, each) or each in columns[:place]
    ]
    if errors:
        raise Invalid("The view does not fit its list.", code="bad_view", errors=errors)


def _is_field(row: type[Out], column: str) -> bool:
    """Return whether rows have the field, or a custom field or a row beside it that has the field."""
    name, _, inner = column.partition(".")
    field = row.model_fields.get(name)
    if field is None or not inner:
        return field is not None
    nested = [each for each in get_args(field.annotation) if isinstance(each, type) and issubclass(each, Out)]
    return name == "custom_fields" or any(inner in each.model_fields for each in nested)


def _error(pointer: str, detail: str) -> dict[str, str]:
    return {"pointer": pointer, "code": "bad_view", "detail": detail}


def _out(view: SavedView) -> SavedViewOut:
    return SavedViewOut.model_validate({**rows.columns_of(view), "url": _url(view)})


def _url(view: SavedView) -> str:
    schema: type[ListQuery] = LISTS[view.resource][0]
    try:
        return listing.address(view.resource, schema.model_validate(view.query))
    except ValidationError:  # the list has lost a parameter since the view was saved: the list will say which
        return listing.address_of(view.resource, view.query)
