"""A licence fetched from a static address: only when it changed, and never to anybody's harm."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.core import frozen
from app.core.clock import SystemClock
from app.core.errors import InvalidInput, OutsideError
from app.services.http import HttpFactory
from app.services.licence import facts as kept
from app.services.licence import fetching
from app.services.licence.fetching import Fetched, checked_address, revocations_beside
from app.services.licence.refreshing import Checked
from app.services.licence.refusals import Code, LicenceRefused
from app.services.licence.renewing import Renewals
from tests.services.licence.bed import Bed
from tests.services.licence.vendor import DAY, ISSUED
from tests.services.loopback import Loopback, serving


class Host:
    """A static folder on a web server, with ETags."""

    def __init__(self) -> None:
        self.files: dict[str, str] = {}
        self.down = False

    def __call__(self, request: Loopback) -> None:
        text = self.files.get(request.path)
        if self.down:
            request.answer(503)
        elif text is None:
            request.answer(404)
        elif request.headers.get("If-None-Match") == (tag := f'"{hash(text)}"'):
            request.answer(304, b"")
        else:
            request.answer(200, text.encode(), ETag=tag)


@pytest.fixture
def host() -> Host:
    return Host()


@pytest.fixture
def hosted(bed: Bed, host: Host):
    """The renewals of a workspace whose licence lies at its own address."""
    with serving(host) as (address, seen):
        where = f"{address}/licences/{{workspace}}.captely-licence"
        yield renewals(bed), where, f"/licences/{bed.licences.workspace}.captely-licence", seen


def renewals(bed: Bed) -> Renewals:
    return Renewals(bed.licences, bed.clock, HttpFactory(SystemClock(speed=50)))


Hosted = tuple[Renewals, str, str, list[Any]]


def test_a_licence_is_fetched_and_its_address_kept(bed: Bed, host: Host, hosted: Hosted):
    renewing, where, path, _ = hosted
    host.files[path] = bed.licence()

    assert renewing.refresh(where).plan == "professional"
    assert renewing.address == where
    assert bed.again().current().plan == "professional"


def test_it_is_sent_again_only_when_it_changed(bed: Bed, host: Host, hosted: Hosted):
    renewing, where, path, seen = hosted
    host.files[path] = bed.licence()
    renewing.refresh(where)
    renewing.refresh()
    asked = [r.headers.get("If-None-Match") for r in seen if r.path == path]
    assert asked == [None, f'"{hash(host.files[path])}"']

    host.files[path] = bed.licence(plan="starter", seq=ISSUED + 1)
    assert renewing.refresh().plan == "starter"


def test_a_lost_licence_is_fetched_whole(bed: Bed, host: Host, hosted: Hosted):
    renewing, where, path, _ = hosted
    host.files[path] = bed.licence()
    renewing.refresh(where)
    bed.facts.set({kept.LICENCE: None})
    assert renewing.refresh().plan == "professional"


def test_whatever_lies_there_instead_the_valid_licence_stays(bed: Bed, host: Host, hosted: Hosted):
    renewing, where, path, _ = hosted
    bed.install()
    for text, reason in [
        ("<html>404</html>", Code.MALFORMED),
        ("A" * 200_000, Code.MALFORMED),
        (bed.licence(sub="somebody else's"), Code.WRONG_WORKSPACE),
        (bed.licence(seq=1), Code.SUPERSEDED),
    ]:
        host.files[path] = text
        with pytest.raises(LicenceRefused) as caught:
            renewing.refresh(where)
        assert caught.value.reason is reason
        assert bed.again().current().plan == "professional"
    assert renewing.address == ""


@pytest.mark.parametrize("down", [True, False])
def test_a_server_without_an_answer_is_told_and_nothing_is_lost(
    bed: Bed, host: Host, hosted: Hosted, *, down: bool
):
    renewing, where, _, _ = hosted
    bed.install()
    host.down = down
    with pytest.raises(OutsideError) as caught:
        renewing.refresh(where)
    assert caught.value.exit_code == 4
    bed.clock.pass_by(timedelta(days=2))
    standing = bed.again().current()
    assert (standing.state, standing.note) == ("active", "offline")
    assert standing.noted.startswith("Plan details were last checked 2 days ago.")


def test_revocations_beside_the_licence_are_fetched_with_it(bed: Bed, host: Host, hosted: Hosted):
    renewing, where, path, _ = hosted
    host.files[path] = bed.licence(lic="lic_9")
    listed = bed.vendor.revocations(licences=["lic_9"])
    host.files["/licences/revocations.captely-revocations"] = listed
    with pytest.raises(LicenceRefused) as caught:
        renewing.refresh(where)
    assert caught.value.reason is Code.REVOKED


def test_a_web_page_in_place_of_the_revocations_changes_nothing(
    bed: Bed, host: Host, hosted: Hosted
):
    renewing, where, path, _ = hosted
    host.files[path] = bed.licence()
    host.files["/licences/revocations.captely-revocations"] = "<html>hello</html>"
    assert renewing.refresh(where).plan == "professional"


def test_it_is_fetched_by_itself_once_a_day(bed: Bed, host: Host, hosted: Hosted):
    renewing, where, path, seen = hosted
    host.files[path] = bed.licence()
    renewing.refresh(where)

    def fetches() -> int:
        before = len([r for r in seen if r.path == path])
        renewing.refresh_if_due()
        return len([r for r in seen if r.path == path]) - before

    assert fetches() == 0
    bed.clock.pass_by(timedelta(days=1, hours=2))
    assert [fetches(), fetches()] == [1, 0]
    host.down = True
    bed.clock.pass_by(timedelta(days=1))
    assert fetches() == 1, "and its failure is silent"
    assert fetches() == 0
    bed.clock.pass_by(timedelta(hours=6))
    assert fetches() == 1


def test_without_an_address_nothing_is_fetched_by_itself(bed: Bed, hosted: Hosted):
    bed.install()
    bed.clock.pass_by(timedelta(days=9))
    assert hosted[0].refresh_if_due().plan == "professional"
    assert hosted[3] == []
    with pytest.raises(InvalidInput, match="not known where"):
        hosted[0].refresh()


def test_an_encrypted_answer_s_date_corrects_the_clock(bed: Bed, monkeypatch: pytest.MonkeyPatch):
    bed.install()
    bed.at(ISSUED + 29 * DAY)
    bed.at(ISSUED + DAY)
    answers = {"https": Fetched(None, "", ISSUED + DAY), "http": Fetched(None, "", None)}
    states = {}
    monkeypatch.setattr("app.services.licence.renewing.fetch_revocations", lambda *_: None)
    for scheme in ("http", "https"):
        monkeypatch.setattr(
            "app.services.licence.renewing.fetch", lambda *_, etag, s=scheme: answers[s]
        )
        states[scheme] = renewals(bed).refresh("https://licences.example.com/x").state
    assert states == {"http": Code.CLOCK_ROLLBACK, "https": Code.ACTIVE}


def test_an_unencrypted_answer_s_date_proves_nothing(bed: Bed, host: Host, hosted: Hosted):
    _, where, path, _ = hosted
    host.files[path] = bed.licence()
    http = HttpFactory(SystemClock(speed=50))
    fetched = fetching.fetch(http, where, bed.licences.workspace)
    assert (fetched.text, fetched.date) == (host.files[path], None)


@pytest.mark.parametrize(
    ("address", "sandbox", "good"),
    [
        ("https://licences.example.com/{workspace}.captely-licence", False, True),
        ("http://127.0.0.1:8000/x", False, True),
        ("http://127.0.0.1:8000/x", True, True),
        ("https://licences.example.com/x", True, False),
        ("http://licences.example.com/x", False, False),
        ("ftp://licences.example.com/x", False, False),
        ("file:///etc/passwd", False, False),
        ("https://name:word@licences.example.com/x", False, False),
        ("https://[/", False, False),
        ("https://", False, False),
        ("licence.txt", False, False),
        ("https://e.example/" + "x" * 2_000, False, False),
    ],
)
def test_which_addresses_a_licence_may_come_from(address: str, *, sandbox: bool, good: bool):
    if good:
        assert checked_address(f" {address} ", sandbox=sandbox) == address
    else:
        with pytest.raises(InvalidInput, match="cannot be fetched"):
            checked_address(address, sandbox=sandbox)


def test_the_installed_build_takes_nothing_from_this_machine(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(frozen.sys, "frozen", True, raising=False)
    with pytest.raises(InvalidInput):
        checked_address("http://127.0.0.1:8000/x", sandbox=False)


def test_revocations_lie_in_the_licence_s_folder():
    address = "https://e.example/a/b/{workspace}.captely-licence?v=1"
    assert revocations_beside(address) == "https://e.example/a/b/revocations.captely-revocations"


ENDLESS = '{"succeeded": Infinity, "tried": 1, "unreachable": true, "etag": ""}'


@pytest.mark.parametrize(
    "text", [None, "", "{}", "[]", "nonsense", '{"tried": "x"}', "[" * 100_000, ENDLESS]
)
def test_unreadable_notes_of_the_last_attempt_are_as_good_as_none(text: str | None):
    assert Checked.read(text) == Checked()


def test_workspaces_do_not_all_ask_at_the_same_second():
    def due(workspace: str) -> int:
        waits: Callable[[int], bool] = lambda s: Checked().is_due(DAY * 9 + s, DAY * 9, workspace)  # noqa: E731
        return next(second for second in range(0, 3_700, 10) if waits(second))

    assert len({due(f"workspace {n}") for n in range(20)}) > 10


def test_the_mark_lies_outside_the_workspace_that_may_be_copied(bed: Bed, tmp_path: Path):
    bed.install()
    workspace = bed.licences.workspace
    kept_here = {f"{workspace}.mark", f"{workspace}.captely-licence"}
    assert {file.name for file in bed.folder.iterdir()} == kept_here
    assert not list((tmp_path / "workspace").glob("*.mark"))
