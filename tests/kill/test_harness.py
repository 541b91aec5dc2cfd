"""The harness kills when it says it does, and notices when it did not."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.kill.harness import Kill, Nursery, checkpoint


def count_to(n: int, path: str) -> int:
    for number in range(1, n + 1):
        checkpoint("number")
        Path(path).write_text(str(number))
    return n


def insert_rows(url: str) -> None:
    engine = create_engine(url)
    for _ in range(3):
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO seen VALUES (1)"))


def for_ever() -> None:
    while True:
        checkpoint("round")


def fail() -> None:
    raise ValueError("a bug in the body")


def process_id() -> int:
    return os.getpid()


def test_an_unharmed_child_gives_back_its_value_and_counts_its_checkpoints(
    nursery: Nursery, tmp_path: Path
):
    fate = nursery.run(count_to, 5, str(tmp_path / "count"))

    assert (fate.killed, fate.value, fate.points) == (False, 5, {"number": 5})


def test_a_child_dies_when_it_comes_to_its_checkpoint_for_the_nth_time(
    nursery: Nursery, tmp_path: Path
):
    path = tmp_path / "count"

    fate = nursery.run(count_to, 5, str(path), kill=Kill(at="number", nth=4))

    assert fate.killed
    assert path.read_text() == "3"


@pytest.mark.parametrize(("at", "rows"), [("statement", 1), ("commit", 1)])
def test_a_child_dies_before_a_statement_or_commit(
    nursery: Nursery, tmp_path: Path, at: str, rows: int
):
    engine = create_engine(f"sqlite:///{tmp_path / 'rows.db'}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE seen (n)"))

    fate = nursery.run(insert_rows, str(engine.url), kill=Kill(at=at, nth=2))

    with engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM seen")).scalar() == rows
    assert fate.killed
    engine.dispose()


@pytest.mark.parametrize(("after", "written"), [(False, "1"), (True, "2")])
def test_a_child_dies_before_or_after_a_named_function(
    nursery: Nursery, tmp_path: Path, after: bool, written: str
):
    path = tmp_path / "count"
    kill = Kill(at="pathlib:Path.write_text", nth=2, after=after)

    assert nursery.run(count_to, 5, str(path), kill=kill).killed
    assert path.read_text() == written


def test_a_child_dies_when_its_time_is_over(nursery: Nursery):
    fate = nursery.run(for_ever, kill=Kill(seconds=0.05))

    assert fate.killed
    assert 0.05 <= fate.seconds < 5


def test_a_test_that_is_cut_off_does_not_disturb_the_next_one(nursery: Nursery):
    def cut_off(_number: int, _frame: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGUSR1, cut_off)
    child = nursery.start(for_ever)
    timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGUSR1))
    timer.start()
    try:
        with pytest.raises(TimeoutError):
            child.wait()
    finally:
        timer.join()
        signal.signal(signal.SIGUSR1, before)

    assert nursery.run(process_id).value != child.pid


def test_a_child_that_raises_fails_the_test_with_its_traceback(nursery: Nursery):
    with pytest.raises(AssertionError, match="ValueError: a bug in the body"):
        nursery.run(fail)


def test_children_are_separate_processes_that_run_at_the_same_time(nursery: Nursery):
    children = [nursery.start(for_ever), nursery.start(for_ever)]
    for child in children:
        child.kill()

    assert [child.wait().killed for child in children] == [True, True]
    assert nursery.run(process_id).value not in {os.getpid(), *(c.pid for c in children)}
