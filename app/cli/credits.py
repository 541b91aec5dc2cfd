"""The verbs of credits: what is left, every movement, the check of the ledger, and own caps."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from app.cli.credits_json import caps_json, integrity_json, overview_json, row_json
from app.cli.verb import Listing, Session, verb
from app.core.errors import InvalidInput
from app.core.limits import SpendCaps
from app.core.money import shown, to_milli
from app.core.plans import UNLIMITED
from app.core.text import tr

if TYPE_CHECKING:
    from app.services.credits import Integrity, LedgerRow, Overview

DATE = click.DateTime(("%Y-%m-%d",))
NO_CAP = "none"


class Showing(Listing):
    """`credits` means `credits show`, with the options of that verb."""

    first = "show"


@click.group(cls=Showing)
def credits() -> None:  # noqa: A001 - the verb's name
    """Show the credits, every movement of them, and your own caps."""


@credits.command("show")
@verb
def show(session: Session) -> None:
    """Show what is available, held, spent and expired, and what the plan's limits leave."""
    found = session.app.credits.overview()
    session.output.result(overview_json(found))
    _say_sums(session, found)
    _say_limits(session, found)
    _say_buckets(session, found)
    _say_integrity(session, found.integrity)


@credits.command("ledger")
@click.option("--kind", help="grant, hold, post, void, expire, rollover, refund, repay, correct.")
@click.option("--provider", help="Only calls of this provider.")
@click.option("--category", help="Only of grants of this category, such as plan or pack.")
@click.option("--job", type=int, help="Only of this job.")
@click.option("--contact", type=int, help="Only for this contact.")
@click.option("--attempt", type=int, help="Only of this call.")
@click.option("--grant", type=int, help="Only of this grant.")
@click.option("--since", type=DATE, metavar="DATE", help="From this day on, in the time zone.")
@click.option("--until", type=DATE, metavar="DATE", help="Up to and with this day.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--offset", default=0, show_default=True, type=click.IntRange(0))
@verb
def ledger(
    session: Session,
    /,
    *,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    offset: int,
    **wanted: Any,  # noqa: ANN401 - the filters, each as its option is typed
) -> None:
    """List every movement of credits, newest first."""
    from app.services.credits import LedgerFilter

    app = session.app
    app.credits.turn_if_due()
    zone = app.credits.zone()
    asked = LedgerFilter(
        **wanted,
        since=zone.start(since.date()) if since else None,
        until=zone.next_day(zone.start(until.date())) if until else None,
    )
    total, rows = app.credits.ledger(asked, limit=limit, offset=offset)
    session.output.result({"total": total, "rows": [row_json(row) for row in rows]})
    session.output.table(
        (tr("Row"), tr("Time"), tr("Movement"), tr("Credits"), tr("From"), tr("To"), tr("For")),
        ((str(r.seq), r.at, r.kind, shown(r.amount), r.source, r.target, _what(r)) for r in rows),
    )


@credits.command("verify")
@click.option("--accept", is_flag=True, help="Take a broken ledger up again as it is from now on.")
@verb
def verify(session: Session, *, accept: bool) -> None:
    """Check the seal of every row and name the first that is not as it was written.

    With --accept nothing is deleted: the rows stay for whoever looks into it, and what only they
    vouched for, such as credits carried over, is written off.
    """
    service = session.app.credits
    found = service.reanchor() if accept else service.verify()
    session.output.result(integrity_json(found))
    session.output.say(found.message)
    if found.note:
        session.output.note(found.note)
    if not found.ok:
        session.output.note(tr("Take it up again as it is with: captely credits verify --accept"))
    session.exit_code = 0 if found.ok else 1


@credits.command("cap")
@click.option("--run", metavar="N", help="Most credits in one run.")
@click.option("--day", metavar="N", help="Most credits in a day.")
@click.option("--month", metavar="N", help="Most credits in a month.")
@click.option("--provider", multiple=True, metavar="NAME=N", help="In a month; may be repeated.")
@verb
def cap(
    session: Session, run: str | None, day: str | None, month: str | None, provider: tuple[str, ...]
) -> None:
    """Show or set your own caps; "none" takes one away: cap --day 50 --provider hunter=none."""
    service = session.app.credits
    before = service.caps()
    given = {"run": run, "day": day, "month": month}
    changed = {name: _cap(text) for name, text in given.items() if text is not None}
    caps = replace(before, **changed, providers=_providers(before, provider))
    if caps != before:
        service.set_caps(caps)
    session.output.result({"caps": caps_json(caps)})
    session.output.table((tr("Cap"), tr("Credits")), _cap_rows(caps))


def _say_sums(session: Session, found: Overview) -> None:
    sums = found.sums
    rows = [
        (tr("Available"), shown(sums.available)),
        (tr("Held for open calls"), shown(sums.held)),
        (tr("Spent"), shown(sums.spent)),
        (tr("Expired"), shown(sums.expired)),
        (tr("Granted"), shown(sums.granted)),
    ]
    rows += [(tr("Frozen"), shown(sums.frozen))] if sums.frozen else []
    rows += [(tr("Owed for refunds"), shown(sums.debt))] if sums.debt else []
    session.output.table((tr("Credits"), tr("Amount")), rows)


def _say_limits(session: Session, found: Overview) -> None:
    limits = found.limits
    rows = [
        (tr("Enrichments today"), str(found.enriched_today), _limit(limits.enrichments_day)),
        (tr("Imports this month"), str(found.imports), _limit(limits.imports_month)),
        (tr("Contacts"), str(found.contacts), _limit(limits.contacts)),
    ]
    used = {each.provider: each.found_month for each in found.providers}
    rows += [
        (
            tr("Found by {provider} this month", provider=name),
            str(used.get(name, 0)),
            _limit(limits.provider_month.get(name, UNLIMITED)),
        )
        for name in limits.providers
    ]
    session.output.table((tr("Limit"), tr("Used"), tr("Of")), rows)


def _say_buckets(session: Session, found: Overview) -> None:
    session.output.table(
        (tr("Credits of"), tr("Left"), tr("Expire")),
        ((each.category.value, shown(each.left), each.expires) for each in found.buckets),
    )


def _say_integrity(session: Session, found: Integrity) -> None:
    if not found.ok:
        session.output.note(found.message)
        session.output.note(
            tr("Credits carried over and packs wait until: captely credits verify --accept")
        )


def _limit(limit: int) -> str:
    return tr("unlimited") if limit == UNLIMITED else f"{limit:,}"


def _what(row: LedgerRow) -> str:
    if row.provider:
        return tr(
            "{provider} {op}, contact {contact}", provider=row.provider, op=row.op,
            contact=row.contact,
        )  # fmt: skip
    return row.note or row.category or ""


def _cap(text: str) -> int | None:
    if text.strip().casefold() == NO_CAP:
        return None
    cap = to_milli(text)
    if cap < 0:
        raise InvalidInput(tr("A cap cannot be below zero."), tr("Write 0 to spend nothing."))
    return cap


def _providers(before: SpendCaps, given: tuple[str, ...]) -> dict[str, int]:
    caps = dict(before.providers)
    for each in given:
        name, equals, amount = each.partition("=")
        if not equals:
            raise InvalidInput(
                tr("This names no cap: {written}", written=each),
                tr("Write it like hunter=50, or hunter=none."),
            )
        caps.pop(name := name.strip().casefold(), None)
        if (cap := _cap(amount)) is not None:
            caps[name] = cap
    return caps


def _cap_rows(caps: SpendCaps) -> list[tuple[str, str]]:
    whole = ((tr("one run"), caps.run), (tr("a day"), caps.day), (tr("a month"), caps.month))
    rows = [(name, tr("no cap") if cap is None else shown(cap)) for name, cap in whole]
    return rows + [
        (tr("{provider} in a month", provider=name), shown(cap))
        for name, cap in sorted(caps.providers.items())
    ]
