"""The shortcut sheet: every action by group with its keys, the user's own where there are."""

from __future__ import annotations

from functools import partial
from itertools import groupby

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from app.core.text import tr, trn
from app.views.common.actions import Action, Actions, Group
from app.views.common.announcing import announce
from app.views.common.finding import Found
from app.views.shell.fuzzy import match
from app.views.shell.palette_parts import PaletteField
from app.views.shell.results import Line, ResultList
from app.views.shell.side_panel import SidePanel

_NATIVE = QKeySequence.SequenceFormat.NativeText


class ShortcutSheet(SidePanel):
    """Searching shows those without keys too; Enter does the chosen one."""

    def __init__(self, actions: Actions, parent: QWidget, page: QWidget) -> None:
        super().__init__(tr("Keyboard shortcuts"), parent, page)
        self._actions = actions
        self.results = ResultList(tr("Keyboard shortcuts"))
        self.field = PaletteField(self.results, tr("Find a shortcut"))
        self.begins = self.field
        self.body.addWidget(self.field)
        self.body.addWidget(self.results, 1)
        self.field.textChanged.connect(lambda _text: self._show())
        self.field.left.connect(self.close_panel)
        self.results.picked.connect(self._pick)
        actions.changed.connect(self._show)

    def load(self) -> None:
        """Show all of them."""
        self.field.clear()
        self._show()

    def _show(self) -> None:
        typed = self.field.text().strip()
        lines: list[Line] = []
        groups = list(Group)
        ordered = sorted(self._actions.catalogue, key=lambda action: groups.index(action.group))
        for group, members in groupby(ordered, key=lambda action: action.group):
            rows = [row for action in members if (row := self._line(action, typed)) is not None]
            lines += [Line(tr(group.value)), *rows] if rows else []
        self.results.show_lines(lines or [Line(tr("No shortcut is called that"))])
        if typed and self.isVisible():
            count = self.results.rows()
            announce(self.field, trn("{n} shortcut", "{n} shortcuts", count))

    def _line(self, action: Action, typed: str) -> Line | None:
        keys = [QKeySequence(k).toString(_NATIVE) for k in self._actions.keys_of(action)]
        if not keys and not typed:
            return None
        hit = match(typed, action.title)
        named = any(typed.casefold() in key.casefold() for key in keys)
        if hit is None and not named:
            return None
        others = tr("or {keys}", keys=", ".join(keys[1:])) if keys[1:] else ""
        run = partial(self._actions.run, action)
        found = Found(action.title, run, action.icon or "command", others, keys[0] if keys else "")
        return Line("", found, hit.letters if hit else ())

    def _pick(self, found: Found) -> None:
        self.close_panel()
        found.act()
