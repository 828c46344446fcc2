"""The file store in an S3 bucket, for installations with several machines."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any

from app.utils.digest import CHUNK, counted
from app.utils.errors import NotFound
from app.utils.file_store import StoredFile, folder_name


class S3FileStore:
    """Stores files in a bucket; `client` is a boto3 S3 client."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    @classmethod
    def connect(cls, bucket: str, endpoint_url: str) -> S3FileStore:
        """Return a store for `bucket`, with boto3's default credentials; RuntimeError without boto3."""
        try:
            boto3 = importlib.import_module("boto3")  # optional: only installations with a bucket have it
        except ModuleNotFoundError as error:
            raise RuntimeError("S3_BUCKET needs the package boto3: pip install boto3") from error
        return cls(boto3.client("s3", endpoint_url=endpoint_url or None), bucket)

    def save(self, key: str, stream: IO[bytes]) -> StoredFile:
        # Read twice: boto3 reads the stream itself, and an ETag is not a SHA-256.
        passed = counted(stream)
        stream.seek(0)
        self._client.upload_fileobj(stream, self._bucket, key)
        return StoredFile(key, passed.size, passed.sha256)

    def open(self, key: str) -> Iterator[bytes]:
        try:
            body = self._client.get_object(Bucket=self._bucket, Key=key)["Body"]
        except self._client.exceptions.NoSuchKey as error:
            raise NotFound("The file no longer exists.") from error
        chunks: Iterator[bytes] = body.iter_chunks(CHUNK)
        return chunks

    def delete(self, key: str) -> None:
        self._client.delete_object(Bucket=self._bucket, Key=key)

    def delete_all(self, prefix: str) -> None:
        """Delete all files in the folder `prefix`, which ends with a slash."""
        folder = folder_name(prefix)
        # With the slash, or `one` would include `one-more`. A page has at most 1 000 keys, as many as a call deletes.
        for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=f"{folder}/"):
            keys = [{"Key": found["Key"]} for found in page.get("Contents", [])]
            if keys:
                self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": keys, "Quiet": True})

    def keys(self, until: datetime | None = None) -> Iterator[str]:
        """Yield the key of every file, or of those written by `until`."""
        for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket):
            for found in page.get("Contents", []):
                if until is None or found["LastModified"] <= until:
                    yield found["Key"]

    def check(self) -> None:
        """OSError if the bucket does not respond."""
        errors = importlib.import_module("botocore.exceptions")
        try:
            self._client.head_bucket(Bucket=self._bucket)
        except (errors.BotoCoreError, errors.ClientError) as error:
            # OSError, because callers do not know the optional boto3.
            raise OSError(f"the bucket does not answer: {type(error).__name__}") from error
