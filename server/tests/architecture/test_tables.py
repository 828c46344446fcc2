"""Rules for every table."""

from __future__ import annotations

import sqlalchemy as sa

from app.extensions import db
from app.models.base.tenancy import TenantScoped, tenant_tables

# Sign-in finds the tenant by email; the relay serves all tenants.
INDEXES_ACROSS_TENANTS = {"ix_users_email", "ix_outbox_due_at", "ix_outbox_failed_at"}


def _mapped(table: sa.Table) -> type:
    return next(mapper.class_ for mapper in db.Model.registry.mappers if mapper.local_table is table)


def test_every_table_with_a_tenant_is_tenant_scoped():
    assert len(tenant_tables()) > 15
    for table in tenant_tables():
        assert issubclass(_mapped(table), TenantScoped), f"{table.name}: inherit from TenantScoped"
        assert not table.columns["tenant_id"].nullable


def test_every_index_of_a_tenant_table_leads_with_the_tenant():
    for table in tenant_tables():
        uniques = [c for c in table.constraints if isinstance(c, sa.UniqueConstraint)]
        for key in [*table.indexes, *uniques]:
            first = list(key.columns)[0].name
            assert first == "tenant_id" or key.name in INDEXES_ACROSS_TENANTS, f"{key.name}: lead with tenant_id"


def test_foreign_keys_between_tenant_tables_are_composite():
    tables = {table.name for table in tenant_tables()}
    checked = 0
    for table in tenant_tables():
        for key in table.foreign_key_constraints:
            if key.referred_table.name in tables:
                assert [c.name for c in key.columns][0] == "tenant_id", f"{key.name}: write it with within_tenant()"
                assert [e.column.name for e in key.elements] == ["tenant_id", "id"]
                checked += 1
    assert checked > 15


def test_constraints_are_named_after_table_and_columns():
    for table in db.metadata.sorted_tables:
        for constraint in table.constraints:
            prefix = {"ForeignKeyConstraint": "fk", "UniqueConstraint": "uq", "PrimaryKeyConstraint": "pk"}
            expected = prefix.get(type(constraint).__name__, "ck")
            assert str(constraint.name).startswith(f"{expected}_{table.name}"), constraint.name
