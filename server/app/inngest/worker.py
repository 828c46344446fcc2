"""The worker process: serves `/api/inngest` to the Inngest server and relays the outbox."""

from __future__ import annotations

import threading
import time
from typing import Any
from urllib.parse import parse_qs

import inngest
import inngest.flask
from flask import Flask, request

from app.inngest import function as inngest_functions
from app.inngest.client import build_client
from app.inngest.embedded_runner import PATH
from app.inngest.functions import FUNCTIONS
from app.inngest.relay import relay_forever
from app.utils import rate_limiter
from app.utils.errors import PayloadTooLarge, Unauthenticated
from app.utils.rate_limiter import Limit

MAX_AGE_SECONDS = 300  # the SDK does not check the age of a signature
MAX_BODY = 4 * 1024 * 1024  # a call brings the results of all earlier steps


def mount(app: Flask) -> inngest.Inngest:
    """Serve the functions on `app`, for signed calls only; old and replayed calls are refused."""
    settings = app.config["SETTINGS"]
    client = build_client(settings)
    if client.is_production:  # a development server does not sign
        app.before_request(_check_signature)
    inngest.flask.serve(
        app,
        client,
        inngest_functions.build(app, client),
        # Otherwise an unsigned PUT with a forged Host could register the functions at another address.
        enable_unauthed_sync=False,
        serve_origin=settings.inngest_serve_origin or None,
        serve_path=PATH,
    )
    if not FUNCTIONS:
        raise RuntimeError("no Inngest function is registered")
    return client


def start_relay(app: Flask, client: inngest.Inngest) -> threading.Event:
    """Start the relay in a background thread; set the returned event to stop it."""
    stop = threading.Event()

    def send(events: list[dict[str, Any]]) -> None:
        client.send_sync([inngest.Event(id=event["id"], name=event["name"], data=event["data"]) for event in events])

    threading.Thread(target=relay_forever, args=(app, send, stop), daemon=True, name="relay").start()
    return stop


def _check_signature() -> None:
    """Refuse old and replayed signatures, and large bodies; the SDK verifies the signature itself."""
    if request.path != PATH:
        return
    if (request.content_length or 0) > MAX_BODY:
        raise PayloadTooLarge("The request body is too large.")
    signature = parse_qs(request.headers.get("X-Inngest-Signature", ""))
    stamp, digest = signature.get("t", [""])[0], signature.get("s", [""])[0]
    if request.method == "GET":  # changes nothing
        return
    if not stamp.isdigit() or abs(time.time() - int(stamp)) > MAX_AGE_SECONDS or not digest:
        raise Unauthenticated("The signature is missing, invalid or too old.", code="bad_signature")
    # The rate limiter remembers used signatures: a second use exceeds the limit of one.
    if rate_limiter.hit(Limit("inngest-call", digest, 1, 86_400)).exceeded:
        raise Unauthenticated("This request has already been made.", code="replayed")
