"""Who an email is from and to."""

from __future__ import annotations

import pytest

from app.utils import mail_parser


@pytest.mark.parametrize(
    ("headers", "recipients"),
    [
        (("To: Ada <ADA@people.example>",), ("ada@people.example",)),
        (("Cc: b@people.example, c@people.example",), ("b@people.example", "c@people.example")),
        (("To: a@people.example", "Delivered-To: x@inbox.example"), ("a@people.example", "x@inbox.example")),
        (("To: undisclosed-recipients:;", "Cc: c@people.example"), ("c@people.example",)),
        (("To: <<<broken", "Envelope-To: x@inbox.example"), ("x@inbox.example",)),
        (('To: "Hopper, Grace" <g@people.example>', "Cc: g@people.example"), ("g@people.example",)),
        ((), ()),
    ],
)
def test_recipients_are_those_of_every_header(headers, recipients):
    data = "\r\n".join(("From: s@people.example", *headers, "", "Hello."))
    assert mail_parser.read(data.encode()).recipients == recipients
