"""The one door to the network: time-outs, pace, retries, redaction and the words for a failure.

Whether a failed call may be repeated is decided by its failure's class, never by the transport.
"""

from __future__ import annotations

import json
import os
import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from app import __version__
from app.core.clock import Clock
from app.core.errors import Cancelled, InvalidInput, OutsideError, OutsideKind, Unreachable
from app.core.frozen import is_frozen
from app.core.text import tr
from app.services.pace import Limit, Pace
from app.services.redaction import REDACTOR, guard_library_loggers
from app.services.server_dates import retry_after, telling

if TYPE_CHECKING:
    import httpx

CONNECT_SECONDS = 10.0
READ_SECONDS = 60.0
LONGEST_ANSWER = 300.0
"""Seconds from the first byte of an answer to its last."""
LARGEST_ANSWER = 64_000_000
"""Bytes, unpacked; a thousand properties with their options are some megabytes."""
SHORTEST_TIMEOUT = 0.2
LONGEST_WAIT = 600.0
FIRST_BACKOFF, LONGEST_BACKOFF = 0.5, 60.0
DETAIL_LENGTH = 2_000
NOT_MODIFIED = 304
USER_AGENT = f"Captely/{__version__}"

ATTEMPTS = {OutsideKind.QUOTA: 6, OutsideKind.TRANSIENT: 5, OutsideKind.AMBIGUOUS: 3}
"""How often a call is made in all before its failure is reported; other kinds: once."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request: a path below the base address, and whether it may change anything there.

    repeatable says that making the same call twice leaves the same result, so that a call whose
    answer was lost may be sent again; looked_up that the caller finds out first what it did.
    patient is False when the caller has a better use of a passing failure than to repeat the call;
    a failure that names its time is waited for anyway. shape is the failure of a good answer that
    lacks what this call promises, else None.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    content_type: str = "application/json"
    writes: bool = False
    repeatable: bool = True
    patient: bool = True
    looked_up: bool = False
    shape: Callable[[Reply], OutsideError | None] | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        """The body as text, whatever bytes it holds."""
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:  # noqa: ANN401
        """The body as JSON; None when it is not JSON, which error pages of proxies are not."""
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError):
            return None

    def detail(self) -> str:
        """The status and the raw body for the details of an error, cleaned and cut."""
        # Cleaned before it is cut: half a key would pass unknown.
        return f"HTTP {self.status} {REDACTOR.clean(self.text)[:DETAIL_LENGTH]}".strip()


@dataclass(frozen=True, slots=True)
class Service:
    """What the client must know of one outside system.

    judge turns an answer into its failure, None for a good one; limit reads the rate limit from
    an answer's headers, None when they say nothing.
    """

    label: str
    address: str
    headers: Mapping[str, str]
    published: Limit
    judge: Callable[[Reply], OutsideError | None]
    limit: Callable[[Reply], Limit | None]


@dataclass(slots=True)
class Tally:
    """How many requests were really made, retries included."""

    reads: int = 0
    writes: int = 0


class HttpClient:
    """Calls one service with one credential; safe to use from several threads."""

    def __init__(self, service: Service, pace: Pace, clock: Clock) -> None:
        self._service = service
        self._pace = pace
        self._clock = clock
        self._lock = threading.Lock()
        self._tally = Tally()
        self._client: httpx.Client | None = None

    @property
    def tally(self) -> Tally:
        """A copy of the counters so far."""
        with self._lock:
            return Tally(self._tally.reads, self._tally.writes)

    def send(self, call: Call, cancel: threading.Event | None = None) -> Reply:
        """Make `call`, repeating it as its failures allow, and return a good answer.

        Raises OutsideError with the kind of the last failure, Cancelled when `cancel` is set
        while nothing is under way.
        """
        attempt = 1
        while True:
            try:
                return self._attempt(call, cancel)
            except OutsideError as failure:
                if attempt >= _attempts(call, failure) or not _may_repeat(call, failure):
                    raise
                self._rest(failure, attempt, cancel)
            attempt += 1

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def shown_headers(self, call: Call) -> dict[str, str]:
        """The headers of ours that go with a call, its secrets masked."""
        service = self._service
        sent = {"Host": urlsplit(service.address).netloc, **_headers(service)}
        if call.content is not None:
            sent["Content-Type"] = call.content_type
        return {name: REDACTOR.clean(value) for name, value in sent.items()}

    def _attempt(self, call: Call, cancel: threading.Event | None) -> Reply:
        with self._pace.slot(cancel):
            self._count(call)
            reply = self._exchange(call)
            self._pace.learn(self._service.limit(reply))
        failure = _redirected(self._service.label, reply) or self._service.judge(reply)
        if failure is None and call.shape is not None:
            failure = call.shape(reply)
        if failure is None:
            return reply
        if failure.kind is OutsideKind.TRANSIENT and not call.repeatable:
            failure.kind = OutsideKind.AMBIGUOUS
        elif failure.kind is OutsideKind.AMBIGUOUS and not call.writes:
            failure.kind = OutsideKind.TRANSIENT
        if failure.retry_after is None:
            failure.retry_after = retry_after(reply, self._clock)
        if failure.retry_after is None and failure.kind is OutsideKind.QUOTA:
            # Nothing said when: after one whole interval every counter has begun anew.
            failure.retry_after = self._pace.limit.seconds
        raise failure

    def _exchange(self, call: Call) -> Reply:
        import httpx  # 70 ms that a start without any call need not pay

        try:
            with self._connection().stream(
                call.method,
                call.path,
                params=call.query or None,
                content=call.content,
                headers=None if call.content is None else {"Content-Type": call.content_type},
            ) as answer:
                content = self._body(answer)
        except httpx.HTTPError as error:
            raise _transport_failure(self._service.label, call, error) from None
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Reply(answer.status_code, headers, content)

    def _body(self, answer: httpx.Response) -> bytes:
        """The whole body; the time-out of a read begins anew with every byte of a dripping one."""
        import httpx

        until, body = self._clock.monotonic() + LONGEST_ANSWER, bytearray()
        for part in answer.iter_bytes():
            body += part
            if self._clock.monotonic() > until:
                raise httpx.ReadTimeout("the answer does not come to its end")
            if len(body) > LARGEST_ANSWER:
                raise httpx.ReadError("the answer is too large")
        return bytes(body)

    def _connection(self) -> httpx.Client:
        with self._lock:
            if self._client is None:
                self._client = _connect(self._service, self._clock)
            return self._client

    def _count(self, call: Call) -> None:
        with self._lock:
            if call.writes:
                self._tally.writes += 1
            else:
                self._tally.reads += 1

    def _rest(self, failure: OutsideError, attempt: int, cancel: threading.Event | None) -> None:
        delay = max(failure.retry_after or 0.0, _backoff(attempt))
        if failure.retry_after is not None:
            # It was said to one call but holds for the service: the other threads rest as well.
            self._pace.pause(delay)
        if self._clock.wait(delay, cancel):
            # A write of unknown fate must be recorded as such, not as merely cancelled.
            if failure.kind is OutsideKind.AMBIGUOUS:
                raise failure
            raise Cancelled(tr("Stopped before the call was repeated."))


class HttpFactory:
    """Makes the clients of a process; calls under one credential share one pace.

    addresses are those of practice servers, which a sandbox uses whatever else is set. dates is
    told the time of each encrypted answer.
    """

    def __init__(
        self,
        clock: Clock,
        addresses: Mapping[str, str] | None = None,
        dates: Callable[[datetime], None] | None = None,
    ) -> None:
        self._clock = clock
        self._dates = dates
        self._addresses = dict(addresses or {})
        self._lock = threading.Lock()
        self._paces: dict[tuple[str, str], Pace] = {}
        guard_library_loggers()

    def address(self, name: str, default: str) -> str:
        """Where the service `name` is reached; raises InvalidInput like base_address."""
        return self._addresses.get(name) or base_address(name, default)

    def client(self, service: Service, credential: str) -> HttpClient:
        """A client of `service`; `credential` is what its rate limit is counted by."""
        if credential:
            REDACTOR.learn(credential)
        with self._lock:
            where = (service.address, credential)
            pace = self._paces.setdefault(where, Pace(self._clock, service.published))
        if self._dates and service.address.startswith("https:"):
            service = replace(service, judge=telling(service.judge, self._dates))
        return HttpClient(service, pace, self._clock)

    def rest_left(self, address: str) -> float:
        """Seconds until calls to an address go on, because it asked us to wait; else 0."""
        with self._lock:
            paces = [pace for (at, _credential), pace in self._paces.items() if at == address]
        return max((pace.rest_left for pace in paces), default=0.0)


def base_address(name: str, default: str) -> str:
    """CAPTELY_<NAME>_URL in an unfrozen build, else `default`; without a slash at the end.

    Raises InvalidInput for an address that is not one, or that would carry a key unencrypted to
    another machine.
    """
    variable = f"CAPTELY_{name.upper()}_URL"
    written = "" if is_frozen() else os.environ.get(variable, "").strip()
    if not written:
        return default
    try:
        parts = urlsplit(written)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and is_here(host))):
        raise InvalidInput(
            tr(
                "{variable} is not an address that can be used: {written}",
                variable=variable,
                written=REDACTOR.clean(written),
            ),
            tr("Write it like http://127.0.0.1:9001, or https:// for another machine."),
        )
    return written.rstrip("/")


def is_here(host: str) -> bool:
    """True for a host name of this machine."""
    return host in {"localhost", "::1"} or host.startswith("127.")


def _backoff(attempt: int) -> float:
    whole = min(LONGEST_BACKOFF, FIRST_BACKOFF * 2.0 ** (attempt - 1))
    # Jitter, so that eight batches refused together do not come back together.
    return whole * (0.5 + random.random() / 2)  # noqa: S311 - spreads load, guards nothing


def _attempts(call: Call, failure: OutsideError) -> int:
    hasty = not call.patient and failure.retry_after is None
    return 1 if hasty else ATTEMPTS.get(failure.kind, 1)


def _may_repeat(call: Call, failure: OutsideError) -> bool:
    if failure.kind is OutsideKind.QUOTA:
        return failure.retry_after is not None and failure.retry_after <= LONGEST_WAIT
    if failure.kind is OutsideKind.TRANSIENT:
        return (failure.retry_after or 0.0) <= LONGEST_WAIT
    return failure.kind is OutsideKind.AMBIGUOUS and call.repeatable and not call.looked_up


def _headers(service: Service) -> dict[str, str]:
    return {"User-Agent": USER_AGENT, **service.headers}


def _connect(service: Service, clock: Clock) -> httpx.Client:
    import httpx

    speed = float(getattr(clock, "speed", 1.0))
    read = max(SHORTEST_TIMEOUT, READ_SECONDS / speed)
    timeout = httpx.Timeout(read, connect=max(SHORTEST_TIMEOUT, CONNECT_SECONDS / speed))
    local = is_here(urlsplit(service.address).hostname or "")
    return httpx.Client(
        base_url=service.address,
        headers=_headers(service),
        timeout=timeout,
        follow_redirects=False,
        # A company's proxy is for the world outside, never for a server on this machine.
        trust_env=not local,
    )


def _redirected(label: str, reply: Reply) -> OutsideError | None:
    if not 300 <= reply.status < 400 or reply.status == NOT_MODIFIED:
        return None
    return OutsideError(
        tr("{label} points to another address, which is not followed.", label=label),
        tr("Check whether a proxy or a login page of your network is in between."),
        f"HTTP {reply.status}",
        kind=OutsideKind.GONE,
    )


def _transport_failure(label: str, call: Call, error: httpx.HTTPError) -> OutsideError:
    import httpx

    said = REDACTOR.clean(f"{type(error).__name__}: {error}")
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
        return Unreachable(
            tr("{label} cannot be reached.", label=label),
            tr("Check the network connection and try again; what is left to do is kept."),
            said,
            kind=OutsideKind.TRANSIENT,
        )
    if isinstance(error, httpx.UnsupportedProtocol | httpx.LocalProtocolError):
        return OutsideError(
            tr("The call to {label} could not be made.", label=label),
            tr("Check its address and that the key has no unusual characters."),
            said,
            kind=OutsideKind.VALIDATION,
        )
    if not call.writes:
        return OutsideError(
            tr("{label} did not answer.", label=label),
            tr("Try again in a moment."),
            said,
            kind=OutsideKind.TRANSIENT,
        )
    return OutsideError(
        tr("{label} took the request but did not answer, so its fate is unknown.", label=label),
        tr("Run the export again: it looks what arrived before it sends anything."),
        said,
        kind=OutsideKind.AMBIGUOUS,
    )
