"""Every control has a name, can be reached by keyboard, is legible, and is never cut."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QColor
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QScrollArea,
    QTableView,
    QWidget,
)

from app.views.common import painting
from app.views.common.buttons import Btn, Kind, TabBtn
from app.views.common.labels import ElidedLabel, Para
from app.views.common.places import Place
from app.views.common.theme import theme
from app.views.common.tokens import Mode, Tone, tokens
from app.views.settings.sections import SECTIONS

Role = QAccessible.Role
CONTROLS = (QAbstractButton, QAbstractItemView, QComboBox, QLineEdit, QPlainTextEdit, QScrollArea)


@pytest.fixture
def every_page(people, window, until) -> QWidget:
    """All pages, visited, with an editor in the drawer, the mapping and a dry run open."""
    contacts = window.page(Place.CONTACTS)
    contacts.open_contact(people[0])
    until(lambda: contacts.drawer.contact is not None)
    contacts.drawer.editing.begin("tags")
    for place in Place:
        window.show_place(place)
    exports = window.page(Place.EXPORTS)
    exports.to_connector()
    until(lambda: exports.plan.plan is not None)
    exports.plan.mapping_wished.emit()
    until(lambda: exports.mapping.editor.inspector.controls)
    until(lambda: not window.desk.calls.waiting)
    for section in ("shortcuts", "data", "about", "export", "import", "appearance"):
        window.page(Place.SETTINGS).show_section(section)
    window.floating.sheet.open()
    window.floating.open_jobs()
    window.floating.palette.open(window.place)
    window.desk.say("Saved", "Undo", lambda: None)
    until(lambda: not window.desk.calls.waiting)
    return window


def state_of(widget: QWidget) -> QAccessible.State:
    return QAccessible.queryAccessibleInterface(widget).state()


def name_of(widget: QWidget) -> str:
    spoken = QAccessible.queryAccessibleInterface(widget)
    return spoken.text(QAccessible.Text.Name) if spoken is not None else ""


def test_no_control_of_any_page_lacks_a_name(every_page):
    controls = [w for w in every_page.findChildren(QWidget) if isinstance(w, CONTROLS)]
    nameless = [
        f"{type(w).__name__} in {type(w.parentWidget()).__name__}"
        for w in controls
        if not name_of(w) and not w.isHidden() and not isinstance(w, QAbstractSlider)
    ]
    assert len(controls) > 100
    assert nameless == []


def test_every_control_has_the_role_it_plays(every_page):
    roles = {
        QTableView: {Role.Table},
        QListView: {Role.List},
        QComboBox: {Role.ComboBox},
        QLineEdit: {Role.EditableText},
        QPlainTextEdit: {Role.EditableText},
        QAbstractButton: {Role.Button, Role.CheckBox, Role.RadioButton, Role.ButtonMenu},
    }
    wrong = []
    for kind, allowed in roles.items():
        for widget in every_page.findChildren(kind):
            spoken = QAccessible.queryAccessibleInterface(widget)
            if name_of(widget) and spoken.role() not in allowed:
                wrong.append(f"{name_of(widget)}: {spoken.role()}")
    assert wrong == []


def test_what_is_disabled_checked_or_focused_is_said(window):
    window.show_place(Place.HISTORY)
    page = window.page(Place.HISTORY)
    page.search.setFocus()
    assert state_of(page.tabs[0]).checked
    assert not state_of(page.tabs[1]).checked
    assert state_of(page.search).focused
    page.undo.setEnabled(False)
    assert state_of(page.undo).disabled


def test_what_a_reader_toggles_is_done(every_page, window):
    item = QAccessible.queryAccessibleInterface(window.sidebar.items[Place.SETTINGS])
    item.actionInterface().doAction("Toggle")
    assert window.place is Place.SETTINGS
    assert window.sidebar.items[Place.SETTINGS].isChecked()


def test_a_mark_that_the_program_sets_or_takes_is_no_click(qtbot):
    tabs, clicked = [TabBtn("One"), TabBtn("Two")], []
    ground = QWidget()
    qtbot.addWidget(ground)
    for tab in tabs:
        tab.setParent(ground)
        tab.clicked.connect(lambda _on, tab=tab: clicked.append(tab.text()))
    tabs[0].setChecked(True)
    tabs[1].setChecked(True)
    assert clicked == []
    spoken = QAccessible.queryAccessibleInterface(tabs[0]).actionInterface()
    spoken.doAction("Toggle")
    assert clicked == ["One"]
    tabs[1].click()
    assert clicked == ["One", "Two"]


def test_every_button_can_be_reached_by_keyboard(every_page):
    unreachable = [
        name_of(button)
        for button in every_page.findChildren(Btn)
        # Of several choices the chosen one is reached by Tab, the others from it by arrows.
        if not button.focusPolicy() & Qt.FocusPolicy.TabFocus and not button.autoExclusive()
    ]
    assert unreachable == []


def test_a_keyboard_focus_shows_a_ring_and_a_click_does_not(window):
    item = window.sidebar.items[Place.SETTINGS]
    item.setFocus(Qt.FocusReason.TabFocusReason)
    assert item._ring is not None
    assert item._ring.geometry().contains(QRect(item.mapTo(window, QPoint(0, 0)), item.size()))
    item.clearFocus()
    assert item._ring is None
    item.setFocus(Qt.FocusReason.MouseFocusReason)
    assert item._ring is None


@pytest.mark.parametrize("place", list(Place))
@pytest.mark.parametrize(("size", "percent"), [((1280, 800), 100), ((1024, 640), 125)])
def test_nothing_essential_is_cut_or_lies_outside_its_page(
    people, window, until, place, size, percent, monkeypatch
):
    theme().use(percent=percent)
    window.resize(*size)
    window.show_place(place)
    until(lambda: not window.desk.calls.waiting)
    check(window, window.page(place), monkeypatch)


@pytest.mark.parametrize("percent", [100, 125, 150])
def test_the_smallest_window_has_room_for_what_floats(people, window, until, percent, monkeypatch):
    theme().use(percent=percent)
    window.resize(1024, 640)
    floating = window.floating
    for part in (floating.sheet, floating.job_centre):
        part.open()
        until(lambda: not window.desk.calls.waiting)
        check(window, part, monkeypatch)
        part.close_panel()
    floating.palette.open(Place.CONTACTS)
    floating.palette.field.setText("imp")
    until(lambda: not window.desk.calls.waiting)
    check(window, floating.palette, monkeypatch)


@pytest.mark.parametrize("percent", [100, 125])
def test_the_smallest_window_has_room_for_the_drawer(people, window, until, percent, monkeypatch):
    theme().use(percent=percent)
    window.resize(1024, 640)
    page = window.page(Place.CONTACTS)
    page.open_contact(people[0])
    until(lambda: page.drawer.contact is not None)
    until(lambda: not window.desk.calls.waiting)
    check(window, page, monkeypatch)
    for field in ("phone", "tags", "status", "last_contacted", "notes"):
        page.drawer.editing.begin(field)
        check(window, page, monkeypatch)
        page.drawer.editing.cancel()
    for tab in (1, 2):
        page.drawer.show_tab(tab)
        check(window, page, monkeypatch)
    page.drawer.add()
    check(window, page, monkeypatch)


@pytest.mark.parametrize("percent", [100, 125])
def test_the_smallest_window_has_room_for_every_step_of_an_import(
    window, until, percent, monkeypatch, tmp_path
):
    file = tmp_path / "dates.csv"
    file.write_text("Vorname,E-Mail,Letzter Kontakt\nZoë,z@fjord.example,03/04/2026\nA,b,c\n")
    theme().use(percent=percent)
    window.resize(1024, 640)
    window.show_place(Place.IMPORT)
    page = window.page(Place.IMPORT)
    page.choose(file)
    until(lambda: page.next.isVisible() and page.next.isEnabled())
    check(window, page, monkeypatch)
    page.next.click()
    check(window, page, monkeypatch)
    table = page.mapping.table
    assert sum(map(table.columnWidth, range(len(table.columns)))) <= table.viewport().width() + 1
    for question in page.mapping.options.questions.values():
        question.radios["dmy"].click()
    page.next.click()
    until(lambda: page.plan is not None)
    check(window, page, monkeypatch)
    page.next.click()
    until(lambda: page.run.result)
    check(window, page, monkeypatch)


@pytest.mark.parametrize("percent", [100, 125])
def test_the_smallest_window_has_room_for_a_dry_run_and_its_mapping(
    people, window, until, percent, monkeypatch
):
    theme().use(percent=percent)
    window.resize(1024, 640)
    window.show_place(Place.EXPORTS)
    page = window.page(Place.EXPORTS)
    page.to_connector()
    until(lambda: page.plan.plan is not None)
    check(window, page, monkeypatch)
    page.plan.mapping.click()
    until(lambda: page.mapping.editor.inspector.controls)
    check(window, page, monkeypatch)


@pytest.mark.parametrize("percent", [100, 125])
def test_the_smallest_window_has_room_for_an_export_to_a_file_and_a_run(
    people, window, until, percent, monkeypatch
):
    theme().use(percent=percent)
    window.resize(1024, 640)
    window.show_place(Place.EXPORTS)
    page = window.page(Place.EXPORTS)
    page.to_file()
    until(lambda: page.file.columns.columns and page.file.scope.count is not None)
    check(window, page, monkeypatch)
    page.to_connector()
    until(lambda: page.plan.plan is not None)
    page.plan.send.click()
    until(lambda: page.detail.run is not None)
    check(window, page, monkeypatch)
    page.show_runs()
    until(lambda: page.runs.model.rowCount() == 1)
    check(window, page, monkeypatch)


@pytest.mark.parametrize("percent", [100, 125])
@pytest.mark.parametrize("section", [kind.key for kind in SECTIONS])
def test_the_smallest_window_has_room_for_every_section_of_the_settings(
    window, until, percent, section, monkeypatch
):
    theme().use(percent=percent)
    window.resize(1024, 640)
    window.show_place(Place.SETTINGS)
    page = window.page(Place.SETTINGS)
    page.show_section(section)
    until(lambda: not window.desk.calls.waiting)
    check(window, page, monkeypatch)


def check(window: QWidget, page: QWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing essential is cut, and nothing lies outside the page."""
    QApplication.processEvents()
    cuts: list[painting.Cut] = []
    monkeypatch.setattr(painting, "audit", cuts)
    window.grab()
    assert [cut.text for cut in cuts if cut.essential] == []
    assert [label.text() for label in clipped_labels(window)] == []
    assert [name_of(w) or type(w).__name__ for w in outside(page)] == []


def clipped_labels(window: QWidget) -> list[QLabel]:
    """One-line labels narrower than their words."""
    return [
        label
        for label in window.findChildren(QLabel)
        if label.isVisible()
        and not isinstance(label, Para | ElidedLabel)
        and label.fontMetrics().horizontalAdvance(label.text()) > label.width() + 1
    ]


def outside(page: QWidget) -> list[QWidget]:
    """Visible controls that stick out of the page, but for what scrolls."""
    found = []
    for widget in page.findChildren(QWidget):
        if not widget.isVisible() or not isinstance(widget, CONTROLS) or in_scroll_area(widget):
            continue
        box = QRect(widget.mapTo(page, QPoint(0, 0)), widget.size())
        if not page.rect().contains(box):
            found.append(widget)
    return found


def in_scroll_area(widget: QWidget) -> bool:
    above = widget.parentWidget()
    while above is not None:
        if isinstance(above, QScrollArea | QAbstractItemView | QComboBox):
            return True
        above = above.parentWidget()
    return False


@pytest.mark.parametrize("place", list(Place))
def test_at_most_one_filled_button_is_in_view(people, window, until, place):
    window.show_place(place)
    until(lambda: not window.desk.calls.waiting)
    filled = [
        b.text() for b in window.findChildren(Btn) if b.kind is Kind.PRIMARY and b.isVisible()
    ]
    assert len(filled) <= 1


def luminance(colour: QColor) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(part) for part in (colour.redF(), colour.greenF(), colour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("mode", list(Mode))
def test_all_text_has_enough_contrast_on_every_ground(mode):
    colours = tokens(mode)
    grounds = ("bg.app", "bg.sidebar", "bg.surface", "bg.sunken", "bg.hover", "bg.selected")
    texts = ("text.primary", "text.secondary", "text.muted", "accent.text")
    pairs = [(text, ground) for text in texts for ground in grounds]
    pairs += [("accent.on", "accent.solid"), ("danger.on", "danger.solid")]
    low = [pair for pair in pairs if contrast(*(colours.colour(name) for name in pair)) < 4.5]
    assert low == []
    assert all(contrast(*colours.pill(tone)) >= 4.5 for tone in Tone)
    assert contrast(colours.colour("focus.ring"), colours.colour("bg.selected")) >= 3
    assert contrast(colours.colour("border.control"), colours.colour("bg.app")) >= 3
