from __future__ import annotations

import runpy
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, text, update

from app.models.chain import leaf, packed
from app.models.journal import Change, JournalHead, Operation, OpRange, Subject
from app.services.audit import Audit
from tests.models.bed import Bed

SCRIPT = Path(__file__).parents[2] / "packaging" / "verify_journal.py"


@pytest.fixture
def bed(database_url: str, tmp_path: Path) -> Iterator[Bed]:
    """A workspace with six entries, on SQLite, then on PostgreSQL."""
    bed = Bed(database_url, tmp_path / "workspace")
    bed.add({"city": "A"}, {"city": "Ä"}, {"city": "C"})
    bed.edit({1: {"city": "B", "title": "X"}, 2: {"custom:ü": [1, "é"]}})
    bed.edit({3: {"city": "D"}})
    bed.operations.undo()
    bed.delete(1, 3)
    bed.tags("Hot")
    yield bed
    bed.store.close()


def tamper(bed: Bed, *statements) -> None:
    with bed.store.writing("tamper") as connection:
        for statement in statements:
            connection.execute(statement)


def by_the_script(bed: Bed, folder: Path) -> tuple[int, str]:
    """What the stand-alone script says of a copy of the database, run without our code."""
    bed.store.close()
    copy = folder / "copy"
    copy.mkdir()
    for file in Path(bed.store.url.database).parent.glob("database.sqlite*"):
        shutil.copy(file, copy)
    command = [sys.executable, "-I", str(SCRIPT), str(copy / "database.sqlite")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    return done.returncode, done.stdout.strip()


def test_an_untouched_journal_is_whole(bed: Bed):
    verified = Audit(bed.store).verify()

    assert (verified.ok, verified.entries, verified.first_bad) == (True, 6, None)
    assert verified.message == "The journal is whole: 6 entries."
    assert bed.rows(JournalHead.hash) == [(bytes.fromhex(verified.head),)]


def test_an_empty_journal_is_whole(database_url: str, tmp_path: Path):
    bed = Bed(database_url, tmp_path)
    assert Audit(bed.store).verify().ok
    bed.store.close()


FORGERIES = {
    "a value after": (
        2,
        "recorded",
        update(Change)
        .where(Change.op == 2, Change.row == 1)
        .values(after='{"city":"Z","title":"X"}'),
    ),
    "a value before": (
        3,
        "recorded",
        update(Change).where(Change.op == 3).values(before='{"city":"Q"}'),
    ),
    "a mask": (4, "recorded", update(Change).where(Change.op == 4).values(mask="town")),
    "a change taken out": (2, "recorded", delete(Change).where(Change.op == 2, Change.row == 2)),
    "a change put in": (
        5,
        "recorded",
        insert(Change).values(op=5, tbl="contact", row=2, mask="city", before="{}", after="{}"),
    ),
    "a range": (
        5,
        "recorded",
        update(OpRange).where(OpRange.op == 5, OpRange.lo == 3).values(lo=2),
    ),
    "a range taken out": (6, "recorded", delete(OpRange).where(OpRange.op == 6)),
    "a salt": (2, "recorded", update(Subject).where(Subject.contact == 1).values(salt=bytes(16))),
    "the person": (3, "says", update(Operation).where(Operation.id == 3).values(actor="eve")),
    "the time": (4, "says", update(Operation).where(Operation.id == 4).values(at_us=1)),
    "the words": (
        6,
        "says",
        update(Operation).where(Operation.id == 6).values(label_key="Nothing"),
    ),
    "the number of rows": (1, "says", update(Operation).where(Operation.id == 1).values(rows=9)),
    "the digest": (
        2,
        "recorded",
        update(Operation).where(Operation.id == 2).values(payload_digest=bytes(32)),
    ),
    "the link": (5, "follow", update(Operation).where(Operation.id == 5).values(prev=bytes(32))),
    "the hash": (3, "says", update(Operation).where(Operation.id == 3).values(hash=bytes(32))),
    "values without erasure": (
        3,
        "",
        update(Change)
        .where(Change.op == 3)
        .values(
            before=None,
            after=None,
            leaf=select(Subject.salt).where(Subject.contact == 3).scalar_subquery(),
        ),
    ),
}


@pytest.mark.parametrize("what", FORGERIES)
def test_whatever_is_altered_is_named_by_its_entry(bed: Bed, what: str, tmp_path: Path):
    entry, words, statement = FORGERIES[what]
    tamper(bed, statement)

    verified = Audit(bed.store).verify()

    assert (verified.ok, verified.first_bad, verified.entries) == (False, entry, entry - 1)
    assert f"{entry} of the journal" in verified.message
    if bed.store.is_sqlite:
        code, said = by_the_script(bed, tmp_path)
        assert code == 1
        assert said.startswith(f"Entry {entry} ")
        assert words in said


def test_an_entry_taken_out_is_missed(bed: Bed, tmp_path: Path):
    tamper(bed, delete(Change).where(Change.op == 3), text("DELETE FROM op_range WHERE op = 3"))
    tamper(bed, update(Operation).where(Operation.undoes == 3).values(undoes=None))
    tamper(bed, delete(Operation).where(Operation.id == 3))

    verified = Audit(bed.store).verify()

    assert (verified.ok, verified.first_bad) == (False, 3)
    assert verified.message == "Entry 3 of the journal is missing."
    if bed.store.is_sqlite:
        assert by_the_script(bed, tmp_path) == (1, "Entry 3 is missing.")


def test_the_last_entry_taken_off_is_missed(bed: Bed, tmp_path: Path):
    tamper(bed, delete(OpRange).where(OpRange.op == 6), delete(Operation).where(Operation.id == 6))

    verified = Audit(bed.store).verify()

    assert (verified.ok, verified.first_bad) == (False, 6)
    assert "does not end where" in verified.message
    if bed.store.is_sqlite:
        code, said = by_the_script(bed, tmp_path)
        assert (code, "ends elsewhere" in said) == (1, True)


def test_entries_in_another_order_are_noticed(bed: Bed):
    tamper(
        bed,
        update(Operation).where(Operation.id == 2).values(seq=99),
        update(Operation).where(Operation.id == 3).values(seq=2),
        update(Operation).where(Operation.id == 2).values(seq=3),
    )

    assert Audit(bed.store).verify().first_bad == 2


def erase(bed: Bed, contact: int, *, entry: bool) -> None:
    """Do as erasure does: keep the leaves, lose the images and the salt, enter it."""
    with bed.operations.recording("contact.erase", "Erase a contact", undoable=False) as recorder:
        connection = recorder.connection
        salt = connection.execute(select(Subject.salt).where(Subject.contact == contact)).scalar()
        own = (Change.tbl == "contact", Change.row == contact)
        for row in connection.execute(select(*Change.__table__.c).where(*own)).all():
            parts = (row.op, row.tbl, row.row, row.mask, row.before, row.after)
            kept = {"before": None, "after": None, "leaf": leaf(salt, *parts)}
            connection.execute(update(Change).where(Change.op == row.op, *own).values(**kept))
        connection.execute(delete(Subject).where(Subject.contact == contact))
        act = "erase" if entry else "kill"
        values = {"op": recorder.op, "tbl": "contact", "lo": contact, "hi": contact, "act": act}
        connection.execute(insert(OpRange).values(**values))


def test_erased_values_leave_the_chain_verifiable(bed: Bed, tmp_path: Path):
    erase(bed, 3, entry=True)

    assert Audit(bed.store).verify().ok
    if bed.store.is_sqlite:
        assert by_the_script(bed, tmp_path) == (0, "The journal is whole: 7 entries.")


def test_values_gone_without_an_erasure_entry_are_tampering(bed: Bed, tmp_path: Path):
    erase(bed, 3, entry=False)

    verified = Audit(bed.store).verify()

    assert (verified.ok, verified.first_bad) == (False, 3)
    assert verified.message == "Values of entry 3 are gone without an erasure entry."
    if bed.store.is_sqlite:
        assert by_the_script(bed, tmp_path)[0] == 1


def test_undo_of_an_operation_whose_values_were_erased_leaves_them_erased(bed: Bed):
    erase(bed, 2, entry=True)

    undone = bed.operations.undo(2)

    assert undone.undone == 1
    assert bed.get(1, "city") == "A"
    assert Audit(bed.store).verify().ok


def test_the_script_says_what_it_cannot_read(tmp_path: Path):
    for arguments in ([], [str(tmp_path / "nothing.db")]):
        done = subprocess.run(
            [sys.executable, "-I", str(SCRIPT), *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 2
        assert done.stderr.startswith("The journal cannot be read")


def test_the_script_is_short_and_stands_alone():
    lines = SCRIPT.read_text().splitlines()
    assert len(lines) < 80
    imported = {line.split()[1] for line in lines if line.startswith(("import ", "from "))}
    assert imported <= {"sqlite3", "sys", "hashlib", "pathlib"}


def test_the_script_packs_and_links_as_the_product_does():
    script = runpy.run_path(str(SCRIPT))
    for parts in ((1, "a", None), ("1", "a-,", ""), ("é", "1:a,", 0)):
        assert script["packed"](*parts) == packed(*parts)


def test_parts_that_read_alike_are_packed_differently():
    assert packed("ab", "c") != packed("a", "bc")
    assert packed(None) != packed("")
    assert packed("-,") != packed(None, "")
    assert leaf(b"1", 1, "contact", 1, "city", "{}", "{}") != leaf(
        b"2", 1, "contact", 1, "city", "{}", "{}"
    )
