"""The main window: sidebar, the page in view, what floats above it, and dropped files."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cached_property, partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from app.core.changes import Changes
from app.core.settings import USER_NAME, WINDOW_STATE
from app.core.text import tr
from app.views.common.desk import Desk, Page
from app.views.common.icons import application_icon
from app.views.common.places import Place
from app.views.common.theme import theme
from app.views.contacts.view_source import ViewSource
from app.views.history.actions import OPEN as HISTORY
from app.views.shell.actions import (
    ACTIONS,
    GO,
    JOBS,
    MENU,
    REDO,
    TO_MESSAGE,
    UNDO,
)
from app.views.shell.arriving import bring_keyboard
from app.views.shell.contact_source import ContactSource
from app.views.shell.crash import CrashWatch
from app.views.shell.drop_target import is_licence
from app.views.shell.elsewhere import Elsewhere
from app.views.shell.floating import Floating
from app.views.shell.job_acts import JobActs
from app.views.shell.job_strip import JobStrip
from app.views.shell.left_over import LeftOver
from app.views.shell.pages import Pages
from app.views.shell.parked_offer import ParkedOffer
from app.views.shell.ribbon import SandboxRibbon
from app.views.shell.sample_data import SampleRibbon
from app.views.shell.sidebar import Sidebar
from app.views.shell.standing_ribbon import StandingRibbon
from app.views.shell.toast import ToastBar
from app.views.shell.view import View
from app.views.shell.window_state import WindowState

if TYPE_CHECKING:
    from app.views.shell.network import Network

DEFAULT_SIZE, LEAST_SIZE, NARROW_BELOW = (1280, 800), (1024, 640), 1100
ASK_AFTER_MS = 1_000


class MainWindow(QMainWindow):
    """Pages are made when they are first visited, so that the window opens quickly.

    gives_up lets it close over what is typed and cannot be saved. successor is the window that
    has taken its place, handed what the pages of the one before it have left for those of this.
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.place = Place.CONTACTS
        self.gives_up = False
        self.successor: MainWindow | None = None
        self.sidebar = Sidebar(self._person(), desk.app.workspace.folder.name)
        self.pages = Pages(desk)
        self.elsewhere = Elsewhere(desk)
        self.job_acts = JobActs(desk)
        self.strip = JobStrip(desk, self.job_acts)
        self.left_over = LeftOver(desk, self.job_acts)
        self.sample = SampleRibbon(desk)
        self.standing = StandingRibbon(desk)
        self.parked = ParkedOffer(desk, self.job_acts)
        sandbox = [SandboxRibbon()] if desk.app.workspace.is_sandbox else []
        self._ribbons = (*sandbox, self.standing, self.parked, self.sample, self.left_over)
        self._ground = self._lay_out()
        self.toast = ToastBar(self._ground, self.strip, self.sidebar)
        self.floating = Floating(desk, self.job_acts, self._ground, self.pages, lambda: self.place)
        self.crash = CrashWatch(self)
        theme().dress(self.sidebar, self.strip, self.toast, *self._ribbons)
        theme().changed.connect(self._fit_sidebar)
        self.setWindowTitle("Captely")
        self.setWindowIcon(application_icon())
        self.setMinimumSize(*LEAST_SIZE)
        self.resize(*DEFAULT_SIZE)
        self.setAcceptDrops(True)
        self._wire()

    def open(self, former: MainWindow | None = None) -> None:
        """Show the window as it was left, or as `former` is now, with the jobs that wait."""
        if former is None:
            state = WindowState.read(str(self.desk.app.settings.get(WINDOW_STATE)))
        else:
            state = WindowState.of(former, former.place)
            self.pages.handed = {
                place: page.hand_over() for place, page in former.pages.made.items()
            }
            self.desk.drafts.take(former.desk.drafts.release())
        state.restore(self)
        if "narrow" in (kept := self.desk.memory.get("sidebar")):
            self.sidebar.wish(kept["narrow"] is True)
        self.show_place(Place(state.place))
        self.show()
        self.strip.load()
        self.left_over.load()
        self.sample.load()
        QTimer.singleShot(ASK_AFTER_MS, self, self._ask_system)

    def _ask_system(self) -> None:
        """Hear from the computer about network and motion; the modules are read beside."""
        from app.views.shell.system_motion import ask_system

        self.elsewhere.begin()

        def asked(_modules: object) -> None:
            self.network.watch()
            ask_system(self)
            self.desk.plan.watch()

        modules = ("PySide6.QtNetwork", "PySide6.QtDBus")
        self.desk.calls.read(self, lambda: [import_module(name) for name in modules], asked)

    @cached_property
    def network(self) -> Network:
        """Tells whether there is a network; not needed before the first page is there."""
        from app.views.shell.network import Network

        network = Network(self)
        network.changed.connect(self.sidebar.offline.setVisible)
        network.changed.connect(self.desk.plan.hear_of_network)
        return network

    def page(self, place: Place) -> Page:
        """The page of a place, made when it is first needed."""
        return self.pages.page(place)

    def show_place(self, place: Place, argument: object = None) -> None:
        """Bring a page into view, once what is typed on the one before is on its way."""
        before, page = self.pages.currentWidget(), self.page(place)
        if isinstance(before, Page) and before is not page and before.is_editing:
            # What is refused stays open on its page, which comes back with the reason.
            before.finish_editing(lambda: None, partial(self.show_place, before.place))
        self.place = place
        self.sidebar.mark(place)
        left = page.focusWidget()
        self.pages.setCurrentWidget(page)
        arrived = QApplication.focusWidget()
        page.visit(argument)
        if QApplication.focusWidget() is arrived and (before is not page or argument is not None):
            bring_keyboard(page, left if argument is None else None, self.sidebar)

    def _pick(self, place: Place) -> None:
        here = place is self.place
        self.show_place(place)
        if here:
            self.page(place).go_up()

    def _person(self) -> str:
        typed = str(self.desk.app.settings.get(USER_NAME))
        return typed or self.desk.app.actor.name

    def _lay_out(self) -> QWidget:
        ground = QWidget()
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        for ribbon in self._ribbons:
            right.addWidget(ribbon)
        right.addWidget(self.pages, 1)
        right.addWidget(self.strip)
        whole = QHBoxLayout(ground)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.sidebar)
        whole.addLayout(right, 1)
        self.setCentralWidget(ground)
        return ground

    def _wire(self) -> None:
        desk = self.desk
        self.sidebar.picked.connect(self._pick)
        desk.toasted.connect(self.toast.show_toast)
        desk.travelled.connect(self.show_place)
        desk.calls.crashed.connect(self.crash.show)
        desk.bridge.changed.connect(self._changed)
        desk.calls.reached.connect(lambda reached: self.network.called(reached))
        self.strip.counted.connect(self.sidebar.count_jobs)
        self.strip.centre_wished.connect(self.floating.open_jobs)
        self.left_over.decide.clicked.connect(self.floating.open_jobs)
        desk.offer(ContactSource(desk))
        desk.offer(ViewSource(desk))
        self._wire_actions()

    def _wire_actions(self) -> None:
        desk, actions = self.desk, self.desk.actions
        actions.declare(ACTIONS, self)
        actions.provide(UNDO, desk.undo, self)
        actions.provide(REDO, desk.redo, self)
        for place, action in GO.items():
            actions.provide(action, partial(desk.go, place), self)
        actions.provide(HISTORY, partial(desk.go, Place.HISTORY), self)
        self.floating.provide(self)
        self.sample.provide(self)
        actions.provide(MENU, self._open_menu, self)
        actions.provide(TO_MESSAGE, self.toast.focus, self, when=self.toast.isVisible)
        self.sidebar.jobs.clicked.connect(partial(actions.run, JOBS))
        self.sidebar.person.clicked.connect(partial(actions.run, MENU))
        for part in (self.sidebar.trial, self.sidebar.meter):
            part.clicked.connect(partial(desk.go, Place.PLAN, "overview"))
        desk.plan.read.connect(self.sidebar.show_account)
        desk.plan.noticed.connect(self._tell_of_limit)
        self.view = View(desk, self, self.sidebar)
        if sys.platform == "darwin":
            from app.views.shell.menu import menu_bar

            self.setMenuBar(menu_bar(actions, self))

    def _tell_of_limit(self, text: str) -> None:
        self.desk.say(text, tr("Show"), partial(self.desk.go, Place.PLAN, "overview"))

    def _open_menu(self) -> None:
        from app.views.shell.menu import window_menu

        person = self.sidebar.person
        menu = window_menu(self.desk.actions, person)
        height = menu.sizeHint().height()
        menu.popup(person.mapToGlobal(QPoint(0, -height - 4)))

    def _changed(self, changes: Changes) -> None:
        """Offer to take back what was just done; undo and redo say so themselves."""
        if changes.undoable and changes.label and not self.desk.reversing:
            self.desk.say(changes.label, tr("Undo"), lambda: self.desk.undo(changes.operation))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take one file anywhere in the window."""
        if paths := _dropped_files(event):
            event.acceptProposedAction()
            self.floating.drop_target.offer(paths)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """The file goes elsewhere."""
        super().dragLeaveEvent(event)
        self.floating.drop_target.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        """A dropped file begins an import."""
        self.floating.drop_target.hide()
        paths = _dropped_files(event)
        if paths:
            event.acceptProposedAction()
            one = paths[0] if len(paths) == 1 else None
            place = Place.PLAN if one is not None and is_licence(one) else Place.IMPORT
            self.desk.go(place, one or paths)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the page more room in a small window."""
        super().resizeEvent(event)
        self._fit_sidebar()

    def _fit_sidebar(self) -> None:
        self.sidebar.set_narrow(self.width() < theme().px(NARROW_BELOW))

    def changeEvent(self, event: QEvent) -> None:
        """In front again, see what changed meanwhile."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange and self.isActiveWindow():
            self.elsewhere.look()

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: FBT001 - Qt's signature
        """What had the keyboard beside the page is gone, such as a ribbon: the page gets it."""
        had = self.focusWidget()
        if had is not None and self.isVisible() and not had.isVisible():
            self.page(self.place).take_focus()
            return True
        return super().focusNextPrevChild(forward)

    @property
    def is_editing(self) -> bool:
        """Whether something is typed on one of the pages that is not stored."""
        return any(page.is_editing for page in self.pages.made.values())

    def when_saved(
        self, then: Callable[[], None], refused: Callable[[], None] | None = None
    ) -> None:
        """Save what is typed on any page, then go on; a page that refuses comes into view."""
        page = next((page for page in self.pages.made.values() if page.is_editing), None)
        if page is None:
            then()
            return

        def show() -> None:
            self.show_place(page.place)
            if refused is not None:
                refused()

        page.finish_editing(lambda: self.when_saved(then, refused), show)

    def _close_then(self) -> None:
        self.close()

    def _ask_to_close(self) -> None:
        words = tr("Captely stays open: what you typed cannot be saved as it is.")
        self.desk.say(words, tr("Close without it"), self._give_up)

    def _give_up(self) -> None:
        self.gives_up = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Save open edits, remember the window, stop listening; jobs stop at a safe step."""
        if self.is_editing and not self.gives_up:
            event.ignore()
            self.when_saved(self._close_then, self._ask_to_close)
            return
        if (focus := self.focusWidget()) is not None:
            # What a line stores when it is left is stored.
            focus.clearFocus()
        settings, state = self.desk.app.settings, WindowState.of(self, self.place).written()
        self.desk.calls.edit(self, lambda: settings.set(WINDOW_STATE, state), lambda _none: None)
        self._end()
        super().closeEvent(event)

    def give_way(self, successor: MainWindow) -> None:
        """Let another window go on; this one goes once what it has asked for is answered."""
        self.successor = successor
        self.hide()
        self._end()
        if self.desk.calls.waiting:
            self.desk.calls.settled.connect(self.deleteLater)
        else:
            self.deleteLater()

    def _end(self) -> None:
        self.pages.end()
        self.desk.memory.close()
        self.desk.drafts.flush()
        self.desk.bridge.close()
        self.crash.remove()


def _dropped_files(event: QDropEvent) -> tuple[Path, ...]:
    urls = event.mimeData().urls()
    return tuple(Path(url.toLocalFile()) for url in urls if url.isLocalFile())
