"""A key for each test, a practice Stripe on this machine, and none of the developer's keys."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from issuer.cli import main

NOW = "2026-11-27T12:00:00Z"
ISSUED = 1_795_780_800
WORKSPACE = "0e7b7a38-6c1f-4c8e-9d0a-0f4f2f4b1f3a"
KEY = "rk" + "_test_" + "practice0123456789"


@dataclass
class Practice:
    """A Stripe that knows what a test tells it, pages its lists, and remembers the requests."""

    customers: dict[str, dict[str, Any]] = field(default_factory=dict)
    subscriptions: list[dict[str, Any]] = field(default_factory=list)
    payments: list[dict[str, Any]] = field(default_factory=list)
    entitlements: list[dict[str, Any]] = field(default_factory=list)
    checkouts: list[dict[str, Any]] = field(default_factory=list)
    products: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    page: int = 2
    asked: list[tuple[str, str, dict[str, list[str]], dict[str, str]]] = field(default_factory=list)

    def answer(self, method: str, path: str, values: dict[str, list[str]]) -> tuple[int, Any]:
        parts = path.strip("/").split("/")[1:]
        if parts[0] in ("customers", "products") and len(parts) == 2:
            found = getattr(self, parts[0]).get(parts[1])
            if found is None:
                return 404, {"error": {"type": "invalid_request_error"}}
            if method == "POST":
                self._keep_metadata(found, values)
            return 200, found
        lists = {
            "subscriptions": self.subscriptions,
            "payment_intents": self.payments,
            "entitlements": self.entitlements,
            "checkout": self.checkouts,
            "events": self.events,
        }
        return 200, self._listed(lists[parts[0]], values)

    def _listed(self, whole: list[dict[str, Any]], values: dict[str, list[str]]) -> dict[str, Any]:
        """Newest first, as Stripe lists: the last of `whole` is the newest."""
        customer = values.get("customer", [None])[0]
        newest_first = [e for e in reversed(whole) if customer in (None, e.get("customer"))]
        size = min(self.page, int(values["limit"][0]))
        ids = [each["id"] for each in newest_first]
        if before := values.get("ending_before"):
            newer = newest_first[: ids.index(before[0])]
            return {"data": newer[-size:], "has_more": len(newer) > size}
        start = ids.index(values["starting_after"][0]) + 1 if "starting_after" in values else 0
        rest = newest_first[start:]
        return {"data": rest[:size], "has_more": len(rest) > size}

    def _keep_metadata(self, customer: dict[str, Any], values: dict[str, list[str]]) -> None:
        kept = customer.setdefault("metadata", {})
        for name, (value,) in values.items():
            key = name.removeprefix("metadata[").removesuffix("]")
            if value:
                kept[key] = value
            else:
                kept.pop(key, None)


class _Handler(BaseHTTPRequestHandler):
    practice: Practice

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        text = body or parts.query
        values = parse_qs(text, keep_blank_values=True)
        practice = type(self).practice
        practice.asked.append((self.command, parts.path, values, dict(self.headers)))
        if self.headers["Authorization"] != f"Bearer {KEY}":
            status, content = 401, {"error": {"type": "invalid_request_error", "message": KEY}}
        else:
            status, content = practice.answer(self.command, parts.path, values)
        raw = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Request-Id", "req_1")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    do_GET = do_POST = _serve  # noqa: N815 - the library's names

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(autouse=True)
def no_keys_of_the_developer(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("CAPTELY_", "STRIPE_")) and not name.startswith("CAPTELY_TEST_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("CAPTELY_NOW", NOW)


@pytest.fixture
def stripe(monkeypatch: pytest.MonkeyPatch) -> Iterator[Practice]:
    """A practice Stripe that the environment points to."""
    practice = Practice()
    handler = type("Handler", (_Handler,), {"practice": practice})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    monkeypatch.setenv("CAPTELY_STRIPE_URL", f"http://127.0.0.1:{server.server_address[1]}")
    monkeypatch.setenv("STRIPE_SECRET_KEY", KEY)
    yield practice
    server.shutdown()
    server.server_close()
    thread.join()


Run = Callable[..., tuple[int, Any, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command: its exit code, what it printed (read, if it is JSON), and its complaint."""

    def command(*words: object) -> tuple[int, Any, str]:
        capsys.readouterr()
        code = main([str(word) for word in words])
        printed = capsys.readouterr()
        out = json.loads(printed.out) if printed.out.startswith("{") else printed.out
        return code, out, printed.err

    return command


@pytest.fixture
def key(tmp_path: Path, run: Run) -> Path:
    """The PEM of a key called k1 without a passphrase; keyset.json lies beside it."""
    folder = tmp_path / "keys"
    assert run("keygen", "--out", folder, "--kid", "k1", "--no-passphrase")[0] == 0
    return folder / "k1.pem"
