"""Credits as whole thousandths: exact inside, decimal only for people and scripts."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from app.core.errors import InvalidInput
from app.core.text import decimal_mark, grouped, plain_number, tr

MILLI = 1_000
"""Milli-credits in a credit; the cheapest thing sold, a verification, costs 100 of them."""


def to_milli(written: Decimal | int | str) -> int:
    """The milli-credits of a decimal number of credits.

    Raises InvalidInput for what is no number, or finer than a milli-credit.
    """
    try:
        milli = Decimal(written) * MILLI
    except InvalidOperation as error:
        raise _unreadable(written) from error
    if not milli.is_finite() or milli != milli.to_integral_value():
        raise _unreadable(written)
    return int(milli)


def as_number(milli: int) -> int | float:
    """The credits as JSON writes them: a whole number where it is one, else decimals."""
    whole, rest = divmod(milli, MILLI)
    return milli / MILLI if rest else whole


def shown(milli: int) -> str:
    """The credits as people read them: thousands grouped, no more decimals than there are."""
    sign, size = ("-", -milli) if milli < 0 else ("", milli)
    whole, rest = divmod(size, MILLI)
    decimals = f"{decimal_mark()}{rest:03}".rstrip("0") if rest else ""
    return f"{sign}{grouped(whole)}{decimals}"


def typed(written: str) -> int:
    """The milli-credits of what a person typed, as the language writes numbers.

    Raises InvalidInput as `to_milli` does.
    """
    try:
        return to_milli(plain_number(written))
    except InvalidInput as error:
        # As it was typed, not as it was read.
        raise _unreadable(written.strip()) from error


def _unreadable(written: object) -> InvalidInput:
    return InvalidInput(
        tr("“{written}” is not a number of credits.", written=written),
        tr(
            "Write a number such as 12 or {half}, with at most three decimals.",
            half=f"0{decimal_mark()}5",
        ),
    )
