"""The issuer's commands: keygen, issue, sync, revoke, inspect, verify, keyset."""

from __future__ import annotations

import argparse
import base64
import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from issuer import keys, revocations
from issuer.arguments import parser
from issuer.armour import REVOCATIONS, sign, take_apart
from issuer.claims import Order, Plans
from issuer.dates import DAY, Subscription
from issuer.errors import IssuerError
from issuer.issuing import Delivery, Desk, Issued, issue_for, sync
from issuer.output import chunks, file_of, write
from issuer.stripe_client import connect

NOW_VARIABLE = "CAPTELY_NOW"
USUAL_DAYS = {"trialing": 14, "month": 30, "year": 365}
OK, FAILED, USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command: 0 done, 1 a licence does not hold or a customer failed, 2 not possible."""
    chosen = parser().parse_args(arguments)
    try:
        return COMMANDS[chosen.command](chosen)
    except IssuerError as error:
        sys.stderr.write(f"{error}\n")
    except OSError as error:
        sys.stderr.write(f"{error.filename}: {error.strerror}\n")
    return USAGE


def _keygen(chosen: argparse.Namespace) -> int:
    made = keys.keygen(
        chosen.out,
        chosen.kid,
        _now_ms(chosen) // 1_000,
        passphrase=not chosen.no_passphrase,
        since=_seconds(getattr(chosen, "from")),
        until=_seconds(chosen.until),
    )
    return _print(made)


def _issue(chosen: argparse.Namespace) -> int:
    desk = _desk(chosen)
    if chosen.customer:
        return _issue_customer(chosen, desk)
    if not chosen.workspace or not chosen.plan:
        raise IssuerError("Name a workspace and a plan, or a customer of Stripe.")
    period = _Period.of(chosen, desk.now_ms // 1_000)
    issued = desk.issue(_order(chosen, period), issued=period.issued, seq=chosen.seq)
    return _hand_over(chosen, issued)


def _issue_customer(chosen: argparse.Namespace, desk: Desk) -> int:
    stripe = connect()
    issued = issue_for(stripe, chosen.customer, desk)
    if chosen.to_metadata:
        stripe.keep_metadata(chosen.customer, chunks(issued.text))
    return _hand_over(chosen, issued)


def _hand_over(chosen: argparse.Namespace, issued: Issued) -> int:
    """Write the licence where it was asked for; nowhere means to stdout."""
    path: Path | None = chosen.out
    if chosen.folder is not None:
        path = file_of(chosen.folder, issued.claims["sub"])
    if path is None and not chosen.to_metadata:
        sys.stdout.write(issued.text)
        return OK
    if path is not None:
        write(path, issued.text)
    return _print({**issued.summary(), "file": path and str(path)})


def _sync(chosen: argparse.Namespace) -> int:
    if chosen.folder is None and not chosen.to_metadata:
        raise IssuerError("Say where the licences go: --folder DIR, --to-metadata, or both.")
    delivery = Delivery(chosen.folder, chosen.to_metadata)
    done = sync(connect(), chosen.since, _desk(chosen), delivery)
    _print(done)
    return FAILED if done["failed"] else OK


def _revoke(chosen: argparse.Namespace) -> int:
    if not chosen.licence and not chosen.revoke_key:
        raise IssuerError("Name what is taken back: --licence ID or --revoke-key KID.")
    path = chosen.out if chosen.folder is None else chosen.folder / revocations.FILE
    if path is None:
        raise IssuerError("Say where the list goes: --out FILE or --folder DIR.")
    content = revocations.extended(
        chosen.previous or path,
        licences=[_licence_id(each) for each in chosen.licence],
        keys=chosen.revoke_key,
        issued=_now_ms(chosen) // 1_000,
    )
    key = keys.load_key(chosen.key)
    write(path, sign(REVOCATIONS, content, key, chosen.kid or chosen.key.stem))
    return _print({**content, "file": str(path)})


def _inspect(chosen: argparse.Namespace) -> int:
    parts = take_apart(_text(chosen.file))
    content = parts.content
    moments = ("iat", "nbf", "refresh_after", "exp", "grace_until", "trial_end", "period_end")
    read = {name: _iso(content[name]) for name in moments if type(content.get(name)) is int}
    told = {"kind": parts.kind.lower(), "version": parts.version, "kid": parts.kid}
    return _print({**told, "verified": False, "claims": content, "dates": read})


def _verify(chosen: argparse.Namespace) -> int:
    parts = take_apart(_text(chosen.file))
    known = {key["kid"]: key for key in keys.read_keyset(chosen.keyset)["keys"]}
    reason = _why_not(parts, known.get(parts.kid), chosen.workspace)
    _print({"ok": reason is None, "reason": reason, "kid": parts.kid, "kind": parts.kind.lower()})
    return OK if reason is None else FAILED


def _why_not(parts: Any, key: dict[str, Any] | None, workspace: str | None) -> str | None:  # noqa: ANN401
    if key is None:
        return "unknown_key"
    if not parts.is_signed_by(base64.b64decode(key["public"])):
        return "bad_signature"
    content = parts.content
    if not key["from"] <= content["iat"] < key["until"]:
        return "key_out_of_window"
    if workspace is not None and content.get("sub") != workspace:
        return "wrong_workspace"
    return None


def _keyset(chosen: argparse.Namespace) -> int:
    entries = [key for path in chosen.files for key in keys.read_keyset(path)["keys"]]
    keyset = keys.merged(entries)
    text = keys.as_python(keyset) if chosen.python else json.dumps(keyset, indent=2) + "\n"
    if chosen.out is None:
        sys.stdout.write(text)
    else:
        write(chosen.out, text)
    return OK


@dataclass(frozen=True, slots=True)
class _Period:
    """When a licence that is made by hand is issued, and when what was paid for ends."""

    issued: int
    end: int

    @classmethod
    def of(cls, chosen: argparse.Namespace, now: int) -> _Period:
        usual = USUAL_DAYS.get(chosen.status) or USUAL_DAYS[chosen.interval]
        days = usual if chosen.days is None else chosen.days
        end = now + days * DAY
        # A period that has ended was licensed while it ran.
        return cls(now if days > 0 else end - 30 * DAY, end)


def _order(chosen: argparse.Namespace, period: _Period) -> Order:
    subscription = Subscription(
        status=chosen.status,
        interval=chosen.interval,
        trial_end=period.end if chosen.status == "trialing" else None,
        period_end=period.end,
        cancels=chosen.cancel_at_period_end,
        air_gapped=chosen.air_gapped,
    )
    return Order(
        workspace=chosen.workspace,
        plan=chosen.plan,
        subscription=subscription,
        to=chosen.to,
        seats=chosen.seats,
        packs=[_pack(each, period.issued) for each in chosen.pack],
        features=chosen.feature,
        devices=chosen.device or None,
        live=not chosen.test,
    )


def _pack(written: str, issued: int) -> dict[str, Any]:
    """A pack given by hand as ID:CREDITS, valid for a year."""
    name, _, amount = written.rpartition(":")
    if not name or not amount.isdigit() or int(amount) == 0:
        raise IssuerError(f"{written} is not a pack; write it like pi_123:500.")
    return {"id": name, "credits": int(amount), "iat": issued, "exp": issued + 365 * DAY}


def _desk(chosen: argparse.Namespace) -> Desk:
    key = keys.load_key(chosen.key)
    return Desk(key, chosen.kid or chosen.key.stem, Plans(chosen.plans), _now_ms(chosen))


def _now_ms(chosen: argparse.Namespace) -> int:
    written = getattr(chosen, "at", None) or os.environ.get(NOW_VARIABLE)
    moment = _seconds(written)
    return time.time_ns() // 1_000_000 if moment is None else moment * 1_000


def _seconds(written: str | None) -> int | None:
    """Epoch seconds of a number or an ISO 8601 moment; raises IssuerError."""
    if not written:
        return None
    if written.lstrip("-").isdigit():
        return int(written)
    try:
        moment = datetime.fromisoformat(written)
    except ValueError as error:
        raise IssuerError(f"{written} is not a moment such as 2026-11-23T10:00:00Z.") from error
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _licence_id(written: str) -> str:
    """A licence's id, given itself or as the licence's file."""
    path = Path(written)
    return str(take_apart(_text(path)).content["lic"]) if path.is_file() else written


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _iso(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")


def _print(content: dict[str, Any]) -> int:
    sys.stdout.write(json.dumps(content, indent=2) + "\n")
    return OK


COMMANDS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "keygen": _keygen,
    "issue": _issue,
    "sync": _sync,
    "revoke": _revoke,
    "inspect": _inspect,
    "verify": _verify,
    "keyset": _keyset,
}
