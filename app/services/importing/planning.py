"""Makes the plan of an import: reads the list into a plan file and decides each row's fate.

A long list is read and matched in processes of its own; a short one at once, right here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.core.errors import InvalidInput
from app.core.fields import CUSTOM_PREFIX, Field, FieldKind, custom_field
from app.core.paths import flush
from app.core.plans import UNLIMITED
from app.core.text import tr
from app.models.contacts import CustomField
from app.models.journal import JournalHead
from app.models.store import Store
from app.services.importing import choosing, crm, indexer, mending, parking, staging, worker
from app.services.importing.deciding import Deciding, decide, decide_again
from app.services.importing.doubts import doubts
from app.services.importing.filling import Filling, fill
from app.services.importing.mapping import Preview, fingerprint, preview
from app.services.importing.memory import Memory
from app.services.importing.options import ImportOptions
from app.services.importing.parking import Wall
from app.services.importing.people import Matching
from app.services.importing.planned import Counts, ImportPlan
from app.services.importing.shape import Share
from app.services.importing.staging import Layout
from app.services.statuses import status_names
from app.services.tags import tag_name

SMALL_LINES = 2_000
SMALL_BYTES = 1 << 20
WORKERS = 2

Places = Callable[[ImportOptions], tuple[int, int]]
"""How many contacts there may be, UNLIMITED for any number, and how many of them are taken."""

Progress = Callable[[int, int | None, str], None]
Check = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Planner:
    """Makes plans for one workspace."""

    store: Store
    memory: Memory
    places: Places

    def preview(self, path: Path, options: ImportOptions) -> Preview:
        """The list's shape, first rows and guessed mapping; raises InvalidInput and NotFound."""
        custom = self.custom_fields()
        seen = preview(path, options.read, custom=custom)
        last = self.memory.recall(fingerprint(seen.shape.columns))
        return seen if last is None else _as_last_time(seen, last.mapping, custom)

    def plan(
        self,
        path: Path,
        options: ImportOptions,
        plan_file: Path,
        progress: Progress,
        check: Check,
        *,
        notes: bool = False,
    ) -> ImportPlan:
        """Write the plan of importing `path` to `plan_file`, with notes for who corrects it.

        progress gets rows done, their estimated number and what is going on; check is called
        often and ends the planning by raising. Raises InvalidInput for what cannot be read or
        mapped, StorageError when the disk is full. Nothing in the workspace changes.
        """
        tags, rule = tuple(tag_name(name) for name in options.tag_names), options.rule
        seen = self.preview(path, options)
        mapping = choosing.choose(seen, options, self.custom_fields())
        filling = self.filling(seen, options, plan_file, notes=notes)
        layout = Layout(tuple(filling.normaliser().fields))
        parking.check(options.parking, layout.given)
        staging.create(plan_file, layout)
        if notes:
            mending.prepare(plan_file)
        with ThreadPoolExecutor(1) as hashing:
            hashed = hashing.submit(file_hash, path)
            _fill(filling, progress, check)
            sha256 = hashed.result()
        _unchanged(seen, path)
        inputs = {"file": sha256, "mapping": mapping, "options": options.as_dict()}
        deciding = self._deciding(plan_file, Matching(layout, rule), inputs, options)
        decided = _decide(decide, deciding, seen.shape.size, progress, check)
        facts = {
            "source": str(path),
            "sha256": sha256,
            "mapping": mapping,
            "encoding": seen.shape.encoding,
            "delimiter": seen.shape.delimiter,
            "header_row": seen.shape.header_row,
            "fields": layout.fields,
            "options": options.as_dict(),
            "fingerprint": fingerprint(seen.shape.columns),
            "columns": seen.shape.columns,
            "targets": [choosing.target_as_list(target) for target in filling.targets],
            "tags": tags,
            **decided,
        }
        facts["warnings"] = [*doubts(seen, options.read.encoding), *facts["warnings"]]
        with staging.opened(plan_file) as db:
            staging.set_meta(db, **facts)
        flush(plan_file)
        return _plan(plan_file, facts)

    def filling(
        self, seen: Preview, options: ImportOptions, plan_file: Path, *, notes: bool = False
    ) -> Filling:
        """What the workers need to know; raises InvalidInput for what cannot be mapped."""
        custom = self.custom_fields()
        mapping = choosing.choose(seen, options, custom)
        return Filling(
            plan=plan_file,
            shape=seen.shape,
            targets=choosing.targets(seen, mapping, options, custom),
            default_country=options.default_country,
            statuses=self.statuses(),
            fixes=choosing.fitted(options.fixes, seen.shape),
            notes=notes,
            texts=self._wants_texts(seen, options),
            keeps=self.places(options)[0] != UNLIMITED,
        )

    def still_true(self, plan: ImportPlan, progress: Progress, check: Check) -> int:
        """How many rows of the plan would have another fate today.

        The plan file holds the new fates afterwards, so a plan that was stale is to be made anew.
        """
        if self._sequence() == plan.sequence:
            return 0
        options = ImportOptions.from_dict(plan.options)
        inputs = {
            "file": plan.sha256, "mapping": plan.mapping, "options": plan.options,
        }  # fmt: skip
        deciding = self._deciding(plan.path, Matching(plan.layout, options.rule), inputs, options)
        size = plan.path.stat().st_size
        return int(_decide(decide_again, deciding, size, progress, check))

    def custom_fields(self) -> tuple[Field, ...]:
        """The user's own fields."""
        wanted = (
            select(CustomField.name, CustomField.label, CustomField.kind, CustomField.choices)
            .where(CustomField.deleted_op.is_(None))
            .order_by(CustomField.position, CustomField.id)
        )
        with self.store.reading() as connection:
            return tuple(
                custom_field(name, label, FieldKind(kind), tuple(choices or ()))
                for name, label, kind, choices in connection.execute(wanted)
            )

    def statuses(self) -> dict[str, str]:
        """The key of each status by every name that it answers to."""
        with self.store.reading() as connection:
            return status_names(connection)

    def _wants_texts(self, seen: Preview, options: ImportOptions) -> bool:
        """Whether an indexer will follow the run and may take the texts as the plan has them."""
        long = seen.shape.lines >= indexer.WORTH_FOLLOWING
        return long and self.store.is_sqlite and not options.source

    def _deciding(
        self, plan: Path, matching: Matching, inputs: dict[str, Any], options: ImportOptions
    ) -> Deciding:
        people, places = crm.lay_beside(self.store, plan), self.places(options)
        return Deciding(plan, people, matching, inputs, options.parking, places)

    def _sequence(self) -> int:
        with self.store.reading() as connection:
            return connection.execute(select(JournalHead.seq)).scalar() or 0


def _as_last_time(seen: Preview, remembered: Mapping[str, str], custom: Sequence[Field]) -> Preview:
    """The preview with the fields that such columns were put into last time."""
    known = {field.key for field in custom}
    columns = []
    for guess in seen.columns:
        key = remembered.get(guess.name)
        gone = key is not None and key.startswith(CUSTOM_PREFIX) and key not in known
        if key is not None and not gone:
            guess = replace(guess, field=key or None, confidence=1.0, reason="remembered")
        columns.append(guess)
    return replace(seen, columns=tuple(columns))


class OtherFormat(InvalidInput):
    """The plan was made by another version of the program, which may have meant it differently."""

    code = "PLAN_FORMAT"


def load(plan_file: Path) -> ImportPlan:
    """The finished plan in a file.

    Raises InvalidInput when there is none or it is unfinished, OtherFormat when it is not ours.
    """
    facts: dict[str, Any] = {}
    if plan_file.is_file():
        with staging.reading(plan_file) as db:
            facts = staging.get_meta(db)
    if "digest" not in facts:
        raise InvalidInput(tr("The plan of this import is gone."), tr("Import the file again."))
    if facts.get("format") != staging.FORMAT:
        raise OtherFormat(
            tr("This import was planned by another version of Captely."),
            tr("Cancel it and import the file again: nothing of it is among your contacts yet."),
        )
    return _plan(plan_file, facts)


def _plan(plan_file: Path, facts: dict[str, Any]) -> ImportPlan:
    return ImportPlan(
        path=plan_file,
        source=Path(facts["source"]),
        counts=Counts(**facts["counts"]),
        digest=facts["digest"],
        sha256=facts["sha256"],
        mapping=facts["mapping"],
        encoding=facts["encoding"],
        delimiter=facts["delimiter"],
        header_row=facts["header_row"],
        fields=tuple(facts["fields"]),
        options=facts["options"],
        fingerprint=facts["fingerprint"],
        columns=tuple(facts["columns"]),
        targets=tuple(tuple(target) for target in facts.get("targets", ())),
        tags=tuple(facts["tags"]),
        warnings=tuple(facts["warnings"]),
        sequence=facts["sequence"],
        wall=Wall(**facts["wall"]) if facts.get("wall") else None,
    )


def file_hash(path: Path) -> str:
    """SHA-256 of a file, as hexadecimal; raises InvalidInput when it has vanished."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InvalidInput(
            tr("{name} can no longer be read.", name=path.name),
            tr("Put it back where it was and import it again."),
            str(error),
        ) from error


def _unchanged(seen: Preview, path: Path) -> None:
    """Two readers and the hash have looked at the file one after the other."""
    try:
        stat = path.stat()
    except OSError:
        stat = None
    if stat is None or (stat.st_size, stat.st_mtime_ns) != (seen.shape.size, seen.shape.mtime_ns):
        raise InvalidInput(
            tr("{name} was changed while it was being read.", name=path.name),
            tr("Wait until it is complete, then import it again."),
        )


def _is_small(lines: int, size: int) -> bool:
    return size <= SMALL_BYTES and lines <= SMALL_LINES


def _fill(filling: Filling, progress: Progress, check: Check) -> None:
    shape, words = filling.shape, tr("Reading the list")
    total = shape.lines or None
    if _is_small(shape.lines, shape.size):

        def report(rows: int) -> None:
            check()
            progress(rows, total, words)

        fill(report, filling)
        return
    turn = worker.lock()
    parts = 1 if filling.fixes.drops else WORKERS
    works = [(fill, (filling, Share(part, parts), turn)) for part in range(parts)]
    worker.run(works, lambda _, told: progress(told[0], total, words), check)


def _decide(
    work: Callable[..., Any], deciding: Deciding, size: int, progress: Progress, check: Check
) -> Any:  # noqa: ANN401
    words = tr("Comparing with your contacts")
    if size <= SMALL_BYTES:

        def report(done: int, total: int) -> None:
            check()
            progress(done, total, words)

        check()
        return work(report, deciding)
    progress(0, None, words)
    told = worker.run(
        [(work, (deciding,))], lambda _, told: progress(told[0], told[1], words), check
    )
    return told[0]
