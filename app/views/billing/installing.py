"""Brings a licence in from a file, the clipboard or its address, and says how that went."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from app.core.errors import CaptelyError
from app.core.text import tr
from app.services.licence.files import read_text
from app.services.licence.refusals import Code, LicenceRefused
from app.services.licence.standing import Standing
from app.services.plans import catalogue
from app.views.common.latest import Once
from app.views.common.pills import Notice
from app.views.common.tokens import Tone

if TYPE_CHECKING:
    from app.views.common.desk import Desk


class Installing(QObject):
    """notice is where the result or the refusal is said; whatever is refused changes nothing."""

    def __init__(self, desk: Desk, notice: Notice, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._notice = notice
        self._refreshing = Once(desk.calls, self)

    def from_file(self, file: Path) -> None:
        """Install the licence in a file."""
        self._install(lambda: read_text(file))

    def from_clipboard(self) -> None:
        """Install the licence whose text was copied."""
        text = QGuiApplication.clipboard().text().strip()
        if text:
            self._install(lambda: text + "\n")
        else:
            words = tr("The clipboard holds no text. Copy the licence from BEGIN to END first.")
            self._notice.say(words, Tone.WARNING)
            self._notice.offer("")

    def refresh(self) -> None:
        """Fetch the licence from its address."""
        app = self._desk.app
        self._refreshing.network(lambda: app.renewals.refresh(), self._done, self._refused)

    def copy_id(self) -> None:
        """Put the workspace's ID on the clipboard."""
        app = self._desk.app
        self._desk.calls.read(self, lambda: app.licence.workspace, self._copied)

    def ask_trial(self) -> None:
        """Say how a trial is had, with the workspace's ID on the clipboard.

        Only the vendor can grant one: no key of theirs is in this build.
        """
        words = tr(
            "A trial of Starter or Professional lasts {days} days and needs no card. Your vendor "
            "grants it with a licence for this workspace: send them its ID, which is copied, then "
            "import the licence here.",
            days=catalogue().trial_days,
        )
        self._notice.say(words, Tone.INFO)
        self._notice.offer("")
        self.copy_id()

    def _install(self, text: Callable[[], str]) -> None:
        app = self._desk.app
        self._desk.calls.edit(self, lambda: app.licence.install(text()), self._done, self._refused)

    def _done(self, standing: Standing) -> None:
        plan = catalogue().plans[standing.plan].name
        message = f"{standing.message}." if standing.message[-1:] not in ".!?" else standing.message
        words = tr("Licence accepted: {plan}. {message}", plan=plan, message=message)
        self._notice.say(words, Tone.SUCCESS)
        self._notice.offer("")
        self._desk.plan.load()

    def _refused(self, error: CaptelyError) -> None:
        self._notice.say_error(error)
        theirs = isinstance(error, LicenceRefused) and error.reason is Code.WRONG_WORKSPACE
        self._notice.offer(tr("Copy workspace ID") if theirs else "", self.copy_id)

    def _copied(self, workspace: str) -> None:
        QGuiApplication.clipboard().setText(workspace)
        self._desk.say(tr("The workspace ID is copied"))
