"""Lists: their parameters, filters of several values and of dates, and their pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model

from app.schemas.common import Day, Moment, Query, Storable
from app.schemas.documented import sort_choices

T = TypeVar("T")
Q = TypeVar("Q", bound=Query)
BOUNDS = {
    "gte": "At or after this time",
    "gt": "After this time",
    "lte": "At or before this time",
    "lt": "Before this time",
}
DAYS = {"gte": "On or after this day", "gt": "After this day", "lte": "On or before this day", "lt": "Before this day"}


def csv_list(value: Any) -> Any:
    """Return the parts of a comma-separated parameter; a single value of another type, given by our code, is one."""
    if isinstance(value, str):
        return [part for part in value.split(",") if part]  # "a,,b" is a and b
    return value if value is None or isinstance(value, list) else [value]


UuidList = Annotated[list[UUID], BeforeValidator(csv_list), Field(max_length=200)]
# One of these values; `none` stands for rows without one.
AnyOf = Annotated[list[T], BeforeValidator(csv_list), Field(min_length=1, max_length=20)]
Ids = AnyOf[UUID]
IdsOrNone = AnyOf[UUID | Literal["none"]]
Owned = Literal["me", "team"]  # relative to the acting user
# A custom field and its value, such as "shoe_size:44".
CustomFieldFilter = Annotated[
    str,
    Field(pattern=r"^[a-z][a-z0-9_]{0,39}:.{1,200}$", description="Key and value of a custom field, as `key:value`"),
    Storable,
]
SearchLine = Annotated[str, Field(min_length=1, max_length=100), Storable]


def dated(*moments: str, days: tuple[str, ...] = ()) -> Callable[[type[Q]], type[Q]]:
    """Add filters by bounds to a query: `due_at[gte]`, `[gt]`, `[lte]` and `[lt]` for each of these columns."""

    def decorate(query: type[Q]) -> type[Q]:
        fields: dict[str, Any] = {}
        for kind, columns, texts in ((Moment, moments, BOUNDS), (Day, days, DAYS)):
            for name in columns:
                for bound, text in texts.items():
                    field = Field(None, alias=f"{name}[{bound}]", description=text)
                    fields[f"{name}_{bound}"] = (kind | None, field)
        made: type[Q] = create_model(
            query.__name__,
            __base__=query,
            __module__=query.__module__,
            __doc__=query.__doc__,
            **fields,
        )
        return made

    return decorate


@dated("created_at", "updated_at")
class ListQuery(Query):
    """Parameters of all lists. `sorts` names the sortable columns; a leading minus reverses the order.

    A field that is named like a column filters it: by a value, by several, or by bounds (`dated`).
    """

    sorts: ClassVar[tuple[str, ...]] = ("created_at",)
    sort_columns: ClassVar[dict[str, str]] = {}  # of sorts that have another name than their column

    limit: int = Field(50, ge=1, le=200, description="Rows per page")
    cursor: str | None = Field(None, min_length=1, max_length=2000, description="`next_cursor` of the previous page")
    sort: str = Field(
        "-created_at", max_length=60, description="Column to sort by; prefix it with - for descending order"
    )
    ids: UuidList | None = Field(None, description="Only rows with these ids, comma-separated, at most 200")
    include: Literal["total_count"] | None = Field(
        None, description="`total_count` adds the number of rows, up to 10 000"
    )

    __get_pydantic_json_schema__ = sort_choices

    def filters(self) -> dict[str, Any]:
        """Return the filters that are set, by field, without pagination and sorting."""
        paging = {"limit", "cursor", "sort", "include", "expand"}
        return {name: value for name, value in self if name not in paging and value is not None}


class Page(BaseModel, Generic[T]):
    """A page of a list."""

    model_config = ConfigDict(from_attributes=True)

    data: list[T]
    has_more: bool
    next_cursor: str | None
    total_count: int | None = Field(None, description="Only counted for `include=total_count`, up to 10 000")
