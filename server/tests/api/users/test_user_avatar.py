"""Avatars: squares without metadata, at an address that nobody can guess."""

from __future__ import annotations

import io
import threading

import pytest
from PIL import Image

from app.services.core import child_process
from tests.factories.client import ok, refused


def _picture(size=(900, 600), kind="JPEG", mode="RGB", **options):
    target = io.BytesIO()
    Image.new(mode, size, "red").save(target, kind, **options)
    return target.getvalue()


def _upload(api, data, name="me.jpg"):
    return api.call("POST", "/auth/me/avatar", data={"file": (io.BytesIO(data), name)})


def _get(app, url):
    return app.test_client().get(url.partition("/api/v1")[2] and "/api/v1" + url.partition("/api/v1")[2])


def test_an_avatar_is_a_square_without_what_the_camera_wrote(app, api):
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = "my kitchen", 6  # the description, and turned by 90 degrees
    me = ok(_upload(api, _picture(exif=exif)))
    answer = _get(app, me["avatar_url"])
    assert answer.status_code == 200 and "immutable" in answer.headers["Cache-Control"]
    with Image.open(io.BytesIO(answer.data)) as shown:
        assert (shown.format, shown.size, dict(shown.getexif())) == ("JPEG", (256, 256), {})
    assert b"kitchen" not in answer.data


def test_it_is_shown_wherever_the_user_is(tenant, api):
    url = ok(_upload(api, _picture(kind="PNG", mode="RGBA")))["avatar_url"]
    admin = str(tenant.users["TENANT_ADMIN"])
    assert ok(api.get("/auth/me"))["avatar_url"] == url == ok(api.get(f"/users/{admin}"))["avatar_url"]
    others = {row["id"]: row["avatar_url"] for row in ok(api.get("/users"))["data"]}
    assert others[admin] == url and set(others.values()) == {url, None}
    tree = ok(api.get("/users/tree"))["data"]
    assert [node["avatar_url"] for node in tree if node["id"] == admin] == [url]
    job = ok(api.post("/jobs", {"title": "Engineer"}), 201)["id"]
    (row,) = ok(api.get("/jobs", query_string={"ids": job, "expand": "owner"}))["data"]
    assert row["owner"]["avatar_url"] == url


def test_a_replaced_or_removed_avatar_is_gone(app, tenant, api):
    first = ok(_upload(api, _picture()))["avatar_url"]
    second = ok(_upload(api, _picture((300, 300))))["avatar_url"]
    assert _get(app, first).status_code == 404 and _get(app, second).status_code == 200
    ok(api.delete("/auth/me/avatar"), 204)
    assert ok(api.get("/auth/me"))["avatar_url"] is None and _get(app, second).status_code == 404
    recruiter = tenant.api("RECRUITER")
    third = ok(_upload(recruiter, _picture()))["avatar_url"]
    path = f"/users/{tenant.users['RECRUITER']}/avatar"
    assert refused(recruiter.delete(path), 403) == "permission_missing"
    ok(api.delete(path), 204)
    assert _get(app, third).status_code == 404


def test_an_address_cannot_be_forged(app, tenant, api):
    url = ok(_upload(api, _picture()))["avatar_url"]
    for forged in (url[:-1] + ("A" if url[-1] != "A" else "B"), url.rpartition("/")[0] + "/abc"):
        assert _get(app, forged).status_code == 404


@pytest.mark.parametrize(
    "data",
    [b"<svg/>", b"%PDF-1.7\n", _picture()[:-400], _picture((6000, 5000), "PNG"), b""],
    ids=["svg", "pdf", "cut", "too many pixels", "empty"],
)
def test_what_is_no_picture_is_refused(api, data):
    assert refused(_upload(api, data), 415) == "unsupported_file"
    assert ok(api.get("/auth/me"))["avatar_url"] is None


def test_nobody_removes_the_avatar_of_a_superior(tenant, api):
    admin = f"/users/{tenant.users['TENANT_ADMIN']}"
    ok(_upload(api, _picture()))
    assert refused(tenant.api("MANAGER").delete(f"{admin}/avatar"), 403) == "outranked"
    ok(api.delete("/auth/me/avatar"), 204)
    version = ok(api.get(admin))["version"]
    ok(api.delete("/auth/me/avatar"), 204)
    assert ok(api.get(admin))["version"] == version


def test_few_pictures_are_drawn_at_once(monkeypatch, api):
    monkeypatch.setattr(child_process, "_slots", threading.BoundedSemaphore(1))
    monkeypatch.setattr(child_process, "SLOT_SECONDS", 0.01)
    with child_process._slots:
        answer = _upload(api, _picture())
    assert refused(answer, 503) == "unavailable" and answer.headers["Retry-After"]
    ok(_upload(api, _picture()))
