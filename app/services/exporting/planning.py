"""Decides each contact's fate before anything is sent: what the dry run shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from app.core.text import tr
from app.models.base import canonical
from app.models.store import Store
from app.services.connectors import Cancel, Connector, RemoteField, RemoteRecord
from app.services.exporting import withholding
from app.services.exporting.fields import LocalContact, read_contacts
from app.services.exporting.ledger import Known, Ledger
from app.services.exporting.mapping import CLEAR, CREATE, OVERWRITE, SKIP, FieldMapping, Rule
from app.services.exporting.planfile import SENT, Fate, PlanFile, PlanItem
from app.services.exporting.values import Unfit, converted, goes_back, same

# Forty reads at a time keep a slow destination's pace up between two looks at our database.
CHUNK = 4_000

_BLANK: tuple[Any, ...] = (None, "", [])


@dataclass(frozen=True, slots=True)
class Rendered:
    """What our mapping makes of one contact, before the destination is looked at."""

    key: str
    values: Mapping[str, str]
    fault: tuple[str, str] | None = None
    policies: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """SHA-256 of what we want there, by which the ledger knows it again.

        A policy counts too: what was kept under one may be overwritten under another.
        """
        wanted: list[Any] = [self.key, dict(self.values)]
        if self.policies:
            wanted.append(dict(self.policies))
        return sha256(canonical(wanted).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Decided:
    """A contact's fate, what is sent, and what of theirs that replaces, by remote field."""

    fate: Fate
    values: Mapping[str, str]
    before: Mapping[str, str] = field(default_factory=dict)


class Renderer:
    """A mapping made ready for many contacts."""

    def __init__(
        self, mapping: FieldMapping, key_field: str, fields: Mapping[str, RemoteField]
    ) -> None:
        self._key_source = mapping.key_source(key_field)
        self._rules = [rule for rule in mapping.rules if rule.remote != key_field]
        self._fields = fields
        self._policies = {
            rule.remote: rule.write for rule in self._rules if rule.write != OVERWRITE
        }

    @property
    def names(self) -> list[str]:
        """The remote fields that are written."""
        return [rule.remote for rule in self._rules]

    def render(self, contact: LocalContact) -> Rendered:
        """The values for one contact; a fault names the field and says why it cannot go."""
        key = str(contact.values.get(self._key_source) or "").strip().lower()
        values: dict[str, str] = {}
        for rule in self._rules:
            try:
                text = self.text(rule, contact)
            except Unfit as unfit:
                if rule.unmapped == SKIP:
                    continue
                return Rendered(key, values, (rule.remote, str(unfit)), self._policies)
            if text is not None:
                values[rule.remote] = text
        return Rendered(key, values, None, self._policies)

    def decide(self, rendered: Rendered, record: RemoteRecord | None) -> Decided:
        """Create, update or leave, with the complete values and those they replace."""
        if record is None:
            values = {name: text for name, text in rendered.values.items() if text}
            return Decided(Fate.CREATE, values)
        values, before = {}, {}
        for name, text in rendered.values.items():
            theirs = record.values.get(name, "")
            values[name] = theirs if self._is_kept(name, text, theirs) else text
            if not same(self._fields[name], values[name], theirs):
                before[name] = theirs
        return Decided(Fate.UPDATE if before else Fate.UNCHANGED, values, before)

    def freely_written(self, rendered: Rendered) -> dict[str, str]:
        """The values whose policy does not ask what the destination has."""
        kept = self._policies
        return {name: text for name, text in rendered.values.items() if name not in kept}

    def text(self, rule: Rule, contact: LocalContact) -> str | None:
        """What one rule sends for one contact, None for nothing; raises Unfit."""
        candidates = (contact.values.get(source) for source in rule.sources)
        present = (value for value in candidates if value not in _BLANK)
        value: Any = next(present, rule.fallback) if rule.source is not None else rule.constant
        if value in (None, ""):
            return "" if rule.blank == CLEAR else None
        return converted(value, self._fields[rule.remote], rule.values)

    def _is_kept(self, name: str, ours: str, theirs: str) -> bool:
        """True when the destination's value stays; it is sent back, for the set stays complete."""
        policy = self._policies.get(name, OVERWRITE)
        protected = policy == CREATE or (policy != OVERWRITE and bool(theirs))
        return protected or goes_back(self._fields[name], ours, theirs)


@dataclass(slots=True)
class Planner:
    """Plans one export into a plan file."""

    store: Store
    connector: Connector
    ledger: Ledger
    file: PlanFile
    renderer: Renderer
    label: str
    progress: Callable[[int, int], None]
    cancel: Cancel = None
    split_names: int = 0
    _batches: int = field(default=0, init=False)
    _open: dict[bool, tuple[int, int]] = field(default_factory=dict, init=False)

    def plan(self, ids: Sequence[int]) -> None:
        """Write the fate of every contact of `ids`, each once.

        Raises OutsideError when the destination cannot be asked, Cancelled.
        """
        done = 0
        with ThreadPoolExecutor(self.connector.parallel) as pool:
            for chunk in _chunks(ids, CHUNK):
                items = self._fates(chunk, pool)
                self.file.add(self._batched(items))
                done += len(chunk)
                self.progress(done, len(ids))

    def _fates(self, ids: Sequence[int], pool: ThreadPoolExecutor) -> list[PlanItem]:
        with self.store.reading() as connection:
            contacts = read_contacts(connection, ids)
            withheld = withholding.reasons(connection, list(contacts))
            known = self.ledger.known(connection, list(contacts))
        fates: dict[int, PlanItem] = {}
        asked: dict[int, Rendered] = {}
        for contact_id in ids:
            contact = contacts.get(contact_id)
            if contact is None:
                fates[contact_id] = _skipped(contact_id, tr("it is no longer there"))
                continue
            rendered = self.renderer.render(contact)
            item = self._without_asking(contact, rendered, withheld, known)
            if item is None:
                asked[contact_id] = rendered
                self.split_names += contact.name_split
            fates[contact_id] = item or PlanItem(
                contact_id, Fate.CREATE, rendered.key, contact.version, sha256=rendered.digest
            )
        for contact_id, decided in self._asked(asked, known, pool):
            fates[contact_id] = replace(fates[contact_id], **decided)
        return list(fates.values())

    def _without_asking(
        self,
        contact: LocalContact,
        rendered: Rendered,
        withheld: Mapping[int, str],
        known: Mapping[int, Known],
    ) -> PlanItem | None:
        plain = PlanItem(contact.id, Fate.SKIPPED, rendered.key, contact.version)
        if reason := withheld.get(contact.id):
            return replace(plain, reason=withholding.words(reason))
        if not rendered.key:
            return replace(plain, reason=tr("no e-mail, {label} needs one", label=self.label))
        first = self.file.first_with(rendered.key, contact.id)
        if first != contact.id:
            return replace(plain, reason=tr("same e-mail as contact {id}", id=first))
        if rendered.fault is not None:
            name, why = rendered.fault
            return replace(plain, fate=Fate.INVALID, field=name, reason=why)
        there = known.get(contact.id, Known())
        if there.digest == rendered.digest:
            self._first_at(there.remote_id, contact.id)
            return replace(
                plain,
                fate=Fate.UNCHANGED,
                sha256=there.digest,
                remote_id=there.remote_id,
                known=True,
            )
        return None

    def _asked(
        self, asked: Mapping[int, Rendered], known: Mapping[int, Known], pool: ThreadPoolExecutor
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        slices = list(_chunks(list(asked), self.connector.batch))
        answers = pool.map(lambda part: self._read([asked[each].key for each in part]), slices)
        for part, records in zip(slices, answers, strict=True):
            for contact in part:
                rendered = asked[contact]
                record = records.get(rendered.key)
                before = known.get(contact, Known())
                if record is None and before.remote_id and before.key != rendered.key:
                    # Its e-mail was changed here: the same person must not be made a second time.
                    values = self.renderer.freely_written(rendered)
                    yield (
                        contact,
                        {
                            "fate": Fate.UPDATE,
                            "values": values,
                            "remote_id": before.remote_id,
                            "by_id": True,
                        },
                    )
                    continue
                yield contact, self._decided(contact, rendered, record)

    def _decided(
        self, contact: int, rendered: Rendered, record: RemoteRecord | None
    ) -> dict[str, Any]:
        remote_id = record.id if record else ""
        first = self._first_at(remote_id, contact)
        if first != contact:
            # Two addresses of one person there: each would overwrite what the other wrote.
            words = tr("same {label} contact as contact {id}", label=self.label, id=first)
            return {"fate": Fate.SKIPPED, "reason": words, "sha256": ""}
        decided = self.renderer.decide(rendered, record)
        return {
            "fate": decided.fate,
            "values": decided.values,
            "before": decided.before,
            "remote_id": remote_id,
        }

    def _first_at(self, remote_id: str, contact: int) -> int:
        """The first contact of the plan that is this remote record."""
        # No e-mail address is without an @, so the two kinds of key never meet.
        return self.file.first_with(f"record {remote_id}", contact) if remote_id else contact

    def _read(self, keys: Sequence[str]) -> dict[str, RemoteRecord]:
        return self.connector.read(keys, self.renderer.names, self.cancel)

    def _batched(self, items: Iterable[PlanItem]) -> Iterator[PlanItem]:
        for item in items:
            if item.fate not in SENT:
                yield item
                continue
            number, count = self._open.get(item.by_id, (0, self.connector.batch))
            if count >= self.connector.batch:
                number, count = self._batches, 0
                self._batches += 1
            self._open[item.by_id] = (number, count + 1)
            yield replace(item, batch=number)


def _skipped(contact: int, reason: str) -> PlanItem:
    return PlanItem(contact, Fate.SKIPPED, reason=reason)


def _chunks(ids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
