"""The process that forks the parsers stays small: each API process has one."""

from __future__ import annotations

import subprocess
import sys

from app.services.core.child_process import PRELOAD
from tests.factories.database import MIGRATIONS

NOT_FOR_PARSERS = {"app.factory", "app.models", "sqlalchemy", "flask", "inngest", "alembic"}


def test_the_parsers_import_neither_tables_nor_the_web():
    script = f"import sys, {', '.join(PRELOAD)}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=MIGRATIONS.parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert set(PRELOAD) <= loaded and loaded & NOT_FOR_PARSERS == set()
