"""Queued statements: nothing is lost, the error that broke the queue is told, the connection stays good."""

from __future__ import annotations

import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.extensions import db
from app.models import CandidateContact
from app.models.base import pipelining
from app.models.candidate_contact import NOBODY
from app.services.core import rows
from app.services.core.column_writes import QueuedWrite
from app.services.core.transaction import use_case
from app.utils import scope
from app.utils.errors import DomainError

TABLE = CandidateContact.__table__
ADD = QueuedWrite(sa.insert(TABLE).inline())


@pytest.fixture
def bound(live_app, world):
    with live_app.app_context(), scope.tenant(world.own.tenant.id):
        yield world.own.ids["candidate_id"]


def point(candidate_id, value):
    return rows.new_row(
        candidate_id=candidate_id, kind="link", value=value, raw=value, position=9, shared_by=NOBODY, is_parsed=False
    )


def found(value):
    return db.session.scalar(sa.select(sa.func.count()).select_from(TABLE).where(TABLE.c.value == value))


@use_case
def add(points, *, look=False, fail=False):
    ADD.send(*points)
    if look:
        assert db.session.scalar(sa.select(sa.func.count()).where(TABLE.c.id == points[0]["id"])) == 1
    if fail:
        raise RuntimeError("on purpose")


@pytest.mark.parametrize("look", [False, True])
def test_what_is_queued_is_committed(bound, look):
    value = f"kept.example/{look}"
    add([point(bound, value)], look=look)
    assert found(value) == 1


@pytest.mark.parametrize("look", [False, True])
def test_the_first_error_is_told_at_the_commit_or_before(bound, look):
    good, bad = point(bound, f"good.example/{look}"), point(uuid.uuid4(), f"bad.example/{look}")
    with pytest.raises(DomainError) as error:
        add([good, bad, point(bound, f"late.example/{look}")], look=look)
    assert isinstance(error.value.__cause__, IntegrityError) and error.value.code == "reference_missing"
    assert [found(row["value"]) for row in (good, bad)] == [0, 0]
    add([good])  # the connection works on
    assert found(good["value"]) == 1


def test_what_is_queued_is_undone_with_the_rest(bound):
    with pytest.raises(RuntimeError):
        add([point(bound, "undone.example")], fail=True)
    assert found("undone.example") == 0


def test_many_rows_are_queued_like_one(bound):
    @use_case
    def add_all():
        ADD.send(*(point(bound, f"many.example/{number}") for number in range(3)))

    add_all()
    values = sa.select(sa.func.count()).select_from(TABLE).where(TABLE.c.value.like("many.example/%"))
    assert db.session.scalar(values) == 3


def test_what_was_passed_over_is_not_taken_for_a_commit(bound):
    @use_case
    def passes_over():
        ADD.send(point(uuid.uuid4(), "passed.example"))
        try:
            db.session.scalar(sa.select(sa.literal(1)))
        except IntegrityError:
            pass
        return "done"

    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite tells at once")
    with pytest.raises(DBAPIError):
        passes_over()


def test_a_savepoint_undoes_what_was_queued_in_it(bound):
    @use_case
    def goes_on():
        with pytest.raises(IntegrityError), db.session.begin_nested():
            ADD.send(point(uuid.uuid4(), "inner.example"))
        ADD.send(point(bound, "outer.example"))

    goes_on()
    assert (found("inner.example"), found("outer.example")) == (0, 1)


def test_a_stream_may_follow_what_was_queued(bound):
    @use_case
    def reads_on():
        ADD.send(point(bound, "streamed.example"))
        statement = sa.select(CandidateContact.value).execution_options(yield_per=1)
        return [value for value in db.session.scalars(statement)]

    assert "streamed.example" in reads_on()


def test_writes_belong_inside_a_use_case(bound):
    with pytest.raises(RuntimeError):
        ADD.send(point(bound, "outside.example"))
    with pytest.raises(RuntimeError):
        db.session.execute(sa.update(CandidateContact).values(raw="x"))
    db.session.rollback()


@pytest.mark.postgresql
def test_statements_of_a_pipeline_wait_for_each_other(live_app):
    """They leave in one piece; psycopg has no option for it, so a release may undo it."""
    with live_app.app_context():
        pooled = db.engine.raw_connection()
        try:
            driver = pooled.dbapi_connection
            with pipelining.one_piece(driver) as pipeline:
                with pipelining.sent_together(pipeline):
                    cursors = [driver.execute("select %s", (number,)) for number in range(3)]
                    assert len(pipeline.command_queue) >= 3, "nothing has left"
            assert [cursor.fetchone() for cursor in cursors] == [(0,), (1,), (2,)]
            assert "_communicate_gen" not in vars(pipeline)
        finally:
            pooled.close()
