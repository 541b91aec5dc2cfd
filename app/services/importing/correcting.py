"""What helps a person to get a list right before it is imported; nothing here changes a contact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.core.clock import Clock
from app.core.paths import Workspace
from app.models.store import Store
from app.services.importing import choosing, pairs, pasted, problems, rejects, samples
from app.services.importing.fixes import Replacement, Rule
from app.services.importing.mapping import Preview, fingerprint
from app.services.importing.memory import Remembered
from app.services.importing.mending import Mending
from app.services.importing.options import ImportOptions
from app.services.importing.pairs import Pair
from app.services.importing.planned import ImportPlan
from app.services.importing.planning import Planner
from app.services.importing.problems import Changing, Problems
from app.services.importing.recipes import Recipe
from app.services.importing.samples import Look
from app.services.importing.shape import FileShape
from app.services.importing.tables import read_chunks


@dataclass(frozen=True, slots=True)
class Matches:
    """How rows were recognised as contacts: rows by ground, and a few of them side by side."""

    grounds: Mapping[str, int]
    pairs: tuple[Pair, ...]


class Correcting:
    """The helpers of the import page and of the verb's --fix and --recipe."""

    def __init__(self, store: Store, planner: Planner, workspace: Workspace, clock: Clock) -> None:
        self._store = store
        self._planner = planner
        self._workspace = workspace
        self._clock = clock

    def look(self, shape: FileShape) -> Look:
        """Read a list through and say what is certain and what to check."""
        return samples.look(shape)

    def remembered(self, preview: Preview) -> Remembered | None:
        """What was decided about the last list with these headers."""
        return self._planner.memory.recall(fingerprint(preview.shape.columns))

    def forget(self, preview: Preview) -> None:
        """Guess such a list anew the next time."""
        self._planner.memory.forget(fingerprint(preview.shape.columns))

    def recipe(self, preview: Preview, options: ImportOptions) -> Recipe:
        """What is decided about a list by now, to keep or to hand on."""
        mapping = choosing.choose(preview, options, self._planner.custom_fields())
        return Recipe.of(preview.shape.columns, mapping, options)

    def problems(self, plan: ImportPlan) -> Problems:
        """The rows of a plan made with notes that want a look."""
        custom = self._planner.custom_fields()
        return Problems(
            plan.path,
            choosing.targets_of(plan.targets, custom),
            plan.names,
            self._planner.statuses(),
            plan.options["default_country"],
        )

    def by_rule(self, plan: ImportPlan, rule: Rule) -> Changing:
        """What a rule would change in a list."""
        return self.problems(plan).by_rule(rule)

    def by_replacement(
        self, plan: ImportPlan, options: ImportOptions, wanted: Replacement
    ) -> Changing:
        """What finding and replacing over a column would change in a list."""
        return problems.replacing(self._texts(plan, options, wanted.column), wanted)

    def matches(self, plan: ImportPlan) -> Matches:
        """How rows were recognised, with a few pairs."""
        return Matches(pairs.grounds(plan), tuple(pairs.sample_pairs(self._store, plan)))

    def save_rejects(self, plan: ImportPlan, path: Path) -> None:
        """Write the rows that a plan rejects; raises StorageError when that is not possible."""
        rejects.save_rejects(plan, path)

    def paste(self, text: str, html: str = "") -> Path:
        """Keep what was copied as a file in the workspace, to be imported like any other."""
        return pasted.keep_pasted(self._workspace.plans, text, html, self._clock.now())

    def _texts(
        self, plan: ImportPlan, options: ImportOptions, column: str
    ) -> Iterator[tuple[int, str]]:
        seen = self._planner.preview(plan.source, options)
        filling = self._planner.filling(seen, options, Path())
        index, mending = seen.shape.names.index(column), Mending(filling)
        for chunk in read_chunks(seen.shape):
            for line, cells, problem in mending.mend(chunk):
                if problem is None:
                    yield line, cells[index]
