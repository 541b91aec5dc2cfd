"""Files that are dragged over the window and let go, as the events of the real window."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.views.common.places import Place

LIST = "First name,Last name,E-mail\nAda,Lovelace,ada@acme.example\n"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A list, a workbook, a picture, one that is called a list, a folder, and no licence."""
    (tmp_path / "list.csv").write_text(LIST)
    book = Workbook()
    for cells in (["First name", "E-mail"], ["Zoë", "zoe@fjord.example"]):
        book.active.append(cells)
    book.save(tmp_path / "book.xlsx")
    for name in ("photo.png", "photo.csv"):
        (tmp_path / name).write_bytes(PICTURE)
    (tmp_path / "folder").mkdir()
    (tmp_path / "acme.captely-licence").write_text("no licence at all")
    return tmp_path


def data_of(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def drag(window, *paths: Path) -> bool:
    """Whether the window would take the files."""
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0)
    # An event does not keep its data alive.
    data = data_of(*paths)
    event = QDragEnterEvent(QPoint(300, 200), copy, data, left, none)
    QApplication.sendEvent(window, event)
    return event.isAccepted()


def drop(window, *paths: Path) -> None:
    drag(window, *paths)
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0)
    data = data_of(*paths)
    QApplication.sendEvent(window, QDropEvent(QPointF(300, 200), copy, data, left, none))


@pytest.fixture
def page(window):
    return window.page(Place.IMPORT)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["list.csv"], "Drop to import"),
        (["folder"], "A folder cannot be imported"),
        (["acme.captely-licence"], "Drop to install the licence"),
        (["list.csv", "book.xlsx"], "One file at a time"),
    ],
)
def test_what_letting_go_does_is_said_while_a_file_hangs_over_the_window(
    window, files, names, said
):
    assert drag(window, *(files / name for name in names))
    assert window.floating.drop_target.accessibleName() == said
    assert window.floating.drop_target.isVisible()


@pytest.mark.parametrize(("name", "first"), [("list.csv", "Ada"), ("book.xlsx", "Zoë")])
def test_a_list_or_a_workbook_begins_an_import(window, page, files, until, name, first):
    drop(window, files / name)
    until(lambda: page.has_preview)
    assert not window.floating.drop_target.isVisible()
    assert window.place is Place.IMPORT
    assert page.file.model.index(0, 1).data() == first


@pytest.mark.parametrize(
    ("name", "cause"),
    [("photo.png", "is a picture"), ("photo.csv", "is a picture"), ("folder", "is a folder")],
)
def test_what_is_no_list_is_refused_in_a_sentence(window, page, files, until, name, cause):
    drop(window, files / name)
    until(lambda: cause in page.file.notice.text())
    assert page.file._stack.currentIndex() == 0
    assert not page.next.isEnabled()


@pytest.mark.parametrize("name", ["photo.png", "folder"])
def test_a_list_that_is_there_stays_when_something_else_is_dropped(
    window, page, files, until, name
):
    drop(window, files / "list.csv")
    until(lambda: page.has_preview)
    drop(window, files / name)
    until(lambda: "is a" in page.file.notice.text())
    assert page.draft.path == files / "list.csv"
    assert page.next.isEnabled()
    page.next.click()
    assert page.mapping.model.rowCount() == 3


def test_several_files_are_answered_once_where_it_is_seen(window, page, files, until):
    drop(window, files / "list.csv", files / "book.xlsx")
    assert "one list at a time" in page.file.notice.text()
    assert window.toast.text == ""
    drop(window, files / "list.csv")
    until(lambda: page.has_preview)
    page.next.click()
    drop(window, files / "acme.captely-licence", files / "book.xlsx")
    assert window.place is Place.IMPORT
    assert "one list at a time" in window.toast.text


def test_a_licence_goes_to_plan_and_usage_and_says_why_it_is_refused(window, files, until):
    drop(window, files / "acme.captely-licence")
    assert window.place is Place.PLAN
    until(lambda: "damaged" in window.page(Place.PLAN).notice.text())


def test_a_drag_whose_program_went_away_does_not_cover_the_window_for_good(window, files):
    drag(window, files / "list.csv")
    target = window.floating.drop_target
    QTest.mouseMove(target, QPoint(40, 40))
    assert not target.isVisible()
