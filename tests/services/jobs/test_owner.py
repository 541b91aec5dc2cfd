"""A lease belongs to a living process, and a dead one is recognised at once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.services.jobs import owner

NOW = 1_000
LATER = 2_000


@pytest.fixture
def neighbour():
    """A process that sleeps until it is told to end, and the lease it would hold."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process
    process.stdin.close()
    process.wait()


def owned_by(pid: int) -> str:
    mine = owner.new_owner().rsplit(":", 3)
    return f"{mine[0]}:{pid}:{owner._birth(pid)}:feed"


def test_a_lease_that_ran_out_is_dead_whoever_holds_it():
    mine = owner.new_owner()
    owner.hold(mine)

    assert owner.is_dead(mine, NOW, NOW)
    owner.let_go(mine)


def test_a_lease_without_an_owner_is_dead():
    assert owner.is_dead(None, None, NOW)


def test_a_lease_of_this_process_lives_as_long_as_it_is_held():
    mine = owner.new_owner()
    owner.hold(mine)
    assert not owner.is_dead(mine, LATER, NOW)

    owner.let_go(mine)

    assert owner.is_dead(mine, LATER, NOW)


def test_a_lease_of_another_machine_is_only_judged_by_its_time():
    assert not owner.is_dead("otherhost[1]:1:1:feed", LATER, NOW)


def test_a_process_of_this_machine_is_alive_until_it_has_ended(neighbour):
    lease = owned_by(neighbour.pid)
    assert not owner.is_dead(lease, LATER, NOW)

    neighbour.kill()
    neighbour.wait()

    assert owner.is_dead(lease, LATER, NOW)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's /proc")
def test_a_killed_process_whose_parent_has_not_asked_is_dead(neighbour):
    lease = owned_by(neighbour.pid)

    neighbour.kill()
    os.waitid(os.P_PID, neighbour.pid, os.WEXITED | os.WNOWAIT)

    assert owner.is_dead(lease, LATER, NOW)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's /proc")
def test_a_later_process_with_the_same_number_is_not_taken_for_the_owner(neighbour):
    machine, pid, birth, token = owned_by(neighbour.pid).rsplit(":", 3)

    assert owner.is_dead(f"{machine}:{pid}:{int(birth) - 1}:{token}", LATER, NOW)


def test_every_run_has_a_name_of_its_own():
    assert owner.new_owner() != owner.new_owner()
