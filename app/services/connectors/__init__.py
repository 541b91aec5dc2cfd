"""What an export destination must be able to do, and the list of those that exist.

A connector knows one vendor's contract: its fields, its request bodies, what its answers mean.
It keeps no state, reads no database and decides nothing about the user's data.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from app.core.errors import OutsideError, OutsideKind
from app.services.http import HttpFactory, Tally

Cancel = threading.Event | None


class RemoteKind(StrEnum):
    """What values a remote field takes."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    MOMENT = "moment"
    BOOL = "bool"
    CHOICE = "choice"
    MULTI = "multi"


@dataclass(frozen=True, slots=True)
class Option:
    """One allowed value of a picklist and the words shown for it."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class RemoteField:
    """One field of the destination.

    why_read_only is empty for a field that takes values, else the reason in words. forward_only
    is True for a pipeline stage that the destination does not move back. group is the heading
    under which the destination shows it; a new contact is refused without a required one.
    """

    name: str
    label: str
    kind: RemoteKind = RemoteKind.TEXT
    options: tuple[Option, ...] = ()
    why_read_only: str = ""
    forward_only: bool = False
    group: str = ""
    required: bool = False

    @property
    def writable(self) -> bool:
        """True when values may be sent to it."""
        return not self.why_read_only


@dataclass(frozen=True, slots=True)
class Account:
    """Whose account a key opens; id is the vendor's, or stands for the key where it tells none."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Quota:
    """Calls allowed and left by the last answer; None where the vendor does not say."""

    burst: int | None = None
    burst_seconds: float | None = None
    day: int | None = None
    day_left: int | None = None


@dataclass(frozen=True, slots=True)
class RemoteRecord:
    """A contact as the destination has it; blank fields are absent."""

    id: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One contact on its way: its id with us, its key with them, and the complete mapped values.

    An empty value clears the remote field. record is set when the remote record is to be found by
    its own id instead of by the key, and is so for all contacts of a batch or for none.
    """

    contact: int
    key: str
    values: Mapping[str, str]
    record: str = ""


@dataclass(frozen=True, slots=True)
class ItemFailure:
    """Why one contact was not taken: words and next step, the raw answer, and the vendor's id."""

    kind: OutsideKind
    message: str
    hint: str = ""
    detail: str = ""
    correlation: str = ""


@dataclass(frozen=True, slots=True)
class ItemResult:
    """The fate of one contact in a sent batch."""

    contact: int
    remote_id: str = ""
    created: bool | None = None
    failure: ItemFailure | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """What one answer said of a batch.

    unresolved are the contacts whose fate the answer did not tell; they may be sent again.
    """

    results: tuple[ItemResult, ...] = ()
    unresolved: tuple[Outgoing, ...] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """One request exactly as it will be sent, but for the secrets in its headers."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: str

    @property
    def head(self) -> str:
        """Method, path and headers, a line each."""
        lines = (f"{name}: {value}" for name, value in self.headers.items())
        return "\n".join((f"{self.method} {self.path}", *lines))

    def as_json(self) -> str:
        """The request in JSON, with its body byte for byte."""
        head = {"method": self.method, "path": self.path, "headers": dict(self.headers)}
        return f'{json.dumps(head, ensure_ascii=False)[:-1]},"body":{self.body}}}'


class BatchRefused(OutsideError):
    """The destination took nothing of a batch because of some of its rows.

    blamed holds the results of the rows it named; suspects are rows that it may only have
    mentioned, to be sent by themselves. When it named none, failure is what to tell the row that
    remains once the batch has been halved down to it.
    """

    def __init__(
        self,
        failure: ItemFailure,
        blamed: Sequence[ItemResult] = (),
        suspects: Sequence[Outgoing] = (),
    ) -> None:
        super().__init__(failure.message, failure.hint, failure.detail, kind=failure.kind)
        self.failure = failure
        self.blamed = tuple(blamed)
        self.suspects = tuple(suspects)


class Connector(Protocol):
    """One destination, opened with one key.

    batch is the most contacts in one call, parallel how many calls may be under way. repeatable
    says that sending a batch twice changes nothing the second time. key_field is the remote field
    that recognises a person, synonyms the remote names our fields usually have there.
    """

    name: str
    label: str
    batch: int
    parallel: int
    repeatable: bool
    key_field: str
    synonyms: Mapping[str, tuple[str, ...]]

    @property
    def tally(self) -> Tally:
        """How many requests were made through this connector."""

    @property
    def quota(self) -> Quota:
        """The counters of the last answer."""

    def test(self) -> Account:
        """Whose account the key opens; raises OutsideError when it opens none."""

    def fields(self) -> list[RemoteField]:
        """Every field of a remote contact; raises OutsideError."""

    def read(
        self, keys: Sequence[str], fields: Sequence[str], cancel: Cancel = None
    ) -> dict[str, RemoteRecord]:
        """The records of up to `batch` keys, by key; unknown ones are absent."""

    def request(self, contacts: Sequence[Outgoing]) -> Prepared:
        """The exact request that would send `contacts`."""

    def send(
        self, contacts: Sequence[Outgoing], cancel: Cancel = None, *, patient: bool = True
    ) -> Sent:
        """Send one batch; without patience a passing failure is raised at once, not retried.

        Raises BatchRefused when rows of it are to blame, OutsideError when the whole call failed.
        """

    def close(self) -> None:
        """Close its connections."""


@dataclass(frozen=True, slots=True)
class ConnectorKind:
    """A destination before a key is known: what the Connections page shows and how to open it.

    environment lists the variables its key is also read from.
    """

    name: str
    label: str
    key_words: str
    key_hint: str
    address: str
    open: Callable[[HttpFactory, str, str], Connector]
    environment: tuple[str, ...] = field(default=())


def connector_kinds() -> tuple[ConnectorKind, ...]:
    """Every destination that exists; an explicit list, so that the frozen build has them all."""
    from app.services.connectors import hubspot

    return (hubspot.KIND,)
