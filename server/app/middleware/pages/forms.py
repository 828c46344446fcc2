"""Form fields and query strings of pages, as the schemas of the services."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import orjson
from flask import current_app, request
from pydantic import BaseModel, ValidationError

from app.middleware.endpoint import validation
from app.schemas.careers_schema import AnswerIn, ApplicantForm, SurveyAnswerIn
from app.utils.file_store import Upload
from app.utils.validation_errors import field_errors

TRAP = "subject_line"  # a honeypot: bots fill it in, people do not see it
MAX_REF = 20
KEPT = "kept_file"  # the token of a file that was chosen before
PREFIXES = {"answer": "answers", "survey": "survey"}  # of the names of answer fields: `answer-<question_id>`
OF_LINKS = ("bookings", "invitations", "offers")  # pages with several forms, as "/offers/TOKEN/accept"
B = TypeVar("B", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Sent:
    """An application form as it came: its fields, the file that was chosen, and the token of one chosen before."""

    fields: dict[str, Any]
    file: Upload | None
    kept: str

    @property
    def answers(self) -> list[AnswerIn]:
        return list(_valid(AnswerIn, self.fields["answers"]))

    @property
    def survey(self) -> list[SurveyAnswerIn]:
        return list(_valid(SurveyAnswerIn, self.fields["survey"]))

    def validated(self) -> tuple[ApplicantForm | None, list[dict[str, str]]]:
        """Return the form, or None and its errors."""
        try:
            return ApplicantForm.model_validate(self.fields), []
        except ValidationError as error:
            return None, field_errors(error)


def read_application(known: Collection[UUID]) -> Sent | None:
    """Return the application form of a job's page; each answer's field is named after its question.

    Answers to questions that are not `known` are left out: one may have been removed since the page was loaded. None if
    the honeypot field is filled in.
    """
    file, _ = validation.read_upload("upload", is_needed=False)
    if request.form.get(TRAP, "").strip():
        return None
    fields: dict[str, Any] = {}
    listed: dict[str, list[Any]] = {field: [] for field in PREFIXES.values()}
    for name, values in request.form.lists():
        prefix, _, question_id = name.partition("-")
        if prefix in PREFIXES and _is_id(question_id):
            if prefix == "answer" and UUID(question_id) not in known:
                continue
            listed[PREFIXES[prefix]].append({"question_id": question_id, "value": _typed_answer(values)})
        # Browsers send empty fields as "". The lists are built here: a form cannot send them itself.
        elif values[0].strip() and name not in (*listed, TRAP, KEPT):
            fields[name] = values[0]
    # The schema takes them as JSON text, as clients of the API send them in a multipart form.
    fields["ref"] = fields.get("ref", "")[:MAX_REF] or None  # what a link was given is no error of the applicant
    several = {field: orjson.dumps(answers).decode() for field, answers in listed.items()}
    return Sent({**fields, **several}, file, request.form.get(KEPT, ""))


def _valid(model: type[B], text: str) -> Iterator[B]:
    """Yield the answers that can be read; the errors of the others are those of the form."""
    for each in orjson.loads(text):
        with suppress(ValidationError):
            yield model.model_validate(each)


def _is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def read_filters(model: type[B]) -> B:
    """Return the filters of the query string; invalid ones are ignored, since links can be outdated."""
    known = {name: value for name, value in request.args.items() if name in model.model_fields and value.strip()}
    try:
        return model.model_validate(known)
    except ValidationError as error:
        wrong = {each["loc"][0] for each in error.errors()}
        return model.model_validate({name: value for name, value in known.items() if name not in wrong})


def max_megabytes() -> int:
    """Return how large a file may be."""
    return int(current_app.config["SETTINGS"].max_upload_bytes // 2**20)


def base_path() -> str:
    """Return the path of the page, without that of the form on it that failed and is shown again."""
    parts = request.path.rstrip("/").split("/")
    return "/".join(parts[:3] if parts[1] in OF_LINKS else parts)


def field_of(pointer: str) -> str:
    """Return the form field that an error's pointer refers to."""
    field = pointer.strip("/")
    for prefix, name in PREFIXES.items():
        field = field.replace(f"{name}/", f"{prefix}-")
    return field


def _typed_answer(values: list[str]) -> Any:
    present = [value for value in values if value.strip()]
    return present if len(present) > 1 else present[0] if present else None  # several checkboxes are a list
