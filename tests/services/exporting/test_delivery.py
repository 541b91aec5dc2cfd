"""How a batch is brought to its end: every contact gets exactly one fate, by few calls."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import OutsideError, OutsideKind, Unreachable
from app.services.connectors import (
    BatchRefused,
    Connector,
    ItemFailure,
    ItemResult,
    Outgoing,
    RemoteRecord,
    Sent,
)
from app.services.exporting import isolating
from app.services.exporting.delivery import Courier

BAD = ItemFailure(OutsideKind.VALIDATION, "Bad.")
Answer = Callable[[Sequence[Outgoing]], Sent]


class Scripted:
    """A connector that answers as a test says and counts its calls."""

    label = "Elsewhere"
    repeatable = True

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.calls: list[list[int]] = []
        self.patience: list[bool] = []

    def send(
        self, contacts: Sequence[Outgoing], cancel: object = None, *, patient: bool = True
    ) -> Sent:
        self.calls.append([each.contact for each in contacts])
        self.patience.append(patient)
        return self._answer(contacts)

    def read(self, keys: Any, fields: Any, cancel: object = None) -> dict[str, RemoteRecord]:
        return {}


def people(count: int) -> list[Outgoing]:
    return [Outgoing(n, f"a{n}@x.example", {}) for n in range(count)]


def deliver(connector: Scripted, contacts: list[Outgoing]) -> Any:
    as_connector: Connector = connector  # type: ignore[assignment]
    return Courier(as_connector, {}, threading.Event()).deliver(contacts)


def taken(contacts: Sequence[Outgoing]) -> Sent:
    return Sent(tuple(ItemResult(each.contact, str(each.contact)) for each in contacts))


@given(st.sets(st.integers(0, 99)), st.integers(1, 100))
def test_whichever_rows_are_bad_exactly_those_fail_and_all_others_are_taken(
    bad: set[int], size: int
) -> None:
    def answer(contacts: Sequence[Outgoing]) -> Sent:
        if any(each.contact in bad for each in contacts):
            raise BatchRefused(BAD)
        return taken(contacts)

    connector = Scripted(answer)
    delivery = deliver(connector, people(size))
    there = bad & set(range(size))
    assert {each.contact for each in delivery.results if each.failure} == there
    assert sorted(each.contact for each in delivery.results) == list(range(size))
    assert (delivery.waiting, delivery.failure) == ([], None)
    assert len(connector.calls) <= 1 + 2 * 7 * max(1, len(there))


@given(st.sets(st.integers(0, 99), max_size=20), st.booleans())
def test_rows_of_untold_fate_are_asked_about_until_each_is_told(
    silent: set[int], for_ever: bool
) -> None:
    asked: set[int] = set()

    def answer(contacts: Sequence[Outgoing]) -> Sent:
        untold = [
            each
            for each in contacts
            if each.contact in silent and (for_ever or each.contact not in asked)
        ]
        asked.update(each.contact for each in contacts)
        told = [each for each in contacts if each not in untold]
        return Sent(taken(told).results, tuple(untold))

    delivery = deliver(Scripted(answer), people(100))
    unknown = {each.contact for each in delivery.results if each.failure}
    assert unknown == (silent if for_ever else set())
    assert sorted(each.contact for each in delivery.results) == list(range(100))


def test_rows_that_are_named_are_left_out_and_the_rest_is_sent_at_once() -> None:
    def answer(contacts: Sequence[Outgoing]) -> Sent:
        if contacts[0].contact == 0:
            raise BatchRefused(BAD, [ItemResult(0, failure=BAD)])
        return taken(contacts)

    connector = Scripted(answer)
    delivery = deliver(connector, people(5))
    assert connector.calls == [[0, 1, 2, 3, 4], [1, 2, 3, 4]]
    assert [each.contact for each in delivery.results] == [0, 1, 2, 3, 4]


def test_rows_that_are_only_suspected_are_sent_by_themselves() -> None:
    everybody = people(5)

    def answer(contacts: Sequence[Outgoing]) -> Sent:
        if {0, 3} & {each.contact for each in contacts} == {0, 3}:
            raise BatchRefused(BAD, suspects=[everybody[0], everybody[3]])
        if contacts[0].contact == 3:
            raise BatchRefused(BAD)
        return taken(contacts)

    connector = Scripted(answer)
    delivery = deliver(connector, everybody)
    assert [each.contact for each in delivery.results if each.failure] == [3]
    assert sorted(each.contact for each in delivery.results) == [0, 1, 2, 3, 4]
    assert connector.calls[1] == [0, 3] or connector.calls[1] == [1, 2, 4]


def breaking_over(bad: set[int], kind: OutsideKind = OutsideKind.TRANSIENT) -> Answer:
    """Answers like a server that breaks whenever one of these is in a batch."""

    def answer(contacts: Sequence[Outgoing]) -> Sent:
        if any(each.contact in bad for each in contacts):
            raise OutsideError("It broke.", "Wait.", "HTTP 500", kind=kind)
        return taken(contacts)

    return answer


@given(st.sets(st.integers(0, 99), min_size=1, max_size=4), st.integers(2, 100))
def test_whichever_rows_break_the_server_exactly_those_fail(bad: set[int], size: int) -> None:
    there = bad & set(range(size))
    if len(there) == size:
        return
    connector = Scripted(breaking_over(bad))

    delivery = deliver(connector, people(size))

    assert {each.contact for each in delivery.results if each.failure} == there
    assert sorted(each.contact for each in delivery.results) == list(range(size))
    assert (delivery.waiting, delivery.failure) == ([], None)
    assert len(connector.calls) <= 1 + isolating.MOST_CALLS + 2 * len(there)


def test_only_the_whole_batch_and_a_row_by_itself_are_asked_for_patiently() -> None:
    connector = Scripted(breaking_over({2}))
    deliver(connector, people(4))
    asked = list(zip(connector.calls, connector.patience, strict=True))
    assert asked == [
        ([0, 1, 2, 3], True), ([0, 1], False), ([2, 3], False), ([2], True), ([3], True),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", [OutsideKind.TRANSIENT, OutsideKind.AMBIGUOUS])
def test_a_server_that_takes_nothing_gets_few_calls_and_nobody_is_blamed(
    kind: OutsideKind,
) -> None:
    connector = Scripted(breaking_over(set(range(100)), kind))
    delivery = deliver(connector, people(100))
    again = isolating.REPEATS if kind is OutsideKind.AMBIGUOUS else 0
    assert len(connector.calls) == isolating.MOST_ON_END + again
    assert sorted(each.contact for each in delivery.waiting) == list(range(100))
    assert delivery.results == []
    assert delivery.failure is not None


def test_a_single_row_that_fails_waits_since_nothing_shows_that_others_are_taken() -> None:
    delivery = deliver(Scripted(breaking_over({0})), people(1))
    assert [each.contact for each in delivery.waiting] == [0]
    assert delivery.failure is not None


def test_a_server_that_goes_down_in_the_middle_of_the_search_blames_nobody() -> None:
    calls: list[int] = []

    def answer(contacts: Sequence[Outgoing]) -> Sent:
        calls.append(len(contacts))
        return breaking_over({0} if len(calls) < 5 else set(range(64)))(contacts)

    delivery = deliver(Scripted(answer), people(64))
    done = {each.contact for each in delivery.results}
    assert all(each.failure is None for each in delivery.results)
    assert {each.contact for each in delivery.waiting} == set(range(64)) - done
    assert len(done) == 32


def test_many_bad_rows_cost_no_more_than_the_calls_allowed() -> None:
    connector = Scripted(breaking_over(set(range(0, 100, 2))))
    delivery = deliver(connector, people(100))
    fates = {each.contact: each.failure for each in delivery.results}
    waiting = {each.contact for each in delivery.waiting}
    assert len(connector.calls) <= 2 * isolating.MOST_CALLS
    assert fates.keys() | waiting == set(range(100))


def test_what_may_not_be_sent_twice_is_never_sent_again_in_parts() -> None:
    connector = Scripted(breaking_over({3}, OutsideKind.AMBIGUOUS))
    connector.repeatable = False
    delivery = deliver(connector, people(8))
    assert len(connector.calls) == 1
    assert {each.failure.kind for each in delivery.results} == {OutsideKind.AMBIGUOUS}
    assert delivery.waiting == []


@pytest.mark.parametrize(
    "failure",
    [
        OutsideError("No.", kind=OutsideKind.AUTH),
        OutsideError("Come back.", kind=OutsideKind.TRANSIENT, retry_after=900.0),
        Unreachable("Nobody there.", kind=OutsideKind.TRANSIENT),
    ],
    ids=["key", "a time to come back", "unreachable"],
)
def test_a_failure_that_no_row_explains_is_not_searched_for(failure: OutsideError) -> None:
    def answer(_contacts: Sequence[Outgoing]) -> Sent:
        raise failure

    connector = Scripted(answer)
    delivery = deliver(connector, people(8))
    assert len(connector.calls) == 1
    assert delivery.failure is failure
    assert len(delivery.waiting) == 8


def test_what_arrived_before_the_server_hung_up_is_not_sent_again() -> None:
    class Reading(Scripted):
        def read(self, keys: Any, fields: Any, cancel: object = None) -> dict[str, RemoteRecord]:
            return {key: RemoteRecord(f"r-{key}", {}) for key in keys if key != "a2@x.example"}

    connector = Reading(breaking_over({0, 1}, OutsideKind.AMBIGUOUS))
    delivery = deliver(connector, people(4))
    assert connector.calls == [[0, 1, 2, 3], [2]]
    assert {each.contact: each.remote_id for each in delivery.results} == {
        0: "r-a0@x.example", 1: "r-a1@x.example", 3: "r-a3@x.example", 2: "2",
    }  # fmt: skip


def test_a_run_that_is_stopping_sends_nothing_more() -> None:
    connector = Scripted(taken)
    as_connector: Connector = connector  # type: ignore[assignment]
    courier = Courier(as_connector, {}, threading.Event())
    courier.stopping.set()
    delivery = courier.deliver(people(3))
    assert connector.calls == []
    assert [each.contact for each in delivery.waiting] == [0, 1, 2]


def test_what_an_answer_does_not_tell_is_read_back_before_it_is_sent_again() -> None:
    everybody = people(4)

    class Reading(Scripted):
        def read(self, keys: Any, fields: Any, cancel: object = None) -> dict[str, RemoteRecord]:
            return {key: RemoteRecord(f"r-{key}", {}) for key in keys if key != "a3@x.example"}

    def answer(contacts: Sequence[Outgoing]) -> Sent:
        if len(contacts) == 1:
            return taken(contacts)
        return Sent((ItemResult(0, "0"),), tuple(everybody[1:]))

    connector = Reading(answer)
    delivery = deliver(connector, everybody)
    assert connector.calls == [[0, 1, 2, 3], [3]]
    assert {each.contact: each.remote_id for each in delivery.results} == {
        0: "0",
        1: "r-a1@x.example",
        2: "r-a2@x.example",
        3: "3",
    }
