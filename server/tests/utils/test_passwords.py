"""Hashing is bounded: each hash takes memory, and sign-ins come from anybody."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from argon2.exceptions import VerifyMismatchError

from app.utils import passwords


class Watched:
    """A hasher that counts how many are hashing at a time."""

    def __init__(self):
        self.lock, self.now, self.most = threading.Lock(), 0, 0

    def verify(self, kept, password):
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.01)
        with self.lock:
            self.now -= 1
        raise VerifyMismatchError


def test_few_hash_at_a_time(monkeypatch):
    watched = Watched()
    monkeypatch.setattr(passwords, "_hasher", watched)
    with ThreadPoolExecutor(20) as pool:
        assert not any(pool.map(lambda _: passwords.verify("a quiet harbour at dawn", "kept"), range(20)))
    assert 1 < watched.most <= 4
