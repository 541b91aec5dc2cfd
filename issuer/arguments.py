"""What each of the issuer's commands takes."""

from __future__ import annotations

import argparse
from pathlib import Path

from issuer.claims import PLANS
from issuer.keys import PASSPHRASE


def parser() -> argparse.ArgumentParser:
    """The parser of every command; `command` is the name of the one that was chosen."""
    whole = argparse.ArgumentParser(prog="issuer", description="Issues licences of Captely.")
    commands = whole.add_subparsers(required=True, metavar="COMMAND", dest="command")
    _add_keygen(commands.add_parser("keygen", help="make a key and add it to the keyset"))
    _add_issue(commands.add_parser("issue", help="sign one licence"))
    _add_sync(commands.add_parser("sync", help="issue anew for customers whose state changed"))
    _add_revoke(commands.add_parser("revoke", help="add to the signed list of revocations"))
    inspect = commands.add_parser("inspect", help="show what a file says, verified or not")
    inspect.add_argument("file", type=Path)
    verify = commands.add_parser("verify", help="check a file's signature against a keyset")
    verify.add_argument("file", type=Path)
    verify.add_argument("--keyset", type=Path, required=True)
    verify.add_argument("--workspace", help="also that it is for this workspace")
    keyset = commands.add_parser("keyset", help="join keysets, as JSON or for the product")
    keyset.add_argument("files", type=Path, nargs="+", metavar="KEYSET")
    keyset.add_argument("--python", action="store_true", help="as the product's source has it")
    keyset.add_argument("--out", type=Path)
    return whole


def _add_keygen(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--kid", help="the key's name, such as k2026a")
    parser.add_argument("--from", metavar="MOMENT", help="it signs nothing issued before")
    parser.add_argument("--until", metavar="MOMENT", help="nor anything from then on")
    parser.add_argument(
        "--no-passphrase", action="store_true", help=f"else asked for, or {PASSPHRASE}"
    )


def _add_signing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--key", type=Path, required=True, metavar="PEM")
    parser.add_argument("--kid", help="its name, if the file is not called by it")
    parser.add_argument("--at", metavar="MOMENT", help="issue as of then, instead of now")


def _add_issue(parser: argparse.ArgumentParser) -> None:
    _add_signing(parser)
    _add_delivery(parser)
    parser.add_argument("--out", type=Path, metavar="FILE")
    parser.add_argument("--customer", metavar="CUS", help="as Stripe knows this customer")
    parser.add_argument("--workspace", metavar="UUID")
    parser.add_argument("--plan")
    parser.add_argument("--interval", choices=("month", "year"), default="month")
    parser.add_argument("--status", default="active")
    parser.add_argument("--days", type=int, help="how long the paid period or trial lasts")
    parser.add_argument("--seats", type=int)
    parser.add_argument("--to", default="", help="the licensee's name")
    parser.add_argument("--seq", type=int, help="instead of the time")
    parser.add_argument("--feature", action="append", default=[])
    parser.add_argument("--device", action="append", default=[], help="only on this computer")
    parser.add_argument("--pack", action="append", default=[], metavar="ID:CREDITS")
    parser.add_argument("--cancel-at-period-end", action="store_true")
    parser.add_argument("--air-gapped", action="store_true")
    parser.add_argument("--test", action="store_true", help="for sandbox workspaces only")


def _add_delivery(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--plans", type=Path, default=PLANS, help="the catalogue")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="a static folder to host")
    parser.add_argument("--to-metadata", action="store_true", help="into the Stripe customer")


def _add_sync(parser: argparse.ArgumentParser) -> None:
    _add_signing(parser)
    _add_delivery(parser)
    parser.add_argument("--since", metavar="EVT", help="the last event that was dealt with")


def _add_revoke(parser: argparse.ArgumentParser) -> None:
    _add_signing(parser)
    parser.add_argument("--licence", action="append", default=[], metavar="ID|FILE")
    parser.add_argument("--revoke-key", action="append", default=[], metavar="KID")
    parser.add_argument("--previous", type=Path, help="the list before, if it lies elsewhere")
    parser.add_argument("--out", type=Path, metavar="FILE")
    parser.add_argument("--folder", type=Path, metavar="DIR")
