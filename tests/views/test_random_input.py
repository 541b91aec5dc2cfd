"""Somebody who clicks and types at random for minutes finds no defect and no dead end."""

from __future__ import annotations

import os
import random
import shutil

import pytest
from PySide6.QtCore import QEvent, QEventLoop, QPoint, Qt, QTimer
from PySide6.QtGui import QDesktopServices, QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLineEdit, QWidget

from app.core.paths import resources
from app.views.common.places import Place
from app.views.shell.view_actions import QUIT

pytestmark = [
    pytest.mark.full,
    pytest.mark.timeout(900),
    # What is clicked or typed where nothing listens is no fault.
    pytest.mark.qt_log_ignore("not accepted by receiving widget", extend=True),
]

STEPS = int(os.environ.get("CAPTELY_TEST_RANDOM_STEPS", "1200"))
SEEDS = range(1, 11)
PEOPLE = 120
WORDS = ("ada", "tag:messe", "status:new", '"', "é", "-", "score>", "2026-11-23", "x" * 60, "0")
KEYS = (
    Qt.Key.Key_Return,
    Qt.Key.Key_Escape,
    Qt.Key.Key_Tab,
    Qt.Key.Key_Backtab,
    Qt.Key.Key_Space,
    Qt.Key.Key_Delete,
    Qt.Key.Key_Backspace,
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
    Qt.Key.Key_PageDown,
    Qt.Key.Key_F2,
)
LETTERS = "abcdehjklmnoprstuvxz?/"


class Monkey:
    """Does one thing at random after another, also while a dialog holds the window up.

    The next step is always due before the present one is done, since a dialog may keep that one.
    """

    def __init__(self, window: QWidget, seed: int, done: QEventLoop) -> None:
        self.window = window
        self.left = STEPS
        self.did: list[str] = []
        self._random = random.Random(seed)
        self._done = done
        actions = window.desk.actions.catalogue
        self._shortcuts = [keys for action in actions for keys in action.keys]

    def step(self) -> None:
        """One more click, key or word."""
        self.follow()
        if self.left == 0 or self.window.crash.notice is not None:
            self._done.quit()
            return
        self.left -= 1
        QTimer.singleShot(self._random.choice((0, 0, 0, 5, 40)), self.step)
        acts = (self.click, self.press, self.shortcut, self.type, self.letter, self.resize)
        self._random.choices(acts, (60, 16, 10, 6, 6, 2))[0]()

    def follow(self) -> None:
        """Go on in the window of another language, if one was chosen."""
        while self.window.successor is not None:
            self.window = self.window.successor
            stay_open(self.window)

    def note(self, words: str) -> None:
        """Remember what was done, for whoever has to find out why it failed."""
        self.did = [*self.did[-40:], words]

    def click(self) -> None:
        """A click anywhere, more often on something that can be clicked."""
        top = self.top()
        if self._random.random() < 0.7:
            kinds = (QAbstractButton, QLineEdit)
            controls = [w for w in top.findChildren(QWidget) if isinstance(w, kinds)]
            controls = [w for w in controls if w.isVisible()]
            if not controls:
                return
            chosen = self._random.choice(controls)
            point = chosen.mapTo(top, chosen.rect().center())
        else:
            point = QPoint(
                self._random.randrange(max(1, top.width())),
                self._random.randrange(max(1, top.height())),
            )
        # What lies on top there gets it, as with a real mouse.
        target = top.childAt(point) or top
        button = Qt.MouseButton.RightButton if self._random.random() < 0.1 else LEFT
        self.note(f"click {type(target).__name__} {target.accessibleName()!r} {button.name}")
        local = target.mapFrom(top, point)
        if not target.rect().contains(local):
            return
        if self._random.random() < 0.1:
            QTest.mouseDClick(target, LEFT, pos=local)
        else:
            QTest.mouseClick(target, button, self.modifier(), local)

    def press(self) -> None:
        """One key that does not type."""
        key = self._random.choice(KEYS)
        self.note(f"key {key.name}")
        QTest.keyClick(self.focused(), key, self.modifier())

    def shortcut(self) -> None:
        """One of the window's own."""
        keys = self._random.choice(self._shortcuts)
        self.note(f"keys {keys}")
        QTest.keySequence(self.focused(), QKeySequence(keys))

    def type(self) -> None:
        """A word, wherever the keyboard is."""
        words = self._random.choice(WORDS)
        self.note(f"type {words!r}")
        for letter in words:
            self.send(letter)

    def letter(self) -> None:
        """A letter that may be a shortcut of the page."""
        self.type_one(self._random.choice(LETTERS))

    def type_one(self, letter: str) -> None:
        self.note(f"letter {letter}")
        self.send(letter)

    def send(self, letter: str) -> None:
        """One letter to what has the keyboard then, which the letter before may have changed."""
        if letter.isascii():
            QTest.keyClick(self.focused(), letter)
        else:
            event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_unknown, NONE, letter)
            QApplication.sendEvent(self.focused(), event)

    def resize(self) -> None:
        """Another size of the window."""
        size = self._random.choice(((1024, 640), (1280, 800), (1600, 900)))
        self.note(f"resize {size}")
        self.window.resize(*size)

    def modifier(self) -> Qt.KeyboardModifier:
        """Seldom Shift or Ctrl; never what the system keeps for itself."""
        held = (Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier)
        return self._random.choice(held) if self._random.random() < 0.08 else NONE

    def top(self) -> QWidget:
        """What a person could click on now: a menu, a dialog, or the window."""
        return QApplication.activePopupWidget() or QApplication.activeModalWidget() or self.window

    def focused(self) -> QWidget:
        """What has the keyboard."""
        popup = QApplication.activePopupWidget()
        return popup or QApplication.focusWidget() or self.top()


LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def outside(monkeypatch, tmp_path):
    """Dialogs of the system answer at once: with a list, a new file, or nothing."""
    file = tmp_path / "contacts.csv"
    shutil.copy(resources() / "samples" / "contacts.csv", file)
    answers = random.Random(0)

    def chosen(*_a: object, **_k: object) -> tuple[str, str]:
        return answers.choice((str(file), "")), ""

    def saved(*_a: object, **_k: object) -> tuple[str, str]:
        return answers.choice((str(tmp_path / "out.csv"), "")), ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", chosen)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", saved)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_a, **_k: "")
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: True)


@pytest.fixture
def crowd(app):
    """Enough contacts to scroll, with tags and notes."""
    for number in range(PEOPLE):
        values = {"first_name": f"Ada{number}", "email": f"ada{number}@acme.example"}
        app.contacts.add(values | {"company": "Acme" if number % 3 else "Rivoli"})


@pytest.mark.parametrize("seed", SEEDS)
def test_random_clicks_and_keys_find_no_defect_and_no_dead_end(
    seed, crowd, outside, open_window, until
):
    window = open_window()
    stay_open(window)
    loop = QEventLoop()
    monkey = Monkey(window, seed, loop)
    QTimer.singleShot(0, monkey.step)
    loop.exec()
    monkey.follow()
    window = monkey.window
    assert window.crash.notice is None, monkey.did
    leave_everything(window)
    until(lambda: not window.desk.calls.waiting)
    # It still answers: the palette finds a page and goes there.
    window.floating.palette.open(window.place)
    QTest.keyClicks(window.floating.palette.field, "go settings")
    QTest.keyClick(window.floating.palette.field, Qt.Key.Key_Return)
    until(lambda: not window.desk.calls.waiting)
    assert window.isVisible(), monkey.did
    assert window.place is Place.SETTINGS, monkey.did


def stay_open(window: QWidget) -> None:
    """The palette, the menu and the sheet would all leave in the middle."""
    window.desk.actions.provide(QUIT, lambda: None, window)


def leave_everything(window: QWidget) -> None:
    """Close menus and dialogs by Esc alone, as a person would."""
    for _ in range(20):
        open_now = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if open_now is None:
            return
        QTest.keyClick(open_now, Qt.Key.Key_Escape)
        QApplication.processEvents()
    assert QApplication.activeModalWidget() is None, "a dialog cannot be left by Esc"
