"""The user's own spend caps: kept as settings, read as milli-credits."""

from __future__ import annotations

from collections.abc import Mapping

from app.core.errors import InvalidInput
from app.core.limits import SpendCaps
from app.core.money import as_number, to_milli
from app.core.settings import CAP_DAY, CAP_MONTH, CAP_PROVIDERS, CAP_RUN, Value
from app.core.text import tr


def read_caps(values: Mapping[str, Value]) -> SpendCaps:
    """The caps of the stored settings. Raises InvalidInput for what is no number of credits."""
    return SpendCaps(
        run=_cap(values[CAP_RUN.key]),
        day=_cap(values[CAP_DAY.key]),
        month=_cap(values[CAP_MONTH.key]),
        providers=_by_provider(str(values[CAP_PROVIDERS.key])),
    )


def written(cap: int | None) -> str:
    """A cap as its setting holds it; empty for none."""
    return "" if cap is None else str(as_number(cap))


def written_by_provider(caps: Mapping[str, int]) -> str:
    """The providers' caps as their setting holds them."""
    return ", ".join(f"{name}={as_number(cap)}" for name, cap in sorted(caps.items()))


def _cap(stored: Value) -> int | None:
    text = str(stored).strip()
    if not text:
        return None
    cap = to_milli(text)
    if cap < 0:
        raise InvalidInput(tr("A cap cannot be below zero."), tr("Write 0 to spend nothing."))
    return cap


def _by_provider(stored: str) -> dict[str, int]:
    caps: dict[str, int] = {}
    for part in filter(None, (each.strip() for each in stored.split(","))):
        name, _, amount = part.partition("=")
        if (cap := _cap(amount)) is not None:
            caps[name.strip().casefold()] = cap
    return caps
