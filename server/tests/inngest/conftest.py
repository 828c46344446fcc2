"""A registry of Inngest functions for each test that asks for one."""

from __future__ import annotations

import pytest

from app.inngest import embedded_runner, function


@pytest.fixture
def jobs(monkeypatch):
    """An empty registry for functions of a test."""
    registry = []
    monkeypatch.setattr(function, "FUNCTIONS", registry)
    monkeypatch.setattr(embedded_runner, "FUNCTIONS", registry)
    return registry
