"""The credits as scripts read them: decimal credits, moments in UTC."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from app.core.limits import SpendCaps
from app.core.money import as_number
from app.core.plans import UNLIMITED, Limits

if TYPE_CHECKING:
    from app.services.credits import Bucket, Integrity, LedgerRow, Overview, ProviderUse


def overview_json(found: Overview) -> dict[str, Any]:
    """The figures as scripts read them, in decimal credits."""
    sums = {name: as_number(value) for name, value in asdict(found.sums).items()}
    return {
        **sums,
        "by_provider": _by_provider(found),
        "limits": limits_json(found.limits),
        "used": {
            "enrichments_today": found.enriched_today,
            "imports_month": found.imports,
            "contacts": found.contacts,
            "spent_today": as_number(found.spent_today),
            "spent_month": as_number(found.spent_month),
        },
        "caps": caps_json(found.caps),
        "buckets": [bucket_json(bucket) for bucket in found.buckets],
        "day_resets_at": found.moment.midnight,
        "month_resets_at": found.moment.month.end,
        "ledger": integrity_json(found.integrity),
    }


def _by_provider(found: Overview) -> dict[str, Any]:
    """What each provider used: those of the plan, and whoever was asked before."""
    from app.services.credits import ProviderUse

    used = {each.provider: each for each in found.providers}
    names = dict.fromkeys((*found.limits.providers, *used))
    unused = (ProviderUse(name, 0, 0, 0, 0) for name in names)
    return {use.provider: _use_json(found, used.get(use.provider, use)) for use in unused}


def _use_json(found: Overview, use: ProviderUse) -> dict[str, Any]:
    return {
        "spent": as_number(use.spent),
        "held": as_number(use.held),
        "spent_month": as_number(use.spent_month),
        "found_month": use.found_month,
        "limit_month": found.limits.provider_month.get(use.provider, UNLIMITED),
    }


def limits_json(limits: Limits) -> dict[str, Any]:
    """The limits as the licence carries them."""
    told = asdict(limits)
    return {**told, "provider_month": dict(limits.provider_month)}


def caps_json(caps: SpendCaps) -> dict[str, Any]:
    """The caps in decimal credits; null is none."""
    return {
        "run": None if caps.run is None else as_number(caps.run),
        "day": None if caps.day is None else as_number(caps.day),
        "month": None if caps.month is None else as_number(caps.month),
        "providers": {name: as_number(cap) for name, cap in caps.providers.items()},
    }


def bucket_json(bucket: Bucket) -> dict[str, Any]:
    """A grant with what is left of it."""
    return {
        "grant": bucket.id,
        "category": bucket.category.value,
        "granted": as_number(bucket.amount),
        "left": as_number(bucket.left),
        "effective": bucket.effective,
        "expires": bucket.expires,
        "source": bucket.source,
    }


def row_json(row: LedgerRow) -> dict[str, Any]:
    """A movement with its amount in decimal credits."""
    return {**asdict(row), "amount": as_number(row.amount), "balance": as_number(row.balance)}


def integrity_json(found: Integrity) -> dict[str, Any]:
    """The verdict on the ledger."""
    return {**asdict(found), "missing": as_number(found.missing)}
