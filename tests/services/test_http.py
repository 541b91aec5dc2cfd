"""The door to the network: what is repeated, how long it waits, and what never gets out."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from app.core.clock import SystemClock
from app.core.errors import Cancelled, InvalidInput, OutsideError, OutsideKind, Unreachable
from app.services.http import (
    USER_AGENT,
    Call,
    HttpClient,
    HttpFactory,
    Reply,
    Service,
    base_address,
)
from app.services.pace import Limit
from app.services.server_dates import retry_after
from tests.services.loopback import Loopback, Responder, drop, serving

KEY = "pat-eu1-aaaabbbbccccdddd"
FAST = 500.0


class Recorder(SystemClock):
    """A clock 500 times as fast that remembers how long it was asked to wait."""

    def __init__(self) -> None:
        super().__init__(speed=FAST)
        self.waits: list[float] = []

    def wait(self, seconds: float, wake: threading.Event | None = None) -> bool:
        self.waits.append(seconds)
        return super().wait(min(seconds, 5.0), wake)


def judge(reply: Reply) -> OutsideError | None:
    kinds = {
        400: OutsideKind.VALIDATION,
        401: OutsideKind.AUTH,
        429: OutsideKind.QUOTA,
        503: OutsideKind.TRANSIENT,
    }
    if reply.status == 200:
        return None
    return OutsideError("It failed.", detail=reply.detail(), kind=kinds[reply.status])


ClientMaker = Callable[..., HttpClient]


@pytest.fixture
def client() -> Iterator[ClientMaker]:
    """Make clients of a service that waits for nobody; they are closed at the end."""
    made: list[HttpClient] = []

    def make(address: str, clock: SystemClock | None = None) -> HttpClient:
        service = Service(
            "Vendor",
            address,
            {"Authorization": f"Bearer {KEY}"},
            Limit(100, 10.0),
            judge,
            lambda reply: None,
        )
        made.append(HttpFactory(clock or SystemClock(speed=FAST)).client(service, KEY))
        return made[-1]

    yield make
    for each in made:
        each.close()


def then(*answers: Responder) -> Responder:
    """Give these answers one after the other, the last one for ever."""
    waiting = list(answers)

    def respond(request: Loopback) -> None:
        (waiting.pop(0) if len(waiting) > 1 else waiting[0])(request)

    return respond


def status(code: int, **headers: str) -> Responder:
    return lambda request: request.answer(code, b'{"status":"x"}', **headers)


def test_a_call_names_the_product_and_carries_the_headers_of_its_service(
    client: ClientMaker,
) -> None:
    with serving(status(200)) as (address, seen):
        client(address).send(Call("POST", "/a/b", {"limit": "1"}, content=b"{}"))
    assert seen[0].path == "/a/b?limit=1"
    assert seen[0].headers["User-Agent"] == USER_AGENT
    assert seen[0].headers["Authorization"] == f"Bearer {KEY}"
    assert seen[0].headers["Content-Type"] == "application/json"


def test_a_passing_fault_is_tried_again_with_growing_pauses(client: ClientMaker) -> None:
    clock = Recorder()
    with serving(then(status(503), status(503), status(200))) as (address, seen):
        assert client(address, clock).send(Call("GET", "/")).status == 200
    assert len(seen) == 3
    assert 0.25 <= clock.waits[0] <= 0.5 < clock.waits[1] <= 1.0


def test_a_fault_that_does_not_pass_is_given_up_after_five_tries(client: ClientMaker) -> None:
    with serving(status(503)) as (address, seen), pytest.raises(OutsideError) as caught:
        client(address).send(Call("GET", "/"))
    assert caught.value.kind is OutsideKind.TRANSIENT
    assert len(seen) == 5


def test_a_call_without_patience_is_repeated_only_if_the_answer_says_when(
    client: ClientMaker,
) -> None:
    hasty = Call("GET", "/", patient=False)
    with serving(status(503)) as (address, seen), pytest.raises(OutsideError):
        client(address).send(hasty)
    assert len(seen) == 1
    waiting = then(status(503, **{"Retry-After": "1"}), status(200))
    with serving(waiting) as (address, seen):
        assert client(address).send(hasty).status == 200
    assert len(seen) == 2


@pytest.mark.parametrize("code", [400, 401])
def test_a_refusal_is_never_repeated(client: ClientMaker, code: int) -> None:
    with serving(status(code)) as (address, seen), pytest.raises(OutsideError):
        client(address).send(Call("GET", "/"))
    assert len(seen) == 1


def test_retry_after_in_seconds_is_waited_for(client: ClientMaker) -> None:
    clock = Recorder()
    with serving(then(status(429, Retry_After="2"), status(200))) as (address, _):
        client(address, clock).send(Call("GET", "/"))
    assert max(clock.waits) == pytest.approx(2.0)


def test_without_retry_after_the_interval_of_the_limit_is_waited_for(client: ClientMaker) -> None:
    clock = Recorder()
    with serving(then(status(429), status(200))) as (address, _):
        client(address, clock).send(Call("GET", "/"))
    assert max(clock.waits) == pytest.approx(10.0)


def test_a_wait_of_hours_is_left_to_the_user(client: ClientMaker) -> None:
    far = status(429, Retry_After="7200")
    with serving(far) as (address, seen), pytest.raises(OutsideError) as caught:
        client(address).send(Call("GET", "/"))
    assert len(seen) == 1
    assert caught.value.retry_after == 7200


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("3", 3.0),
        ("0.5", 0.5),
        (format_datetime(datetime(2026, 11, 23, 10, 0, 7, tzinfo=UTC), usegmt=True), 7.0),
        ("2026-11-23T10:00:09Z", 9.0),
        ("2026-11-23T10:00:09+00:00", 9.0),
        ("2026-11-23T09:00:00Z", 0.0),
        ("soon", None),
        ("nan", None),
        ("", None),
    ],
)
def test_retry_after_takes_seconds_http_dates_and_iso_moments(
    written: str, seconds: float | None
) -> None:
    clock = SystemClock(start=datetime(2026, 11, 23, 10, 0, 0, tzinfo=UTC))
    waited = retry_after(Reply(429, {"retry-after": written}, b""), clock)
    assert waited == (None if seconds is None else pytest.approx(seconds, abs=0.5))


def test_a_computer_whose_clock_is_wrong_waits_by_the_servers_clock() -> None:
    server = datetime(2026, 11, 23, 10, 0, 0, tzinfo=UTC)
    headers = {
        "date": format_datetime(server, usegmt=True),
        "retry-after": format_datetime(server + timedelta(seconds=4), usegmt=True),
    }
    wrong = SystemClock(start=datetime(2026, 11, 20, tzinfo=UTC))
    assert retry_after(Reply(429, headers, b""), wrong) == 4.0


def test_a_lost_answer_to_a_repeatable_write_is_sent_again(client: ClientMaker) -> None:
    with serving(then(drop, status(200))) as (address, seen):
        assert client(address).send(Call("POST", "/", writes=True)).status == 200
    assert len(seen) == 2


def test_a_lost_answer_to_a_write_that_may_not_be_repeated_is_ambiguous(
    client: ClientMaker,
) -> None:
    with serving(drop) as (address, seen), pytest.raises(OutsideError) as caught:
        client(address).send(Call("POST", "/", writes=True, repeatable=False))
    assert caught.value.kind is OutsideKind.AMBIGUOUS
    assert len(seen) == 1


def test_a_server_fault_after_an_unrepeatable_write_is_ambiguous_too(client: ClientMaker) -> None:
    with serving(status(503)) as (address, seen), pytest.raises(OutsideError) as caught:
        client(address).send(Call("POST", "/", writes=True, repeatable=False))
    assert caught.value.kind is OutsideKind.AMBIGUOUS
    assert len(seen) == 1


def test_silence_ends_by_the_read_timeout_of_the_clock(client: ClientMaker) -> None:
    silent = threading.Event()
    with serving(lambda request: silent.wait(5) and None) as (address, seen):
        with pytest.raises(OutsideError) as caught:
            client(address).send(Call("POST", "/", writes=True, repeatable=False))
        silent.set()
    assert caught.value.kind is OutsideKind.AMBIGUOUS
    assert len(seen) == 1


def test_an_answer_that_drips_for_ever_ends_by_the_clock_too(client: ClientMaker) -> None:
    def drip(request: Loopback) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "1000000")
        request.end_headers()
        with contextlib.suppress(OSError):
            while True:
                request.wfile.write(b" ")
                request.wfile.flush()

    with serving(drip) as (address, seen), pytest.raises(OutsideError) as caught:
        client(address, SystemClock(speed=3_000)).send(
            Call("POST", "/", writes=True, repeatable=False)
        )
    assert caught.value.kind is OutsideKind.AMBIGUOUS
    assert "does not come to its end" in caught.value.detail
    assert len(seen) == 1


def test_an_answer_of_any_size_is_not_read_into_memory(
    client: ClientMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.http.LARGEST_ANSWER", 100)
    endless = lambda request: request.answer(200, b" " * 101)  # noqa: E731
    with serving(endless) as (address, _), pytest.raises(OutsideError) as caught:
        client(address).send(Call("POST", "/", writes=True, repeatable=False))
    assert "too large" in caught.value.detail


def test_when_a_fault_names_its_time_all_calls_of_the_key_rest(client: ClientMaker) -> None:
    class Watcher(Recorder):
        def wait(self, seconds: float, wake: threading.Event | None = None) -> bool:
            rests.append(calling._pace.rest_left)
            return super().wait(seconds, wake)

    rests: list[float] = []
    with serving(then(status(503, Retry_After="30"), status(200))) as (address, _):
        calling = client(address, Watcher())
        calling.send(Call("GET", "/"))
    assert rests[0] == pytest.approx(30.0, abs=5.0)


def test_no_connection_is_one_sentence_with_a_next_step(client: ClientMaker) -> None:
    with serving(status(200)) as (address, _):
        pass
    with pytest.raises(Unreachable) as caught:
        client(address).send(Call("GET", "/"))
    assert caught.value.message == "Vendor cannot be reached."
    assert "network" in caught.value.hint


def test_an_unknown_host_is_the_same_sentence(client: ClientMaker) -> None:
    with pytest.raises(Unreachable, match="cannot be reached"):
        client("https://no-such-host.invalid").send(Call("GET", "/"))


def test_a_redirect_is_not_followed(client: ClientMaker) -> None:
    with (
        serving(status(200)) as (elsewhere, got),
        serving(status(302, Location=elsewhere)) as (address, _),
        pytest.raises(OutsideError, match="another address"),
    ):
        client(address).send(Call("GET", "/"))
    assert got == []


def test_cancelling_ends_the_wait_for_a_repetition(client: ClientMaker) -> None:
    cancel = threading.Event()
    cancel.set()
    with serving(status(503)) as (address, seen), pytest.raises(Cancelled):
        client(address).send(Call("GET", "/"), cancel)
    assert len(seen) == 1


def test_cancelling_does_not_hide_that_the_fate_of_a_write_is_unknown(client: ClientMaker) -> None:
    cancel = threading.Event()

    def respond(request: Loopback) -> None:
        cancel.set()
        drop(request)

    with serving(respond) as (address, _), pytest.raises(OutsideError) as caught:
        client(address).send(Call("POST", "/", writes=True), cancel)
    assert caught.value.kind is OutsideKind.AMBIGUOUS


def test_every_request_is_counted_repetitions_too(client: ClientMaker) -> None:
    with serving(then(status(503), status(200))) as (address, _):
        connection = client(address)
        connection.send(Call("GET", "/"))
        connection.send(Call("POST", "/", writes=True))
    assert (connection.tally.reads, connection.tally.writes) == (2, 1)


def test_no_log_and_no_error_holds_the_key(
    client: ClientMaker, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    echo = f'{{"message":"bad token {KEY}"}}'.encode()
    with (
        serving(lambda request: request.answer(400, echo)) as (address, _),
        pytest.raises(OutsideError) as caught,
    ):
        client(address).send(Call("GET", "/x", {"api_key": KEY}))
    assert "GET" in caplog.text
    assert KEY not in caplog.text
    assert KEY not in str(caught.value.as_dict())
    assert "bad token" in caught.value.detail


def test_the_environment_may_name_another_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAPTELY_HUBSPOT_URL", "http://127.0.0.1:9001/")
    assert base_address("hubspot", "https://vendor.example") == "http://127.0.0.1:9001"
    monkeypatch.delenv("CAPTELY_HUBSPOT_URL")
    assert base_address("hubspot", "https://vendor.example") == "https://vendor.example"


def test_the_installed_build_ignores_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAPTELY_HUBSPOT_URL", "http://127.0.0.1:9001")
    monkeypatch.setattr("sys.frozen", True, raising=False)
    assert base_address("hubspot", "https://vendor.example") == "https://vendor.example"


@pytest.mark.parametrize(
    "written", ["127.0.0.1:9001", "ftp://host", "http://vendor.example", "http://[", "http://"]
)
def test_an_address_that_would_leak_the_key_or_is_none_is_refused(
    written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAPTELY_HUBSPOT_URL", written)
    with pytest.raises(InvalidInput, match="CAPTELY_HUBSPOT_URL"):
        base_address("hubspot", "https://vendor.example")


def test_a_proxy_of_the_network_is_not_asked_for_this_machine(
    client: ClientMaker,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.invalid:3128")
    with serving(status(200)) as (address, seen):
        client(address).send(Call("GET", "/"))
    assert len(seen) == 1


def test_only_an_encrypted_answer_tells_its_date(monkeypatch: pytest.MonkeyPatch):
    told: list[datetime] = []
    answer = httpx.Response(200, headers={"Date": "Fri, 27 Nov 2026 12:00:00 GMT"})
    transport = httpx.MockTransport(lambda _request: answer)
    monkeypatch.setattr(
        "app.services.http._connect",
        lambda service, _clock: httpx.Client(base_url=service.address, transport=transport),
    )
    factory = HttpFactory(SystemClock(speed=FAST), dates=told.append)
    for address in ("http://127.0.0.1:1", "https://api.example.com"):
        limit = Limit(calls=10, seconds=1.0)
        service = Service("It", address, {}, limit, judge, lambda _reply: None)
        factory.client(service, "").send(Call("GET", "/"))
    assert told == [datetime(2026, 11, 27, 12, tzinfo=UTC)]
