"""The dependencies are pinned, explained, locked with hashes and named in the licence page."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ["requirements.lock", "requirements-dev.lock"]
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(\[[a-z]+\])?==(?P<version>[\w.]+)$")
LOCKED = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>\S+)(?: ; (?P<marker>.+?))? \\$", re.M)


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def settings() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def wanted(group: str) -> list[str]:
    return {
        "runtime": settings()["project"]["dependencies"],
        "dev": settings()["dependency-groups"]["dev"],
    }[group]


def locked(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text()
    return {found["name"]: found["version"] for found in LOCKED.finditer(text)}


@pytest.mark.parametrize("group", ["runtime", "dev"])
def test_a_dependency_is_pinned_to_one_version_and_says_why_it_is_there(group: str):
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    for requirement in wanted(group):
        line = next(line for line in lines if f'"{requirement}"' in line)

        assert PINNED.match(requirement), requirement
        assert re.search(r",\s+# \S.{8,}", line), f"{requirement} has no reason beside it"


def test_the_locks_hold_the_pinned_versions_and_dev_holds_all_of_runtime():
    runtime, dev = locked("requirements.lock"), locked("requirements-dev.lock")
    for group, lock in (("runtime", runtime), ("dev", dev)):
        for requirement in wanted(group):
            pin = PINNED.match(requirement)
            assert pin is not None
            assert lock[canonical(pin["name"])] == pin["version"]

    assert len(runtime) >= len(wanted("runtime"))
    assert runtime.items() <= dev.items()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address_and_no_folder(lock: str):
    text = (ROOT / lock).read_text()
    known = re.compile(r"[a-z0-9-]+==.+ \\|    --hash=sha256:[0-9a-f]{64}( \\)?| +# .*")

    assert "/" not in text
    assert [line for line in text.splitlines() if not known.fullmatch(line)] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_each_locked_release_carries_its_hashes(lock: str):
    releases = re.split(r"^(?=[a-z0-9])", (ROOT / lock).read_text(), flags=re.M)[1:]

    assert releases
    assert [r.split()[0] for r in releases if "--hash=sha256:" not in r] == []


def test_the_licence_page_names_every_package_that_the_product_ships():
    page = (ROOT / "docs" / "third-party-licences.md").read_text()
    named = set(re.findall(r"^\| `([a-z0-9-]+)` \|", page, re.M))

    assert named == set(locked("requirements.lock"))


def test_the_qt_binding_is_the_one_that_counts_references_right():
    assert metadata.version("PySide6-Essentials") == "6.11.3"
