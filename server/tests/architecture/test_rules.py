"""The code follows every rule, and every rule detects an example violation."""

from __future__ import annotations

import pytest

from app import routes
from tests.architecture import rules
from tests.architecture.rules import Source

ALL = rules.sources()

FAULTS = {
    rules.only_transaction_commits: Source("services/x.py", "db.session.commit()"),
    rules.session_only_in_services: Source("routes/x.py", "db.session.add(1)"),
    rules.no_legacy_query: Source("services/x.py", "User.query.get(1)"),
    rules.every_view_is_an_endpoint: Source("routes/x.py", "@bp.get('')\ndef view():\n    return 1"),
    rules.routes_hold_no_logic: Source(
        "routes/x.py", "def view():\n    try:\n        pass\n    except ValueError:\n        pass"
    ),
    rules.no_hint_on_ctx: Source(
        "inngest/x.py", "@inngest_function(event='x')\nasync def f(ctx: Context, step):\n    pass"
    ),
    rules.every_job_module_is_imported: Source(
        "inngest/x.py", "@inngest_function(event='x')\nasync def f(ctx, step):\n    pass"
    ),
    rules.no_global_flask: Source("extensions.py", "app = Flask('x')"),
    rules.no_import_inside_functions: Source("services/x.py", "def f():\n    import os"),
    rules.broad_except_only_at_the_edges: Source("services/x.py", "try:\n    pass\nexcept Exception:\n    pass"),
    rules.platform_only_where_listed: Source("services/x.py", "with scope.platform('why'):\n    pass"),
    rules.every_service_has_a_room: Source("services/x.py", '"""A plate."""'),
    rules.the_base_of_models_knows_no_noun: Source("models/base/x.py", "from app.models.job import Job"),
    rules.an_ignored_error_has_a_code_and_a_reason: Source("services/x.py", "f(1)  # type: ignore[arg-type]"),
    rules.words_are_those_of_the_glossary: Source("services/x.py", "def seeing_all(): ..."),
    rules.no_alias_of_one_letter: Source("services/x.py", "from app.models import Job, User\n\nJ, U = Job, User"),
    rules.every_module_has_a_name_plate: Source("services/x.py", "x = 1"),
    rules.within_budget: Source("routes/x.py", "def f():\n" + "    x = 1\n" * 13),
}


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_the_rule(rule):
    assert not [message for source in ALL for message in rule(source)]


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_the_rule_catches_a_planted_fault(rule):
    assert list(rule(FAULTS[rule]))


def test_the_allow_list_holds_nothing_that_fits():
    for path, allowed in rules.OVER_BUDGET.items():
        lines = len((rules.APP / path).read_text().splitlines())
        assert rules.BUDGET[path.split("/")[0]][0] < lines <= allowed, path


def test_sync_job_functions_are_caught_too():
    assert list(
        rules.no_hint_on_ctx(Source("inngest/x.py", "@inngest_function(event='x')\ndef f(ctx, step):\n    pass"))
    )


def test_every_module_of_routes_is_registered():
    names = {path.stem for path in (rules.APP / "routes").glob("*_routes.py")}
    registered = {module.__name__.rpartition(".")[2] for module in (*routes.API, *routes.PLAIN)}
    assert names - registered == set(), "add the module to API in app/routes/__init__.py"
