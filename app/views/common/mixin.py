"""What the mixins of widgets derive from: a widget to the type checker, nothing to Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    Mixin = QWidget
else:
    # At run time a mixin must not be a second Qt class beside the widget's own.
    Mixin = object
