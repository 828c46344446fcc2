"""OAuth of mail providers (RFC 6749): the page on which users agree, and the tokens that come of it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

import orjson

from app.utils.errors import Conflict, UpstreamFailed
from app.utils.outbound import outbound

MAX_ANSWER = 64 * 1024
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


@dataclass(frozen=True, slots=True)
class MailProvider:
    """A provider: its IMAP server, the addresses of its OAuth, and what is asked for."""

    host: str
    authorize_url: str
    token_url: str
    scope: str
    parameters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a mailbox; the provider may not repeat the refresh token."""

    access: str
    refresh: str | None


PROVIDERS = {
    # https://developers.google.com/workspace/gmail/imap/xoauth2-protocol
    "gmail": MailProvider(
        "imap.gmail.com",
        "https://accounts.google.com/o/oauth2/v2/auth",
        "https://oauth2.googleapis.com/token",
        "https://mail.google.com/",
        (("access_type", "offline"), ("prompt", "consent")),  # else there is no refresh token
    ),
    # https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth
    "outlook": MailProvider(
        "outlook.office365.com",
        "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
        "https://login.microsoftonline.com/common/oauth2/v2.0/token",
        "https://outlook.office.com/IMAP.AccessAsUser.All offline_access",
    ),
}


class MailOauth:
    """Asks providers for tokens with the client that the installation registered; create_app() sets the clients."""

    def __init__(self) -> None:
        self._clients: dict[str, tuple[str, str]] = {}

    def init(self, clients: dict[str, tuple[str, str]]) -> None:
        self._clients = {name: client for name, client in clients.items() if all(client)}

    def authorize_url(self, kind: str, redirect_uri: str, state: str) -> str:
        """Return the page on which a user agrees; Conflict if the installation has no client of this provider."""
        provider, (client_id, _) = PROVIDERS[kind], self._client(kind)
        asked = {
            "client_id": client_id,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "scope": provider.scope,
            "state": state,
            **dict(provider.parameters),
        }
        return f"{provider.authorize_url}?{urlencode(asked)}"

    def exchange(self, kind: str, code: str, redirect_uri: str) -> Tokens:
        """Return the tokens for a code; UpstreamFailed if the provider refuses it."""
        return self._ask(kind, grant_type="authorization_code", code=code, redirect_uri=redirect_uri)

    def refresh(self, kind: str, token: str) -> Tokens:
        """Return a new access token; UpstreamFailed if the provider refuses the refresh token."""
        return self._ask(kind, grant_type="refresh_token", refresh_token=token)

    def _ask(self, kind: str, **fields: str) -> Tokens:
        client_id, client_secret = self._client(kind)
        form = urlencode({**fields, "client_id": client_id, "client_secret": client_secret}).encode()
        url = PROVIDERS[kind].token_url
        answer = outbound.fetch("POST", url, limit=MAX_ANSWER, headers=FORM, content=form)
        if answer.status != 200:
            raise UpstreamFailed("The mail provider refuses the login.", code="login_refused")
        try:
            said = orjson.loads(answer.body)
            return Tokens(str(said["access_token"]), said.get("refresh_token"))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UpstreamFailed("The mail provider's answer cannot be read.", code="upstream_failed") from error

    def _client(self, kind: str) -> tuple[str, str]:
        if kind not in self._clients:
            raise Conflict("This installation has no access to this mail provider.", code="provider_not_set_up")
        return self._clients[kind]


mail_oauth = MailOauth()
