"""Which text is an e-mail address, and the addresses in a cell that holds more than that."""

from __future__ import annotations

import re

from app.core.errors import InvalidInput
from app.core.text import tr

MOST = 3
"""How many addresses one cell may hold."""

BLANK_WORDS = frozenset({"n/a", "na", "null", "none", "nil", "nan", "-", "--", "---", "#n/a", "?"})
"""What people type into a cell that they leave blank."""

# Accepts only what email-validator accepts unchanged, in a fiftieth of its time; everything else
# goes to the library. A double hyphen may be damaged punycode; the last part names domains that
# are never delivered to.
plain = re.compile(
    r"(?![^@]{65})(?![^@]*@[^@]*--)(?!.{255})"
    r"[a-z0-9_+'-]+(?:\.[a-z0-9_+'-]+)*@"
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+"
    r"(?!(?:arpa|invalid|local|localhost|onion)\Z)[a-z]{2,24}\Z"
).match
"""Whether a lower-case text is certainly a valid address; None says that it takes a closer look."""

_NAMED = re.compile(r"[^<>]*<\s*(?:mailto:)?([^<>]+)>\s*[;,]?", re.IGNORECASE)
_BETWEEN = re.compile(r"(?:[;,|\s/]|:::)+")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad\u202a-\u202e]")


def addresses(text: str) -> list[str]:
    """The addresses in a cell, lower-case and each once; none for a blank word.

    Takes "mailto:" and "Ada <ada@example.com>" apart, and several addresses in one cell.
    Raises InvalidInput naming what is no address.
    """
    found = [_checked(part) for part in _parts(_INVISIBLE.sub("", text).strip())]
    found = list(dict.fromkeys(found))
    if len(found) > MOST:
        raise InvalidInput(
            tr("E-mail holds {n} addresses; keep at most {most}.", n=len(found), most=MOST)
        )
    return found


def _parts(text: str) -> list[str]:
    if not text or text.lower() in BLANK_WORDS:
        return []
    if text.count("@") <= 1:
        named = _NAMED.fullmatch(text)
        bare = named[1] if named else text.strip(" ;,<>")
        return [_unquoted(re.sub(r"^mailto:\s*", "", bare, flags=re.IGNORECASE).strip())]
    if "<" in text:
        return [part.strip() for part in re.findall(r"<\s*(?:mailto:)?([^<>]+)>", text)]
    return [part.removeprefix("mailto:") for part in _BETWEEN.split(text) if part]


def _unquoted(text: str) -> str:
    """'ada@example.com' without the quotes that e-mail programs put around it."""
    around = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1].strip() if around else text


def _checked(text: str) -> str:
    address = text.lower()
    if plain(address):
        return address
    # Imported here: it is slow to load, and most lists hold no address that needs it.
    from email_validator import EmailNotValidError, validate_email

    try:
        # Addresses in test domains are how people try a list out; nothing is ever sent there.
        found = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise InvalidInput(
            tr("E-mail is not an address: {value}", value=_short(text)),
            tr("Correct the address or leave it blank."),
            str(error),
        ) from error
    return found.normalized.lower()


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:77]}..."
