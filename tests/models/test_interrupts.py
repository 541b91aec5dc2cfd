"""A read is cut short by the next one, without a word and without waiting for a server."""

from __future__ import annotations

import threading

import pytest

from app.core.errors import Busy
from app.models.interrupts import Interrupt, Interrupted, cut_short
from tests.held import Held


class Server:
    """A driver's connection to a server that takes its time to stop something."""

    def __init__(self) -> None:
        self.cancel_safe = Held(lambda: None)


def test_a_server_that_does_not_answer_keeps_nobody_waiting():
    server, interrupt = Server(), Interrupt()
    ended = threading.Event()

    def read() -> None:
        with interrupt.watching(server):
            server.cancel_safe.wait()
        ended.set()

    reading = threading.Thread(target=read)
    reading.start()
    while interrupt._connection is None:
        threading.Event().wait(0.001)
    interrupt.stop()
    interrupt.stop()
    assert interrupt.wanted
    server.cancel_safe.wait()
    assert not ended.is_set(), "the connection must not be lent out while its read is being stopped"
    server.cancel_safe.let_go()
    reading.join()
    assert server.cancel_safe.count == 1


def test_a_read_that_is_stopped_before_it_begins_does_not_begin():
    interrupt = Interrupt()
    interrupt.stop()
    with pytest.raises(Interrupted), interrupt.watching(Server()):
        pass


def test_only_what_was_wanted_is_silent():
    wanted = Interrupt()
    wanted.stop()
    assert isinstance(cut_short(wanted), Interrupted)
    for nobody in (None, Interrupt()):
        assert isinstance(cut_short(nobody), Busy)
