"""Lets a screen reader's "toggle" do what a click does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QAbstractButton

if TYPE_CHECKING:
    _Button = QAbstractButton
else:
    # At run time a mixin must not be a second Qt class beside the control's own.
    _Button = object


class Toggling(_Button):
    """Mixed into checkable controls, which act when they are clicked.

    A screen reader sets the state of a check box or tab without clicking it, and nothing would
    happen. What neither a click nor our own code has changed therefore counts as a click.
    """

    _by_us = False

    def listen_to_readers(self) -> None:
        """To be called once, when the control is made."""
        self.toggled.connect(self._changed_somehow)

    def setChecked(self, checked: object) -> None:
        """Show a state silently."""
        self._quietly(lambda: super(Toggling, self).setChecked(bool(checked)))

    def nextCheckState(self) -> None:
        """Called by Qt for a click alone."""
        self._quietly(super().nextCheckState)

    def _quietly(self, change: Callable[[], None]) -> None:
        before, self._by_us = self._by_us, True
        change()
        self._by_us = before

    def _changed_somehow(self, checked: object) -> None:
        # Another of a group that loses its mark was not chosen by anybody.
        if not self._by_us and (checked or not self._is_one_of_many()):
            clicked: Any = self.clicked
            # Of its two forms the one that tells the state.
            clicked[bool].emit(bool(checked))

    def _is_one_of_many(self) -> bool:
        group = self.group()
        return self.autoExclusive() or (group is not None and group.exclusive())
