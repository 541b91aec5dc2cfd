"""Contacts as vCards, read back by a reader of their own that follows RFC 2426."""

from __future__ import annotations

import re
import uuid
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.services.exporting.vcards import FOLD_OCTETS, vcard

ADA: dict[str, Any] = {
    "id": 7,
    "created": "2026-11-23T10:00:00Z",
    "name": "Ada Lovelace",
    "first_name": "Ada",
    "last_name": "Lovelace",
    "email": "ada@example.com",
    "phone": "+442079460958",
    "mobile": "+447700900123",
    "company": "Engines; Ltd",
    "title": "Countess",
    "website": "https://example.com/?a=b,c;d",
    "linkedin_url": "https://www.linkedin.com/in/ada",
    "address": "12 St James's Square\nFloor 2",
    "city": "London",
    "region": None,
    "postal_code": "SW1Y 4JH",
    "country": "GB",
    "notes": "one\ntwo, three; four \\ five",
    "tags": ["fair", "uk, south"],
    "labelled": {"email": [["home", "a@x.example"], ["old one", "o@x.example"]], "phone": []},
}

Line = tuple[str, tuple[str, ...], str]


def lines(card: str) -> list[Line]:
    """(name, types, raw value) of every line of one card, unfolded."""
    assert card.endswith("\r\n")
    found = []
    for line in card[:-2].replace("\r\n ", "").split("\r\n"):
        name, _, value = line.partition(":")
        name, *types = name.split(";")
        found.append((name, tuple(types), value))
    return found


def parts(value: str, sign: str) -> list[str]:
    """A value with several parts, each as it was before it was escaped."""
    found = re.findall(rf"(?:\\.|[^\\{sign}])+|(?<=^)(?={sign})|(?<={sign})(?={sign}|$)", value)
    return [plain(part) for part in found]


def plain(value: str) -> str:
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], value)


def value_of(card: str, wanted: str) -> str:
    found = [value for name, _, value in lines(card) if name == wanted]
    assert len(found) == 1, found
    return found[0]


def test_a_card_holds_everything_an_address_book_knows() -> None:
    card = vcard(ADA)
    read = lines(card)
    assert (read[0], read[1], read[-1]) == (
        ("BEGIN", (), "VCARD"), ("VERSION", (), "3.0"), ("END", (), "VCARD"),
    )  # fmt: skip
    assert parts(value_of(card, "N"), ";") == ["Lovelace", "Ada", "", "", ""]
    assert plain(value_of(card, "FN")) == "Ada Lovelace"
    assert plain(value_of(card, "ORG")) == "Engines; Ltd"
    assert plain(value_of(card, "NOTE")) == ADA["notes"]
    assert parts(value_of(card, "CATEGORIES"), ",") == ["fair", "uk, south"]
    assert parts(value_of(card, "ADR"), ";") == [
        "", "", "12 St James's Square\nFloor 2", "London", "", "SW1Y 4JH", "GB",
    ]  # fmt: skip
    assert [value for name, _, value in read if name == "URL"] == [
        ADA["website"],
        ADA["linkedin_url"],
    ]


def test_further_addresses_keep_their_labels() -> None:
    read = lines(vcard(ADA))
    assert ("EMAIL", ("TYPE=INTERNET",), "ada@example.com") in read
    assert ("EMAIL", ("TYPE=INTERNET", "TYPE=HOME"), "a@x.example") in read
    assert ("item1.EMAIL", ("TYPE=INTERNET",), "o@x.example") in read
    assert ("item1.X-ABLabel", (), "old one") in read
    assert ("TEL", ("TYPE=CELL",), "+447700900123") in read


def test_somebody_without_first_and_last_name_is_listed_all_the_same() -> None:
    for known in ({"name": "Ada"}, {"name": "", "email": "a@x.example"}, {"mobile": "+447700"}):
        card = vcard({"id": 1, "created": "2026-11-23T10:00:00Z", **known})
        shown = next(value for value in known.values() if value)
        assert plain(value_of(card, "FN")) == shown
        assert parts(value_of(card, "N"), ";") == ["", shown, "", "", ""]


def test_the_same_contact_keeps_its_uid_and_another_workspace_has_another() -> None:
    assert value_of(vcard(ADA), "UID") == value_of(vcard({**ADA, "title": "x"}), "UID")
    assert value_of(vcard(ADA), "UID") != value_of(vcard({**ADA, "created": "2025"}), "UID")
    assert uuid.UUID(value_of(vcard(ADA), "UID"))


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.just("\n"), max_size=300))
def test_any_text_comes_back_and_no_line_is_too_long(text: str) -> None:
    card = vcard({**ADA, "notes": f"x{text}"})
    assert plain(value_of(card, "NOTE")) == f"x{text}"
    assert max(len(line.encode()) for line in card.split("\r\n")) <= FOLD_OCTETS
