"""A planned export as the window and the command line see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.services.connectors import Account, Prepared, Quota
from app.services.exporting.mapping import FieldMapping
from app.services.exporting.mapping_file import mapping_from
from app.services.exporting.planfile import SENT, PlanFile
from app.services.pace import SHARE


@dataclass(frozen=True, slots=True)
class ExportPlan:
    """A planned export; nothing was sent yet.

    counts are contacts by fate, requests the calls that would write, reads those made to plan.
    before is the label of the account that the last export went to, if that was another one.
    unmapped lists our choices without an option of theirs, by remote field.
    """

    path: Path
    connector: str
    label: str
    container: str
    account: Account
    counts: Mapping[str, int]
    requests: int
    reads: int
    digest: str
    mapping: FieldMapping
    before: str | None = None
    unmapped: Mapping[str, Sequence[str]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def to_send(self) -> int:
        """How many contacts the run would send."""
        return sum(self.counts[fate.value] for fate in SENT)

    def as_result(self) -> dict[str, Any]:
        """The export verb's JSON of a dry run."""
        return {
            "run": None,
            **self.counts,
            "ok": 0,
            "failed": 0,
            "ambiguous": 0,
            "pending": self.to_send,
            "requests": self.requests,
            "reads": self.reads,
            "failures": [],
            "account": {"id": self.account.id, "label": self.account.label},
            "account_before": self.before,
            "mapping": self.mapping.as_dict()["fields"],
            "unmapped": {name: list(values) for name, values in self.unmapped.items()},
            "warnings": list(self.warnings),
            "digest": self.digest,
        }


@dataclass(frozen=True, slots=True)
class Request:
    """The exact request that would send one contact.

    In the run it is the place-th of size contacts in the number-th request; before holds their
    values that it replaces, by remote field.
    """

    prepared: Prepared
    number: int
    place: int
    size: int
    before: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a run will take: seconds at the pace we allow ourselves, and the day's quota.

    per_second is None where the destination has not told its limit yet.
    """

    seconds: float | None
    per_second: float | None
    day: int | None
    day_left: int | None


def forecast(plan: ExportPlan, quota: Quota) -> Forecast:
    """How long a plan takes at the pace its destination allowed in its last answer."""
    per_second = None
    if quota.burst and quota.burst_seconds:
        per_second = quota.burst * SHARE / quota.burst_seconds
    seconds = plan.requests / per_second if per_second else None
    return Forecast(seconds, per_second, quota.day, quota.day_left)


def plan_of(file: PlanFile) -> ExportPlan:
    """The plan in a sealed file."""
    meta = file.meta()
    return ExportPlan(
        path=file.path,
        connector=meta["connector"],
        label=meta["label"],
        container=meta["container"],
        account=Account(*meta["account"]),
        counts=file.counts(),
        requests=file.batches(),
        reads=meta["reads"],
        digest=meta["digest"],
        mapping=mapping_from(meta["connector"], meta["mapping"]),
        before=meta["before"],
        unmapped=meta["unmapped"],
        warnings=tuple(meta["warnings"]),
    )
