"""What the user puts right in the review; after each change the plan is made anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.core.text import tr
from app.services.importing.fixes import Fixes, Replacement
from app.services.importing.parking import Parking
from app.views.common.desk import Desk
from app.views.importing.draft import Draft

if TYPE_CHECKING:
    from app.views.importing.page import ImportPage


class Corrections(QObject):
    """Changes the draft of the page; what was changed last can be taken back."""

    def __init__(self, desk: Desk, page: ImportPage) -> None:
        super().__init__(page)
        self._desk, self._page = desk, page
        self._back: Callable[[Draft], object] = Draft.unfix

    def fix(self, fixes: Fixes, words: str) -> None:
        """Put something right."""
        draft = self._page.draft
        if draft is not None:
            draft.fix(fixes)
            self._back = Draft.unfix
            self._page.make_plan()
            self._desk.say(words, tr("Undo"), self.unfix)

    def unfix(self) -> None:
        """Take back the last thing that was put right."""
        draft = self._page.draft
        if draft is not None and self._page.reviewing and draft.unfix():
            self._page.make_plan()
            self._desk.say(tr("The last correction was taken back."))

    def take_back(self, draft: Draft) -> None:
        """Undo the decision for which a plan was being made when the user stopped it."""
        self._back(draft)

    def map_value(self, column: str, written: str, put: str | None) -> None:
        """Decide what becomes of a value that nobody knows."""
        draft = self._page.draft
        if draft is not None:
            fixes = draft.fixes.with_value(column, written, put)
            self.fix(fixes, tr("“{value}” is decided.", value=written))

    def use_rule(self, rule: str) -> None:
        """Treat people who are there already by another rule."""
        draft = self._page.draft
        if draft is not None:
            before = draft.on_duplicate
            self._back = lambda stopped: setattr(stopped, "on_duplicate", before)
            draft.on_duplicate = rule
            self._page.make_plan()

    def use_field_rule(self, field: str, rule: str) -> None:
        """Treat one field of theirs by a rule of its own, or by the common one again."""
        draft = self._page.draft
        if draft is not None:
            before = dict(draft.by_field)
            self._back = lambda stopped: setattr(stopped, "by_field", before)
            draft.by_field = {k: r for k, r in before.items() if k != field}
            if rule:
                draft.by_field[field] = rule
            self._page.make_plan()

    def use_parking(self, parking: Parking) -> None:
        """Let others come in, if not all fit into the plan."""
        draft = self._page.draft
        if draft is not None:
            before = draft.parking
            self._back = lambda stopped: setattr(stopped, "parking", before)
            draft.parking = parking
            self._page.make_plan()

    def ask_replacing(
        self, wanted: Replacement, done: Callable[..., None], failed: Callable[..., None]
    ) -> None:
        """Find out what a replacement would change."""
        plan, draft = self._page.plan, self._page.draft
        if plan is not None and draft is not None:
            options, correcting = draft.options, self._desk.app.importing.correcting
            self._desk.calls.read(
                self, lambda: correcting.by_replacement(plan, options, wanted), done, failed
            )
