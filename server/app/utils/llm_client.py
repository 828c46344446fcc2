"""Client of a language model with an OpenAI-compatible API (`POST /chat/completions`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx
import orjson

MAX_ANSWER_BYTES = 1024 * 1024


class LlmFailed(Exception):
    """The model did not respond in time, or its response is unusable."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The JSON object that the model returned, and the tokens used."""

    content: dict[str, Any]
    tokens: int


class LlmClient:
    """Calls the language model that create_app() configures; without a URL and a model name there is none."""

    def __init__(self) -> None:
        self._url = self._key = self._model = ""
        self._seconds = 30.0
        self.monthly_tokens = 0

    def init(self, url: str, key: str, model: str, seconds: float, monthly_tokens: int) -> None:
        self._url, self._key, self._model = url.rstrip("/"), key, model
        self._seconds, self.monthly_tokens = seconds, monthly_tokens

    @property
    def configured(self) -> bool:
        return bool(self._url and self._model)

    def check(self) -> None:
        """LlmFailed if the API does not respond or refuses the key; uses no tokens."""
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        try:
            status = httpx.get(f"{self._url}/models", headers=headers, timeout=self._seconds).status_code
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise LlmFailed(type(error).__name__) from error
        if status in (401, 403) or status >= 500:  # others are accepted: not every compatible API lists its models
            raise LlmFailed(f"status {status}")

    def ask(self, system: str, text: str, max_tokens: int) -> Answer:
        """Return the model's JSON object for `text`; LlmFailed if there is none."""
        body = {
            "model": self._model,
            "temperature": 0,
            "max_tokens": max_tokens,
            "response_format": {"type": "json_object"},
            "messages": [{"role": "system", "content": system}, {"role": "user", "content": text}],
        }
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        try:
            answer = orjson.loads(self._post(body, headers))
            content = orjson.loads(answer["choices"][0]["message"]["content"])
            used = answer.get("usage") or {}  # not every compatible API reports it
            tokens = used.get("total_tokens", 0)
        except (httpx.HTTPError, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
            raise LlmFailed(type(error).__name__) from error
        if not isinstance(content, dict) or not isinstance(tokens, int):
            raise LlmFailed("not an object")
        return Answer(content, max(0, tokens))  # a negative number would enlarge the monthly budget

    def _post(self, body: dict[str, Any], headers: dict[str, str]) -> bytes:
        """Return the response body, at most 1 MB, without following redirects."""
        # A redirect could send the text to another host.
        with httpx.Client(timeout=self._seconds, follow_redirects=False) as client:
            with client.stream("POST", f"{self._url}/chat/completions", json=body, headers=headers) as response:
                response.raise_for_status()
                data = b""
                for chunk in response.iter_bytes():
                    data += chunk
                    if len(data) > MAX_ANSWER_BYTES:
                        raise LlmFailed("the answer is too large")
                return data


llm_client = LlmClient()
