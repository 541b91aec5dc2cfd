"""Gives the shipped page of licences the look of the window: quiet headings, tables with lines."""

from __future__ import annotations

from PySide6.QtGui import (
    QBrush,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
    QTextTableCellFormat,
)

from app.views.common.fonts import Role
from app.views.common.theme import theme

_LINES = QTextFrameFormat.BorderStyle
_AIR = 8


def dress(document: QTextDocument) -> None:
    """Restyle what was read from Markdown, in place."""
    document.setDocumentMargin(0)
    block = document.begin()
    while block.isValid():
        if block.blockFormat().headingLevel():
            _dress_heading(QTextCursor(block), first=block.blockNumber() == 0)
        block = block.next()
    for frame in document.rootFrame().childFrames():
        if isinstance(frame, QTextTable):
            _dress_table(frame)


def _dress_heading(cursor: QTextCursor, *, first: bool) -> None:
    cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
    words = QTextCharFormat()
    words.setFont(theme().font(Role.SUBTITLE))
    cursor.mergeCharFormat(words)
    air = QTextBlockFormat()
    air.setTopMargin(0 if first else theme().px(16))
    air.setBottomMargin(theme().px(4))
    cursor.mergeBlockFormat(air)


def _dress_table(table: QTextTable) -> None:
    """As the lists of the window: no vertical lines, a header quieter than the rows."""
    look = theme()
    shape = table.format()
    shape.setBorder(0)
    shape.setBorderCollapse(True)
    shape.setCellPadding(look.px(_AIR))
    shape.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
    shape.setTopMargin(look.px(4))
    shape.setBottomMargin(look.px(4))
    table.setFormat(shape)
    head = QTextCharFormat()
    head.setFont(look.font(Role.CAPTION))
    head.setForeground(QBrush(look.colour("text.secondary")))
    for row in range(table.rows()):
        for column in range(table.columns()):
            cell = table.cellAt(row, column)
            drawn = QTextTableCellFormat(cell.format().toTableCellFormat())
            drawn.setBottomBorder(1)
            drawn.setBottomBorderStyle(_LINES.BorderStyle_Solid)
            drawn.setBottomBorderBrush(QBrush(look.colour("border.subtle")))
            drawn.setProperty(QTextFormat.Property.TableCellLeftPadding, 0.0)
            cell.setFormat(drawn)
            if row == 0:
                cursor = cell.firstCursorPosition()
                end = cell.lastCursorPosition().position()
                cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
                cursor.mergeCharFormat(head)
