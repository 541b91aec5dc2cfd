"""Workspaces with an Enterprise licence, for tests that import more than Free allows.

The vendor is one of this test run, trusted by CAPTELY_LICENCE_KEYS. A workspace is a copy of one
that was made and licensed once, which is cheaper than making it anew; its licence is written where
`licence install` writes it. The doors themselves are tested with licences that were installed.
"""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import pytest

from app.core.paths import Workspace
from app.models.opening import open_store
from app.models.store import Store
from app.services.licence.facts import LICENCE, Facts
from app.services.licence.keys import VARIABLE
from app.services.plans import catalogue
from tests.services.licence.vendor import Vendor

DAY = 86_400
EARLY = int(datetime(2020, 1, 1, tzinfo=UTC).timestamp())
LATE = EARLY + 80 * 366 * DAY
"""Whatever time a test sets, the licence is in force."""


@lru_cache(maxsize=1)
def _vendor() -> Vendor:
    return Vendor("tests", since=EARLY - DAY)


@lru_cache(maxsize=1)
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="captely-licensed-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@lru_cache(maxsize=1)
def keyset() -> Path:
    """The file by which the vendor of the tests is trusted."""
    path = _folder() / "keyset.json"
    path.write_text(json.dumps({"keys": [_vendor().keyset_entry]}), encoding="ascii")
    return path


@contextmanager
def trusted() -> Iterator[None]:
    """For a while this process and those it starts trust the vendor of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(keyset()))
        yield


def licence_for(workspace: str, plan: str = "enterprise") -> str:
    """A licence that holds for ever, for the workspace with this UUID."""
    limits = catalogue().plan(plan).limits
    return _vendor().licence(
        sub=workspace, plan=plan, limits=limits.as_dict(), seats=limits.seats,
        iat=EARLY, nbf=EARLY, refresh_after=LATE, exp=LATE, grace_until=LATE, period_end=LATE,
    )  # fmt: skip


def license_store(store: Store) -> None:
    """Give the workspace in `store` its licence."""
    facts = Facts(store, "")
    facts.set({LICENCE: licence_for(facts.identity())})


def make_licensed(workspace: Workspace) -> Workspace:
    """Make a workspace that has its licence from the first; one that is there stays as it is."""
    workspace.prepare()
    if not workspace.database.exists():
        shutil.copyfile(_made(), workspace.database)
    return workspace


@lru_cache(maxsize=1)
def _made() -> Path:
    workspace = Workspace(_folder() / "made").prepare()
    store = open_store(workspace, None, now=datetime.now(UTC))
    license_store(store)
    store.close()
    return workspace.database
