"""Forms on the pages of candidates (offers, invitations, bookings, the portal), as the schemas of the services."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from pydantic import ValidationError

from app.middleware.endpoint import validation
from app.models.privacy_request import PrivacyKind
from app.schemas.candidate_invitation_schema import InvitationFileForm, InvitationForm, TypedInvitationForm
from app.schemas.interview_booking_schema import BookingChoice
from app.schemas.offer_schema import OfferAcceptance, OfferRefusal
from app.schemas.portal_schema import ConsentChange, CorrectionCreate, PortalSignIn, PrivacyRequestCreate
from app.utils.errors import Invalid
from app.utils.file_store import Upload
from app.utils.validation_errors import field_errors


def read_signature() -> OfferAcceptance:
    """Return the signature: the typed full name; Invalid if it is not acceptable."""
    agreed = _needs("agree")
    try:
        signature = OfferAcceptance(signed_name=request.form.get("signed_name", ""))
    except ValidationError as error:
        raise Invalid("Please type your full name.", errors=[*field_errors(error), *agreed]) from error
    if agreed:
        raise Invalid("Please agree to the offer.", errors=agreed)
    return signature


def read_refusal() -> OfferRefusal:
    """Return the optional reason for declining an offer; Invalid if too long."""
    if missing := _needs("confirm"):
        raise Invalid("Please confirm that you decline the offer.", errors=missing)
    try:
        return OfferRefusal(reason=request.form.get("reason", "").strip() or None)
    except ValidationError as error:
        raise Invalid("Please give a reason of at most 500 characters.", errors=field_errors(error)) from error


def read_invitation() -> InvitationForm:
    """Return the form of an invitation; Invalid if it does not validate."""
    fields = {name: value for name, value in request.form.items() if name in InvitationForm.model_fields}
    typed = validation.read_form(TypedInvitationForm, fields)
    return InvitationForm.model_construct(**typed.model_dump())


def is_to_submit() -> bool:
    """Return whether a form is submitted, rather than saved for later."""
    return request.form.get("action") == "submit"


@dataclass(frozen=True, slots=True)
class ChosenFile:
    """A file that was chosen, and what it is."""

    upload: Upload
    form: InvitationFileForm


def read_invitation_file() -> ChosenFile | None:
    """Return the file that was chosen for an invitation, or None; Invalid if what it is does not validate."""
    file, fields = validation.read_upload("upload", is_needed=False)
    if file is None:
        return None
    known = InvitationFileForm.model_fields
    said = {name: value for name, value in fields.items() if name in known and value.strip()}
    return ChosenFile(file, validation.read_form(InvitationFileForm, said))


def read_sign_in() -> PortalSignIn:
    """Return the address that asks for a sign-in link; Invalid if it is none."""
    return validation.read_form(PortalSignIn, {"email": request.form.get("email", "").strip()})


def read_correction() -> CorrectionCreate:
    """Return a proposed correction; Invalid if it does not validate."""
    return validation.read_form(CorrectionCreate, {name: request.form.get(name, "") for name in ("field", "value")})


def read_booking() -> BookingChoice:
    """Return the time that was chosen; Invalid if it is none."""
    return validation.read_form(BookingChoice, {"starts_at": request.form.get("starts_at", "")})


def check_confirmation() -> None:
    """Invalid unless the box that confirms is checked."""
    if missing := _needs("confirm"):
        raise Invalid("Please confirm.", errors=missing)


def read_consent() -> ConsentChange:
    """Return the purpose, and whether the consent is given."""
    is_given = request.form.get("is_given") == "true"
    return validation.read_form(ConsentChange, {"purpose": request.form.get("purpose", ""), "is_given": is_given})


def read_privacy_request() -> PrivacyRequestCreate:
    """Return what is asked for; Invalid without the confirmation of an erasure."""
    wanted = validation.read_form(PrivacyRequestCreate, {"kind": request.form.get("kind", "")})
    if wanted.kind is PrivacyKind.ERASURE and (missing := _needs("confirm")):
        raise Invalid("Please confirm that your data should be erased.", errors=missing)
    return wanted


def read_file() -> Upload:
    """Return the file that was chosen; Invalid if none was."""
    file, _ = validation.read_upload("upload")
    assert file is not None  # it is required
    return file


def _needs(box: str) -> list[dict[str, str]]:
    """Return the error of a box that must be checked."""
    missing = {"pointer": f"/{box}", "code": "missing", "detail": "must be checked"}
    return [] if request.form.get(box) else [missing]
