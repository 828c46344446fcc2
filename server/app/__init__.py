"""Fairlead. The process that parses files imports this package too, so `create_app` is imported on its first use."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.factory import bind_tools, create_app

__all__ = ["bind_tools", "create_app"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(importlib.import_module("app.factory"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
