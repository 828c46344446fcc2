"""Tables as spreadsheets write them: encodings, delimiters, guards against formulas, numbers as at home."""

from __future__ import annotations

import itertools

import pytest

from app.services.core.child_process import Unreadable
from app.services.imports import candidate_import_file, candidate_import_service
from app.utils import csv_table
from tests.factories.client import ok, refused

_keys = itertools.count(1)


def _imported(tenant, api, data: bytes):
    headers = {"Idempotency-Key": f"form-{next(_keys)}"}
    made = ok(api.upload("/candidate-imports", data, "people.csv", headers=headers), 202)
    tenant.run_jobs()
    batch = ok(api.get(f"/candidate-imports/{made['id']}"))
    return batch, ok(api.get(f"/candidate-imports/{made['id']}/rows"))["data"]


def _made(api, row):
    return ok(api.get(f"/candidates/{row['candidate_id']}"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1250"])
def test_names_keep_their_letters_in_any_encoding(tenant, api, encoding):
    data = "Name;Email;City\nŻaneta Wąs;was@people.example;Łódź\n".encode(encoding)
    _, rows = _imported(tenant, api, data)
    made = _made(api, rows[0])
    assert (made["name"], made["location"]) == ("Żaneta Wąs", "Łódź")


def test_the_encoding_is_told_by_the_letters_wherever_they_are(tenant, api):
    head = "Name;Email\n" + "".join(f"Plain {number};plain{number}@people.example\n" for number in range(40))
    data = (head + "x" * 150_000 + ";\nŻaneta Wąs;was@people.example\n").encode("cp1250")
    _, rows = _imported(tenant, api, data)
    assert _made(api, rows[-1])["name"] == "Żaneta Wąs"


def test_letters_that_could_be_others_stop_the_import(tenant, api):
    batch, _ = _imported(tenant, api, "Name;Email\nΓιώργος;g@people.example\n".encode("cp1253"))
    assert batch["status"] == "stopped" and "UTF-8" in batch["reason"]


@pytest.mark.parametrize(
    "text",
    [
        'Name;Email;"Skills, tools, languages, courses"\nBo Fern;bo@people.example;"Python, SQL"\n',
        "sep=;\nName;Email\nBo Fern;bo@people.example\n",
        "Name\tEmail\nBo Fern\tbo@people.example\n",
        "Name|Email\nBo Fern|bo@people.example\n",
        '"Name","Email"\n"Bo Fern","bo@people.example"\n',
        "Name\nBo Fern\n",
    ],
    ids=["commas in a heading", "sep line", "tabs", "bars", "quoted", "one column"],
)
def test_the_delimiter_is_told_by_all_rows(tenant, api, text):
    batch, rows = _imported(tenant, api, text.encode())
    assert (batch["created"], batch["failed"]) == (1, 0), batch
    assert _made(api, rows[0])["name"] == "Bo Fern"


def test_a_row_with_a_cell_too_many_fails_and_is_not_cut(tenant, api):
    data = b"Name,Email,Title,City\nHal Orme,hal@people.example,Engineer,Kiel, Germany\nIda Orme,ida@people.example,,\n"
    batch, rows = _imported(tenant, api, data)
    assert (batch["created"], batch["failed"]) == (1, 1)
    assert [error["code"] for error in rows[0]["errors"]] == ["too_many_cells"]
    trailing, _ = _imported(tenant, api, b"Name,Email\nUma Orme,uma@people.example,,\n")
    assert (trailing["created"], trailing["failed"]) == (1, 0), "empty cells at the right are no value"


def test_marks_around_what_was_copied_are_dropped(tenant, api):
    data = "Name,Email,Phone\n\u200eYul Moor\u200f,yul@people.example,\u202d+48 22 555 01 77\u202c\n".encode()
    _, rows = _imported(tenant, api, data)
    made = _made(api, rows[0])
    assert made["name"] == "Yul Moor" and "+48225550177" in {each["value"] for each in made["contacts"]}


def test_phones_are_dialled_as_in_the_country_of_the_tenant(tenant, api):
    data = b"Name,Email,Phone\nDan Reed,dan@people.example,(312) 555-0143\n"
    _, rows = _imported(tenant, api, data)
    assert [error["pointer"] for error in rows[0]["errors"]] == ["/phones/0"], "without a country, it is no number"
    settings = ok(api.get("/tenant/settings"))
    settings.pop("version")
    ok(api.put("/tenant/settings", {**settings, "phone_country": "US"}))
    _, rows = _imported(tenant, api, data)
    assert "+13125550143" in {each["value"] for each in _made(api, rows[0])["contacts"]}
    assert refused(api.put("/tenant/settings", {**settings, "phone_country": "XX"}), 422) == "validation_failed"


@pytest.mark.parametrize("cell", ["86400", "2026", "45292.5", "-1"])
def test_a_number_is_no_date(tenant, api, cell):
    _, rows = _imported(tenant, api, f"Name,Email,Available from\nMia Holm,mia@people.example,{cell}\n".encode())
    assert [error["pointer"] for error in rows[0]["errors"]] == ["/available_from"]


def test_a_number_is_no_moment_in_a_filter(api):
    assert refused(api.get("/candidates?updated_at[gt]=2026"), 400)
    ok(api.get("/candidates?updated_at[gt]=2026-01-01T00:00:00Z"))


@pytest.mark.parametrize(
    "text", ["=SUM(A1)", "+48 22 555", "-dash", "@home", "'quoted", "'=x", "''-y", "plain", "'", ""]
)
def test_what_is_exported_with_a_guard_comes_back_as_it_was(text):
    assert csv_table.unquoted(csv_table.quoted(text)) == text


def test_a_small_table_with_too_much_text_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(candidate_import_file, "MAX_TEXT", 50_000)
    rows = "Name,Email\n" + f"{'x' * 20_000},\n" * 3
    source = tmp_path / "table.csv"
    source.write_text(rows)
    with pytest.raises(Unreadable, match="too much text"):
        candidate_import_file.normalise(str(source), str(tmp_path / "plain"))


def test_long_rows_are_taken_in_smaller_batches(monkeypatch):
    monkeypatch.setattr(candidate_import_service, "BATCH_TEXT", 100)
    table = iter([{"name": "x" * 60}] * 5)
    assert [len(list(candidate_import_service._batch(table))) for _ in range(3)] == [2, 2, 1]
