"""Practice servers on this machine, so that the whole product can be tried without an account.

They are written from the vendors' contracts, share no code with the clients they test, and have
every failure the contracts speak of as a named scenario.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Self

from app.core.clock import Clock
from app.core.errors import InvalidInput
from app.core.text import tr
from app.sandbox.hubspot import PracticeHubSpot
from app.sandbox.server import Practice, PracticeServer, RequestLog

PRACTICES: Mapping[str, Callable[[Clock, str], Practice]] = {
    PracticeHubSpot.name: PracticeHubSpot,
}
NORMAL = "normal"


class Sandbox:
    """All practice servers of one run; also usable as a context manager.

    scenarios names the trouble of some of them; the others behave.
    A server has an address once it has started. Raises InvalidInput for a server or a scenario
    that does not exist.
    """

    def __init__(
        self, folder: Path, clock: Clock, scenarios: Mapping[str, str] | None = None
    ) -> None:
        wanted = dict.fromkeys(PRACTICES, NORMAL) | dict(scenarios or {})
        self._log = RequestLog(folder / "sandbox-requests.jsonl", clock)
        self._scenarios = wanted
        self._servers = {
            name: PracticeServer(_practice(name, scenario, clock), clock, self._log)
            for name, scenario in wanted.items()
        }

    def start(self) -> dict[str, str]:
        """Start every server and say where each one listens."""
        for server in self._servers.values():
            server.start()
        return {name: server.url for name, server in self._servers.items()}

    def stop(self) -> None:
        """Stop every server."""
        for server in self._servers.values():
            server.stop()

    def practice(self, name: str) -> Practice:
        """What stands behind one server, for looking at its contacts."""
        return self._servers[name].practice

    def requests(self) -> list[dict[str, Any]]:
        """The request log so far."""
        return self._log.entries()

    def describe(self) -> dict[str, Any]:
        """The `sandbox` verb's JSON: addresses, request log, scenarios and what each could be."""
        return {
            "servers": {name: server.url for name, server in self._servers.items()},
            "log": str(self._log.path),
            "scenarios": dict(self._scenarios),
            "available": {
                name: dict(server.practice.scenarios) for name, server in self._servers.items()
            },
        }

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *failure: object) -> None:
        """Stop."""
        self.stop()


def read_scenarios(written: Iterable[str]) -> dict[str, str]:
    """NAME=SCENARIO options as a dictionary; raises InvalidInput for one without a sign."""
    found: dict[str, str] = {}
    for each in written:
        name, sign, scenario = each.partition("=")
        if not sign or not scenario:
            raise InvalidInput(
                tr("This is not a scenario: {written}", written=each),
                tr("Write it like hubspot=rate_limited."),
            )
        found[name.strip().lower()] = scenario.strip().lower()
    return found


def _practice(name: str, scenario: str, clock: Clock) -> Practice:
    make = PRACTICES.get(name)
    if make is None:
        raise InvalidInput(
            tr("There is no practice server named {name}.", name=name),
            tr("Choose one of: {names}", names=", ".join(sorted(PRACTICES))),
        )
    practice = make(clock, scenario)
    if scenario not in practice.scenarios:
        known = sorted(practice.scenarios)
        near = difflib.get_close_matches(scenario, known, 1)
        raise InvalidInput(
            tr("{name} has no scenario {scenario}.", name=name, scenario=scenario),
            tr("Did you mean {near}?", near=near[0])
            if near
            else tr("Choose one of: {names}", names=", ".join(known)),
        )
    return practice
