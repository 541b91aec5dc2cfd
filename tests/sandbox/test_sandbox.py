"""The frame of the practice servers: addresses, request log, scenarios, and how they stop."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from app.core.clock import SystemClock
from app.core.errors import InvalidInput
from app.sandbox import Sandbox, read_scenarios
from app.sandbox.server import Answer, Request

KEY = "pat-eu1-0123456789abcdef"
PATH = "/crm/objects/2026-09/contacts"


def test_it_says_where_everything_is(tmp_path: Path) -> None:
    with Sandbox(tmp_path, SystemClock(), {"hubspot": "rate_limited"}) as sandbox:
        told = sandbox.describe()
        address = told["servers"]["hubspot"]
        assert address.startswith("http://127.0.0.1:")
        assert told["scenarios"] == {"hubspot": "rate_limited"}
        assert "429" in told["available"]["hubspot"]["rate_limited"]
        assert json.loads(json.dumps(told)) == told
        headers = {"Authorization": f"Bearer {KEY}"}
        assert httpx.get(f"{address}{PATH}?limit=1", headers=headers).status_code == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(address)


def test_each_request_is_one_line_of_json_without_the_key(tmp_path: Path) -> None:
    with Sandbox(tmp_path, SystemClock()) as sandbox:
        address = sandbox.describe()["servers"]["hubspot"]
        headers = {"Authorization": f"Bearer {KEY}"}
        httpx.post(f"{address}{PATH}", headers=headers, json={"properties": {"email": "a@b.c"}})
        log = Path(sandbox.describe()["log"])
        (line,) = log.read_text().splitlines()
    entry = json.loads(line)
    assert (entry["server"], entry["method"], entry["path"]) == ("hubspot", "POST", PATH)
    assert entry["body"] == {"properties": {"email": "a@b.c"}}
    assert entry["status"] == 201
    assert entry["answer"]["properties"]["email"] == "a@b.c"
    assert KEY not in line
    assert entry["key"].endswith(KEY[-4:])


def test_scenarios_are_read_from_the_command_line() -> None:
    assert read_scenarios(["hubspot=daily", " HubSpot =Partial"]) == {"hubspot": "partial"}


@pytest.mark.parametrize("written", ["hubspot", "hubspot=", "=daily"])
def test_a_scenario_that_cannot_be_read_is_told(written: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        Sandbox(tmp_path, SystemClock(), read_scenarios([written]))


@pytest.mark.parametrize(
    ("scenarios", "hint"),
    [({"hubspot": "rate_limit"}, "rate_limited"), ({"hubspott": "normal"}, "hubspot")],
)
def test_an_unknown_one_gets_the_nearest(
    tmp_path: Path, scenarios: dict[str, str], hint: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        Sandbox(tmp_path, SystemClock(), scenarios)
    assert hint in caught.value.hint


def test_a_fault_of_the_practice_server_is_logged_and_answered(
    tmp_path: Path, expect_log: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    expect_log("practice server hubspot failed")  # type: ignore[operator]

    def broken(request: Request) -> Answer:
        raise RuntimeError("a fault of ours")

    with Sandbox(tmp_path, SystemClock()) as sandbox:
        monkeypatch.setattr(sandbox.practice("hubspot"), "handle", broken)
        answer = httpx.get(sandbox.describe()["servers"]["hubspot"])
    assert answer.status_code == 500


def test_a_request_that_waits_does_not_hold_up_the_end(tmp_path: Path) -> None:
    clock = SystemClock()
    sandbox = Sandbox(tmp_path, clock, {"hubspot": "timeout"})
    address = sandbox.start()["hubspot"]
    body = {"inputs": [{"id": "a@b.example", "idProperty": "email", "properties": {}}]}
    headers = {"Authorization": f"Bearer {KEY}"}
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{address}{PATH}/batch/upsert", headers=headers, json=body, timeout=0.2)
    began = clock.monotonic()
    sandbox.stop()
    assert clock.monotonic() - began < 5
