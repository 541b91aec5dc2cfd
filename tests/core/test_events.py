"""The bus: typed delivery, and one failing listener does not silence the others."""

from dataclasses import dataclass

from app.core.changes import Changes, Span
from app.core.events import Bus, Event


@dataclass(frozen=True, slots=True)
class Rang(Event):
    times: int


def test_only_listeners_of_the_type_hear_it():
    bus, heard = Bus(), []
    bus.subscribe(Rang, heard.append)
    bus.publish(Rang(2))
    bus.publish(Changes(1, "Something else"))
    assert heard == [Rang(2)]


def test_a_listener_that_ended_hears_no_more():
    bus, heard = Bus(), []
    end = bus.subscribe(Rang, heard.append)
    end()
    end()
    bus.publish(Rang(1))
    assert heard == []


def test_a_failing_listener_is_logged_and_the_others_still_hear(expect_log):
    expect_log("A handler of Rang failed")
    bus, heard = Bus(), []

    def fail(event):
        raise RuntimeError("cannot repaint")

    bus.subscribe(Rang, fail)
    bus.subscribe(Rang, heard.append)
    bus.publish(Rang(1))
    assert heard == [Rang(1)]


def test_a_span_covers_its_ids_and_ranges():
    span = Span(frozenset({3}), ((10, 12),))
    assert [row for row in range(15) if span.covers(row)] == [3, 10, 11, 12]
