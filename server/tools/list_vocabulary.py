"""List the problem codes and the event types that the source has: `python -m tools.list_vocabulary`.

Writes `app/data/vocabulary.json`, from which the OpenAPI document gets its enums and its examples of errors. A test
compares the file with the source.
"""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from app.middleware.problems import SENTENCES, UNEXPECTED
from app.models.job_stage import StageGate
from app.services.lifecycles.state_rules import MACHINES
from app.utils import errors

SERVER = Path(__file__).resolve().parents[1]

FILE = SERVER / "app/data/vocabulary.json"
# Commands of operators and the worker of functions have errors of their own, which no client of the API sees.
APART = ("operations", "inngest", "commands", "database_copy", "base/engine.py", "backup_schema")
RECORDERS = ("record", "record_in_both")
BLANK = "…"


def vocabulary() -> dict[str, Any]:
    """Return problem codes with status and detail, and event types, as the source of `app/` has them."""
    problems: dict[str, dict[str, Any]] = {}
    events: set[str] = set()
    for code, status, detail in _given():
        problems[code] = {"status": status, "detail": detail}
    for path, call in _calls():
        name = ast.unparse(call.func)
        if name.endswith(RECORDERS) and call.args:
            events.update(_event_types(call.args[0]))
        elif not any(part in str(path) for part in APART):
            for code, status, detail in _problems(name.rsplit(".", 1)[-1], call):
                known = problems.setdefault(code, {"status": status, "detail": detail})
                known["status"] = min(known["status"], status)
    events |= {"tenant.ledger_purged"}  # written by a trigger, when a ledger is deleted with its tenant
    return {"problems": dict(sorted(problems.items())), "events": sorted(events)}


def _calls() -> Iterator[tuple[Path, ast.Call]]:
    for path in sorted((SERVER / "app").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                yield path, node


def _problems(name: str, call: ast.Call) -> Iterator[tuple[str, int, str]]:
    if name == "enforce_limit":
        yield str(ast.literal_eval(call.args[3])), 409, f"{_sentence(call.args[2])} at most."
    elif name == "Refusal" and isinstance(call.args[0], ast.Constant):  # guards refuse actions
        yield str(call.args[0].value), 409, _sentence(call.args[1])
    elif (status := _statuses().get(name)) and (code := _constant(call, "code")):
        yield code, status, _sentence(call.args[0]) if call.args else ""


def _constant(call: ast.Call, keyword: str) -> str | None:
    found = [each.value for each in call.keywords if each.arg == keyword]
    return str(found[0].value) if found and isinstance(found[0], ast.Constant) else None


def _sentence(node: ast.expr) -> str:
    """Return a text with dots for what differs."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else BLANK for part in node.values)
    return BLANK


def _event_types(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Constant):
        return [str(node.value)] if "." in str(node.value) else []
    if isinstance(node, ast.JoinedStr) and ast.unparse(node).startswith("f'{machine.name}"):
        return [f"{machine.name}.{step.action}" for machine in MACHINES for step in machine.transitions]
    if isinstance(node, ast.JoinedStr) and ast.unparse(node).startswith("f'interview_scorecard."):
        return ["interview_scorecard.saved", "interview_scorecard.submitted"]
    if isinstance(node, ast.IfExp):
        return _event_types(node.body) + _event_types(node.orelse)
    return []


@cache
def _statuses() -> dict[str, int]:
    return {name: each.status for name, each in inspect.getmembers(errors, inspect.isclass) if hasattr(each, "status")}


def _given() -> Iterator[tuple[str, int, str]]:
    """Yield the codes that are not written where an error is raised."""
    for _, each in inspect.getmembers(errors, inspect.isclass):
        if issubclass(each, errors.DomainError):
            yield each.code, each.status, f"{each.title}."
    for status, (code, detail) in {**SENTENCES, 500: UNEXPECTED}.items():
        yield code, status, detail
    for code in ("too_short", "contains_name"):
        yield f"password_{code}", 422, f"The password {BLANK}."
    for gate in StageGate:
        yield f"gate_{gate.value}", 409, f"{BLANK} requires {BLANK}."


if __name__ == "__main__":
    FILE.write_text(json.dumps(vocabulary(), indent=1, ensure_ascii=False) + "\n")
