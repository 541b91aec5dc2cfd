"""What is wrong with a value in words, and the repairs that can be offered for it.

A repair is offered only if its result can be read, and applied only by the user's word.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from app.core.errors import InvalidInput
from app.core.text import marked, tr
from app.services.importing import emails


class Problem(StrEnum):
    """Why a row is rejected or a value is not taken as it stands."""

    NO_AT = "no_at"
    COMMA = "comma"
    SPACE = "space"
    DOTS = "dots"
    NO_DOMAIN = "no_domain"
    NO_ENDING = "no_ending"
    NO_EMAIL = "no_email"
    MANY_EMAILS = "many_emails"
    LOST_DIGITS = "lost_digits"
    NO_COUNTRY = "no_country"
    NO_PHONE = "no_phone"
    DATE_ORDER = "date_order"
    NO_DATE = "no_date"
    DECIMAL_MARK = "decimal_mark"
    NO_NUMBER = "no_number"
    NO_CHOICE = "no_choice"
    NO_BOOL = "no_bool"
    NO_ADDRESS = "no_address"
    NOBODY = "nobody"
    TOTALS = "totals"
    QUOTE = "quote"
    ROW = "row"
    OTHER = "other"


TITLES = {
    Problem.NO_AT: marked("E-mail has no @"),
    Problem.COMMA: marked("Comma in the domain"),
    Problem.SPACE: marked("Space in the address"),
    Problem.DOTS: marked("Sign too many in the address"),
    Problem.NO_DOMAIN: marked("E-mail has no domain"),
    Problem.NO_ENDING: marked("Domain has no ending"),
    Problem.NO_EMAIL: marked("Not an e-mail address"),
    Problem.MANY_EMAILS: marked("Too many addresses"),
    Problem.LOST_DIGITS: marked("Digits were lost in the file"),
    Problem.NO_COUNTRY: marked("Country of the number unknown"),
    Problem.NO_PHONE: marked("Not a phone number"),
    Problem.DATE_ORDER: marked("Day or month first?"),
    Problem.NO_DATE: marked("Not a date"),
    Problem.DECIMAL_MARK: marked("Thousands or decimals?"),
    Problem.NO_NUMBER: marked("Not a number"),
    Problem.NO_CHOICE: marked("Unknown choice"),
    Problem.NO_BOOL: marked("Neither yes nor no"),
    Problem.NO_ADDRESS: marked("Not a web address"),
    Problem.NOBODY: marked("Nothing says who this is"),
    Problem.TOTALS: marked("Looks like a line of totals"),
    Problem.QUOTE: marked("A quote is never closed"),
    Problem.ROW: marked("The row cannot be read"),
    Problem.OTHER: marked("Please check"),
}

OUTCOMES = {
    Problem.LOST_DIGITS: marked("Imported as it stands"),
    Problem.NO_COUNTRY: marked("Imported as it stands; choose a default country"),
    Problem.NO_PHONE: marked("Imported as it stands"),
    Problem.NO_ADDRESS: marked("Imported as it stands"),
    Problem.DATE_ORDER: marked("Left out; say which in the mapping"),
    Problem.DECIMAL_MARK: marked("Left out; say which in the mapping"),
    Problem.NO_DATE: marked("Left out"),
    Problem.NO_NUMBER: marked("Left out"),
    Problem.NO_CHOICE: marked("Left out; map it under Values"),
    Problem.NO_BOOL: marked("Left out"),
    Problem.NOBODY: marked("Type an e-mail, phone or name"),
    Problem.NO_AT: marked("Type the whole address"),
    Problem.NO_DOMAIN: marked("Type the whole address"),
    Problem.NO_ENDING: marked("Type the whole address"),
    Problem.MANY_EMAILS: marked("Keep at most three"),
    Problem.NO_EMAIL: marked("Correct it, or leave it blank"),
    Problem.TOTALS: marked("Leave the line out?"),
    Problem.ROW: marked("Type a cell anew, and it is read up to the last column"),
}
"""What becomes of the value, or is to be done, where no repair is offered."""


@dataclass(frozen=True, slots=True)
class Repair:
    """One repair: what it is for, its question, and how it mends a text.

    mend gets the text and the company domain of the row, and returns None where it cannot help.
    """

    key: str
    problem: Problem
    question: str
    mend: Callable[[str, str], str | None]


_AT = re.compile(r"\s*(?:[(\[{<]\s*(?:at|@|arobase|ät)\s*[)\]}>]|\s(?:at|arobase)\s)\s*", re.I)
_DOT = re.compile(r"\s*[(\[{]\s*(?:dot|point|punkt)\s*[)\]}]\s*", re.I)


def _at(text: str, _: str) -> str | None:
    return _DOT.sub(".", _AT.sub("@", text)).strip() if _AT.search(text) else None


def _comma(text: str, _: str) -> str | None:
    name, at, domain = text.partition("@")
    return f"{name}{at}{domain.replace(',', '.')}" if "," in domain else None


def _spaces(text: str, _: str) -> str | None:
    joined = "".join(text.split())
    return joined if joined != text.strip() else None


def _signs(text: str, _: str) -> str | None:
    """One @ and one full stop where there are several, and none at the ends."""
    mended = re.sub(r"@{2,}", "@", re.sub(r"\.{2,}", ".", text.strip()))
    mended = re.sub(r"\.*@\.*", "@", mended).strip(".,;:")
    return mended if mended != text.strip() else None


def _domain(text: str, domain: str) -> str | None:
    name = text.strip()
    return f"{name}{domain}" if name.endswith("@") and domain else None


def _quote(text: str, _: str) -> str | None:
    return text.replace('"', "").strip() if '"' in text else None


REPAIRS: dict[str, Repair] = {
    repair.key: repair
    for repair in (
        Repair("at", Problem.NO_AT, marked("Replace “(at)” with “@”?"), _at),
        Repair("comma", Problem.COMMA, marked("Replace it with a full stop?"), _comma),
        Repair("spaces", Problem.SPACE, marked("Remove the space?"), _spaces),
        Repair("signs", Problem.DOTS, marked("Remove it?"), _signs),
        Repair("domain", Problem.NO_DOMAIN, marked("Use the company domain?"), _domain),
        Repair("quote", Problem.QUOTE, marked("Read the line without it?"), _quote),
        Repair("clear", Problem.OTHER, marked("Leave it blank?"), lambda _text, _domain: ""),
    )
}

_FOR = {repair.problem: repair for repair in REPAIRS.values() if repair.key != "clear"}


def title(problem: Problem) -> str:
    """What is wrong, in the user's language."""
    return tr(TITLES[problem])


def outcome(problem: Problem) -> str:
    """What becomes of it without a repair."""
    return tr(OUTCOMES[problem]) if problem in OUTCOMES else ""


def repair_for(problem: Problem) -> Repair | None:
    """The repair that fits this kind of problem."""
    return _FOR.get(problem)


def mended(repair: Repair, text: str, domain: str = "") -> str | None:
    """The text as the repair leaves it; None when that still could not be read."""
    found = repair.mend(text, domain)
    if found is None or repair.key in ("clear", "quote"):
        return found
    return found if is_email(found) else None


def is_email(text: str) -> bool:
    """Whether a text is one or a few addresses."""
    try:
        return bool(emails.addresses(text))
    except InvalidInput:
        return False


def email_problem(text: str, domain: str = "") -> Problem:
    """What is wrong with a text that is no address: the kind whose repair helps comes first."""
    for repair in _FOR.values():
        if repair.key != "quote" and mended(repair, text, domain) is not None:
            return repair.problem
    name, at, rest = text.strip().partition("@")
    if not at:
        return Problem.NO_EMAIL if " " in name or "." not in name else Problem.NO_AT
    if not rest:
        return Problem.NO_DOMAIN
    if "@" in rest and text.count("@") > emails.MOST:
        return Problem.MANY_EMAILS
    return Problem.NO_ENDING if "." not in rest and rest.isalnum() else Problem.NO_EMAIL
