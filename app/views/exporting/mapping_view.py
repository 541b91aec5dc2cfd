"""The mapping editor: which of our fields goes where, under which policy, with real samples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QSizePolicy, QWidget

from app.core.errors import CaptelyError, InvalidInput
from app.core.text import tr
from app.services.drafts import MAPPING
from app.services.exporting import (
    STANDARD,
    Before,
    Editing,
    FieldMapping,
    read_mapping,
    write_mapping,
)
from app.services.exporting.mapping_file import mapping_from
from app.views.common.actions import Action
from app.views.common.boxes import column
from app.views.common.buttons import Btn, IconBtn, Kind
from app.views.common.desk import Desk
from app.views.common.inputs import Select
from app.views.common.latest import Latest, Once
from app.views.common.page_header import PageHeader
from app.views.common.pills import Notice
from app.views.common.tokens import Tone
from app.views.exporting import actions as acts
from app.views.exporting.mapping_draft import MappingDraft
from app.views.exporting.mapping_editor import MappingEditor
from app.views.exporting.name_line import NameLine
from app.views.exporting.scope import Scope

A = TypeVar("A")

_MENU = (
    acts.MAPPING_SUGGEST,
    acts.MAPPING_RESET,
    None,
    acts.MAPPING_SAVE_AS,
    acts.MAPPING_DELETE,
    None,
    acts.MAPPING_IMPORT,
    acts.MAPPING_EXPORT,
    None,
    acts.MAPPING_FETCH,
)


@dataclass(frozen=True, slots=True)
class _Loaded:
    editing: Editing
    ids: Sequence[int]


class MappingView(QWidget):
    """saved once a mapping is kept, closed when the user goes back without."""

    saved = Signal()
    closed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._name = ""
        self._scope = Scope()
        self._loading, self._saving = Latest(desk.calls, self), Once(desk.calls, self)
        self.back = Btn(tr("Back"), Kind.GHOST)
        self.book = Select(tr("Which mapping"))
        self.book.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.undo = IconBtn("undo-2", acts.MAPPING_UNDO.title)
        self.redo = IconBtn("redo-2", acts.MAPPING_REDO.title)
        self.more = IconBtn("ellipsis", tr("More about the mapping"))
        self.save = Btn(tr("Save mapping"), Kind.PRIMARY)
        parts = (self.book, self.undo, self.redo, self.more, self.back, self.save)
        self.header = PageHeader(tr("Mapping"), *parts)
        self.notice = Notice()
        self.name = NameLine(tr("Name of the mapping"), tr("Save under this name"))
        self.editor = MappingEditor(desk)
        whole = column(self.header, self.notice, self.name, gap=16, margins=(24, 16, 24, 24))
        whole.addWidget(self.editor, 1)
        self.setLayout(whole)
        self._wire()

    def _wire(self) -> None:
        self.back.clicked.connect(self.closed.emit)
        self.undo.clicked.connect(self.editor.undo)
        self.redo.clicked.connect(self.editor.redo)
        self.save.clicked.connect(self.save_mapping)
        self.more.clicked.connect(lambda: self._desk.actions.popup(_MENU, self.more))
        self.book.picked.connect(self._use)
        self.name.named.connect(lambda title: self._save(title))
        self.editor.moved.connect(self._moved)
        self._provide()

    def _provide(self) -> None:
        carried: tuple[tuple[Action, Callable[[], None]], ...] = (
            (acts.MAPPING_SAVE, self.save_mapping),
            (acts.MAPPING_SAVE_AS, lambda: self.name.ask(self._title())),
            (acts.MAPPING_ADD, self.editor.add_field),
            (acts.MAPPING_REMOVE, self.editor.remove_chosen),
            (acts.MAPPING_UNDO, self.editor.undo),
            (acts.MAPPING_REDO, self.editor.redo),
            (acts.MAPPING_SUGGEST, self.editor.suggest),
            (acts.MAPPING_RESET, self._reset),
            (acts.MAPPING_DELETE, self._delete),
            (acts.MAPPING_IMPORT, self._ask_import),
            (acts.MAPPING_EXPORT, self._ask_export),
            (acts.MAPPING_FETCH, lambda: self.load(self._name, self._scope, refresh=True)),
        )
        for action, act in carried:
            self._desk.actions.provide(action, act, self, when=self._is_open)

    def _is_open(self) -> bool:
        return self.editor.editing is not None and self.isVisible()

    def load(self, name: str, scope: Scope, *, refresh: bool = False) -> None:
        """Read the mapping in use, the remote fields, and whom the samples are taken from."""
        self._name, self._scope = name, scope
        app, mappings = self._desk.app, self._desk.app.exporting.mappings
        self.notice.say(tr("Asking for the fields"), Tone.NEUTRAL)
        self.notice.offer("")
        self.save.setEnabled(False)

        def read() -> _Loaded:
            return _Loaded(mappings.editing(name, refresh=refresh), scope.ids(app))

        self._loading.network(read, self._show, self._failed)

    def _show(self, loaded: _Loaded) -> None:
        editing, left = loaded.editing, self._desk.drafts.get(self._draft)
        self.notice.say("")
        self.header.title.setText(tr("{label} mapping", label=editing.label))
        self.book.set_choices([(title, tr(title)) for title in editing.book.titles])
        self.book.choose(editing.book.used)
        everybody = not self._scope.query and self._scope.only is None
        self.editor.edit(editing, loaded.ids, everybody=everybody)
        if left.get("title") == editing.book.used:
            self._go_on_with(left.get("mapping"))

    @property
    def _draft(self) -> str:
        return f"{MAPPING}.{self._name}"

    def _go_on_with(self, written: object) -> None:
        """Bring back what was changed and not saved, as one step."""
        saved = self.editor.mapping()
        try:
            self.editor.take(mapping_from(self._name, written))
        except InvalidInput:
            # Another version wrote it in a form that this one does not know.
            return
        if self.editor.draft.changed:
            self.notice.say(tr("Your changes from before, not saved yet."), Tone.INFO)
            self.notice.offer(tr("Discard"), lambda: self.editor.take(saved))

    def _keep_draft(self) -> None:
        draft, editing = self.editor.draft, self.editor.editing
        if editing is not None and draft.changed:
            state = {"title": editing.book.used, "mapping": self.editor.mapping().as_dict()}
            self._desk.drafts.keep(self._draft, state)
        else:
            self._desk.drafts.drop(self._draft)

    def _moved(self) -> None:
        """After any step of the editor."""
        draft, editing = self.editor.draft, self.editor.editing
        self.undo.setEnabled(draft.can_undo)
        self.redo.setEnabled(draft.can_redo)
        self.save.setEnabled(editing is not None and not self._saving.waits)
        missing = ", ".join(self.editor.missing())
        label = editing.label if editing is not None else ""
        words = tr("{label} needs: {fields}.", label=label, fields=missing) if missing else ""
        self.notice.say(words, Tone.WARNING)
        self.notice.offer("")
        self._keep_draft()

    def _reset(self) -> None:
        mappings, name = self._desk.app.exporting.mappings, self._name
        self._desk.calls.network(
            self,
            lambda: mappings.automatic(name),
            self._if_of(name, self.editor.take),
            self._failed,
        )

    def _title(self) -> str:
        editing = self.editor.editing
        return editing.book.used if editing is not None else STANDARD

    def _use(self, title: object) -> None:
        mappings, name = self._desk.app.exporting.mappings, self._name
        self._desk.calls.edit(
            self,
            lambda: mappings.use(name, str(title)),
            lambda _before: self._load_again(name),
            self._failed,
        )

    def _delete(self) -> None:
        mappings, name, title = self._desk.app.exporting.mappings, self._name, self._title()

        def deleted(before: Before) -> None:
            self._load_again(name)
            said = tr("The mapping {title} is deleted", title=tr(title))
            self._desk.say(said, tr("Undo"), lambda: self._put_back(name, before))

        self._saving.edit(lambda: mappings.remove(name, title), deleted, self._failed)

    def _put_back(self, name: str, before: Before) -> None:
        mappings = self._desk.app.exporting.mappings
        self._desk.calls.edit(
            self,
            lambda: mappings.put_back(before),
            lambda _none: self._load_again(name),
            self._failed,
        )

    def _load_again(self, name: str) -> None:
        if name == self._name:
            self.load(name, self._scope)

    def _if_of(self, name: str, done: Callable[[A], None]) -> Callable[[A], None]:
        """`done`, unless the mapping of another destination came into view meanwhile."""
        return lambda answer: done(answer) if name == self._name else None

    def save_mapping(self) -> None:
        """Keep the mapping for the next export."""
        self._save(None)

    def _save(self, title: str | None) -> None:
        mappings, mapping = self._desk.app.exporting.mappings, self.editor.mapping()
        self.save.setEnabled(False)
        self._saving.network(
            lambda: mappings.save(mapping, title=title),
            partial(self._saved, mapping, self.editor.draft, self._draft),
            self._failed,
        )

    def _saved(self, mapping: FieldMapping, draft: MappingDraft, kept: str, before: Before) -> None:
        draft.keep(mapping.rules)
        self.save.setEnabled(self.editor.editing is not None)
        undo = partial(self._put_back, mapping.connector, before)
        self._desk.say(tr("The mapping is saved"), tr("Undo"), undo)
        if not draft.changed:
            self._desk.drafts.drop(kept)
            if draft is self.editor.draft:
                self.saved.emit()

    def _ask_export(self) -> None:
        title, name = acts.MAPPING_EXPORT.title, f"{self._name}-mapping.json"
        chosen, _filter = QFileDialog.getSaveFileName(self, title, name, "JSON (*.json)")
        if chosen:
            self.export_to(Path(chosen))

    def export_to(self, file: Path) -> None:
        """Write the mapping as the verb's --mapping takes it."""
        mapping = self.editor.mapping()
        said = tr("Wrote the mapping to {file}", file=file)
        self._desk.calls.read(
            self,
            lambda: write_mapping(mapping, file),
            lambda _none: self._desk.say(said),
            self._failed,
        )

    def _ask_import(self) -> None:
        title = acts.MAPPING_IMPORT.title
        chosen, _filter = QFileDialog.getOpenFileName(self, title, "", "JSON (*.json)")
        if chosen:
            self.import_from(Path(chosen))

    def import_from(self, file: Path) -> None:
        """Take the mapping of a file into the editor; it is not saved yet."""
        name = self._name
        self._desk.calls.read(
            self,
            lambda: read_mapping(name, file),
            self._if_of(name, self.editor.take),
            self._failed,
        )

    def _failed(self, error: CaptelyError) -> None:
        self.save.setEnabled(self.editor.editing is not None)
        self.notice.say_error(error)
