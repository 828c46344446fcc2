"""Architecture rules as functions over source code; each yields violations with the remedy."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

SERVER = Path(__file__).resolve().parents[2]
APP = SERVER / "app"
LAYERS = ("models", "schemas", "services", "routes", "inngest", "middleware", "utils")

# layer: (maximum lines of a file, of a function)
BUDGET = {
    "models": (200, 30),
    "schemas": (220, 25),
    "services": (400, 40),
    "routes": (220, 12),
    "inngest": (200, 40),
    "middleware": (150, 40),
    "utils": (150, 40),
}
# Files over budget, with their allowed lines; this list may only shrink.
OVER_BUDGET: dict[str, int] = {}
BROAD_EXCEPT = {
    "inngest/function.py",
    "inngest/steps.py",
    "middleware/identity/api_use.py",
    "middleware/problems.py",
    "inngest/relay.py",
    "inngest/embedded_process.py",
    "services/core/active_tenants.py",  # a failing tenant must not delay the others
    "services/core/child_process.py",
    "utils/stream_hub.py",  # a database that is gone must not end the loop of all streams
}
MAY_COMMIT = "services/core/transaction.py"
MAY_BE_PLATFORM = {
    "services/messages/inbound_service.py",
    "services/messages/mail_copy_service.py",
    "services/events/event_position_service.py",
    "services/accounts/auth_service.py",
    "services/accounts/auth_session_service.py",
    "services/careers/careers_service.py",
    "services/operations/database_checks.py",
    "services/platform/seed_service.py",
    "services/settings/subscription_plan_service.py",
    "services/settings/tenant_branding_service.py",
    "services/operations/health_service.py",
    "inngest/steps.py",
    "inngest/relay.py",
    "middleware/identity/platform_context.py",
    "inngest/embedded_runner.py",
}
HOLDS_SESSION = ("services/", "extensions.py", "models/base/tenancy.py")


def _replaced() -> dict[str, str]:
    """Return the identifiers in the last column of the glossary, each with the term that replaces it."""
    rows = (line.split("|")[1:4] for line in GLOSSARY.read_text().splitlines() if line.startswith("| "))
    return {old: word.strip() for word, _, cell in rows for old in re.findall(r"`(\w+)`", cell)}


GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"
REPLACED = _replaced()


@dataclass(frozen=True)
class Source:
    """A source file: its path under app/ and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def layer(self) -> str:
        return self.path.split("/")[0]


def sources() -> list[Source]:
    """Return every source file of the application."""
    return [Source(str(path.relative_to(APP)), path.read_text()) for path in sorted(APP.rglob("*.py"))]


def only_transaction_commits(source: Source) -> Iterator[str]:
    for node in _calls(source):
        if node.func.attr in ("commit", "rollback") and source.path != MAY_COMMIT:
            yield f"{source.path}:{node.lineno} calls {node.func.attr}(): make the function a @use_case instead"


def session_only_in_services(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        named = isinstance(node, ast.Attribute) and node.attr == "session" and _name(node.value) == "db"
        if named and not source.path.startswith(HOLDS_SESSION):
            yield f"{source.path}:{node.lineno} uses db.session: call a service"


def no_legacy_query(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr == "query" and _name(node.value)[:1].isupper():
            yield f"{source.path}:{node.lineno} uses Model.query: write select(Model) or db.session.get()"


def every_view_is_an_endpoint(source: Source) -> Iterator[str]:
    if source.layer != "routes" or source.path.endswith(("docs_routes.py", "health_routes.py")):
        return
    for function in _functions(source):
        decorators = [ast.unparse(d) for d in function.decorator_list]
        routed = any(d.startswith("bp.") for d in decorators)
        if routed and not any(d.startswith(("endpoint(", "page(", "portal_page(", "feed(")) for d in decorators):
            yield f"{source.path}:{function.lineno} {function.name} has no @endpoint: name its permission, or PUBLIC"


def routes_hold_no_logic(source: Source) -> Iterator[str]:
    if source.layer != "routes":
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Try) or isinstance(node, ast.Name) and node.id in ("jsonify", "g", "db", "request"):
            yield f"{source.path}:{node.lineno} holds a try, jsonify, g, db or request: that belongs to the middleware"


def no_hint_on_ctx(source: Source) -> Iterator[str]:
    if source.layer != "inngest":
        return
    for function in _functions(source):
        if not any(ast.unparse(d).startswith("inngest_function(") for d in function.decorator_list):
            continue
        arguments = function.args.args
        if not isinstance(function, ast.AsyncFunctionDef) or [a.arg for a in arguments] != ["ctx", "step"]:
            yield f"{source.path}:{function.lineno} {function.name}: write async def {function.name}(ctx, step)"
        elif arguments[0].annotation is not None:
            yield f"{source.path}:{function.lineno} {function.name} has a type hint on ctx: leave it out"


def every_job_module_is_imported(source: Source) -> Iterator[str]:
    """Only modules that `functions.py` imports are registered; functions of other modules never run."""
    if source.layer != "inngest":
        return
    holds_jobs = any(
        isinstance(node, ast.Call) and _name(node.func) in ("inngest_function", "each_tenant")
        for function in _functions(source)
        for node in function.decorator_list
    )
    imported = f"    {Path(source.path).stem},\n" in (APP / "inngest/functions.py").read_text()
    if holds_jobs and not imported:
        yield f"{source.path} is not imported: add it to inngest/functions.py, or its jobs never run"


def no_global_flask(source: Source) -> Iterator[str]:
    for node in source.tree.body:
        value = getattr(node, "value", None)
        if isinstance(value, ast.Call) and _name(value.func) == "Flask":
            yield f"{source.path}:{node.lineno} makes a global Flask object: make it in create_app()"


def no_import_inside_functions(source: Source) -> Iterator[str]:
    for function in _functions(source):
        for node in ast.walk(function):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                yield f"{source.path}:{node.lineno} imports inside {function.name}: import at the top of the module"


def broad_except_only_at_the_edges(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        broad = isinstance(node, ast.ExceptHandler) and (node.type is None or _name(node.type) == "Exception")
        if broad and source.path not in BROAD_EXCEPT:
            yield f"{source.path}:{node.lineno} catches everything: name the errors, or let them rise"


def platform_only_where_listed(source: Source) -> Iterator[str]:
    for node in _calls(source):
        if node.func.attr == "platform" and _name(node.func.value) == "scope" and source.path not in MAY_BE_PLATFORM:
            yield f"{source.path}:{node.lineno} takes the platform's scope: bind a tenant, or list the module"


def every_service_has_a_room(source: Source) -> Iterator[str]:
    if source.layer == "services" and source.path.count("/") == 1 and source.path != "services/__init__.py":
        yield f"{source.path} lies in the corridor: put it into the package of its family, as services/AGENTS.md has it"


def the_base_of_models_knows_no_noun(source: Source) -> Iterator[str]:
    if not source.path.startswith("models/base/"):
        return
    for node in ast.walk(source.tree):
        module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        if module.startswith("app.models") and not module.startswith("app.models.base"):
            yield f"{source.path}:{node.lineno} imports {module}: what knows a noun lies beside the nouns, in models/"


def an_ignored_error_has_a_code_and_a_reason(source: Source) -> Iterator[str]:
    for number, line in enumerate(source.text.splitlines(), start=1):
        if "# type: ignore" in line and not re.search(r"# type: ignore\[[a-z, -]+\]  # \S", line):
            yield f"{source.path}:{number} silences the type checker: write `# type: ignore[code]  # reason`"


def words_are_those_of_the_glossary(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        for name in _names(node):
            if (word := REPLACED.get(name)) is not None:
                yield f"{source.path}:{node.lineno} says {name}: say {word}, as docs/glossary.md has it"


def no_alias_of_one_letter(source: Source) -> Iterator[str]:
    imported = (node for node in ast.walk(source.tree) if isinstance(node, ast.ImportFrom))
    classes = {alias.asname or alias.name for node in imported for alias in node.names}
    for node in ast.walk(source.tree):
        for target, value in _pairs(node):
            if len(target.id) == 1 and value.id in classes and not value.id.isupper():
                yield f"{source.path}:{target.lineno} calls {value.id} {target.id}: use the class's own name"


def _pairs(node: ast.AST) -> Iterator[tuple[ast.Name, ast.Name]]:
    """Names that an assignment gives to names, one by one."""
    if not isinstance(node, ast.Assign):
        return
    target, value = node.targets[0], node.value
    both = isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
    for each in zip(target.elts, value.elts) if both else [(target, value)]:
        if isinstance(each[0], ast.Name) and isinstance(each[1], ast.Name):
            yield each


def every_module_has_a_name_plate(source: Source) -> Iterator[str]:
    if ast.get_docstring(source.tree) is None:
        yield f"{source.path} has no docstring: say in one line what stands here"


def within_budget(source: Source) -> Iterator[str]:
    if source.layer not in BUDGET or source.path.endswith("_gazetteer.py"):
        return
    file_ceiling, function_ceiling = BUDGET[source.layer]
    lines = len(source.text.splitlines())
    if lines > OVER_BUDGET.get(source.path, file_ceiling):
        yield f"{source.path} has {lines} lines, {file_ceiling} are allowed: split it by verb"
    for function in _functions(source):
        length = _body_length(function)
        if length > function_ceiling:
            yield f"{source.path}:{function.lineno} {function.name} has {length} lines, {function_ceiling} are allowed"


RULES = [
    only_transaction_commits,
    session_only_in_services,
    no_legacy_query,
    every_view_is_an_endpoint,
    routes_hold_no_logic,
    no_hint_on_ctx,
    every_job_module_is_imported,
    no_global_flask,
    no_import_inside_functions,
    broad_except_only_at_the_edges,
    platform_only_where_listed,
    every_service_has_a_room,
    the_base_of_models_knows_no_noun,
    an_ignored_error_has_a_code_and_a_reason,
    words_are_those_of_the_glossary,
    no_alias_of_one_letter,
    every_module_has_a_name_plate,
    within_budget,
]


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Attribute):
        yield node.attr
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.ImportFrom):
        yield from (alias.name for alias in node.names)


def _functions(source: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(source.tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


def _calls(source: Source) -> Iterator[ast.Call]:
    calls = (node for node in ast.walk(source.tree) if isinstance(node, ast.Call))
    return (node for node in calls if isinstance(node.func, ast.Attribute))


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _body_length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the number of lines of the body without the docstring."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0
