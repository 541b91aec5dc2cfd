"""What the window lends to its pages: services, background calls, events, toasts, navigation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from app.core.errors import CaptelyError, LimitReached
from app.core.settings import PAGE_MEMORY, Setting, Value
from app.core.text import tr, trn
from app.services.operations import Undone
from app.views.common.actions import Actions
from app.views.common.bridge import Bridge
from app.views.common.drafts import DraftKeeper
from app.views.common.dressing import split
from app.views.common.finding import PaletteSource
from app.views.common.memory import Memory
from app.views.common.places import Place
from app.views.common.plan_watch import PlanWatch
from app.views.common.run import Calls

if TYPE_CHECKING:
    from app.bootstrap import App


@dataclass(frozen=True, slots=True)
class Toast:
    """A short message at the foot of the window; act, if any, is what its button does."""

    text: str
    button: str = ""
    act: Callable[[], None] | None = None
    failed: bool = False


class Desk(QObject):
    """Passed to every page; the window listens to its signals.

    toasted carries a Toast, travelled a Place and an argument for it (a query, a path, ids).
    reversing counts the undos and redos under way, which have a toast of their own, and
    reversal_refused is emitted when one was not done. memory keeps how each page was left, drafts
    what is begun and not finished, plan follows the account. sources are what the palette asks
    beside actions and settings.
    preferred is emitted after a setting was changed elsewhere than on its page, reworded with the
    language before it after another was chosen. kept is the memory of the window that this one
    follows.
    """

    toasted = Signal(object)
    preferred = Signal()
    reworded = Signal(object)
    travelled = Signal(object, object)
    reversal_refused = Signal()

    def __init__(self, app: App, kept: str | None = None) -> None:
        super().__init__()
        self.app = app
        self.reversing = 0
        self.calls = Calls(app.runner, self)
        self.bridge = Bridge(app.bus, self)
        self.actions = Actions(self.go, self)
        memory = str(app.settings.get(PAGE_MEMORY)) if kept is None else kept
        self.memory = Memory(memory, self._keep, self)
        self.drafts = DraftKeeper(lambda: app.drafts, self.calls, self.say_error, self)
        self.sources: list[PaletteSource] = []
        self.calls.refused.connect(self.say_error)
        self.plan = PlanWatch(
            lambda: app.accounts,
            self.calls,
            self.bridge,
            lambda connected: app.renewals.look_after(connected=connected),
            self,
            speed=getattr(app.clock, "speed", 1.0),
        )
        self.actions.left = self.plan.left

    def say(self, text: str, button: str = "", act: Callable[[], None] | None = None) -> None:
        """Show a toast."""
        self.toasted.emit(Toast(text, button, act))

    def say_error(self, error: CaptelyError) -> None:
        """Show cause and next step in a toast; for errors that no page has a better place for."""
        said = f"{error.message} {error.hint}".strip()
        if isinstance(error, LimitReached):
            act = partial(self.go, Place.PLAN)
            self.toasted.emit(Toast(said, tr("Plan and usage"), act, failed=True))
        else:
            self.toasted.emit(Toast(said, failed=True))

    def go(self, place: Place, argument: object = None) -> None:
        """Show another page."""
        self.travelled.emit(place, argument)

    def offer(self, source: PaletteSource) -> None:
        """Let the palette find what `source` finds, below what was offered before."""
        self.sources.append(source)

    def undo(self, operation: int | None = None) -> None:
        """Take back one operation, or the last one of this person."""
        operations = self.app.operations
        self.reversing += 1
        self.calls.edit(self, lambda: operations.undo(operation), self._undone, self._not_reversed)

    def redo(self, operation: int | None = None) -> None:
        """Do again one operation that was undone, or the last one of this person."""
        operations = self.app.operations
        self.reversing += 1
        self.calls.edit(self, lambda: operations.redo(operation), self._redone, self._not_reversed)

    def _keep(self, setting: Setting, value: Value) -> None:
        settings = self.app.settings
        self.calls.edit(self, lambda: settings.set(setting, value), lambda _none: None)

    def _undone(self, outcome: Undone) -> None:
        self.reversing -= 1
        self.say(_with_kept(outcome), tr("Redo"), self.redo)

    def _redone(self, outcome: Undone) -> None:
        self.reversing -= 1
        self.say(_with_kept(outcome), tr("Undo"), self.undo)

    def _not_reversed(self, error: CaptelyError) -> None:
        self.reversing -= 1
        self.say_error(error)
        self.reversal_refused.emit()


def _with_kept(outcome: Undone) -> str:
    """What was done, and how much stayed because somebody changed it since."""
    if not outcome.kept:
        return outcome.label
    kept = trn(
        "{n} value was changed since and stays.",
        "{n} values were changed since and stay.",
        len(outcome.kept),
    )
    return f"{outcome.label}. {kept}"


class Page(QWidget):
    """One place of the window.

    visit is called each time it is shown, with the argument of `Desk.go`; main_button is the one
    filled button, if the page has one now.
    """

    place: Place
    later: tuple[str, ...] = ()
    """Names of the cached parts that are made when they are first wanted, or ahead of that."""
    holders: tuple[str, ...] = ()
    """Names of what has so many controls that each of its own parts carries the style sheet."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk

    def parts(self) -> tuple[QWidget, ...]:
        """What carries the style sheet: all that the page holds, and never the page itself.

        A part that is out of view comes to another look in a moment of its own.
        """
        held = [getattr(self, name) for name in self.holders]
        inside = (split(part) if part in held else (part,) for part in split(self))
        return tuple(part for parts in inside for part in parts)

    @property
    def host(self) -> QWidget:
        """A part, from which a menu or dialog that opens has the style sheet."""
        return self.parts()[0]

    def get_ready(self) -> bool:
        """Make one of the parts that nobody wanted yet; False once there are none."""
        missing = next((name for name in self.later if name not in self.__dict__), None)
        if missing is not None:
            getattr(self, missing)
        return missing is not None

    def visit(self, argument: object = None) -> None:
        """The page comes into view."""

    def go_up(self) -> None:
        """Its place was chosen although it is in view: back to what it begins with."""

    def take_focus(self) -> None:
        """The keyboard comes to the page, whose own keys work from then on."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: FBT001 - Qt's signature
        """What had the keyboard is hidden or disabled: the page keeps it.

        Qt would go on to the next control in the window, such as the present place in the
        sidebar, and mark that as if somebody had walked there.
        """
        had = self.focusWidget()
        if had is not None and self.isVisible() and not (had.isVisible() and had.isEnabled()):
            self.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return super().focusNextPrevChild(forward)

    @property
    def is_editing(self) -> bool:
        """Whether something is typed that is not stored and would go with the window."""
        return False

    def finish_editing(self, then: Callable[[], None], refused: Callable[[], None]) -> None:
        """Save it as Enter would, and go on; what is refused stays open with its reason."""
        del refused
        then()

    def hand_over(self) -> object:
        """What the page of a new window in the place of this one goes on with."""
        return None

    def take_over(self, handed: object) -> None:
        """Go on with what the same page of the window before has handed over."""
