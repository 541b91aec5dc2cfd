"""A disk that is full or read-only: one sentence, and nothing lost once it is mended."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.driver import Captely

PEOPLE = 200
KIB = 1024
FULL = "The disk is full; nothing was"
NOT_WRITABLE = "The workspace cannot be written to."

Mount = Callable[..., None]


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Mount]:
    """Mounts a disk of 24 MB where the workspace will be; mounting again changes its options."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    folder = tmp_path / "disk"
    folder.mkdir()

    def mounting(*options: str) -> None:
        command = ["mount", "-t", "tmpfs", "-o", ",".join(["size=24m", *options]), "tmpfs"]
        if subprocess.run([*command, str(folder)], capture_output=True).returncode:
            pytest.skip("this machine does not let root mount anything")

    yield mounting
    subprocess.run(["umount", "--lazy", str(folder)], capture_output=True)


@pytest.fixture
def office(captely: Captely, mount: Mount, tmp_path: Path) -> Captely:
    """Some people in a workspace on the small disk."""
    mount()
    captely.workspace = tmp_path / "disk" / "workspace"
    rows = (f"Ann{n},p{n}@example.com" for n in range(PEOPLE))
    captely.done("import", captely.file("few.csv", "First name,Email", *rows))
    return captely


def fill(disk: Path, left: int) -> Path:
    """Fill a disk but for `left` bytes."""
    filler = disk / "filler"
    with filler.open("wb") as file:
        for size in (1 << 20, 1 << 12):
            while shutil.disk_usage(disk).free >= left + size:
                file.write(bytes(size))
                file.flush()
    return filler


@pytest.mark.full
@pytest.mark.parametrize("left", [0, 40 * KIB, 400 * KIB, 2_000 * KIB, 6_000 * KIB])
def test_a_full_disk_is_said_and_leaves_everything_as_it_was(office: Captely, left: int) -> None:
    rows = (f"Bob{n},Bee,q{n}@example.com,Acme Corporation {n}" for n in range(20_000))
    long = office.file("long.csv", "First name,Last name,Email,Company", *rows)
    before = office.done("contacts", "--limit", "500", "--sort", "id")
    filler = fill(office.workspace.parent, left)

    refused = office.json("import", long)
    assert refused.code == 2, refused
    assert refused.message.startswith(FULL)
    changed = office.json("contact", "set", "1", "title=Boss")
    assert changed.code == 0 or changed.message.startswith(FULL)

    filler.unlink()
    if not changed.code:
        office.done("undo")
    after = office.done("contacts", "--limit", "500", "--sort", "id")
    same = ("id", "email", "name", "title")
    assert [[one[key] for key in same] for one in after["contacts"]] == [
        [one[key] for key in same] for one in before["contacts"]
    ]
    assert office.done("audit", "verify")["ok"]
    assert office.done("contact", "set", "1", "title=Chief")["contact"]["title"] == "Chief"
    if unfinished := [job for job in office.done("jobs")["jobs"] if job["state"] != "done"]:
        assert {job["state"] for job in unfinished} <= {"failed", "interrupted"}
        assert office.json("job", "resume", str(unfinished[0]["id"])).code in (0, 2)
    office.done("import", office.file("more.csv", "Email", "new@example.com"))
    assert office.done("contacts", "new@example.com")["total"] == 1


@pytest.mark.full
def test_an_export_to_a_full_disk_is_said_and_leaves_no_piece_of_a_file(
    office: Captely, tmp_path: Path
) -> None:
    disk = office.workspace.parent
    elsewhere = Captely(tmp_path, office._capsys)
    rows = (f"Ann{n},p{n}@example.com,{'x' * 900}" for n in range(2_000))
    elsewhere.done("import", elsewhere.file("many.csv", "First name,Email,Notes", *rows))
    fill(disk, 100 * KIB)
    for kind in ("csv", "json", "vcard"):
        answer = elsewhere.json("export", kind, str(disk / "people"))
        assert answer.code == 2
        assert "full" in f"{answer.message} {answer.json['error']['hint']}"
    assert sorted(path.name for path in disk.iterdir()) == ["filler", "workspace"]


@pytest.mark.full
def test_a_disk_that_may_only_be_read_is_said_to_be_so(office: Captely, mount: Mount) -> None:
    file = office.file("one.csv", "Email", "new@example.com")
    mount("remount", "ro")
    for words in (
        ["contact", "set", "1", "title=Boss"],
        ["import", file],
        ["undo"],
    ):
        answer = office.json(*words)
        assert (answer.code, answer.message) == (2, NOT_WRITABLE)
    mount("remount", "rw")
    assert office.done("import", file)["created"] == 1
    assert office.done("audit", "verify")["ok"]
