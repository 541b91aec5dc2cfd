"""Fetches a licence and the list of revocations from a static address, only when they changed."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from app.core.errors import InvalidInput, OutsideError, OutsideKind
from app.core.frozen import is_frozen
from app.core.text import tr
from app.services.http import NOT_MODIFIED, Call, HttpFactory, Reply, Service, is_here
from app.services.licence.armour import LARGEST
from app.services.pace import Limit
from app.services.server_dates import moment_of

PLACE = "{workspace}"
REVOCATIONS_NAME = "revocations.captely-revocations"
LIMIT = Limit(calls=60, seconds=60.0)
LONGEST_ADDRESS = 2_000


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: text is None when nothing changed or, for revocations, there is no list.

    date is the server's own time (epoch s), None where it came unencrypted and proves nothing.
    """

    text: str | None
    etag: str
    date: int | None


def checked_address(written: str, *, sandbox: bool) -> str:
    """An address that a licence may come from; raises InvalidInput with how to write one.

    It is https, or this very machine in an unfrozen build; a sandbox only knows this machine.
    """
    address = written.strip()
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        parts, host = urlsplit(""), ""
    here = is_here(host) and not is_frozen()
    safe = here if sandbox else parts.scheme == "https" or (parts.scheme == "http" and here)
    if not host or not safe or len(address) > LONGEST_ADDRESS or "@" in parts.netloc:
        raise InvalidInput(
            tr("A licence cannot be fetched from this address."),
            tr("Write it like https://licences.example.com/{place}.captely-licence", place=PLACE),
        )
    return address


def revocations_beside(address: str) -> str:
    """Where the list of revocations lies: in the folder of the licence."""
    parts = urlsplit(address)
    folder = parts.path.rpartition("/")[0]
    return urlunsplit((parts.scheme, parts.netloc, f"{folder}/{REVOCATIONS_NAME}", "", ""))


def fetch(http: HttpFactory, address: str, workspace: str, *, etag: str = "") -> Fetched:
    """Fetch what lies at `address`; {workspace} in it stands for the workspace's UUID.

    Raises OutsideError when it cannot be reached or there is nothing.
    """
    reply = _get(http, address.replace(PLACE, workspace), etag)
    date = _date(reply) if address.startswith("https:") else None
    if reply.status == NOT_MODIFIED:
        return Fetched(None, etag, date)
    # One character more than allowed, so that a longer one is refused as such.
    return Fetched(reply.text[: LARGEST + 1], reply.headers.get("etag", ""), date)


def fetch_revocations(http: HttpFactory, address: str) -> str | None:
    """The list of revocations beside a licence's address; None when there is none."""
    try:
        return _get(http, revocations_beside(address), "").text[: LARGEST + 1]
    except OutsideError:
        # Most vendors have revoked nothing; what does not come changes nothing.
        return None


def _get(http: HttpFactory, address: str, etag: str) -> Reply:
    parts = urlsplit(address)
    service = Service(
        label=tr("The licence's address"),
        address=f"{parts.scheme}://{parts.netloc}",
        headers={"If-None-Match": etag} if etag else {},
        published=LIMIT,
        judge=_judge,
        limit=lambda _reply: None,
    )
    client = http.client(service, "")
    try:
        path = urlunsplit(("", "", parts.path or "/", parts.query, ""))
        return client.send(Call("GET", path, patient=False))
    finally:
        client.close()


def _judge(reply: Reply) -> OutsideError | None:
    if reply.status in (200, NOT_MODIFIED):
        return None
    if reply.status in (404, 410):
        message, kind = tr("There is no licence at this address."), OutsideKind.GONE
    else:
        message, kind = tr("The licence could not be fetched."), OutsideKind.TRANSIENT
    hint = tr("Check the address with your vendor, or import the licence as a file.")
    return OutsideError(message, hint, f"HTTP {reply.status}", kind=kind)


def _date(reply: Reply) -> int | None:
    moment = moment_of(reply.headers.get("date", ""))
    return None if moment is None else int(moment.timestamp())
