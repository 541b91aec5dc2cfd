"""A server on this machine that answers what a test tells it to, and remembers what it got."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Responder = Callable[["Loopback"], None]


class Loopback(BaseHTTPRequestHandler):
    """One request; `answer` sends a reply, and not calling it breaks the connection."""

    protocol_version = "HTTP/1.1"
    seen: list[Loopback]
    respond: Responder
    content: bytes = b""

    def answer(self, status: int = 200, body: bytes = b"{}", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _serve(self) -> None:
        self.content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.seen.append(self)
        type(self).respond(self)

    do_GET = do_POST = _serve  # noqa: N815 - the library's names

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def serving(respond: Responder) -> Iterator[tuple[str, list[Any]]]:
    """Run such a server; yields its address and the list of requests it got."""
    seen: list[Any] = []
    handler = type("Handler", (Loopback,), {"seen": seen, "respond": staticmethod(respond)})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def drop(request: Loopback) -> None:
    """Close the connection without an answer, after the request has arrived."""
    request.close_connection = True
