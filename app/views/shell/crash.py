"""The notice of a defect: what happened in plain words, and details to copy for a report."""

from __future__ import annotations

import logging
import platform
import sys
import threading
import traceback
from types import TracebackType

import PySide6
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QWidget

from app.core.text import tr
from app.views.common.boxes import column, row
from app.views.common.buttons import Btn, Kind
from app.views.common.fonts import Role
from app.views.common.labels import Label, Para
from app.views.common.theme import theme

log = logging.getLogger("captely.views")


def report_of(error: BaseException) -> str:
    """What a defect report needs: versions and the call stack, without any value of a contact."""
    frames = traceback.format_tb(error.__traceback__)
    system = f"{platform.system()} {platform.release()}"
    versions = f"Python {platform.python_version()}, PySide6 {PySide6.__version__}, {system}"
    return "\n".join([versions, "", *(frame.rstrip() for frame in frames), type(error).__name__])


class CrashNotice(QDialog):
    """Says that something went wrong that should not have; the data is safe."""

    def __init__(self, error: BaseException, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme().dress(self)
        self.setWindowTitle(tr("Something went wrong"))
        self.details = QPlainTextEdit(report_of(error))
        self.details.setReadOnly(True)
        self.details.setProperty("code", "true")
        self.details.setFont(theme().font(Role.CODE))
        self.details.setAccessibleName(tr("Details of the defect"))
        self.details.setMinimumSize(theme().px(480), theme().px(160))
        self.copy = Btn(tr("Copy details"), Kind.OUTLINE, "copy")
        self.copy.clicked.connect(self._copy)
        close = Btn(tr("Go on working"), Kind.PRIMARY)
        close.clicked.connect(self.accept)
        close.setDefault(True)
        words = tr(
            "This is a defect of Captely, not of your data. Everything that was saved is safe. "
            "The details name places in the program, no contacts and no keys."
        )
        parts = (
            Label(tr("Something went wrong"), Role.SUBTITLE),
            Para(words),
            self.details,
            row(self.copy, None, close),
        )
        self.setLayout(column(*parts, gap=12, margins=(24, 24, 24, 24)))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.details.toPlainText())
        self.copy.setText(tr("Copied"))
        self.copy.updateGeometry()


class CrashWatch(QObject):
    """Shows a notice for every exception that nobody caught, in any thread; one at a time."""

    _caught = Signal(object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.notice: CrashNotice | None = None
        self.installed = False
        self._before = sys.excepthook
        self._threads_before = threading.excepthook
        self._caught.connect(self.show, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Take over the hooks of the interpreter."""
        self._before, self._threads_before = sys.excepthook, threading.excepthook
        self.installed = True
        sys.excepthook = self._hook
        threading.excepthook = self._thread_hook

    def remove(self) -> None:
        """Give the hooks back."""
        self.installed = False
        sys.excepthook = self._before
        threading.excepthook = self._threads_before

    def show(self, error: BaseException) -> None:
        """Show the notice, unless one is open already."""
        if self.notice is not None and self.notice.isVisible():
            return
        self.notice = CrashNotice(error, self._window)
        self.notice.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        self.notice.open()

    def _hook(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._before(kind, error, trace)
            return
        log.critical("Uncaught in the window", exc_info=(kind, error, trace))
        self._caught.emit(error)

    def _thread_hook(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            self._hook(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)
