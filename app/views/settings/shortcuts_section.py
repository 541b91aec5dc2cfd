"""Every action with its keys: pressed anew, given to another action, or put back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from app.core.settings import SHORTCUTS
from app.core.text import tr
from app.views.common.actions import Action, Group
from app.views.common.boxes import row
from app.views.common.buttons import Btn, IconBtn, Kind
from app.views.common.fonts import Role
from app.views.common.labels import Label
from app.views.common.pills import Notice
from app.views.common.tokens import Tone
from app.views.settings.key_recorder import KeyRecorder
from app.views.settings.rows import SettingRow
from app.views.settings.section import Change, Section
from app.views.settings.shortcuts import Keys, read_keys, written_keys

if TYPE_CHECKING:
    from app.views.common.desk import Desk

PREFIX = "shortcut:"
"""Begins the key of an action's row, so that the palette can lead to one."""
_NATIVE = QKeySequence.SequenceFormat.NativeText


class ShortcutsSection(Section):
    """Changes apply at once and are kept for this computer; the toast takes the last one back."""

    def __init__(self, desk: Desk, change: Change) -> None:
        super().__init__(desk, change)
        self.recorders: dict[str, KeyRecorder] = {}
        self.resets: dict[str, IconBtn] = {}
        self.notice = Notice(Tone.WARNING)
        self.reset_all = Btn(tr("Put all back"), Kind.OUTLINE, "rotate-ccw")
        self.reset_all.clicked.connect(self._reset_all)
        words = Label(tr("Click a shortcut, then press the keys."), Role.BODY, "secondary")
        self.column.addLayout(row(words, None, self.reset_all, gap=12))
        self.column.addWidget(self.notice)
        for group in Group:
            actions = [action for action in desk.actions.catalogue if action.group is group]
            if actions:
                self.add_rows(*map(self._row, actions), title=tr(group.value))
        self.column.addStretch(1)
        desk.actions.changed.connect(self._show_keys)
        self._show_keys()

    def press(self, action: Action, keys: str) -> None:
        """Give an action these keys, unless another one has them; empty takes its keys away."""
        other = self.desk.actions.taken_by(keys, action) if keys else None
        if other is None:
            self._settle(action, (keys,) if keys else ())
            return
        self._show_keys()
        native = QKeySequence(keys).toString(_NATIVE)
        self._say_clash(native, action, other, partial(self._take_over, action, other, keys))

    def _row(self, action: Action) -> SettingRow:
        recorder = self.recorders[action.key] = KeyRecorder(action.title)
        recorder.pressed_keys.connect(partial(self.press, action))
        reset = self.resets[action.key] = IconBtn(
            "rotate-ccw", tr("Put the shortcut of {action} back", action=action.title)
        )
        reset.clicked.connect(lambda: self._put_back(action))
        policy = reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        reset.setSizePolicy(policy)
        where = tr("Only on its own page") if not action.everywhere else ""
        finds = f"{tr(action.finds) if action.finds else ''} {tr('shortcut keyboard keys hotkey')}"
        controls = row(reset, recorder, gap=8)
        return SettingRow(PREFIX + action.key, action.title, where, controls, finds=finds)

    def _say_clash(
        self, native: str, action: Action, other: Action, take_over: Callable[[], None]
    ) -> None:
        self.notice.say(
            tr(
                "{keys} already does “{other}”. Press other keys for “{action}”, or take it over.",
                keys=native,
                other=other.title,
                action=action.title,
            ),
            Tone.WARNING,
        )
        self.notice.offer(tr("Take it over"), take_over)

    def _take_over(self, action: Action, other: Action, keys: str) -> None:
        left = tuple(
            each
            for each in self.desk.actions.keys_of(other)
            if QKeySequence(each) != QKeySequence(keys)
        )
        self._store({**self._own(), other.key: left, action.key: (keys,)})

    def _settle(self, action: Action, keys: tuple[str, ...]) -> None:
        own = self._own()
        if keys == action.keys:
            own.pop(action.key, None)
        else:
            own[action.key] = keys
        self._store(own)

    def _put_back(self, action: Action) -> None:
        for keys in action.keys:
            other = self.desk.actions.taken_by(keys, action)
            if other is not None:
                native = QKeySequence(keys).toString(_NATIVE)
                take = partial(self._take_over, action, other, keys)
                self._say_clash(native, action, other, take)
                return
        self._settle(action, action.keys)

    def _reset_all(self) -> None:
        self._store({})

    def _store(self, keys: Keys) -> None:
        self.notice.say("")
        self.notice.offer("")
        self.change(SHORTCUTS, written_keys(keys))

    def _own(self) -> dict[str, tuple[str, ...]]:
        return read_keys(str(self.desk.app.settings.get(SHORTCUTS)))

    def _show_keys(self) -> None:
        actions = self.desk.actions
        for action in actions.catalogue:
            if action.key in self.recorders:
                keys = actions.keys_of(action)
                self.recorders[action.key].show_keys(keys)
                self.resets[action.key].setVisible(keys != action.keys)
        self.reset_all.setEnabled(any(actions.keys_of(a) != a.keys for a in actions.catalogue))
