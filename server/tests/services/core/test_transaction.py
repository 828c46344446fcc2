"""One commit per use case, rollback on any exception, errors by constraint name, retries where asked."""

from __future__ import annotations

import sqlite3

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from app.extensions import db
from app.models import Candidate, CandidateContact, Role
from app.services.candidates import candidate_service
from app.services.core import transaction
from app.services.core.transaction import unit, use_case
from app.utils.errors import Conflict, Invalid, NotFound
from app.utils.ids import new_id
from tests.factories.candidate import make_candidate


@use_case
def _add_role(name: str = "CUSTOM") -> None:
    db.session.add(Role(name=name, level=5))


def _roles() -> set[str]:
    return set(db.session.scalars(sa.select(Role.name).where(Role.is_system.is_(False))))


def test_a_use_case_commits_once_at_the_outermost_return(tenant):
    @use_case
    def outer() -> None:
        _add_role("INNER")
        assert unit() is not None
        _add_role("OUTER")

    with tenant.bound():
        outer()
        db.session.rollback()
        assert _roles() == {"INNER", "OUTER"}


def test_any_exception_rolls_everything_back(tenant):
    @use_case
    def outer() -> None:
        _add_role()
        raise KeyError("no")

    with tenant.bound():
        with pytest.raises(KeyError):
            outer()
        assert _roles() == set()


def test_a_unique_key_is_a_conflict_that_names_the_field(tenant):
    with tenant.bound():
        _add_role()
        with pytest.raises(Conflict) as caught:
            _add_role()
    assert caught.value.code == "duplicate" and caught.value.errors[0]["pointer"] == "/name"


def test_a_missing_reference_is_not_found(tenant):
    @use_case
    def refer() -> None:
        db.session.add(CandidateContact(candidate_id=new_id(), kind="email", value="a@b.example", raw="a"))

    with tenant.bound(), pytest.raises(NotFound):
        refer()


def test_a_check_is_invalid(tenant):
    @use_case
    def exaggerate() -> None:
        db.session.add(Candidate(name="X", years_experience=71))

    with tenant.bound(), pytest.raises(Invalid):
        exaggerate()


def test_after_a_commit_that_deleted_rows_the_session_is_expired(tenant):
    candidate_id = make_candidate(tenant)
    with tenant.bound():
        role = db.session.scalars(sa.select(Role)).first()
        candidate_service.delete(candidate_id)
        assert sa.inspect(role).expired


class _Deadlock(Exception):
    sqlstate = "40P01"


def test_a_deadlock_is_retried_where_asked(tenant):
    attempts = []

    @use_case(retries=2)
    def contended() -> str:
        attempts.append(1)
        if len(attempts) < 3:
            raise OperationalError("select 1", {}, _Deadlock())
        return "done"

    with tenant.bound():
        assert contended() == "done"
        assert len(attempts) == 3


def test_a_deadlock_is_not_retried_where_not_asked(tenant):
    @use_case
    def contended() -> None:
        raise OperationalError("select 1", {}, _Deadlock())

    with tenant.bound(), pytest.raises(OperationalError):
        contended()


def test_there_is_no_unit_of_work_outside_a_use_case(tenant):
    with tenant.bound(), pytest.raises(RuntimeError, match="use_case"):
        unit()


def test_callbacks_run_after_the_commit_only(tenant):
    called = []

    @use_case
    def work(fail: bool) -> None:
        unit().after_commit.append(lambda: called.append(fail))
        if fail:
            raise KeyError

    with tenant.bound():
        with pytest.raises(KeyError):
            work(True)
        work(False)
    assert called == [False]


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (psycopg.OperationalError("server closed the connection"), True),
        (psycopg.errors.UniqueViolation("taken"), False),
        (OperationalError("select 1", {}, sqlite3.OperationalError("database is locked")), True),
        (OperationalError("select 1", {}, sqlite3.OperationalError("no such table: x")), False),
        (KeyError("x"), False),
    ],
)
def test_what_counts_as_a_database_that_is_away(error, away):
    assert transaction.is_unavailable(error) is away
