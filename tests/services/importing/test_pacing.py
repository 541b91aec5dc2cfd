from __future__ import annotations

from app.services.importing.pacing import (
    CHUNK_SECONDS,
    COPY_SECONDS,
    FIRST_CHUNK,
    LEAST_CHUNK,
    MOST_CHUNK,
    SESSION_SECONDS,
    Pace,
)


class Watch:
    """Shows the seconds that a test lets pass."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_chunks_grow_step_by_step_until_they_take_their_time():
    watch = Watch()
    pace, sizes = Pace(watch), []
    for _ in range(12):
        with pace.kept():
            watch.now += pace.size / 100_000
        sizes.append(pace.size)

    assert sizes[0] == 2 * FIRST_CHUNK
    assert all(abs(size - 100_000 * CHUNK_SECONDS) < 20 for size in sizes[1:])


def test_a_chunk_is_never_too_small_to_get_on_and_never_too_large_to_hold():
    watch = Watch()
    pace = Pace(watch)
    with pace.kept():
        watch.now += 60
    assert pace.size == LEAST_CHUNK
    for _ in range(20):
        with pace.kept():
            pass
    assert pace.size == MOST_CHUNK


def test_transactions_are_short_at_first_and_grow_to_their_full_length():
    watch = Watch()
    pace, lengths = Pace(watch), []
    for _ in range(8):
        pace.begin()
        began = watch.now
        while not pace.is_over():
            watch.now += 0.01
        lengths.append(watch.now - began)

    assert [round(length, 1) for length in lengths[:3]] == [0.1, 0.2, 0.4]
    assert all(abs(length - SESSION_SECONDS) < 0.05 for length in lengths[-2:])


def test_the_log_is_copied_back_after_enough_writing():
    watch = Watch()
    pace, due = Pace(watch), []
    for _ in range(5):
        with pace.kept():
            watch.now += COPY_SECONDS / 2
        due.append(pace.is_copy_due())

    assert due == [False, True, False, True, False]
