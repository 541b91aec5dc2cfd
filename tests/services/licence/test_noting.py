"""The journal knows of each licence installed, refused or lost, and of a clock set back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from app.core.actor import Actor, Origin
from app.core.events import Bus
from app.models.workspace import WorkspaceFact
from app.services.audit import Audit
from app.services.history import History
from app.services.licence import facts as kept
from app.services.licence.refusals import Code
from app.services.operations import Operations
from tests.services.licence.bed import Bed
from tests.services.licence.vendor import DAY, ISSUED, Vendor, claims


class Journalled(Bed):
    """A workspace whose licences are noted."""

    def entries(self) -> list[tuple[str, str]]:
        found = History(self.store).operations()
        return [(entry.kind, entry.label) for entry in reversed(found)]

    def kinds(self) -> list[str]:
        return [kind for kind, _label in self.entries()]


@pytest.fixture
def noted(bed: Bed) -> Journalled:
    operations = Operations(bed.store, Bus(), bed.clock, Actor("ada", "desk", Origin.CLI))
    bed.__class__ = Journalled
    assert isinstance(bed, Journalled)
    bed.journal = operations.enter
    bed.again()
    return bed


def test_an_installed_licence_is_noted_once(noted: Journalled):
    text = noted.licence()
    noted.licences.install(text)
    noted.licences.install(text)
    noted.again().keep_time()
    assert noted.entries() == [("licence.install", "Install a licence: professional")]


# Journey J9.6.
def test_an_edited_licence_file_is_refused_and_noted_and_the_plan_stays(noted: Journalled):
    noted.install()
    text = Vendor().licence(sub=noted.licences.workspace, plan="enterprise")
    for _ in range(3):
        assert noted.refused(text) is Code.BAD_SIGNATURE
        noted.again()
    assert noted.entries()[1:] == [
        ("licence.refuse", "Refuse a licence that is damaged or was changed")
    ]
    # Another one is news, and so is the same one after it.
    assert noted.refused("garbage") is Code.MALFORMED
    assert noted.refused(text) is Code.BAD_SIGNATURE
    assert len(noted.entries()) == 4


def test_a_licence_that_is_edited_in_the_database_falls_to_free_and_is_noted(noted: Journalled):
    noted.install()
    text = noted.facts.all()[kept.LICENCE]
    for value in (Vendor().sign(b"{}"), text, text.replace("A", "B", 1)):
        with noted.store.writing("an attacker") as connection:
            row = update(WorkspaceFact).where(WorkspaceFact.key == kept.LICENCE)
            connection.execute(row.values(value=value))
        for _ in range(2):
            noted.again().keep_time()
    fell = ("licence.fall", "Fall to Free: the licence does not hold any more")
    assert noted.entries()[1:] == [fell, fell]


def test_a_withdrawn_licence_is_noted_with_the_list_that_withdrew_it(noted: Journalled):
    noted.install(lic="lic_7")
    revocations = noted.vendor.revocations(seq=2, licences=["lic_7"])
    noted.licences.install(revocations)
    noted.licences.install(revocations)
    assert noted.kinds() == ["licence.install", "licence.revoke", "licence.fall"]


def test_a_clock_that_is_set_back_is_noted_when_it_begins(noted: Journalled):
    noted.install()
    noted.at(ISSUED + 5 * DAY)
    for days in (1, 2, 3):
        noted.at(ISSUED + days * DAY)
    assert noted.kinds() == ["licence.install", "licence.clock"]
    noted.at(ISSUED + 6 * DAY)
    noted.at(ISSUED + DAY)
    assert noted.kinds() == ["licence.install", "licence.clock", "licence.clock"]
    noted.at(ISSUED + 6 * DAY)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sub": "0e7b7a38-6c1f-4c8e-9d0a-0f4f2f4b1f3a"}, "another workspace"),
        ({"devices": ["d-1"]}, "other computers"),
        ({"livemode": False}, "test licence"),
        ({"iss": "other"}, "another product"),
        ({"nbf": ISSUED + 5 * DAY}, "not begun"),
        ({"iat": ISSUED - 60 * DAY}, "has ended"),
    ],
)
def test_each_reason_has_its_words(noted: Journalled, changes: dict[str, Any], words: str):
    noted.refused(noted.licence(**changes))
    assert words in noted.entries()[0][1]


def test_what_is_noted_names_nobody_and_leaves_the_journal_whole(noted: Journalled):
    noted.install(to="Acme Ltd", cus="cus_1")
    noted.refused(noted.licence(to="Acme Ltd", iss="other"))
    assert Audit(noted.store).verify().ok
    with noted.store.reading() as connection:
        rows = connection.exec_driver_sql("SELECT params FROM operation").scalars().all()
    assert claims()["to"] not in str(rows)
    assert "cus_1" not in str(rows)


def test_what_was_noted_is_neither_undone_nor_in_the_way_of_redo(noted: Journalled):
    operations = noted.journal.__self__  # type: ignore[union-attr]
    with operations.recording("tag.create", "Add a tag") as recorder:
        recorder.create("tag", [{"name": "eu", "name_key": "eu"}])
    operations.undo()
    noted.install()
    assert operations.undoable() is None
    assert operations.redo().undone == 1
    assert not operations.is_untouched()


def test_a_workspace_in_which_only_a_licence_was_installed_is_still_new(noted: Journalled):
    noted.install()
    operations = noted.journal.__self__  # type: ignore[union-attr]
    assert operations.is_untouched()


def test_a_journal_that_cannot_be_written_is_no_concern_of_the_licence(
    noted: Journalled, tmp_path: Path
):
    def full(*_entry: object) -> None:
        from app.core.errors import StorageError

        raise StorageError("The disk is full.")

    noted.journal = full
    noted.again()
    assert noted.install().plan == "professional"
