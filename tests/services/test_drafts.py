"""Drafts: small files that come and go, private to their owner, and never in the way."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from app.core.errors import StorageError
from app.services.drafts import Drafts


def test_that_a_draft_is_kept_replaced_and_let_go(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path / "drafts")
    assert drafts.get("contact") == {}
    drafts.keep("contact", {"first_name": "Zoë"})
    drafts.keep("contact", {"first_name": "Noor"})
    assert Drafts(tmp_path / "drafts").get("contact") == {"first_name": "Noor"}
    drafts.drop("contact")
    drafts.drop("contact")
    assert drafts.get("contact") == {}
    assert list((tmp_path / "drafts").iterdir()) == []


def test_that_only_its_owner_can_read_it(tmp_path: Path) -> None:
    Drafts(tmp_path).keep("contact", {"email": "noor@example.com"})
    assert stat.S_IMODE((tmp_path / "contact.json").stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["", "nonsense", "[1]", "\udcff"])
def test_that_one_that_cannot_be_read_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "contact.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert Drafts(tmp_path).get("contact") == {}


def test_that_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "drafts").write_text("")
    with pytest.raises(StorageError, match="cannot be kept"):
        Drafts(tmp_path / "drafts").keep("contact", {})
