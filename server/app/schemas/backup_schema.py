"""Manifests of backups and archives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field


class Member(BaseModel):
    """A file in a backup or an archive."""

    size: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class BackupManifest(BaseModel):
    """The contents of a backup."""

    format: Literal["fairlead-backup"] = "fairlead-backup"
    version: Literal[1] = 1
    database: str
    schema_revision: str
    made_at: datetime
    members: dict[str, Member]


class BackupReport(BaseModel):
    """A summary of a backup, or of what was restored from it."""

    database: str
    schema_revision: str
    made_at: datetime
    files: int
    bytes: int
