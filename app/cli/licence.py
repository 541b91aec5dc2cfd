"""The verbs `plans` and `licence`: what is sold, what this workspace may do, and why."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import click

from app.cli.verb import Session, verb
from app.core.errors import InvalidInput
from app.core.plans import UNLIMITED, Limits
from app.core.text import grouped, tr
from app.services.licence.armour import LARGEST
from app.services.licence.files import read_text
from app.services.licence.standing import Standing
from app.services.plans import catalogue

STDIN = "-"


class Showing(click.Group):
    """`licence` means `licence show`, with the options of that verb."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `show` before what is meant for it."""
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = ["show", *args]
        return super().parse_args(ctx, args)


@click.command()
@verb
def plans(session: Session) -> None:
    """List the plans with their limits and prices, and the credit packs."""
    sold, standing = catalogue(), session.app.licence.current()
    session.output.result(
        {
            "current": standing.plan.value,
            "plans": [
                {**plan.as_dict(), "current": plan.tier is standing.plan}
                for plan in sold.plans.values()
            ],
            "packs": [pack.as_dict() for pack in sold.packs.values()],
            "trial_days": sold.trial_days,
        }
    )
    session.output.table(
        ("", "Plan", "Month", "Year", "Credits", "Enrichments a day", "Imports", "Contacts",
         "Seats"),
        (
            (
                "*" if plan.tier is standing.plan else "",
                plan.name,
                *(_money(price.amounts) for price in plan.prices.values()),
                *([] if plan.prices else ["0", "0"]),
                *_counted(plan.limits),
            )
            for plan in sold.plans.values()
        ),
    )  # fmt: skip
    for pack in sold.packs.values():
        price, amount = _money(pack.price.amounts), grouped(pack.credits)
        session.output.say(f"{pack.key}: {amount} credits for {price}, {pack.months} months")


@click.group(cls=Showing)
def licence() -> None:
    """Show, install or refresh the licence of this workspace."""


@licence.command("show")
@verb
def show(session: Session) -> None:
    """Say what this workspace may do, until when, and who vouches for it."""
    standing = session.app.licence.current()
    session.app.licence.keep_time()
    _tell(session, standing)


@licence.command("install")
@click.argument("file")
@verb
def install(session: Session, file: str) -> None:
    """Take over a licence from FILE, or pasted into stdin with -."""
    standing = session.app.licence.install(_text(file))
    session.app.licence.keep_time()
    _tell(session, standing)


@licence.command("refresh")
@click.option("--url", help="Fetch it from here from now on; {workspace} stands for its ID.")
@verb
def refresh(session: Session, url: str | None) -> None:
    """Fetch the newest licence from its address."""
    standing = session.app.renewals.refresh(url)
    session.app.licence.keep_time()
    _tell(session, standing)


def _text(file: str) -> str:
    """What is in a file or comes from stdin, no more of it than a licence may have."""
    if file != STDIN:
        return read_text(Path(file))
    try:
        if isinstance(sys.stdin, io.TextIOWrapper):
            # What is no text is refused as a licence, not as a defect of ours.
            sys.stdin.reconfigure(errors="replace")
        return sys.stdin.read(LARGEST + 1)
    except OSError as error:
        raise InvalidInput(
            tr("The file {file} cannot be read.", file=file), tr("Check its name.")
        ) from error


def _tell(session: Session, standing: Standing) -> None:
    licences, output = session.app.licence, session.output
    output.result(_described(session, standing))
    name = catalogue().plans[standing.plan].name
    output.say(tr("Plan: {plan} ({state})", plan=name, state=standing.state.value))
    for line in (standing.message, standing.noted):
        if line:
            output.say(line)
    output.say(tr("Workspace ID: {workspace}", workspace=licences.workspace))
    output.table(("Limit", "Value"), _limit_rows(standing.limits))


def _described(session: Session, standing: Standing) -> dict[str, Any]:
    licences = session.app.licence
    return {
        "workspace": licences.workspace,
        **standing.as_dict(),
        "device": licences.device,
        "url": session.app.renewals.address,
    }


def _limit_rows(limits: Limits) -> list[tuple[str, str]]:
    months = [(f"{name} a month", _count(n)) for name, n in limits.provider_month.items()]
    return [*zip(_COUNTED, _counted(limits), strict=True), *months]


_COUNTED = ("credits a month", "enrichments a day", "imports a month", "contacts", "seats")


def _counted(limits: Limits) -> tuple[str, ...]:
    return (
        _count(limits.credits_month),
        _count(limits.enrichments_day),
        _count(limits.imports_month),
        _count(limits.contacts),
        _count(limits.seats),
    )


def _count(limit: int) -> str:
    return "unlimited" if limit == UNLIMITED else grouped(limit)


def _money(amounts: Any) -> str:  # noqa: ANN401
    return ", ".join(
        f"{grouped(amount // 100)}.{amount % 100:02} {currency.upper()}"
        for currency, amount in amounts.items()
    )
