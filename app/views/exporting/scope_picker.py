"""Chooses whom an export is about: everybody, a selection, a saved view or a search."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from app.core.errors import CaptelyError
from app.core.text import tr, trn
from app.services.views import View
from app.views.common.boxes import row
from app.views.common.desk import Desk
from app.views.common.fonts import Role
from app.views.common.inputs import Select
from app.views.common.labels import ElidedLabel
from app.views.common.latest import Latest
from app.views.common.theme import theme
from app.views.common.words import contacts
from app.views.exporting.scope import Scope

EVERYBODY, HANDED, SEARCH = "everybody", "handed", "search"
_VIEW = "view:"


@dataclass(frozen=True, slots=True)
class _Counted:
    count: int
    withheld: int


class ScopePicker(QWidget):
    """changed is emitted when other contacts were chosen; counted once they are counted.

    says_withheld adds how many of them must not be contacted.
    """

    changed = Signal()
    counted = Signal()

    def __init__(self, desk: Desk, *, says_withheld: bool = True) -> None:
        super().__init__()
        self._desk = desk
        self._says_withheld = says_withheld
        self._counting, self._listing = Latest(desk.calls, self), Latest(desk.calls, self)
        self._handed = Scope()
        self._views: dict[str, View] = {}
        self.scope = Scope()
        self.count: int | None = None
        self.withheld = 0
        self.kind = Select(tr("Which contacts"))
        self.kind.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.query = QLineEdit()
        self.query.setAccessibleName(tr("Search for the contacts to export"))
        self.query.setPlaceholderText(tr("status:new tag:fair"))
        self.query.setMinimumWidth(theme().px(160))
        self.words = ElidedLabel("", Role.BODY, "secondary")
        line = row(self.kind, self.query, self.words, gap=12)
        line.setStretchFactor(self.query, 1)
        line.setStretchFactor(self.words, 2)
        self.setLayout(line)
        self.kind.picked.connect(self._picked)
        self.query.editingFinished.connect(self._typed)
        self._show_choices()

    def show_scope(self, scope: Scope) -> None:
        """Begin with these contacts."""
        self._handed = scope if scope.query or scope.only is not None else Scope()
        self.scope = scope
        self._show_choices()
        self.kind.choose(HANDED if self._handed.query or self._handed.only else EVERYBODY)
        self._show_query()
        views = self._desk.app.views
        self._listing.read(views.list, self._show_views)
        self._count()

    def _show_views(self, views: list[View]) -> None:
        self._views = {f"{_VIEW}{view.id}": view for view in views}
        self._show_choices()

    def _show_choices(self) -> None:
        choices: list[tuple[object, str]] = [(EVERYBODY, tr("Everybody"))]
        if self._handed.only is not None:
            choices.append((HANDED, self._handed.words))
        elif self._handed.query:
            words = tr("The selection") if self._handed.is_checked else tr("The present filter")
            choices.append((HANDED, words))
        choices += [(key, tr("View: {name}", name=view.name)) for key, view in self._views.items()]
        choices.append((SEARCH, tr("A search")))
        self.kind.set_choices(choices)

    def _picked(self, kind: object) -> None:
        if kind == SEARCH:
            self._show_query()
            self.query.setFocus()
            return
        if kind == EVERYBODY:
            self._choose(Scope())
        elif kind == HANDED:
            self._choose(self._handed)
        elif isinstance(kind, str) and kind in self._views:
            view = self._views[kind]
            self._choose(Scope(view.asked, title=view.name))

    def _typed(self) -> None:
        text = self.query.text().strip()
        if self.kind.value() == SEARCH and text != self.scope.query:
            self._choose(Scope(text))

    def _choose(self, scope: Scope) -> None:
        self.scope = scope
        self._show_query()
        self._count()
        self.changed.emit()

    def _show_query(self) -> None:
        self.query.setVisible(self.kind.value() == SEARCH)

    def _count(self) -> None:
        scope, app = self.scope, self._desk.app
        self.count, self.withheld = None, 0
        self.words.setText(tr("Counting"))

        def count() -> _Counted:
            ids = scope.ids(app)
            withheld = len(app.suppressions.reason_for(ids)) if self._says_withheld else 0
            return _Counted(len(ids), withheld)

        self._counting.read(count, lambda found: self._counted(scope, found), self._failed)

    def _counted(self, scope: Scope, found: _Counted) -> None:
        if scope != self.scope:
            # Narrowed meanwhile by who counts them for itself.
            return
        self.scope = replace(scope, count=found.count)
        self.count, self.withheld = found.count, found.withheld
        words = contacts(found.count)
        if found.withheld:
            out = trn("{n} must not be contacted", "{n} must not be contacted", found.withheld)
            words = f"{words}, {out}"
        self.words.setText(words)
        self.counted.emit()

    def _failed(self, error: CaptelyError) -> None:
        self.words.setText(f"{error.message} {error.hint}".strip())
        self.counted.emit()
