"""The frame of every practice server: loopback HTTP, a request log, and scripted trouble."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar, Protocol
from urllib.parse import parse_qsl, urlsplit

from app.core.clock import Clock

log = logging.getLogger("captely.sandbox")

HOST = "127.0.0.1"
LARGEST_BODY = 20_000_000
POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it arrived; header names are lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:  # noqa: ANN401
        """The body as JSON; raises ValueError."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: an object is sent as JSON, text as it is.

    delay lets that many seconds of the server's clock pass first. dropped closes the connection
    instead of answering, after the request has had its effect.
    """

    status: int = 200
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    dropped: bool = False


class Practice(Protocol):
    """What one vendor's practice server does with a request."""

    name: ClassVar[str]
    scenarios: Mapping[str, str]

    def handle(self, request: Request) -> Answer:
        """Answer as the vendor's contract says."""


class RequestLog:
    """Every request and its answer as one JSON line; keys are cut to their last characters."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self.path = path
        self._clock = clock
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)

    def add(self, server: str, request: Request, answer: Answer) -> None:
        """Write one line."""
        entry = {
            "at": self._clock.now().isoformat().replace("+00:00", "Z"),
            "server": server,
            "method": request.method,
            "path": request.path,
            "query": _without_keys(request.query),
            "key": _key_end(request.headers.get("authorization", "")),
            "body": _shown(request.body),
            "status": None if answer.dropped else answer.status,
            "answer": answer.body,
        }
        line = json.dumps(entry, ensure_ascii=False)
        with self._lock, self.path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def entries(self) -> list[dict[str, Any]]:
        """What was logged so far, oldest first."""
        if not self.path.exists():
            return []
        with self._lock:
            return [json.loads(line) for line in self.path.read_text("utf-8").splitlines()]


class PracticeServer:
    """Runs one practice server in threads of its own until it is stopped."""

    def __init__(self, practice: Practice, clock: Clock, requests: RequestLog) -> None:
        self.practice = practice
        self._stopping = threading.Event()
        self._handler = _handler(practice, clock, requests, self._stopping)
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Its address on this machine once it has started, else an empty text."""
        return f"http://{HOST}:{self._server.server_address[1]}" if self._server else ""

    def start(self) -> None:
        """Begin to answer, on a free port."""
        self._server = _Loopback((HOST, 0), self._handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": POLL_SECONDS},
            name=f"captely-practice-{self.practice.name}",
            daemon=True,
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop answering; requests that still wait are cut off."""
        self._stopping.set()
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()


class _Loopback(ThreadingHTTPServer):
    daemon_threads = True
    # A client may have given up; waiting for its thread would hold a test for a minute.
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002
        """A client that hung up is ordinary; our own faults are caught before they come here."""
        log.debug("A practice connection ended early")


def _handler(
    practice: Practice, clock: Clock, requests: RequestLog, stopping: threading.Event
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version = "CaptelyPractice"
        # Answer line, headers and body in one packet; separate ones wait 40 ms for each other.
        wbufsize = -1

        def _serve(self) -> None:
            request = self._request()
            answer = _answer(practice, request)
            requests.add(practice.name, request, answer)
            if answer.delay and clock.wait(answer.delay, stopping):
                answer = Answer(dropped=True)
            if answer.dropped:
                self.close_connection = True
                return
            self._reply(answer)

        def _request(self) -> Request:
            parts = urlsplit(self.path)
            length = min(int(self.headers.get("Content-Length") or 0), LARGEST_BODY)
            return Request(
                self.command,
                parts.path,
                dict(parse_qsl(parts.query, keep_blank_values=True)),
                {name.lower(): value for name, value in self.headers.items()},
                self.rfile.read(length) if length else b"",
            )

        def _reply(self, answer: Answer) -> None:
            content, kind = _content(answer.body)
            self.send_response(answer.status)
            headers = {"Content-Type": kind, "Content-Length": str(len(content))}
            for name, value in (headers | dict(answer.headers)).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Silent: the request log says more."""

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve  # noqa: N815

    return Handler


def _answer(practice: Practice, request: Request) -> Answer:
    try:
        return practice.handle(request)
    except Exception:
        log.exception("The practice server %s failed", practice.name)
        return Answer(500, {"status": "error", "message": "The practice server has a fault."})


def _content(body: object) -> tuple[bytes, str]:
    if body is None:
        return b"", "text/plain"
    if isinstance(body, str):
        return body.encode(), "text/html; charset=utf-8"
    return json.dumps(body).encode(), "application/json;charset=utf-8"


def _shown(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace") or None


def _without_keys(query: Mapping[str, str]) -> dict[str, str]:
    return {name: _key_end(value) if "key" in name else value for name, value in query.items()}


def _key_end(written: str) -> str:
    return f"…{written[-4:]}" if written else ""
