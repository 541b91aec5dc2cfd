"""What a person can do, declared once: menu, palette, toolbar, context menu and shortcut sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial

import shiboken6
from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from app.core.text import marked, tr
from app.services.billing.left import Left
from app.views.common.icons import qicon
from app.views.common.places import Place
from app.views.common.theme import theme


class Group(Enum):
    """Under which heading an action stands in the menu, the palette and the shortcut sheet."""

    CONTACTS = marked("Contacts")
    LIST = marked("In the list")
    IMPORT = marked("Import")
    EXPORT = marked("Export")
    EDIT = marked("Edit")
    VIEW = marked("View")
    PLAN = marked("Plan and credits")
    GO = marked("Go to")
    HELP = marked("Help")


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a person can do.

    keys are its shortcuts as Qt writes them; finds are further words by which the palette finds
    it. With a place it belongs to that page, which is shown first. everywhere is False for keys
    such as J, which mean something only while their page has the focus. amid is True for what makes
    sense only in the middle of something: it is not offered before its page was there. repeats is
    True for what goes on while its key is held; everything else is done once. uses names the limit
    of the plan that it uses up, of which menus and the palette tell how much is left.
    """

    key: str
    words: str
    group: Group
    keys: tuple[str, ...] = ()
    icon: str = ""
    finds: str = ""
    place: Place | None = None
    everywhere: bool = True
    amid: bool = False
    repeats: bool = False
    uses: str = ""

    @property
    def title(self) -> str:
        """The words in the user's language."""
        return tr(self.words)


@dataclass(frozen=True, slots=True)
class _Provided:
    act: Callable[[], None]
    when: Callable[[], bool]
    owner: QObject


class Actions(QObject):
    """The declared actions of one window, with who carries each out now.

    travel shows a page; keys replaces the declared shortcuts of the actions it names. changed is
    emitted when shortcuts change, begun with an action before it is done. left tells what is left
    of the limit that an action uses.
    """

    changed = Signal()
    begun = Signal(object)

    def __init__(self, travel: Callable[[Place], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._travel = travel
        self._declared: dict[str, Action] = {}
        self._keys: dict[str, tuple[str, ...]] = {}
        self._provided: dict[str, _Provided] = {}
        self._wired: dict[str, QAction] = {}
        self.left: Callable[[str], Left] = lambda _limit: Left()

    def declare(self, catalogue: Iterable[Action], window: QWidget) -> None:
        """Make these actions known, and those that work everywhere listen on `window`."""
        for action in catalogue:
            self._declared[action.key] = action
            if action.everywhere:
                self._listen(action, window, Qt.ShortcutContext.WindowShortcut)

    def provide(
        self,
        action: Action,
        act: Callable[[], None],
        owner: QWidget,
        *,
        when: Callable[[], bool] = lambda: True,
    ) -> None:
        """`owner` carries `action` out with `act`, while `when` says that it makes sense."""
        self._provided[action.key] = _Provided(act, when, owner)
        if not action.everywhere:
            self._listen(action, owner, Qt.ShortcutContext.WidgetWithChildrenShortcut)

    @property
    def catalogue(self) -> Sequence[Action]:
        """Every declared action, in the order of declaration."""
        return tuple(self._declared.values())

    def available(self, action: Action) -> bool:
        """Whether it can be done now; a page that was not visited yet is made when it is."""
        provided = self._provider(action)
        if provided is None:
            return action.place is not None and not action.amid
        return provided.when()

    def run(self, action: Action) -> bool:
        """Do it, on its own page; False where it makes no sense now."""
        self.begun.emit(action)
        if action.place is not None:
            self._travel(action.place)
        provided = self._provider(action)
        if provided is None or not provided.when():
            return False
        provided.act()
        return True

    def keys_of(self, action: Action) -> tuple[str, ...]:
        """Its shortcuts, as declared or as the user chose them."""
        return self._keys.get(action.key, action.keys)

    def shortcut(self, action: Action) -> str:
        """Its first shortcut as this computer writes it, empty when it has none."""
        keys = self.keys_of(action)
        return QKeySequence(keys[0]).toString(_NATIVE) if keys else ""

    def wired(self, action: Action) -> QAction | None:
        """The object that listens for its keys; None while nobody provides it in its page."""
        return self._wired.get(action.key)

    def use_keys(self, keys: Mapping[str, tuple[str, ...]]) -> None:
        """Take the user's own shortcuts, by action key; the others are as declared."""
        self._keys = dict(keys)
        for key, wired in self._wired.items():
            wired.setShortcuts([QKeySequence(k) for k in self.keys_of(self._declared[key])])
        self.changed.emit()

    def taken_by(self, keys: str, action: Action) -> Action | None:
        """The other action that has this shortcut where `action` would want it too."""
        wanted = QKeySequence(keys)
        for other in self._declared.values():
            meet = other.everywhere or action.everywhere or other.place is action.place
            if (
                other.key != action.key
                and meet
                and wanted in map(QKeySequence, self.keys_of(other))
            ):
                return other
        return None

    def menu(self, actions: Iterable[Action | None], parent: QWidget) -> QMenu:
        """A menu of what can be done now, with a line for each None; it deletes itself."""
        menu = QMenu(parent)
        menu.aboutToHide.connect(menu.deleteLater)
        self.fill(menu, actions)
        return menu

    def fill(self, menu: QMenu, actions: Iterable[Action | None]) -> None:
        """Add what can be done now to a menu, with a line for each None."""
        for action in actions:
            if action is None:
                menu.addSeparator()
                continue
            short = self.left(action.uses).short
            words = f"{action.title} · {short}" if short else action.title
            item = menu.addAction(words, partial(self.run, action))
            item.setEnabled(self.available(action))
            if action.icon:
                item.setIcon(qicon(action.icon, theme().colour("text.secondary")))
            if keys := self.keys_of(action):
                item.setShortcut(QKeySequence(keys[0]))

    def popup(self, actions: Iterable[Action | None], at: QWidget) -> None:
        """Open such a menu below a control."""
        self.menu(actions, at).popup(at.mapToGlobal(QPoint(0, at.height() + 4)))

    def _provider(self, action: Action) -> _Provided | None:
        provided = self._provided.get(action.key)
        return provided if provided and shiboken6.isValid(provided.owner) else None

    def _listen(self, action: Action, owner: QWidget, context: Qt.ShortcutContext) -> None:
        wired = QAction(action.title, owner)
        wired.setShortcuts([QKeySequence(keys) for keys in self.keys_of(action)])
        wired.setShortcutContext(context)
        wired.setAutoRepeat(action.repeats)
        wired.triggered.connect(lambda: self.run(action))
        owner.addAction(wired)
        self._wired[action.key] = wired


_NATIVE = QKeySequence.SequenceFormat.NativeText
