"""The one style sheet, made from the tokens; what it cannot say is painted by the controls."""

from __future__ import annotations

from app.views.common.tokens import Tokens

_TEMPLATE = """
QWidget { outline: 0; }
QMainWindow, QDialog { background: @bg.app; }
QLabel { background: transparent; color: @text.primary; }
QLabel[tone="secondary"] { color: @text.secondary; }
QLabel[tone="muted"] { color: @text.muted; }
QLabel[tone="accent"] { color: @accent.text; }
QLabel[tone="danger"] { color: @pill.danger.fg; }
QLabel[tone="warning"] { color: @pill.warning.fg; }
QLabel[tone="success"] { color: @pill.success.fg; }
QLineEdit, QPlainTextEdit, QTextEdit {
    background: @bg.surface; color: @text.primary; placeholder-text-color: @text.muted;
    border: 1px solid @border.control; border-radius: 6px; padding: 0 9px;
    selection-background-color: @accent.solid; selection-color: @accent.on;
}
QLineEdit { min-height: %control%px; max-height: %control%px; }
QPlainTextEdit, QTextEdit { padding: 5px 7px; }
QLineEdit:focus { border: 2px solid @focus.ring; padding: 0 8px;
    min-height: %focused%px; max-height: %focused%px; }
QPlainTextEdit:focus, QTextEdit:focus { border: 2px solid @focus.ring; padding: 4px 6px; }
QLineEdit:disabled, QPlainTextEdit:disabled {
    color: @text.disabled; background: @bg.sunken; border-color: @border.subtle; }
QLineEdit[invalid="true"] { border: 2px solid @danger.solid; padding: 0 8px;
    min-height: %focused%px; max-height: %focused%px; }
QLineEdit[bare="true"], QLineEdit[bare="true"]:focus { border: 0; padding: 0;
    background: transparent; min-height: %bare%px; max-height: %bare%px; }
QPlainTextEdit[code="true"] { background: @bg.sunken; border: 0; border-radius: 6px;
    padding: 8px 10px; }
QPlainTextEdit[code="true"]:focus { border: 2px solid @focus.ring; padding: 6px 8px; }
QTextBrowser[reading="true"] { border: 0; padding: 0 8px; }
QTextBrowser[reading="true"]:focus { border: 2px solid @focus.ring; padding: 0 6px; }
QAbstractItemView { background: @bg.surface; color: @text.primary; border: 0; }
QTableView, QHeaderView { background: transparent; }
QComboBox QAbstractItemView {
    border: 1px solid @border.control; padding: 4px;
    selection-background-color: @bg.selected; selection-color: @text.primary;
}
QComboBox QAbstractItemView::item { min-height: %item%px; padding: 0 8px; border-radius: 4px; }
QComboBox QAbstractItemView::item:selected { background: @bg.selected; color: @text.primary; }
QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; border: 0; }
QAbstractScrollArea::corner { background: transparent; border: 0; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 2px; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 2px; }
QScrollBar::handle { background: @border.control; border-radius: 4px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: @text.muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; border: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QMenu { background: @bg.surface; color: @text.primary; border: 1px solid @border.control;
    padding: 4px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: 4px; min-height: 20px; }
QMenu::item:selected { background: @bg.selected; }
QMenu::item:disabled { color: @text.disabled; }
QMenu::separator { height: 1px; background: @border.subtle; margin: 4px 8px; }
QFileDialog QHeaderView::section { background: @bg.sunken; color: @text.secondary; border: 0;
    padding: 4px 8px; }
QFileDialog QPushButton { background: @bg.surface; color: @text.primary; border-radius: 6px;
    border: 1px solid @border.control; padding: 0 12px; min-height: %control%px; }
QFileDialog QPushButton:disabled { color: @text.disabled; border-color: @border.subtle; }
QFileDialog QPushButton:focus { border: 2px solid @focus.ring; }
QToolTip { background: @bg.surface; color: @text.primary; border: 1px solid @border.control;
    padding: 4px 8px; }
"""


def style_sheet(colours: Tokens, percent: int) -> str:
    """The application's style sheet in these colours at this text size."""
    sheet = _TEMPLATE
    # The longest names first: "accent.solid" must not be cut by a token called "accent".
    for token in sorted(colours.hexes, key=len, reverse=True):
        sheet = sheet.replace(f"@{token}", colours.hex(token))
    control = round(32 * percent / 100)
    sizes = {"control": control - 2, "focused": control - 4, "item": control - 2}
    sizes["bare"] = round(48 * percent / 100)
    for name, size in sizes.items():
        sheet = sheet.replace(f"%{name}%", str(size))
    return sheet
