"""When a request arrived."""

from __future__ import annotations

import socket
import sys
import time
from datetime import timedelta

import pytest

from app.middleware.identity.client import came_at
from app.utils import clock
from tests.factories.client import ok, refused
from tests.factories.tenant import PASSWORD


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel tells on Linux")
def test_a_request_arrived_when_its_last_byte_did_and_not_when_it_is_taken_up():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        client.sendall(b"POST / HTTP/1.1")
        sent_at = clock.now()
        time.sleep(0.3)
        with server.accept()[0] as connection:
            assert (
                sent_at - timedelta(milliseconds=20) < came_at(connection) < clock.now() - timedelta(milliseconds=200)
            )
            client.sendall(b"more")
            sent_at = clock.now()
            time.sleep(0.05)
            assert came_at(connection) > sent_at - timedelta(milliseconds=20)


def test_without_a_word_of_the_kernel_it_is_now():
    with socket.socket(socket.AF_UNIX) as local:
        for connection in (None, local):
            before = clock.now()
            assert before <= came_at(connection) <= clock.now()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel tells on Linux")
def test_a_refresh_is_judged_by_when_it_arrived(app, tenant):
    def refresh(token, connection=None):
        environ = {"gunicorn.socket": connection} if connection else {}
        body = {"refresh_token": token}
        return app.test_client().post("/api/v1/auth/refresh", json=body, environ_overrides=environ)

    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        client.sendall(b"POST / HTTP/1.1")
        with server.accept()[0] as connection:
            time.sleep(0.05)
            login = {"email": tenant.email("RECRUITER"), "password": PASSWORD}
            first = ok(app.test_client().post("/api/v1/auth/login", json=login))["refresh_token"]
            second = ok(refresh(first))["refresh_token"]
            third = ok(refresh(second))["refresh_token"]
            assert ok(refresh(first, connection))["refresh_token"] == third, "it was sent before the second was used"
            time.sleep(0.05)
            client.sendall(b"POST / HTTP/1.1")
            time.sleep(0.05)
            assert refused(refresh(first, connection), 401) == "invalid_refresh_token"
