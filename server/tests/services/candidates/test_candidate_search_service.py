"""Search: one language, the same answers on every database, ranked, marked, counted, within one's rights."""

from __future__ import annotations

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.schemas.candidate_schema import CandidateFilters
from app.services.candidates import candidate_search_service, saved_search_service
from app.services.search import candidate_search_index, candidate_search_sql, search_query
from app.services.search.search_query import BooleanNode, Field, Node, Not, Phrase, Term
from app.utils import scope
from app.utils.errors import BadRequest
from tests.factories.candidate import make_candidate, resume_text
from tests.factories.candidate_things import make_field, make_tag
from tests.factories.client import ok, refused
from tests.factories.mailbox import mails
from tests.factories.tenant import make_tenant


def _names(api, q, **more):
    return [hit["name"] for hit in ok(api.get("/candidates/search", query_string={"q": q, **more}))["data"]]


@pytest.fixture
def people(tenant):
    make_candidate(
        tenant, name="Grace Hopper", headline="Compiler Engineer", skills=["COBOL", "Postgres"], location="New York"
    )
    make_candidate(
        tenant, name="Ada Horn", headline="Senior Data Engineer", skills=["Python", "node.js"], location="Hamburg"
    )
    make_candidate(tenant, name="Python Lover", headline="Manager", skills=["Excel"], location="York")
    return tenant.api()


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("engineer", {"Grace Hopper", "Ada Horn"}),
        ("ENGINEER data", {"Ada Horn"}),
        ("engineer AND NOT data", {"Grace Hopper"}),
        ("engineer -data", {"Grace Hopper"}),
        ("cobol OR excel", {"Grace Hopper", "Python Lover"}),
        ("(cobol OR excel) manager", {"Python Lover"}),
        ('"data engineer"', {"Ada Horn"}),
        ('"engineer data"', set()),
        ('"cobol postgresql"', set()),
        ("eng*", {"Grace Hopper", "Ada Horn"}),
        ("skill:python", {"Ada Horn"}),
        ("name:python", {"Python Lover"}),
        ("title:engineer location:york", {"Grace Hopper"}),
        ('location:"new york"', {"Grace Hopper"}),
        ('title:"new york"', set()),
        ("postgresql", {"Grace Hopper"}),
        ("postgres", {"Grace Hopper"}),
        ("node", {"Ada Horn"}),
        ("NOT engineer", {"Python Lover"}),
        ("!!!", set()),
        ("nobody", set()),
    ],
)
def test_the_language(people, q, found):
    assert set(_names(people, q)) == found
    listed = ok(people.get("/candidates", query_string={"q": q}))["data"]
    assert {each["name"] for each in listed} == found


@pytest.mark.parametrize(
    "q", ["(a", "a)", '"a', "a AND", "OR", "NOT", "foo:bar", "a*", "12:30", "a OR", "((((((((((((((a"]
)
def test_what_cannot_be_read_is_told(people, q):
    for path in ("/candidates/search", "/candidates"):
        answer = people.get(path, query_string={"q": q})
        assert (answer.status_code, answer.get_json()["code"]) == (400, "bad_query"), q


def test_the_rank_follows_the_fields(people):
    assert _names(people, "python") == ["Python Lover", "Ada Horn"]
    hits = ok(people.get("/candidates/search?q=python"))["data"]
    assert [hit["score"] for hit in hits] == [int(Field.NAME), int(Field.SKILL)]


def test_slips_in_names_are_forgiven_where_nothing_else_is_found(people):
    answer = ok(people.get("/candidates/search?q=grase hoper"))
    assert [hit["name"] for hit in answer["data"]] == ["Grace Hopper"] and answer["is_lenient"]
    marked = {mark["text"] for mark in answer["data"][0]["highlights"]}
    assert marked == {"Grace Hopper"}
    assert not ok(people.get("/candidates/search?q=grace"))["is_lenient"]
    assert _names(people, "xxxx") == []


def test_marks_and_snippets_have_their_offsets(tenant):
    api = tenant.api()
    ok(api.upload("/candidate-resumes", resume_text("Mona Costa")), 202)
    tenant.run_jobs()
    hit = ok(api.get("/candidates/search", query_string={"q": "warehouse pipelines"}))["data"][0]
    snippet = hit["snippet"]
    marked = {snippet["text"][mark["start"] : mark["end"]] for mark in snippet["marks"]}
    assert marked == {"pipelines", "warehouse"}
    resumes = ok(api.get(f"/candidate-resumes?candidate_id={hit['id']}"))["data"]
    text = ok(api.get(f"/candidate-resumes/{resumes[0]['id']}"))["text"]
    assert text[snippet["start"] :].startswith(snippet["text"])
    named = ok(api.get("/candidates/search?q=costa"))["data"][0]["highlights"]
    assert [(each["field"], each["text"][each["marks"][0]["start"] :]) for each in named] == [("name", "Costa")]


def test_snippets_are_for_those_who_may_read_resumes(tenant, api):
    ok(api.upload("/candidate-resumes", resume_text("Mona Costa")), 202)
    tenant.run_jobs()
    key = ok(api.post("/api-keys", {"name": "k", "permissions": ["candidates.view_all"]}), 201)
    api.token = key["secret"]
    assert ok(api.get("/candidates/search?q=warehouse"))["data"][0]["snippet"] is None


def test_pages_go_on_without_a_gap(tenant, api):
    for number in range(7):
        make_candidate(tenant, name=f"Tara {'Python' if number % 2 else 'Abel'}", headline="Python Developer")
    whole = [hit["id"] for hit in ok(api.get("/candidates/search?q=python"))["data"]]
    paged, cursor = [], None
    while True:
        page = ok(
            api.get(
                "/candidates/search", query_string={"q": "python", "limit": 2, **({"cursor": cursor} if cursor else {})}
            )
        )
        paged += [hit["id"] for hit in page["data"]]
        cursor = page["next_cursor"]
        if not page["has_more"]:
            break
    assert paged == whole and len(whole) == 7
    first = ok(api.get("/candidates/search?q=python&limit=2"))["next_cursor"]
    wrong = api.get("/candidates/search", query_string={"q": "developer", "cursor": first})
    assert (wrong.status_code, wrong.get_json()["code"]) == (400, "bad_cursor")
    assert refused(api.get("/candidates", query_string={"cursor": first}), 400) == "bad_cursor"


def test_facets_count_the_hits(tenant, api):
    tag = make_tag(tenant, "Warm")
    first = make_candidate(tenant, skills=["Python", "Go"], location="Hamburg", source="referral")
    make_candidate(tenant, skills=["Python"], location="Hamburg")
    make_candidate(tenant, skills=["Excel"])
    ok(api.put(f"/candidates/{first}/tags/{tag}", None), 204)
    facets = ok(api.get("/candidates/search?q=python&facets=skill,location,source,tag,status"))["facets"]
    counts = {name: [(each["value"], each["count"]) for each in values] for name, values in facets.items()}
    assert counts == {
        "skill": [("Python", 2), ("Go", 1)],
        "location": [("Hamburg", 2)],
        "source": [("referral", 1)],
        "tag": [("Warm", 1)],
        "status": [("active", 2)],
    }


def test_filters_narrow_a_search(tenant, api):
    make_field(tenant, "choice", choices=["S", "Extra large"])
    first = make_candidate(tenant, location="New York", years_experience=5.0, custom_fields={"choice": "Extra large"})
    make_candidate(tenant, location="Hamburg", years_experience=12.0)
    for parameters in ("location=york", "years_experience[lte]=6", "custom_field=choice:extra LARGE"):
        assert [hit["id"] for hit in ok(api.get(f"/candidates/search?{parameters}"))["data"]] == [
            str(first)
        ], parameters
        assert [each["id"] for each in ok(api.get(f"/candidates?{parameters}"))["data"]] == [str(first)], parameters


def test_what_is_out_of_sight_is_not_found_or_counted(tenant, api):
    make_candidate(tenant, owner_id=tenant.users["MANAGER"], skills=["Python"])
    recruiter = tenant.api("RECRUITER")
    answer = ok(recruiter.get("/candidates/search?q=python&facets=skill"))
    assert (answer["data"], answer["facets"]) == ([], {"skill": []})


def test_another_tenants_candidates_are_not_found(app, tenant, api):
    make_candidate(make_tenant(app), name="Foreign Person")
    assert _names(api, "foreign") == []


def test_the_index_is_derived_anew(tenant, api):
    candidate = make_candidate(tenant, skills=["Python"])
    with tenant.bound():
        assert candidate_search_index.rebuild_after(None) == str(candidate)
        assert candidate_search_index.rebuild_after(str(candidate)) is None
    assert len(_names(api, "skill:python")) == 1


VOCABULARY = ["data", "engineer", "python", "york", "new", "hopper", "senior"]
Words = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=4).map(" ".join)
Profiles = st.fixed_dictionaries(
    {
        "name": Words,
        "headline": Words,
        "location": Words,
        "skills": st.lists(st.sampled_from(VOCABULARY), max_size=3, unique=True),
    }
)
Fields = st.sampled_from([None, Field.NAME, Field.TITLE, Field.SKILL, Field.LOCATION])
Leaves = st.builds(Term, st.sampled_from(VOCABULARY), Fields) | st.builds(
    Phrase, st.lists(st.sampled_from(VOCABULARY), min_size=2, max_size=3).map(tuple), Fields
)
Leaves |= st.builds(lambda word, field: Term(word[:3], field, True), st.sampled_from(VOCABULARY), Fields)
Trees = st.recursive(
    Leaves,
    lambda inner: st.builds(Not, inner)
    | st.builds(
        lambda nodes, is_or: BooleanNode(tuple(nodes), is_or),
        st.lists(inner, min_size=2, max_size=3, unique=True),
        st.booleans(),
    ),
    max_leaves=5,
)


def _written(node: Node) -> str:
    """The tree as somebody would type it."""
    if isinstance(node, BooleanNode):
        return "(" + (" OR " if node.is_or else " ").join(_written(each) for each in node.nodes) + ")"
    if isinstance(node, Not):
        return f"NOT {_written(node.node)}"
    field = f"{node.field.name.lower()}:" if node.field else ""
    if isinstance(node, Phrase):
        return f'{field}"{" ".join(node.words)}"'
    return field + node.word + ("*" if node.is_prefix else "")


def _true_of(node: Node, profile: dict) -> bool:
    """What the language means, said without a database."""
    if isinstance(node, BooleanNode):
        return (any if node.is_or else all)(_true_of(each, profile) for each in node.nodes)
    if isinstance(node, Not):
        return not _true_of(node.node, profile)
    texts = {
        Field.NAME: [profile["name"]],
        Field.TITLE: [profile["headline"]],
        Field.LOCATION: [profile["location"]],
        Field.SKILL: profile["skills"],
    }
    lines = [line.split() for field, values in texts.items() if node.field in (None, field) for line in values]
    if isinstance(node, Phrase):
        size = len(node.words)
        return any(tuple(line[at : at + size]) == node.words for line in lines for at in range(len(line)))
    return any(word == node.word or (node.is_prefix and word.startswith(node.word)) for line in lines for word in line)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(profiles=st.lists(Profiles, min_size=1, max_size=4), trees=st.lists(Trees, min_size=1, max_size=4))
def test_a_search_finds_exactly_what_it_means(tenant, profiles, trees):
    """The same model of the language is held against SQLite and PostgreSQL, so both give the same answers."""
    made = {make_candidate(tenant, **profile): profile for profile in profiles}
    with tenant.bound():
        for tree in trees:
            assert search_query.parse(_written(tree)) == tree
            found = candidate_search_service.matching(CandidateFilters(), _written(tree), 10_000)
            assert set(found) & set(made) == {
                each for each, profile in made.items() if _true_of(tree, profile)
            }, _written(tree)


@pytest.mark.parametrize("q", ["cobol OR excel", "zq*", "name:zq* OR excel"])
def test_the_first_of_many_are_those_with_the_weightiest_word_then_the_newest(tenant, monkeypatch, q):
    """However the index is read: a word at a time, the few words of a beginning, or a beginning of too many."""
    make_candidate(tenant, name="Skill Zqa", skills=["Excel"])
    make_candidate(tenant, name="Zqb Oldest", headline="Excel", skills=["COBOL"])
    make_candidate(tenant, name="Excel Zqb", skills=["COBOL"])
    make_candidate(tenant, name="Zqc Newest", headline="Cobol Engineer", skills=["Excel"])
    found = {}
    for expanded in (candidate_search_sql.EXPANDED, 1):
        monkeypatch.setattr(candidate_search_sql, "EXPANDED", expanded)
        with tenant.bound():
            every = candidate_search_service.matching(CandidateFilters(), q, 100)
            some = candidate_search_service.matching(CandidateFilters(), q, 2)
        assert len(every) == 4 and some == every[:2]
        found[expanded] = every
    assert len({tuple(each) for each in found.values()}) == 1


@given(text=st.text(max_size=60))
def test_any_text_is_a_query_or_a_told_mistake(text):
    try:
        search_query.parse(text)
    except BadRequest as error:
        assert error.code in ("bad_query", "too_many_words")


def _alerts(tenant, role="RECRUITER"):
    tenant.run_jobs()
    return [mail for mail in mails(tenant.app, tenant.email(role)) if "for your search" in mail["Subject"]]


def test_new_hits_of_a_saved_search_are_mailed_once(app, tenant):
    recruiter, own = tenant.api("RECRUITER"), tenant.users["RECRUITER"]
    make_candidate(tenant, skills=["Python"], owner_id=own)
    saved = ok(recruiter.post("/saved-searches", {"name": "Py", "query": {"q": "python"}, "alert": "daily"}), 201)
    with time_machine.travel("2027-01-02T05:00:00Z", tick=False):
        make_candidate(tenant, skills=["Python"], owner_id=own)
        make_candidate(tenant, skills=["Python"], owner_id=tenant.users["MANAGER"])  # out of the recruiter's sight
        make_candidate(tenant, skills=["Excel"], owner_id=own)
    with time_machine.travel("2027-01-03T06:00:00Z", tick=False):
        with app.app_context(), scope.platform("a test"):
            assert str(tenant.id) in saved_search_service.tenants_with_alerts()
        with tenant.bound():
            assert saved_search_service.due_alerts() == [saved["id"]]
            assert saved_search_service.alert(saved["id"]) == 1
            assert saved_search_service.due_alerts() == []
            assert saved_search_service.alert(saved["id"]) == 0
        told = _alerts(tenant)
    assert [mail["Subject"] for mail in told] == ["New candidates for your search Py: 1"]


def test_saved_searches_are_ones_own_unless_shared(tenant):
    lead, recruiter = tenant.api("TEAM_LEAD"), tenant.api("RECRUITER")
    body = {"name": "Mine", "query": {"q": "title:engineer", "min_years": 3}}
    saved = ok(lead.post("/saved-searches", body), 201)
    assert refused(recruiter.get(f"/saved-searches/{saved['id']}"), 404) == "not_found"
    ok(lead.patch(f"/saved-searches/{saved['id']}", {"is_shared": True}))
    assert ok(recruiter.get("/saved-searches"))["data"][0]["query"] == body["query"]
    assert refused(recruiter.delete(f"/saved-searches/{saved['id']}"), 403) == "not_the_owner"
    assert refused(lead.post("/saved-searches", {**body, "name": "Bad", "query": {"q": "(a"}}), 400) == "bad_query"
    assert refused(lead.post("/saved-searches", body), 409) == "duplicate"
    ok(lead.delete(f"/saved-searches/{saved['id']}"), 204)


@pytest.mark.parametrize("form", ["zq{}verylongword{}", "z{}*"])
def test_a_query_of_as_many_words_as_may_be_stays_one_statement_that_a_database_takes(people, form):
    q = " OR ".join(form.format(chr(97 + number), number) for number in range(search_query.MAX_WORDS))
    assert _names(people, q) == []
