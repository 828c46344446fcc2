"""Files: whole or not at all, in a folder and in a bucket, behind the same face."""

from __future__ import annotations

import errno
import hashlib
import io
import tempfile
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from moto import mock_aws

from app.utils.errors import NotFound, StorageFull
from app.utils.file_store import FileStoreProxy
from app.utils.local_file_store import LocalFileStore
from app.utils.s3_file_store import S3FileStore

DATA = b"some bytes" * 20_000


@pytest.fixture(params=["folder", "bucket"])
def store(request, tmp_path, monkeypatch):
    if request.param == "folder":
        yield LocalFileStore(tmp_path)
        return
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="files")
        yield S3FileStore.connect("files", "")


def test_a_file_comes_back_as_it_was(store):
    stored = store.save("tenant/one", io.BytesIO(DATA))
    assert (stored.size, stored.sha256) == (len(DATA), hashlib.sha256(DATA).hexdigest())
    assert b"".join(store.open("tenant/one")) == DATA
    store.check()


def test_every_file_is_listed(store):
    for key in ("one/b/c", "one/a", "two/a"):
        store.save(key, io.BytesIO(b"x"))
    store.check()
    assert sorted(store.keys()) == ["one/a", "one/b/c", "two/a"]
    now = datetime.now(UTC)
    assert len(list(store.keys(until=now + timedelta(minutes=1)))) == 3
    assert list(store.keys(until=now - timedelta(minutes=1))) == []


def test_what_is_deleted_is_gone(store):
    store.save("tenant/one", io.BytesIO(DATA))
    store.delete("tenant/one")
    store.delete("tenant/one")
    with pytest.raises(NotFound):
        store.open("tenant/one")


def test_a_folder_goes_whole_and_alone(store):
    for key in ("one/a", "one/b/c", "one-more/a"):
        store.save(key, io.BytesIO(DATA))
    store.delete_all("one/")
    store.delete_all("one/")
    for key in ("one/a", "one/b/c"):
        with pytest.raises(NotFound):
            store.open(key)
    assert b"".join(store.open("one-more/a")) == DATA
    for prefix in ("", "/", "./", "../", "one"):
        with pytest.raises(ValueError):
            store.delete_all(prefix)


def test_a_key_cannot_leave_the_folder(tmp_path):
    with pytest.raises(NotFound):
        LocalFileStore(tmp_path / "files").open("../secret")


class _FullDisk(io.BytesIO):
    def read(self, size=-1):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_leaves_nothing_half_stored(tmp_path):
    with pytest.raises(StorageFull):
        LocalFileStore(tmp_path).save("tenant/one", _FullDisk())
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_copy_on_disk_says_when_the_disk_is_full_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def full(self, key):
        yield b"some bytes"
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(LocalFileStore, "open", full)
    proxy = FileStoreProxy()
    proxy.init(LocalFileStore(tmp_path / "files"), 1024)
    with pytest.raises(StorageFull), proxy.on_disk("tenant/one"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_bucket_that_is_not_there_is_said_so(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws(), pytest.raises(OSError, match="bucket"):
        S3FileStore.connect("missing", "").check()
