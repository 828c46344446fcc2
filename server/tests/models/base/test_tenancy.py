"""The wall between tenants: guards on both databases, row security and the known holes on PostgreSQL."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.extensions import db
from app.models import Application, Candidate, CandidateContact, Role
from app.models.base.tenancy import database_settings, tenant_tables
from app.utils import scope
from app.utils.scope import ScopeError
from tests.factories.candidate import make_candidate
from tests.factories.raw_writes import raw_writes
from tests.factories.tenant import make_tenant


@pytest.fixture
def two(app):
    """Two tenants, each with a candidate."""
    own, foreign = make_tenant(app), make_tenant(app)
    return own, make_candidate(own), foreign, make_candidate(foreign)


def test_reads_see_the_bound_tenant_only(two):
    own, mine, _, theirs = two
    with own.bound():
        assert set(db.session.scalars(sa.select(Candidate.id))) == {mine}
        assert db.session.get(Candidate, theirs) is None
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Candidate)) == 1


def test_with_nobody_bound_nothing_is_seen(app, two):
    with app.app_context():
        assert db.session.scalars(sa.select(Candidate)).all() == []
        assert db.session.get(Candidate, two[1]) is None


def test_the_platform_sees_all(app, two):
    with app.app_context(), scope.platform("a test"):
        assert {two[1], two[3]} <= set(db.session.scalars(sa.select(Candidate.id)))


def test_updates_and_deletes_reach_the_bound_tenant_only(app, two):
    own, mine, _, theirs = two
    with own.bound(), raw_writes():
        db.session.execute(sa.update(Candidate).values(name="Changed"))
        db.session.execute(sa.delete(CandidateContact))
        db.session.flush()
        db.session.commit()
    with app.app_context(), scope.platform("a test"):
        names = {row.id: row.name for row in db.session.execute(sa.select(Candidate.id, Candidate.name))}
        assert names[mine] == "Changed" and names[theirs] != "Changed"
        assert db.session.scalar(sa.select(sa.func.count()).where(CandidateContact.candidate_id == theirs)) == 1


def test_a_write_is_stamped_with_the_bound_tenant(two):
    own = two[0]
    with own.bound(), raw_writes():
        role = Role(name="CUSTOM", level=5)
        db.session.add(role)
        db.session.flush()
        assert role.tenant_id == own.id


def test_a_row_of_another_tenant_is_refused(two):
    own, _, foreign, _ = two
    with own.bound(), raw_writes():
        db.session.add(Role(name="CUSTOM", level=5, tenant_id=foreign.id))
        with pytest.raises(ScopeError, match="another tenant"):
            db.session.flush()
        db.session.rollback()


def test_a_bulk_insert_of_another_tenant_is_refused(two):
    own, _, foreign, _ = two
    with own.bound(), raw_writes(), pytest.raises(ScopeError, match="another tenant"):
        db.session.execute(sa.insert(Role), [{"name": "CUSTOM", "level": 5, "tenant_id": foreign.id}])


def test_a_row_cannot_move(two):
    own, mine, foreign, _ = two
    with own.bound(), raw_writes():
        db.session.get_one(Candidate, mine).tenant_id = foreign.id
        with pytest.raises(ScopeError, match="move"):
            db.session.flush()
        db.session.rollback()


def test_a_write_with_nobody_bound_is_refused(app):
    with app.app_context(), raw_writes():
        db.session.add(Role(name="CUSTOM", level=5))
        with pytest.raises(ScopeError, match="no tenant bound"):
            db.session.flush()
        db.session.rollback()


def test_a_reference_into_another_tenant_is_refused_by_the_database(two):
    own, _, _, theirs = two
    with own.bound(), raw_writes():
        db.session.add(CandidateContact(candidate_id=theirs, kind="email", value="x@y.example", raw="x@y.example"))
        with pytest.raises(IntegrityError):
            db.session.flush()
        db.session.rollback()


def test_a_change_of_scope_empties_the_identity_map(app, two):
    own, mine, foreign, _ = two
    with app.app_context():
        with scope.tenant(own.id):
            assert db.session.get(Candidate, mine) is not None
        with scope.tenant(foreign.id):
            assert db.session.get(Candidate, mine) is None


def test_a_change_of_scope_with_unsaved_work_is_an_error(app, two):
    own, _, foreign, _ = two
    with app.app_context(), scope.tenant(own.id):
        db.session.add(Role(name="CUSTOM", level=5))
        with pytest.raises(ScopeError, match="inside a use case"), scope.tenant(foreign.id):
            pass
        db.session.rollback()


def test_platform_scope_needs_a_reason():
    with pytest.raises(ScopeError), scope.platform(""):
        pass


@pytest.mark.postgresql
class TestRowSecurity:
    """What the listener alone would miss, the database holds."""

    def test_exists_does_not_see_the_other_tenant(self, two):
        own, _, _, theirs = two
        with own.bound():
            assert db.session.scalar(sa.select(sa.exists().where(Candidate.__table__.c.id == theirs))) is False

    def test_any_does_not_see_the_other_tenant(self, two):
        own, _, _, theirs = two
        with own.bound():
            found = sa.select(sa.func.count()).where(Candidate.contacts.any(CandidateContact.candidate_id == theirs))
            assert db.session.scalar(found) == 0

    def test_core_and_text_do_not_see_the_other_tenant(self, two):
        own, mine, _, _ = two
        with own.bound():
            assert list(db.session.execute(sa.select(Candidate.__table__.c.id)).scalars()) == [mine]
            assert db.session.execute(sa.text("select id from candidates")).scalars().all() == [mine]

    def test_core_writes_with_a_foreign_tenant_are_refused(self, two):
        own, _, foreign, _ = two
        row = {"id": foreign.id, "tenant_id": foreign.id, "name": "X", "level": 1, "is_system": False}
        times = {"created_at": sa.func.now(), "updated_at": sa.func.now(), "custom_permissions": []}
        with own.bound(), raw_writes():
            with pytest.raises(DBAPIError, match="row-level security"):
                db.session.execute(sa.insert(Role.__table__).values({**row, **times}))
            db.session.rollback()

    def test_core_updates_and_deletes_miss_the_other_tenant(self, two):
        own, _, _, theirs = two
        table = Candidate.__table__
        with own.bound(), raw_writes():
            changed = db.session.execute(sa.update(table).where(table.c.id == theirs).values(name="X"))
            gone = db.session.execute(
                sa.delete(Application.__table__).where(Application.__table__.c.candidate_id == theirs)
            )
            assert (changed.rowcount, gone.rowcount) == (0, 0)
            db.session.rollback()

    def test_with_nobody_bound_the_database_shows_nothing(self, app, two):
        with app.app_context():
            for table in tenant_tables():
                assert db.session.scalar(sa.select(sa.func.count()).select_from(table)) == 0, table.name
            assert db.session.scalar(sa.text("select count(*) from tenants")) == 0

    def test_every_tenant_table_forces_row_security(self, app):
        with app.app_context():
            query = "select relname from pg_class where relrowsecurity and relforcerowsecurity"
            walled = set(db.session.execute(sa.text(query)).scalars())
            assert {table.name for table in tenant_tables()} | {"tenants", "subscription_plans"} == walled

    def test_the_policies_are_those_of_the_model(self, app):
        with app.app_context():
            query = "select tablename from pg_policies where policyname = 'tenant_wall' and qual = with_check"
            assert {table.name for table in tenant_tables()} <= set(db.session.execute(sa.text(query)).scalars())

    def test_a_reused_connection_starts_with_nobody(self, app, database_url):
        engine = sa.create_engine(database_url, pool_size=1, max_overflow=0)
        with engine.connect() as connection:
            connection.execute(sa.text("select set_config('app.tenant_id', gen_random_uuid()::text, true)"))
            connection.commit()
            assert connection.scalar(sa.text("select count(*) from candidates")) == 0
        engine.dispose()

    def test_the_settings_hold_for_one_transaction(self):
        with scope.nobody():
            assert database_settings() == ("", "off")
