"""Uses the generated Python client against the application: sign up, sign in, create, list, read an error."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import fairlead_client
import httpx
from fairlead_client import AuthenticatedClient, Client
from fairlead_client.api.auth import auth_login
from fairlead_client.api.candidates import candidates_create, candidates_list
from fairlead_client.api.tenants import tenants_signup
from fairlead_client.models.candidate_create import CandidateCreate
from fairlead_client.models.candidate_listed_page import CandidateListedPage
from fairlead_client.models.candidate_out import CandidateOut
from fairlead_client.models.candidates_list_sort import CandidatesListSort
from fairlead_client.models.login_in import LoginIn
from fairlead_client.models.problem import Problem
from fairlead_client.models.problem_code import ProblemCode
from fairlead_client.models.tenant_signup import TenantSignup
from fairlead_client.models.token_pair import TokenPair

from app.factory import create_app

URL = "http://localhost"
PASSWORD = "correct horse battery staple"
EMAIL = "ada@harbour.example"


def main() -> None:
    """Import every module of the client, then make some calls."""
    modules = list(pkgutil.walk_packages(fairlead_client.__path__, "fairlead_client."))
    for module in modules:
        importlib.import_module(module.name)
    transport = httpx.WSGITransport(app=create_app().wsgi_app)  # type: ignore[arg-type]
    public = Client(base_url=URL, httpx_args={"transport": transport})
    signup = TenantSignup(
        name="Harbour", slug="harbour", admin_name="Ada", admin_email=EMAIL, password=PASSWORD, time_zone="UTC"
    )
    assert tenants_signup.sync(client=public, body=signup)
    tokens: Any = auth_login.sync(client=public, body=LoginIn(email=EMAIL, password=PASSWORD))
    assert isinstance(tokens, TokenPair), tokens
    client = AuthenticatedClient(base_url=URL, token=tokens.access_token, httpx_args={"transport": transport})
    new = CandidateCreate(name="Grace Hopper", emails=["grace@people.example"])
    assert isinstance(candidates_create.sync(client=client, body=new), CandidateOut)
    again = candidates_create.sync(client=client, body=new)
    assert isinstance(again, Problem) and again.code is ProblemCode.DUPLICATE, again
    page = candidates_list.sync(client=client, sort=CandidatesListSort.CREATED_AT_DESC)
    assert isinstance(page, CandidateListedPage) and page.data[0].name == "Grace Hopper"
    print(f"{len(modules)} modules imported, calls answered")


if __name__ == "__main__":
    main()
