"""The look in force: theme, text size and row height, and the one style sheet made from them."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from app.views.common import fonts
from app.views.common.dressing import Dressing
from app.views.common.fonts import Role
from app.views.common.sheet import style_sheet
from app.views.common.tokens import Mode, Tokens, tokens

ROW_HEIGHTS = {"compact": 32, "default": 40, "comfortable": 48}

_PALETTE: tuple[tuple[QPalette.ColorRole, str], ...] = (
    (QPalette.ColorRole.Window, "bg.app"),
    (QPalette.ColorRole.WindowText, "text.primary"),
    (QPalette.ColorRole.Base, "bg.surface"),
    (QPalette.ColorRole.AlternateBase, "bg.sunken"),
    (QPalette.ColorRole.Text, "text.primary"),
    (QPalette.ColorRole.Button, "bg.surface"),
    (QPalette.ColorRole.ButtonText, "text.primary"),
    (QPalette.ColorRole.BrightText, "accent.on"),
    (QPalette.ColorRole.Highlight, "accent.solid"),
    (QPalette.ColorRole.HighlightedText, "accent.on"),
    (QPalette.ColorRole.ToolTipBase, "bg.surface"),
    (QPalette.ColorRole.ToolTipText, "text.primary"),
    (QPalette.ColorRole.PlaceholderText, "text.muted"),
    (QPalette.ColorRole.Link, "accent.text"),
    (QPalette.ColorRole.Mid, "border.subtle"),
    (QPalette.ColorRole.Accent, "accent.solid"),
)


class Theme(QObject):
    """Applies palette, style sheet and fonts to the application.

    changed is emitted after every switch; widgets that keep sizes in pixels have a `restyle`
    method, which is called for them. system_moves is what the computer says of motion, if it does.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.choice = "system"
        self.percent = 100
        self.density = "default"
        self.motion = "system"
        self.system_moves = True
        self._tokens = tokens(Mode.LIGHT)
        self._following = False
        self.dressing = Dressing(lambda: style_sheet(self._tokens, self.percent), _restyle)

    @property
    def tokens(self) -> Tokens:
        """The colours in force."""
        return self._tokens

    def colour(self, token: str) -> QColor:
        """One colour in force."""
        return self._tokens.colour(token)

    def px(self, pixels: int) -> int:
        """A control's size at the chosen text size."""
        return round(pixels * self.percent / 100)

    def font(self, role: Role) -> QFont:
        """The font of `role` at the chosen text size."""
        return fonts.font(role, self.percent)

    def metrics(self, role: Role) -> QFontMetricsF:
        """The measures of that font."""
        return fonts.metrics(role, self.percent)

    def advance(self, role: Role, text: str) -> float:
        """The width of a text in that font."""
        return fonts.advance(role, self.percent, text)

    def line(self, role: Role) -> int:
        """The line height of `role` in pixels."""
        return self.px(role.value.line)

    @property
    def row_height(self) -> int:
        """The height of a table row in pixels."""
        return self.px(ROW_HEIGHTS[self.density])

    @property
    def moves(self) -> bool:
        """Whether things may glide."""
        return self.system_moves if self.motion == "system" else self.motion == "on"

    def use(
        self,
        *,
        choice: str | None = None,
        percent: int | None = None,
        density: str | None = None,
        motion: str | None = None,
    ) -> None:
        """Change what is given and repaint.

        choice is "system", "light" or "dark"; motion is "system", "on" or "off".
        """
        self.choice = choice or self.choice
        self.percent = percent or self.percent
        self.density = density or self.density
        self.motion = motion or self.motion
        self.apply()

    def apply(self) -> None:
        """Bring the whole application to the look in force."""
        application = QApplication.instance()
        if not isinstance(application, QApplication):
            return
        self._follow()
        self._tokens = tokens(self._mode())
        # Each of them goes through every widget there is, so none is set again without a change.
        if (palette := _palette(self._tokens)) != application.palette():
            application.setPalette(palette)
        if (font := self.font(Role.BODY)) != application.font():
            application.setFont(font)
        self.dressing.renew(application)
        self.changed.emit()

    def dress(self, *parts: QWidget) -> None:
        """Give parts of a window, or a whole one, the style sheet, with all they hold and open.

        The application as a whole has none: Qt would bring every part of a page to its style again
        with each layout that it is put into, which takes five times as long as making the page.
        """
        for part in parts:
            self.dressing.dress(part)

    def _mode(self) -> Mode:
        if self.choice != "system":
            return Mode(self.choice)
        return Mode.DARK if _system_is_dark() else Mode.LIGHT

    def _follow(self) -> None:
        if not self._following:
            self._following = True
            QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_switched)

    def _system_switched(self) -> None:
        if self.choice == "system":
            self.apply()


@lru_cache(maxsize=1)
def theme() -> Theme:
    """The one theme of this process."""
    return Theme()


def _system_is_dark() -> bool:
    """False also where the system does not say."""
    return QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark


def _palette(colours: Tokens) -> QPalette:
    palette = QPalette()
    for role, token in _PALETTE:
        palette.setColor(role, colours.colour(token))
    disabled = QPalette.ColorGroup.Disabled
    for role in (
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
    ):
        palette.setColor(disabled, role, colours.colour("text.disabled"))
    return palette


def _restyle(widget: QWidget) -> None:
    restyle = getattr(widget, "restyle", None)
    if callable(restyle):
        restyle()
    elif isinstance(widget, QLineEdit):
        # A font set on a line by itself does not follow the application's.
        widget.setFont(theme().font(Role.BODY))
    widget.update()
