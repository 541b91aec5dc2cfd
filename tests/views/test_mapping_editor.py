"""The mapping editor: real samples, every policy, names, undo, files, and the keyboard alone."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.services.exporting import STANDARD
from app.views.common.places import Place
from app.views.exporting.mapping_words import CONSTANT
from app.views.exporting.picker import Picker


@pytest.fixture
def page(people, window):
    window.show_place(Place.EXPORTS)
    return window.page(Place.EXPORTS)


@pytest.fixture
def view(page, until):
    """The editor on the automatic mapping, with samples of the people."""
    page.to_connector()
    until(lambda: page.plan.plan is not None)
    page.plan.mapping_wished.emit()
    until(lambda: page.mapping.editor.editing is not None)
    settled(page.mapping, until)
    return page.mapping


def settled(view, until):
    until(lambda: not view._desk.calls.waiting and not view.editor.inspector._later.isActive())


def choose(view, until, remote):
    """Make the rule of a remote field the chosen one."""
    rules = view.editor._shown
    place = next(n for n, rule in enumerate(rules) if rule.remote == remote)
    view.editor.table.select(place)
    settled(view, until)


def cells(view, remote):
    place = next(n for n, rule in enumerate(view.editor._shown) if rule.remote == remote)
    return [view.editor.model.index(place, column).data() for column in range(4)]


def picker(view) -> Picker:
    return next(each for each in view.window().findChildren(Picker) if each.isVisible())


def test_each_row_shows_ours_theirs_a_sample_and_how_sure_it_is(view):
    assert cells(view, "firstname") == ["First name", "→ First name", "Ada", "100 % sure"]
    assert cells(view, "email") == ["E-mail", "→ Email", "ada@acme.example", "Key"]


def test_a_field_is_added_by_typing_and_enter_alone(view, until):
    QTest.keyClick(view.editor.table, Qt.Key.Key_Insert)
    view._desk.actions.run(view_action("mapping_add"))
    box = picker(view)
    assert all(choice.kind for choice in box.shown)
    QTest.keyClicks(box.search, "lifecycle")
    assert [choice.key for choice in box.shown] == ["lifecyclestage"]
    QTest.keyClick(box.search, Qt.Key.Key_Return)
    settled(view, until)
    assert view.editor.draft.rule("lifecyclestage") is not None
    assert view.editor.inspector.shown.rule.remote == "lifecyclestage"


def view_action(name):
    from app.views.exporting import actions

    return getattr(actions, name.upper())


def test_read_only_fields_and_those_with_a_rule_are_not_offered(view):
    view.editor.add_field()
    offered = {choice.key for choice in picker(view).shown}
    assert "createdate" not in offered
    assert "email" not in offered
    QTest.keyClick(picker(view).search, Qt.Key.Key_Escape)
    assert not [p for p in view.findChildren(Picker) if p.isVisible()]


def test_our_fields_that_cannot_fit_say_why(view, until):
    view.editor.add_remote("date_of_birth")
    settled(view, until)
    view.editor.inspector.pick_source()
    why = {choice.key: choice.why_not for choice in picker(view).shown}
    assert why["tags"] == "Cannot become Date"
    assert why["last_contacted"] == ""
    assert next(iter(why)) == CONSTANT


def test_a_constant_goes_to_everybody(view, until):
    choose(view, until, "company")
    view.editor.inspector._source_picked(CONSTANT)
    settled(view, until)
    line = view.editor.inspector.controls["constant"]
    line.setText("Nordlicht")
    line.editingFinished.emit()
    settled(view, until)
    assert cells(view, "company")[:3] == ["Always “Nordlicht”", "→ Company name", "Nordlicht"]


def test_the_first_field_with_a_value_is_taken_then_a_text(view, until, app, people):
    app.contacts.change(people[0], {"company": ""})
    choose(view, until, "company")
    view.editor.inspector.change(also=("domain",))
    settled(view, until)
    view.editor.inspector.controls["blank"].picked.emit("text")
    settled(view, until)
    line = view.editor.inspector.controls["fallback"]
    line.setText("Unknown")
    line.editingFinished.emit()
    settled(view, until)
    assert cells(view, "company")[0] == "Company, else Company domain, else “Unknown”"
    first = view.editor.preview.of("company")[0]
    assert first.text in ("acme.example", "Unknown")
    view.editor.inspector.controls["drop0"].click()
    settled(view, until)
    assert view.editor.draft.rule("company").also == ()


def test_policies_are_chosen_for_each_field(view, until):
    choose(view, until, "jobtitle")
    controls = view.editor.inspector.controls
    controls["write"].picked.emit("create")
    settled(view, until)
    view.editor.inspector.controls["blank"].picked.emit("clear")
    settled(view, until)
    rule = view.editor.draft.rule("jobtitle")
    assert (rule.write, rule.blank) == ("create", "clear")


def test_values_without_a_choice_are_listed_with_counts_and_mapped(view, until, app, people):
    app.contacts.change(people[0], {"status": "customer"})
    view.editor.add_remote("lifecyclestage")
    settled(view, until)
    view.editor.inspector.change(source="status", constant=None)
    settled(view, until)
    shown = view.editor.inspector.shown
    assert [(value.value, value.count) for value in shown.values] == [("new", 4), ("customer", 1)]
    assert cells(view, "lifecyclestage")[3] == "Look at it"
    view.editor.inspector.controls["value:new"].picked.emit("lead")
    settled(view, until)
    rule = view.editor.draft.rule("lifecyclestage")
    assert dict(rule.values) == {"new": "lead"}
    assert {sample.text for sample in view.editor.preview.of("lifecyclestage")} == {
        "lead",
        "customer",
    }


def test_a_field_that_is_gone_there_cannot_work_and_says_so(view, until):
    view.editor.draft.add(type(view.editor.draft.rules[0])("no_such_field", "company"))
    view.editor.refresh()
    settled(view, until)
    assert cells(view, "no_such_field")[3] == "Cannot work"
    choose(view, until, "no_such_field")
    assert "has no field no_such_field" in view.editor.inspector.shown.problem
    view.save_mapping()
    until(lambda: "has no field no_such_field" in view.notice.text())


def test_every_step_can_be_undone_and_done_again(view, until):
    before = view.editor.draft.rules
    choose(view, until, "company")
    view.editor.remove_chosen()
    settled(view, until)
    assert view.editor.draft.rule("company") is None
    view.undo.click()
    settled(view, until)
    assert view.editor.draft.rules == before
    assert not view.undo.isEnabled()
    view.redo.click()
    settled(view, until)
    assert view.editor.draft.rule("company") is None


def test_the_key_cannot_be_taken_out(view, until):
    choose(view, until, "email")
    assert not view.editor.inspector.controls["remove"].isEnabled()
    view.editor.remove_chosen()
    assert view.editor.draft.rule("email") is not None


def test_the_mapping_is_searched_by_either_side(view, until):
    view.editor.search.setText("phone")
    assert {rule.remote for rule in view.editor._shown} == {"phone", "mobilephone"}
    view.editor.search.setText("job title")
    assert [rule.remote for rule in view.editor._shown] == ["jobtitle"]


def test_suggestions_fill_what_is_missing(view, until, window):
    choose(view, until, "company")
    view.editor.remove_chosen()
    settled(view, until)
    view.editor.suggest()
    settled(view, until)
    assert cells(view, "company")[3] == "100 % sure"
    assert window.toast.text == "Added 1 pair"
    view.editor.suggest()
    assert window.toast.text == "Every field that has a counterpart is mapped"


def test_a_saved_mapping_is_used_by_the_dry_run_and_its_toast_takes_it_back(
    view, page, until, app, window
):
    choose(view, until, "company")
    view.editor.remove_chosen()
    view.save.click()
    until(lambda: page.stack.currentWidget() is page.plan and page.plan.plan is not None)
    assert "company" not in {rule.remote for rule in page.plan.plan.mapping.rules}
    assert window.toast.text == "The mapping is saved"
    window.toast.button.click()
    until(lambda: "company" in {r.remote for r in app.exporting.mappings.get("hubspot").rules})


def test_several_mappings_are_kept_by_name(view, until, app, window):
    view.name.ask("Standard")
    view.name.field.setText("  Short   one ")
    choose(view, until, "company")
    view.editor.remove_chosen()
    view.name.keep.click()
    until(lambda: app.exporting.mappings.book("hubspot").used == "Short one")
    view.load("hubspot", view._scope)
    settled(view, until)
    assert [view.book.itemData(n) for n in range(view.book.count())] == ["Short one"]
    view._delete()
    until(lambda: app.exporting.mappings.book("hubspot").used == STANDARD)
    settled(view, until)
    assert view.editor.draft.rule("company") is not None
    assert "is deleted" in window.toast.text
    window.toast.button.click()
    until(lambda: app.exporting.mappings.book("hubspot").used == "Short one")


def test_a_mapping_goes_to_a_file_that_the_verb_takes_and_comes_back(view, until, tmp_path, window):
    file = tmp_path / "mapping.json"
    view.export_to(file)
    until(lambda: "Wrote the mapping" in window.toast.text)
    written = json.loads(file.read_text())
    assert {"to": "firstname", "from": "first_name"} in written["fields"]
    written["fields"] = [entry for entry in written["fields"] if entry["to"] != "company"]
    file.write_text(json.dumps(written))
    view.import_from(file)
    until(lambda: view.editor.draft.rule("company") is None)
    settled(view, until)
    view.undo.click()
    assert view.editor.draft.rule("company") is not None
    file.write_text("{")
    view.import_from(file)
    until(lambda: "is not JSON" in view.notice.text())


def test_beginning_anew_brings_the_automatic_mapping(view, until):
    choose(view, until, "company")
    view.editor.remove_chosen()
    settled(view, until)
    view._reset()
    until(lambda: view.editor.draft.rule("company") is not None)


def test_without_a_connection_the_editor_says_why(view, until, app, monkeypatch):
    from app.core.errors import OutsideError, OutsideKind

    def refuse(*_args, **_kwargs):
        raise OutsideError("HubSpot is away.", "Try later.", kind=OutsideKind.TRANSIENT)

    monkeypatch.setattr(app.exporting.mappings, "editing", refuse)
    view.load("hubspot", view._scope)
    until(lambda: view.notice.text() == "HubSpot is away. Try later.")
