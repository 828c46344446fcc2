"""Money: a decimal string and a currency of ISO 4217."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from babel.numbers import is_currency
from pydantic import AfterValidator, BeforeValidator, StringConstraints

PLAIN = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,2})?")  # fits Numeric(12, 2); not "1e3", "NaN" or "+1"


def _amount(value: Any) -> Any:
    """Money comes as a decimal string: a JSON number has lost its cents before we see it."""
    if not isinstance(value, str) or not PLAIN.fullmatch(value):
        raise ValueError("must be a decimal string, like 72000.00")
    return value


def _currency(value: str) -> str:
    if not is_currency(value):
        raise ValueError("must be an ISO 4217 currency code, like EUR")
    return value


Amount = Annotated[
    Decimal,
    BeforeValidator(_amount, json_schema_input_type=Annotated[str, StringConstraints(pattern=f"^{PLAIN.pattern}$")]),
]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$", strict=True), AfterValidator(_currency)]
