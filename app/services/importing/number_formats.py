"""Shows a number of a workbook with the zeros and gaps of its format, as its user sees it.

A postal code 01000 is often the number 1000 shown with the format 00000, and a French phone number
612345678 shown as 06 12 34 56 78. Only such masks of digits are followed: a decimal, a currency or
a percentage is read as the number that it is.
"""

from __future__ import annotations

import re
from functools import lru_cache

_PART = re.compile(r'"([^"]*)"|\\(.)|([0#])|([ \-/.()+])')
_DECORATION = re.compile(r"\[[^\]]*\]|_.|\*.")
"""A colour, a language, a width to leave free: nothing that is a character of the number."""


@lru_cache(maxsize=1_024)
def mask_of(number_format: str) -> tuple[tuple[str, bool], ...]:
    """The characters of a mask, each with whether it is a digit's; empty for other formats."""
    positive = _DECORATION.sub("", number_format.split(";")[0])
    parts: list[tuple[str, bool]] = []
    at = 0
    while at < len(positive):
        found = _PART.match(positive, at)
        if found is None:
            return ()
        quoted, escaped, digit, plain = found.groups()
        if digit is not None:
            parts.append((digit, True))
        else:
            parts += [(sign, False) for sign in (quoted or escaped or plain or "")]
        at = found.end()
    digits = [sign for sign, is_digit in parts if is_digit]
    if len(digits) < 2 or _is_decimal(parts):
        return ()
    return tuple(parts) if "0" in digits[:-1] or len(parts) > len(digits) else ()


def _is_decimal(parts: list[tuple[str, bool]]) -> bool:
    """One bare point among digits is a decimal point."""
    return [sign for sign, is_digit in parts if not is_digit] == ["."]


def masked(value: int, mask: tuple[tuple[str, bool], ...]) -> str:
    """A whole number from 0 on, laid into a mask from the right."""
    digits = list(str(value))
    shown: list[str] = []
    places = sum(is_digit for _, is_digit in mask)
    for sign, is_digit in reversed(mask):
        if not is_digit:
            shown.append(sign)
            continue
        places -= 1
        if digits:
            shown.append(digits.pop())
        elif sign == "0":
            shown.append("0")
        if not places:
            shown += reversed(digits)
            digits.clear()
    return "".join(reversed(shown)).strip()
