"""The process that forks the parsers stays small: each API process has one."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path

from app.services.core import child_process

SERVER = Path(__file__).resolve().parents[3]
NOT_FOR_PARSERS = {"app.factory", "app.models", "sqlalchemy", "flask", "inngest", "alembic"}


def _run(*arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(SERVER)}
    done = subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_parsers_import_neither_tables_nor_the_web():
    loaded = set(_run("-c", f"import sys, {', '.join(child_process.PRELOAD)}; print(*sys.modules)").split())
    assert set(child_process.PRELOAD) <= loaded and loaded & NOT_FOR_PARSERS == set()


def test_the_children_of_a_command_import_no_commands(tmp_path):
    """multiprocessing runs the main file of the parent again in each child."""
    text = (SERVER / "manage.py").read_text()
    call = 'cli(prog_name="manage.py")'
    assert text.count(call) == 1
    script = tmp_path / "manage.py"
    script.write_text(f"from {__name__} import probe\n{text.replace(call, 'print(*probe())')}")
    assert _run(str(script)) == "True False\n"


def probe() -> tuple[bool, bool]:
    """Return what `_state` returns in a child."""
    state: tuple[bool, bool] = child_process.run(_state)
    return state


def _state() -> tuple[bool, bool]:
    return gc.isenabled(), "commands.cli" in sys.modules
